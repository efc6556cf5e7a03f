"""
Follow a stretch of text through the edits of its document, and say how much of it is left.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from lsp_server.text.difference import common_ends
from lsp_server.text.document import Document, TextEdit

ALIGNED_CHARS = 4_000
"""Longer rewrites are compared by lines first: aligning characters costs the product of the lengths."""

ROTATED_CHARS = 1_000
"""How far from its real place an insertion is looked for."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    What an edit did, in offsets of the document just before it.
    """

    start: int
    removed: str
    text: str

    @property
    def end(self) -> int:
        """
        Where the removed text ended.
        """
        return self.start + len(self.removed)

    @property
    def growth(self) -> int:
        """
        By how much the text behind it has moved.
        """
        return len(self.text) - len(self.removed)


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    A half-open stretch of a document.
    """

    start: int
    end: int

    @property
    def empty(self) -> bool:
        """
        Whether nothing is in it.
        """
        return self.end <= self.start


def change_of(edit: TextEdit) -> Change:
    """
    The least change to the same effect: editors and formatters often replace more than they alter.
    """
    removed, text = edit.removed, edit.text
    head, tail = common_ends(removed, text)
    return Change(edit.start + head, removed[head : len(removed) - tail], text[head : len(text) - tail])


def aimed_at(change: Change, place: int, before: Document) -> Change:
    r"""
    The same insertion seen as made at `place`, if that gives the same text.

    Whoever finds changes by comparing texts cannot tell the insertion of `\n  x;` before a line end from that of
    `  x;\n` behind it, and takes the later place.
    """
    if change.removed or not 0 < change.start - place <= ROTATED_CHARS:
        return change
    between = before.slice(place, change.start)
    if not (between + change.text).endswith(between):
        return change
    return Change(place, "", (between + change.text)[: len(change.text)])


def moved(stretch: Stretch, change: Change) -> Stretch:
    """
    Where `stretch` lies after `change`. Text added at either end is not part of it; text added inside is.
    """
    if change.end <= stretch.start:
        return Stretch(stretch.start + change.growth, stretch.end + change.growth)
    if change.start >= stretch.end:
        return stretch
    if stretch.start <= change.start and change.end <= stretch.end:
        return Stretch(stretch.start, stretch.end + change.growth)
    start = _place_in_rewrite(change, stretch.start, forward=True)
    end = _place_in_rewrite(change, stretch.end, forward=False)
    return Stretch(start, max(start, end))


def retained_ratio(accepted: str, now: str) -> float:
    """
    1 for the very same text, 0 for nothing in common: 1 - Levenshtein distance / length of the longer one.
    """
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.normalized_similarity(accepted, now))


def _place_in_rewrite(change: Change, offset: int, *, forward: bool) -> int:
    """
    Where `offset` lies after a rewrite that it may be in the middle of; where it is gone, the next or last place left.
    """
    if offset <= change.start:
        return offset
    if offset >= change.end:
        return offset + change.growth
    return change.start + _aligned(change.removed, change.text, offset - change.start, forward=forward)


def _aligned(old: str, new: str, offset: int, *, forward: bool) -> int:
    if len(old) <= ALIGNED_CHARS and len(new) <= ALIGNED_CHARS:
        return _aligned_in_block(old, new, offset, forward=forward)
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    at = offset if forward else offset - 1
    line = bisect_right(list(accumulate(map(len, old_lines))), at)
    block = _block(old_lines, new_lines, line)
    old_start, new_start = (sum(map(len, lines)) for lines in (old_lines[: block[0]], new_lines[: block[2]]))
    old_part, new_part = "".join(old_lines[block[0] : block[1]]), "".join(new_lines[block[2] : block[3]])
    if old_part == new_part:
        return new_start + offset - old_start
    if len(old_part) <= ALIGNED_CHARS and len(new_part) <= ALIGNED_CHARS:
        return new_start + _aligned_in_block(old_part, new_part, offset - old_start, forward=forward)
    return new_start if forward else new_start + len(new_part)


def _aligned_in_block(old: str, new: str, offset: int, *, forward: bool) -> int:
    """
    A place goes with the item behind it if `forward`, else with the one before it.
    """
    old_start, old_end, new_start, new_end = _block(old, new, offset if forward else offset - 1)
    if old[old_start:old_end] == new[new_start:new_end]:
        return new_start + offset - old_start
    return new_start if forward else new_end


def _block(old: str | list[str], new: str | list[str], index: int) -> tuple[int, int, int, int]:
    """
    The stretch of `old` around `index` that was kept or replaced as a whole, and what stands for it in `new`.
    """
    from rapidfuzz.distance import Levenshtein

    for block in Levenshtein.opcodes(old, new):
        if block.src_start <= index < block.src_end:
            return block.src_start, block.src_end, block.dest_start, block.dest_end
    raise IndexError(index)
