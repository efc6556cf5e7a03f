"""
A long text as a row of immutable blocks of whole lines, so that an edit rebuilds one block and shares the others.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from lsp_server.text.positions import TERMINATOR, characters_in_utf8, encode_utf8

LINES_PER_BLOCK = 128

_MOST_LINES = LINES_PER_BLOCK * 2

# Characters below which a block is joined with its neighbours, lest many deletions leave many crumbs.
_TINY = 1024


@dataclass(frozen=True, eq=False)
class Block:
    """
    Some whole lines; every block of a text but the last ends with a terminator, and none begins inside one.

    `ends` holds the offset behind each terminator.
    """

    text: str
    ends: tuple[int, ...]

    @cached_property
    def ascii(self) -> bool:
        """
        Whether characters, bytes and utf-16 units are all the same here.
        """
        return self.text.isascii()

    @cached_property
    def utf8(self) -> bytes:
        """
        The block as bytes.
        """
        return encode_utf8(self.text)

    @cached_property
    def byte_length(self) -> int:
        """
        Its length in utf-8.
        """
        return len(self.text) if self.ascii else len(self.utf8)

    @cached_property
    def newlines(self) -> int:
        r"""
        How many `\n` it holds, which alone make a new row for tree-sitter.
        """
        return self.text.count("\n")

    def bytes_before(self, offset: int) -> int:
        """
        How many bytes the characters before `offset` take.
        """
        return offset if self.ascii else len(encode_utf8(self.text[:offset]))

    def characters_before(self, byte: int) -> int:
        """
        How many characters lie wholly before `byte`.
        """
        return byte if self.ascii else characters_in_utf8(self.utf8, byte)


@dataclass(frozen=True, eq=False)
class Blocks:
    """
    A text in blocks; there is always at least one.
    """

    row: tuple[Block, ...]

    @cached_property
    def starts(self) -> list[int]:
        """
        The offset of each block, and at last the length of the text.
        """
        return list(accumulate((len(block.text) for block in self.row), initial=0))

    @cached_property
    def byte_starts(self) -> list[int]:
        """
        The byte offset of each block, and at last the length in bytes.
        """
        return list(accumulate((block.byte_length for block in self.row), initial=0))

    @cached_property
    def lines_before(self) -> list[int]:
        """
        How many terminators lie before each block, and at last in all.
        """
        return list(accumulate((len(block.ends) for block in self.row), initial=0))

    @cached_property
    def newlines_before(self) -> list[int]:
        r"""
        How many `\n` lie before each block, and at last in all.
        """
        return list(accumulate((block.newlines for block in self.row), initial=0))

    def at(self, offset: int) -> int:
        """
        The index of the block that holds the character at `offset`; the last one at the end of the text.
        """
        return min(bisect_right(self.starts, offset), len(self.row)) - 1

    def at_byte(self, byte: int) -> int:
        """
        The index of the block that holds `byte`; the last one at the end of the text.
        """
        return min(bisect_right(self.byte_starts, byte), len(self.row)) - 1

    def slice(self, start: int, end: int) -> str:
        """
        The text from `start` to `end`.
        """
        if start >= end:
            return ""
        first, last = self.at(start), self.at(end - 1)
        origin = self.starts[first]
        if first == last:
            return self.row[first].text[start - origin : end - origin]
        return "".join(block.text for block in self.row[first : last + 1])[start - origin : end - origin]

    def replace(self, start: int, end: int, text: str) -> "Blocks":
        """
        The whole with `text` in place of what lies from `start` to `end`.
        """
        first, last = self.at(start), self.at(max(start, end - 1))
        origin = self.starts[first]
        held = "".join(block.text for block in self.row[first : last + 1])
        held = held[: start - origin] + text + held[end - origin :]
        first, last, held = self._widen(first, last, held)
        return Blocks((*self.row[:first], *_cut(held), *self.row[last + 1 :]))

    def _widen(self, first: int, last: int, held: str) -> tuple[int, int, str]:
        """
        Take in neighbours until the text held begins and ends between two lines and is not tiny.
        """
        while first > 0 and (len(held) < _TINY or _is_inside_crlf(self.row[first - 1].text, held)):
            first -= 1
            held = self.row[first].text + held
        while last + 1 < len(self.row) and (
            len(held) < _TINY or held[-1] not in "\r\n" or _is_inside_crlf(held, self.row[last + 1].text)
        ):
            last += 1
            held += self.row[last].text
        return first, last, held


def blocks_of(text: str) -> Blocks:
    """
    Cut `text` into blocks.
    """
    return Blocks(tuple(_cut(text)))


def _is_inside_crlf(before: str, after: str) -> bool:
    return before.endswith("\r") and after.startswith("\n")


def _cut(text: str) -> Iterator[Block]:
    ends = _line_ends(text)
    if len(ends) <= _MOST_LINES:
        yield Block(text, tuple(ends))
        return
    cuts = [0, *ends[LINES_PER_BLOCK - 1 :: LINES_PER_BLOCK], len(text)]
    for number, (start, end) in enumerate(pairwise(cuts)):
        own = ends[number * LINES_PER_BLOCK : (number + 1) * LINES_PER_BLOCK]
        if start < end:
            yield Block(text[start:end], tuple(behind - start for behind in own))


def _line_ends(text: str) -> list[int]:
    """
    The offset behind each terminator.
    """
    if "\r" in text:
        return [match.end() for match in TERMINATOR.finditer(text)]
    # Thrice as quick, and every keystroke pays it for a block of some hundred lines.
    *lines, _ = text.split("\n")
    return [end + number for number, end in enumerate(accumulate(map(len, lines)), 1)]
