"""
Find the code in the workspace that is like the code at hand: BM25 over windows of sixteen lines.

A window is two blocks of eight lines, so that every pair of near lines shares a window.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lsp_server.index.blocks import BLOCK_LINES, Blocks, Terms, term_id

COMMON = 0.15
SATURATION = 0.6


class Window(NamedTuple):
    """
    A run of lines and how much it is like what was asked for.
    """

    path: str
    line: int
    end_line: int
    score: float


@dataclass(frozen=True, eq=False)
class WindowIndex:
    """
    The blocks of many files, by term.
    """

    paths: Sequence[str]
    first: npt.NDArray[np.int64]
    """The number of the first block of each file, and at the end the number of blocks."""
    terms: Terms
    """Every term once, in order."""
    starts: npt.NDArray[np.int64]
    """Where the blocks of each term begin, and at the end how many there are."""
    blocks: Terms
    lengths: npt.NDArray[np.float32]

    @classmethod
    def build(cls, files: Iterable[tuple[str, Blocks]]) -> "WindowIndex":
        """
        Sort the blocks of `files` by term.
        """
        listed = [item for item in files if len(item[1].sizes)]
        sizes = _joined([item[1].sizes for item in listed])
        terms = _joined([item[1].terms for item in listed])
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
        counts = np.array([0, *(len(item[1].sizes) for item in listed)], np.int64)
        keys = (terms.astype(np.uint64) << np.uint64(32)) | owners
        return _sorted([path for path, _ in listed], np.cumsum(counts), keys, sizes.astype(np.float32))

    def changed(self, without: Iterable[str], files: Iterable[tuple[str, Blocks]]) -> "WindowIndex":
        """
        The same less the files `without`, and with `files` instead.
        """
        more = WindowIndex.build(files)
        gone = set(without)
        kept = np.array([path not in gone for path in self.paths], np.bool_)
        counts = np.diff(self.first)
        staying = np.repeat(kept, counts)
        numbers = (np.cumsum(staying) - 1).astype(np.uint64)
        there = staying[self.blocks]
        keys = _keys(self.terms, self.starts, numbers[self.blocks])[there]
        added = _keys(more.terms, more.starts, more.blocks.astype(np.uint64) + np.uint64(staying.sum()))
        first = np.cumsum(np.concatenate([[0], counts[kept], np.diff(more.first)]))
        paths = [path for path in self.paths if path not in gone] + list(more.paths)
        return _sorted(
            paths, first, np.concatenate([keys, added]), np.concatenate([self.lengths[staying], more.lengths])
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
        if not len(self.terms):
            return [0] * len(words)
        ids = np.array([term_id(word) for word in words], np.uint32)
        places = np.minimum(np.searchsorted(self.terms, ids), len(self.terms) - 1)
        counts = np.where(self.terms[places] == ids, np.diff(self.starts)[places], 0)
        found: list[int] = counts.tolist()
        return found

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
        place = int(np.searchsorted(self.terms, np.uint32(term)))
        if place == len(self.terms) or self.terms[place] != term:
            return 0, 0
        return int(self.starts[place]), int(self.starts[place + 1])


def _joined(arrays: Sequence[Terms]) -> Terms:
    return np.concatenate(arrays) if arrays else np.empty(0, np.uint32)


def _keys(terms: Terms, starts: npt.NDArray[np.int64], owners: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return (np.repeat(terms, np.diff(starts)).astype(np.uint64) << np.uint64(32)) | owners


def _sorted(
    paths: Sequence[str],
    first: npt.NDArray[np.int64],
    keys: npt.NDArray[np.uint64],
    lengths: npt.NDArray[np.float32],
) -> WindowIndex:
    # A block is numbered in the lower half of its key and named by its term in the upper half.
    keys.sort()
    all_terms = (keys >> np.uint64(32)).astype(np.uint32)
    edges = np.flatnonzero(all_terms[1:] != all_terms[:-1]) + 1
    starts = np.concatenate([[0], edges, [len(keys)]]).astype(np.int64) if len(keys) else np.zeros(1, np.int64)
    return WindowIndex(paths, first, all_terms[starts[:-1]], starts, keys.astype(np.uint32), lengths)
