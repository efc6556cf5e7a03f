"""
Files and selections as changes, so that what is reviewed as it stands goes the way of a diff.
"""

from collections.abc import Iterable
from pathlib import Path

from lsp_server.file_text import UnreadReason
from lsp_server.files import WorkspaceFiles
from lsp_server.review.change import Change, FileChange, FileStatus, SkipReason
from lsp_server.review.git import UNREAD
from lsp_server.review.hunks import hunk_of_lines, lines_of, whole_hunk, without_lines


def change_of_files(root: Path, files: WorkspaceFiles, paths: Iterable[Path]) -> Change:
    """
    Each of `paths`, absolute and below `root`, as if all of its lines had been added.
    """
    return Change(files=tuple(_whole(root, files, path) for path in sorted(dict.fromkeys(paths))))


def change_of_text(path: str, text: str) -> Change:
    """
    A text that an editor shows, as if all of its lines had been added.
    """
    return change_of_selection(path, text, 1, len(lines_of(text)))


def change_of_selection(path: str, text: str, first_line: int, last_line: int) -> Change:
    """
    The 1-based lines `first_line` to `last_line`, both included, as if they had been added.
    """
    lines = lines_of(text)
    hunk = hunk_of_lines(lines, max(1, first_line), min(last_line, len(lines)))
    hunks = (hunk,) if hunk.new_count else ()
    return Change(files=(FileChange(path=path, status=FileStatus.WHOLE, hunks=hunks, text=text),))


def _whole(root: Path, files: WorkspaceFiles, path: Path) -> FileChange:
    change = FileChange(path=path.relative_to(root).as_posix(), status=FileStatus.WHOLE)
    file = files.read(path)
    if file.text is None:
        reason = UNREAD.get(file.reason or UnreadReason.UNREADABLE, SkipReason.UNREADABLE)
        return without_lines(change, reason, file.why)
    hunk = whole_hunk(file.text)
    return FileChange(path=change.path, status=FileStatus.WHOLE, hunks=(hunk,) if hunk else (), text=file.text)
