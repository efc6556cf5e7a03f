"""
Changes written down in a test: a text before and a text after.
"""

from difflib import SequenceMatcher

from lsp_server.review.change import Change, FileChange, FileStatus, Hunk
from lsp_server.review.hunks import lines_of
from lsp_server.review.source import Source, source_of


def file_change(after: str, before: str = "", path: str = "src/a.ts") -> FileChange:
    """
    The change of one file, cut as `git diff -U0` cuts it.
    """
    old, new = lines_of(before), lines_of(after)
    hunks = tuple(
        Hunk(
            old_start=i1 + (i2 > i1),
            old_count=i2 - i1,
            new_start=j1 + (j2 > j1),
            new_count=j2 - j1,
            removed=tuple(old[i1:i2]),
            added=tuple(new[j1:j2]),
        )
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )
    status = FileStatus.MODIFIED if before else FileStatus.ADDED
    return FileChange(path=path, status=status, hunks=hunks, text=after)


def change(*files: FileChange) -> Change:
    """
    A change of several files.
    """
    return Change(files=files)


def source(after: str, before: str = "", path: str = "src/a.ts") -> Source:
    """
    The new side of one changed file.
    """
    found = source_of(file_change(after, before, path))
    assert found is not None
    return found
