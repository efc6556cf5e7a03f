"""
What differs from the last commit in a folder, as an editor shows it.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lsp_server.files import SOURCE_ENDINGS, WorkspaceFiles
from lsp_server.review.buffers import with_buffers
from lsp_server.review.change import Change, FileChange
from lsp_server.review.git import Git, file_at, read_change, top_of


def changes_in(folder: Path, files: WorkspaceFiles, texts: Mapping[str, str]) -> Change:
    """
    The change below `folder`, with paths relative to it; `texts` are its open documents by their paths. Runs git.

    Raises:
        GitFailed: the folder is in no repository.
    """
    top, here = top_of(folder), folder.resolve()
    prefix = "" if here == top.resolve() else f"{here.relative_to(top.resolve()).as_posix()}/"
    whole = read_change(top, files, paths=(prefix.rstrip("/"),) if prefix else ())
    below = Change(files=tuple(_below(file, prefix) for file in whole.files), notices=whole.notices)
    git = Git(top)

    def before(path: str) -> str | None:
        content = file_at(git, "HEAD", prefix + path)
        return None if content is None else content.decode(errors="replace").removeprefix("\ufeff")

    shown = {path: text for path, text in texts.items() if _may_be_shown(path, folder, files)}
    return with_buffers(below, shown, before)


def _below(file: FileChange, prefix: str) -> FileChange:
    old = file.old_path.removeprefix(prefix) if file.old_path.startswith(prefix) else ""
    return replace(file, path=file.path.removeprefix(prefix), old_path=old)


def _may_be_shown(path: str, folder: Path, files: WorkspaceFiles) -> bool:
    return path.endswith(SOURCE_ENDINGS) and files.is_excluded(folder / path) is None
