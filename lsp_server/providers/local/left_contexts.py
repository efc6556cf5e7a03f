"""
Find every place in a long row of words whose left context agrees with a given one, longest agreement first.

A suffix array read backwards: positions sorted by the words before them, nearest word first.
"""

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.int32]
Positions = NDArray[np.int32]

DEPTH = 24
"""How many words to the left decide the order; a power of two times three, since the sort doubles from three."""


def sort_by_left_context(words: Words) -> Positions:
    """
    The positions of `words` in the order of their left contexts, `DEPTH` words deep.
    """
    if len(words) == 0:
        return np.zeros(0, dtype=np.int32)
    key = _three_words(words)
    span = 3
    while True:
        order = np.argsort(key, kind="stable")
        if span >= DEPTH:
            return order.astype(np.int32)
        rank = _ranks(key, order)
        del order  # A workspace has millions of words: nothing is kept that is not needed any more.
        key[:] = rank
        key *= np.int64(len(words) + 1)
        key[span:] += rank[:-span]
        span *= 2


def _three_words(words: Words) -> NDArray[np.int64]:
    """
    A number for the three words before each position, ordered as they are, nearest word first.
    """
    base = np.int64(words.max()) + 1
    key = np.zeros(len(words), dtype=np.int64)
    for back in (1, 2, 3):
        key *= base
        key[back:] += words[:-back]
    return key


def _ranks(key: NDArray[np.int64], order: NDArray[np.intp]) -> Positions:
    ordered = key[order]
    steps = np.ones(len(key), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=steps[1:])
    del ordered
    rank = np.empty(len(key), dtype=np.int32)
    rank[order] = np.cumsum(steps, dtype=np.int32)
    return rank


class LeftContexts:
    """
    The sorted order with what a search in it needs.
    """

    def __init__(self, words: Words, order: Positions) -> None:
        self.words = words
        self.order = order
        self._words = np.ascontiguousarray(words).data
        self._order = np.ascontiguousarray(order).data
        firsts = np.zeros(len(words), dtype=np.int32)
        firsts[1:] = words[:-1]
        size = int(words.max()) + 1 if len(words) else 0
        self._first = np.zeros(size + 1, dtype=np.int64)
        np.cumsum(np.bincount(firsts, minlength=size), out=self._first[1:])

    def narrow(self, context: list[int], small: int) -> list[tuple[int, int]]:
        """
        Nested ranges of `order`: the d-th holds the places whose last d words are those of `context`, nearest first.

        Stops at the first range of at most `small` places, at the end of `context`, or where nothing agrees any more.
        """
        low, high = 0, len(self.order)
        ranges = [(low, high)]
        if not context or context[0] + 1 >= len(self._first):
            return ranges
        low, high = int(self._first[context[0]]), int(self._first[context[0] + 1])
        depth = 1
        words, order = self._words, self._order
        while low < high:
            ranges.append((low, high))
            if high - low <= small or depth >= len(context):
                break
            depth += 1
            back, word = depth, context[depth - 1]

            def nth_word(place: int, back: int = back) -> int:
                return words[place - back] if place >= back else 0

            low = bisect_left(order, word, low, high, key=nth_word)
            high = bisect_right(order, word, low, high, key=nth_word)
        return ranges
