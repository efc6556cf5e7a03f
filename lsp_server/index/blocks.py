"""
Cut files into blocks of eight lines, and each block into the terms by which it is found.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from lsp_server.index.words import parts

BLOCK_LINES = 8
MAX_BLOCKS = 2500
COMMON_WORDS = (
    "const let var function return if else for while switch case break continue new await async import export from"
    " default class extends implements interface type enum public private protected readonly static this super true"
    " false null undefined void typeof instanceof in of as is throw try catch string number boolean any unknown never"
    " it expect the to"
)
"""Words that stand everywhere tell nothing, and have no terms."""

LONGEST_NAME = 60
MAX_PARTS = 8

Terms = npt.NDArray[np.uint32]

_LINE_END = b"\x01"
_IN_NAMES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
_SPACED = bytes(byte if byte in _IN_NAMES or chr(byte) in "0123456789\n" or byte > 127 else 32 for byte in range(256))
"""Every byte that can't be in a name as a space: to cut at spaces takes a third of the time of finding names."""
_SILENT = 1


class Blocks(NamedTuple):
    """
    The terms of a file, block after block, and how many each block has.
    """

    terms: Terms
    sizes: Terms


class Vocabulary(dict[bytes, int]):
    """
    Numbers the words of the workspace as they are met, and knows the terms of each: the word itself and its parts.
    """

    def __init__(self) -> None:
        super().__init__({word: number for number, word in enumerate([_LINE_END, *COMMON_WORDS.encode().split()])})
        self._terms: list[tuple[int, ...]] = [() for _ in self]
        self._flat = np.empty(0, np.uint32)
        self._starts = np.zeros(1, np.int64)

    def __missing__(self, word: bytes) -> int:
        """A word not met before."""
        if word[0] not in _IN_NAMES or len(word) == 1:
            return _SILENT
        # What is longer is data, not a name.
        split = parts(word.decode(errors="replace"))[:MAX_PARTS] if len(word) <= LONGEST_NAME else ()
        number = self[word] = len(self._terms)
        self._terms.append((crc32(word), *map(part_id, split)))
        return number

    def table(self) -> tuple[Terms, npt.NDArray[np.int64]]:
        """
        The terms of all words in a row, and where those of each word begin.
        """
        known = len(self._starts) - 1
        if known < len(self._terms):
            new = self._terms[known:]
            counts = np.fromiter(map(len, new), np.int64, len(new))
            flat = np.fromiter(chain.from_iterable(new), np.uint32, int(counts.sum()))
            self._flat = np.concatenate([self._flat, flat])
            self._starts = np.concatenate([self._starts, self._starts[-1] + np.cumsum(counts)])
        return self._flat, self._starts


def term_id(word: str) -> int:
    """
    The number that stands for a word.
    """
    return crc32(word.encode())


@lru_cache(maxsize=50_000)
def part_id(part: str) -> int:
    """
    The number that stands for a part of a word.
    """
    return term_id("~" + part)


def blocks_of(sources: Sequence[bytes], vocabulary: Vocabulary) -> list[Blocks]:
    """
    Cut files, in UTF-8, into blocks of terms; many at once, since that is cheaper.
    """
    if not sources:
        return []
    words: list[int] = []
    lengths: list[int] = []
    for source in sources:
        found = source.translate(_SPACED).replace(b"\n", b" \x01 ").split()
        words.extend(map(vocabulary.__getitem__, found))
        lengths.append(len(found))
    return _blocks(np.array(words, np.int64), np.array(lengths, np.int64), vocabulary)


def _blocks(words: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], vocabulary: Vocabulary) -> list[Blocks]:
    flat, starts = vocabulary.table()
    lines = np.cumsum(words == 0)
    files = np.repeat(np.arange(len(lengths)), lengths)
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    before = np.where(first > 0, lines[np.minimum(first, len(lines)) - 1], 0) if len(lines) else first
    block = (lines - np.repeat(before, lengths)) // BLOCK_LINES
    kept = block < MAX_BLOCKS
    # Each word once a block, then each term once a block.
    place = (files * MAX_BLOCKS + block)[kept]
    pairs = _distinct((place << 32) | words[kept])
    word, place = pairs & 0xFFFFFFFF, pairs >> 32
    counts = starts[word + 1] - starts[word]
    offsets = np.repeat(starts[word] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    pairs = _distinct((np.repeat(place, counts) << 32) | flat[offsets])
    terms, place = (pairs & 0xFFFFFFFF).astype(np.uint32), pairs >> 32
    return _by_file(terms, place, block, lengths)


def _distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    values.sort()
    fresh = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return values[fresh]


def _by_file(
    terms: Terms, place: npt.NDArray[np.int64], block: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> list[Blocks]:
    ends = np.cumsum(lengths)
    found: list[Blocks] = []
    for number, (end, length) in enumerate(zip(ends.tolist(), lengths.tolist(), strict=True)):
        count = min(int(block[end - 1]) + 1, MAX_BLOCKS) if length else 1
        edges = np.searchsorted(place, number * MAX_BLOCKS + np.arange(count + 1))
        found.append(Blocks(terms[edges[0] : edges[-1]], np.diff(edges).astype(np.uint32)))
    return found
