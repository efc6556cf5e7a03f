"""
Bring the hunks of a diff into the lines of the text that they end in.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from lsp_server.review.change import FileChange, Hunk, SkipReason
from lsp_server.text.positions import split_lines

_LONE_RETURN = re.compile(r"\r(?!\n)")


def fitted(change: FileChange, text: str) -> FileChange:
    """
    `change` with `text` as its new side, its hunks numbered as editors number lines and holding that text's own lines.

    A diff counts line feeds alone, an editor carriage returns as well. Where the hunks reach beyond the text, it has
    changed since the diff was made, and the file is skipped.
    """
    lines = lines_of(text)
    starts = _editor_lines(text) if _LONE_RETURN.search(text) else range(1, len(lines) + 2)
    hunks = tuple(_fitted(hunk, lines, starts) for hunk in change.hunks)
    if None in hunks:
        return without_lines(change, SkipReason.UNREADABLE, "it has changed since the diff was made")
    return replace(change, hunks=tuple(hunk for hunk in hunks if hunk), text=text)


def whole_hunk(text: str) -> Hunk | None:
    """
    All of `text` as one added hunk; None when it is empty.
    """
    lines = tuple(lines_of(text))
    return hunk_of_lines(lines, 1, len(lines)) if lines else None


def hunk_of_lines(lines: Sequence[str], first: int, last: int) -> Hunk:
    """
    The 1-based lines `first` to `last`, both included, as if they had been added.
    """
    added = tuple(lines[first - 1 : last])
    return Hunk(old_start=first - 1, old_count=0, new_start=first, new_count=len(added), added=added)


def without_lines(change: FileChange, reason: SkipReason, detail: str = "") -> FileChange:
    """
    `change` as one that is not looked at: of its hunks only their places are kept.
    """
    hunks = tuple(replace(hunk, removed=(), added=()) for hunk in change.hunks)
    return replace(change, hunks=hunks, text=None, skipped=reason, detail=detail)


def lines_of(text: str) -> list[str]:
    """
    The lines of `text` without their terminators; what stands behind the last terminator is one only if it is there.
    """
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    return lines if lines[-1] else lines[:-1]


def _fitted(hunk: Hunk, lines: Sequence[str], starts: Sequence[int]) -> Hunk | None:
    if not hunk.new_count:
        # What was removed stood behind the line with this number.
        behind = min(hunk.new_start, len(starts) - 1)
        return replace(hunk, new_start=starts[behind] - 1)
    last = hunk.new_start + hunk.new_count - 1
    if last > len(starts) - 1:
        return None
    first, behind = starts[hunk.new_start - 1], starts[last]
    added = tuple(lines[first - 1 : behind - 1])
    return replace(hunk, new_start=first, new_count=len(added), added=added)


def _editor_lines(text: str) -> list[int]:
    """
    The editor's number of each line that ends in a line feed, and of the one behind the last.
    """
    numbers, number = [], 1
    for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text):
        numbers.append(number)
        number += len(lines_of(line))
    return [*numbers, number]
