"""
The names that a workspace knows: of all its files, whatever has changed, and of the language.
"""

from pathlib import Path

import pytest

from lsp_server.index.known_names import ENOUGH_LINES, KnownNames, known_names
from lsp_server.index.workspace_index import WorkspaceIndex

MUCH = "\n" * (ENOUGH_LINES // 3 + 9)


def index_of(root: Path, *texts: str) -> WorkspaceIndex:
    """
    An index of these files.
    """
    for number, text in enumerate(texts):
        (root / f"file{number}.ts").write_text(text)
    index = WorkspaceIndex(
        [root.as_posix()],
        read=lambda path: Path(path).read_text(),
        is_excluded=lambda path: path.endswith(".secret.ts"),
    )
    index.build(sorted(root.glob("*.ts")))
    return index


@pytest.mark.parametrize(
    "name", ["loadOrder", "order", "#kept", "kept", "i", "ärger", "Promise", "querySelector", "it", "expect"]
)
def test_what_stands_anywhere_is_known(tmp_path: Path, name: str) -> None:
    """
    Names of any file, with and without the mark of a private one, of the language, and those of one letter.
    """
    names = known_names(index_of(tmp_path, f"loadOrder(order);{MUCH}", f"class A {{ #kept = 1; }}{MUCH}", MUCH))

    assert names is not None
    assert name in names
    assert "loadOrde" not in names
    assert "loadOrders" not in names
    assert 1 not in names


def test_what_is_written_becomes_known(tmp_path: Path) -> None:
    """
    A name is known from when the file that has it was looked at, and need not be saved.
    """
    index = index_of(tmp_path, MUCH, MUCH, MUCH)
    names = KnownNames(index)
    assert "saveOrder" not in names

    index.open_document((tmp_path / "file0.ts").as_posix(), "saveOrder();")
    index.windows.search({1: 1.0}, (), 1)
    assert "saveOrder" in names


def test_in_a_small_workspace_nothing_is_unknown(tmp_path: Path) -> None:
    """
    Nor before it is read: then many a name that is right stands nowhere yet.
    """
    (tmp_path / "large").mkdir()
    large = index_of(tmp_path / "large", MUCH, MUCH, MUCH)
    large.complete.clear()

    assert known_names(index_of(tmp_path, "loadOrder();")) is None
    assert known_names(large) is None
