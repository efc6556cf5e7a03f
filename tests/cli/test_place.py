"""
`FILE:LINE:COLUMN` and the workspace of a file.
"""

from pathlib import Path

import pytest

from lsp_server.cli.failure import UnreadableInput
from lsp_server.cli.place import Place, parse_place, workspace_root


def test_reads_a_place_as_compilers_print_it(tmp_path: Path) -> None:
    """
    Line and column are taken from the right, so that a drive letter stays in the file's name.
    """
    file = tmp_path / "a.ts"

    assert Place(file, 12, 5) == parse_place(f"{file}:12:5")


@pytest.mark.parametrize(
    "text", ["", "a.ts", "a.ts:1", "a.ts:1:", "a.ts:x:1", "a.ts:0:1", "a.ts:1:0", ":1:1", "a.ts:-1:2"]
)
def test_says_how_a_place_is_written(text: str) -> None:
    """
    Anything else is refused with the form to use.
    """
    with pytest.raises(UnreadableInput, match="FILE:LINE:COLUMN"):
        parse_place(text)


def test_the_workspace_is_the_nearest_folder_with_a_mark(tmp_path: Path) -> None:
    """
    A `.git` above the file is its workspace.
    """
    (tmp_path / ".git").mkdir()
    file = tmp_path / "packages" / "a" / "src" / "x.ts"

    assert tmp_path == workspace_root(file)


def test_own_settings_outrank_git(tmp_path: Path) -> None:
    """
    A `pacenotes.toml` inside a repository makes its folder the workspace.
    """
    (tmp_path / ".git").mkdir()
    package = tmp_path / "packages" / "a"
    package.mkdir(parents=True)
    (package / "pacenotes.toml").touch()

    assert package == workspace_root(package / "src" / "x.ts")


def test_without_marks_the_current_folder_holds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file below the current folder belongs to it, any other to its own folder.
    """
    monkeypatch.chdir(tmp_path)

    assert tmp_path == workspace_root(tmp_path / "src" / "x.ts")
    assert Path("/elsewhere") == workspace_root(Path("/elsewhere/x.ts"))
