"""
The index in step with a folder on disk.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.indexing import Indexing
from lsp_server.settings import Settings
from lsp_server.workspace import Snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    Two source files, one of which is generated.
    """
    (tmp_path / ".git").mkdir()
    (tmp_path / "kept.ts").write_text("export const kept = 1;\n")
    (tmp_path / "made.ts").write_text("export const made = 1;\n")
    return tmp_path


@pytest.fixture
def indexing(folder: Path) -> Iterator[Indexing]:
    """
    Indexing of that folder, built.
    """
    files = WorkspaceFiles([folder], Settings())
    index = WorkspaceIndex(
        [folder.as_posix()],
        read=lambda path: files.read(Path(path)).text,
        is_excluded=lambda path: files.is_excluded(Path(path)) is not None,
    )
    index.build(files.walk())
    yield Indexing(index, files.walk, Snapshot)
    index.close()


def known(indexing: Indexing) -> set[str]:
    """
    The names that the index knows.
    """
    return set(indexing.index.symbols.names())


def test_an_edited_ignore_file_hides_and_shows_files(indexing: Indexing, folder: Path) -> None:
    """
    What a new rule excludes is forgotten at once, and comes back with the rule gone, without another start.
    """
    rules = folder / ".gitignore"
    rules.write_text("made.ts\n")
    indexing.files_changed([rules])
    assert known(indexing) == {"kept"}
    assert indexing.index.complete.is_set()

    rules.unlink()
    indexing.files_changed([rules])
    assert known(indexing) == {"kept", "made"}


def test_a_changed_file_that_is_no_source_is_not_indexed(indexing: Indexing, folder: Path) -> None:
    """
    Editors report configuration too; whatever it reads like, it declares nothing.
    """
    for name in ("pacenotes.toml", "tsconfig.base.json", "README.md"):
        (folder / name).write_text("export const never = 1;\n")
        indexing.files_changed([folder / name])

    assert known(indexing) == {"kept", "made"}


def test_a_changed_source_is_read_anew(indexing: Indexing, folder: Path) -> None:
    """
    Saving, making and deleting files each count.
    """
    (folder / "kept.ts").write_text("export const renamed = 1;\n")
    (folder / "new.ts").write_text("export const fresh = 1;\n")
    (folder / "made.ts").unlink()
    indexing.files_changed([folder / name for name in ("kept.ts", "new.ts", "made.ts")])

    assert known(indexing) == {"renamed", "fresh"}
