"""
Code as words and signs, so that two pieces can be compared whatever their white space.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lsp_server.text.positions import Span

WILDCARD = "\x01"
"""Stands for any characters in what is looked for."""


@dataclass(frozen=True, eq=False, slots=True)
class Lexemes:
    """
    The words and signs of a text, and where each stands in it.

    `row` has them one after another with `_GAP` before, between and behind; `places` is where each begins there.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    row: str
    places: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def occurrences(self, wanted: Sequence[str]) -> Iterator[range]:
        """
        Wherever `wanted` stands, as indices of words; occurrences may overlap.
        """
        if not wanted:
            return
        row = _row(wanted)
        if WILDCARD in row:
            yield from self._with_wildcards(row)
            return
        position = self.row.find(row)
        while position >= 0:
            first = bisect_left(self.places, position + 1)
            yield range(first, first + len(wanted))
            position = self.row.find(row, position + 1)

    def span(self, indices: range) -> Span:
        """
        Where those words stand in the text.
        """
        return Span(self.spans[indices[0]].start, self.spans[indices[-1]].end)

    def _with_wildcards(self, row: str) -> Iterator[range]:
        pattern = re.escape(row).replace(re.escape(WILDCARD), f".{{1,{_LONGEST_WILD}}}?")
        for found in re.finditer(pattern, self.row, re.DOTALL):
            first = bisect_left(self.places, found.start() + 1)
            yield range(first, bisect_left(self.places, found.end() - 1))


def lexemes(text: str) -> Lexemes:
    """
    The words and signs of `text`: strings that close on their line, words, and any other character but white space.

    It knows no regular expressions, templates or comments: what matters is that equal code gives equal words.
    """
    found = list(_LEXEME.finditer(text))
    words = tuple(_BLANKS.sub(" ", match[0]) for match in found)
    places = tuple(accumulate((len(word) + 1 for word in words[:-1]), initial=1)) if words else ()
    return Lexemes(words, tuple(Span(*match.span()) for match in found), _row(words), places)


def _row(words: Sequence[str]) -> str:
    return _GAP + _GAP.join(words) + _GAP


_GAP = "\x00"
_LONGEST_WILD = 600
_LEXEME = re.compile(r'"(?:\\.|[^"\\\r\n])*"|' r"'(?:\\.|[^'\\\r\n])*'|[\w$]+|[^\s\x00]")
_BLANKS = re.compile(r"\s+")
