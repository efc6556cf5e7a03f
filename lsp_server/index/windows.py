"""
Find the code in the workspace that is like the code at hand: BM25 over windows of sixteen lines.

A file is cut into blocks of eight lines, and a window is two of them, so that every pair of near lines shares a window.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from lsp_server.index.words import parts

BLOCK_LINES = 8
MAX_BLOCKS = 2500
COMMON = 0.15
SATURATION = 0.6

Terms = npt.NDArray[np.uint32]

_WORD = re.compile(r"[A-Za-z_$][\w$]+")


class Blocks(NamedTuple):
    """
    The terms of a file, block after block, and how many each block has.
    """

    terms: Terms
    sizes: Terms


class Window(NamedTuple):
    """
    A run of lines and how much it is like what was asked for.
    """

    path: str
    line: int
    end_line: int
    score: float


class TermIds(dict[str, tuple[int, ...]]):
    """
    The terms that a word counts as: itself and its parts. The numbers are the same in every process.
    """

    def __missing__(self, word: str) -> tuple[int, ...]:
        """Work it out once."""
        own = term_id(word)
        split = parts(word)
        found = (own, *(term_id("~" + part) for part in split)) if len(split) > 1 else (own, *_part_of(split))
        self[word] = found
        return found


def term_id(word: str) -> int:
    """
    The number that stands for a word.
    """
    return crc32(word.encode())


def blocks_of(text: str, ids: TermIds) -> Blocks:
    """
    Cut a file into blocks of terms.
    """
    lines = text.split("\n", MAX_BLOCKS * BLOCK_LINES)
    terms: list[int] = []
    sizes: list[int] = []
    for start in range(0, min(len(lines), MAX_BLOCKS * BLOCK_LINES), BLOCK_LINES):
        words = set(_WORD.findall("\n".join(lines[start : start + BLOCK_LINES])))
        found = set().union(*map(ids.__getitem__, words)) if words else ()
        terms.extend(found)
        sizes.append(len(found))
    return Blocks(np.array(terms, np.uint32), np.array(sizes, np.uint32))


@dataclass(frozen=True, eq=False)
class WindowIndex:
    """
    The blocks of many files, by term.
    """

    paths: Sequence[str]
    first: npt.NDArray[np.int64]
    """The number of the first block of each file, and at the end the number of blocks."""
    terms: Terms
    blocks: Terms
    lengths: npt.NDArray[np.float32]

    @classmethod
    def build(cls, files: Iterable[tuple[str, Blocks]]) -> "WindowIndex":
        """
        Sort the blocks of `files` by term.
        """
        listed = [item for item in files if len(item[1].sizes)]
        sizes = np.concatenate([item[1].sizes for item in listed]) if listed else np.empty(0, np.uint32)
        terms = np.concatenate([item[1].terms for item in listed]) if listed else np.empty(0, np.uint32)
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
        keys = (terms.astype(np.uint64) << np.uint64(32)) | owners
        keys.sort()
        counts = np.array([0, *(len(item[1].sizes) for item in listed)], np.int64)
        return cls(
            paths=[path for path, _ in listed],
            first=np.cumsum(counts),
            terms=(keys >> np.uint64(32)).astype(np.uint32),
            blocks=keys.astype(np.uint32),
            lengths=sizes.astype(np.float32),
        )

    @property
    def size(self) -> int:
        """
        The number of blocks.
        """
        return len(self.lengths)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """
        In how many blocks each of `words` stands.
        """
        ids = np.array([term_id(word) for word in words], np.uint32)
        counts = np.searchsorted(self.terms, ids, side="right") - np.searchsorted(self.terms, ids, side="left")
        found: list[int] = counts.tolist()
        return found

    def commonest(self, words: Sequence[str], limit: int) -> tuple[str, ...]:
        """
        Those of `words` that stand in the most blocks.
        """
        counts = self.frequencies(words)
        order = sorted(range(len(words)), key=lambda number: -counts[number])[:limit]
        return tuple(words[number] for number in order if counts[number] > 1)

    def search(self, query: Mapping[int, float], without: Iterable[str], limit: int) -> list[Window]:
        """
        The windows most like the weighted terms of `query`, outside the files `without`, at most two a file.
        """
        if not self.size:
            return []
        scores = np.zeros(self.size, np.float32)
        for term, weight in query.items():
            low, high = self._range(term)
            if low == high or high - low > max(50, COMMON * self.size):
                continue
            rarity = np.log1p((self.size - (high - low) + 0.5) / (high - low + 0.5))
            scores[self.blocks[low:high]] += weight * rarity
        average = float(self.lengths.mean()) or 1.0
        scores /= 1 - SATURATION + SATURATION * np.maximum(self.lengths, 8.0) / average
        return self._best(scores, set(without), limit)

    def _best(self, scores: npt.NDArray[np.float32], without: set[str], limit: int) -> list[Window]:
        pairs = scores.copy()
        pairs[:-1] += scores[1:]
        last = self.first[1:] - 1
        pairs[last] = scores[last]
        count = min(self.size, 6 * limit + 20)
        top = np.argpartition(-pairs, count - 1)[:count]
        found: list[Window] = []
        taken: dict[str, list[int]] = {}
        for block in sorted(top.tolist(), key=lambda number: (-pairs[number], number)):
            number = int(np.searchsorted(self.first, block, side="right")) - 1
            path = self.paths[number]
            near = taken.setdefault(path, [])
            if pairs[block] <= 0 or path in without or len(near) >= 2 or any(abs(block - other) < 2 for other in near):
                continue
            near.append(block)
            start = (block - int(self.first[number])) * BLOCK_LINES
            found.append(Window(path, start, start + 2 * BLOCK_LINES, float(pairs[block])))
            if len(found) >= limit:
                break
        return found

    def _range(self, term: int) -> tuple[int, int]:
        low = int(np.searchsorted(self.terms, np.uint32(term), side="left"))
        return low, int(np.searchsorted(self.terms, np.uint32(term), side="right"))


def _part_of(split: tuple[str, ...]) -> tuple[int, ...]:
    return (term_id("~" + split[0]),) if split else ()
