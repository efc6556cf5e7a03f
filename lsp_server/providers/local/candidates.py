"""
Which words may come next.
"""

from collections.abc import Iterable

import numpy as np

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.evidence import Evidence
from lsp_server.providers.local.rows import Numbers
from lsp_server.providers.local.vocabulary import NEWLINE_ID

MOST = 32
"""How many candidates are weighed at each step."""


def choose_candidates(evidence: Evidence) -> Numbers:
    """
    The best of each source, without repetition; only words that begin as typed.
    """
    chosen = _Chosen(evidence)
    cursor, partial = evidence.cursor, evidence.partial
    mixture, rebound = evidence.mixture, evidence.rebound
    likely = np.argsort(-mixture.probability, kind="stable")[: 400 if partial else 16]
    chosen.take(mixture.words[likely].tolist(), 12)
    rank = rebound.weight * (1 + rebound.depth) * (0.2 + rebound.overlap)
    chosen.take(rebound.words[np.argsort(-rank, kind="stable")].tolist(), 4)
    for votes in evidence.skips:
        chosen.take(votes.words[: 100 if partial else 4].tolist(), 2)
    chosen.take(evidence.sources, 3)
    chosen.take(_known_first(cursor, evidence.members), 6)
    chosen.take(_known_first(cursor, evidence.fields), 5)
    if partial:
        chosen.take(_file_words(cursor, partial), 6)
    else:
        _take_nearby(chosen, evidence)
    return np.array(list(chosen.words), dtype=np.int32)


def _take_nearby(chosen: "_Chosen", evidence: Evidence) -> None:
    """
    Names of the open file of the sort that may stand here; first those that so far are only used after the cursor.
    """
    cursor, previous = evidence.cursor, evidence.cursor.words[evidence.hypothesis.context[0]]
    nearby = cursor.nearby
    if previous in (".", "?."):
        chosen.take(nearby.members_after, 2)
        chosen.take(nearby.members_before, 2)
        return
    chosen.take((word for word in nearby.names_after if cursor.fresh_after[word]), 3)
    chosen.take(nearby.names_after, 1)
    chosen.take(nearby.names_before, 2)


def _known_first(cursor: Cursor, names: list[int]) -> list[int]:
    """
    Names in the order of their frequency in the open file, else as declared.
    """
    return sorted(names, key=lambda word: -int(cursor.counts_before[word] + cursor.counts_after[word]))


class _Chosen:
    def __init__(self, evidence: Evidence) -> None:
        self.words: dict[int, None] = {}
        self._texts = evidence.cursor.words
        self._partial = evidence.partial

    def take(self, words: Iterable[int], most: int) -> None:
        """
        The first `most` of `words` that are new and fit.
        """
        for word in words:
            if most == 0 or len(self.words) >= MOST:
                return
            if word >= NEWLINE_ID and word not in self.words and self._texts[word].startswith(self._partial):
                self.words[word] = None
                most -= 1


def _file_words(cursor: Cursor, partial: str) -> list[int]:
    """
    Words of the open file that begin as typed, most frequent first.
    """
    counts = cursor.counts_before + cursor.counts_after
    found = [word for word in np.flatnonzero(counts).tolist() if cursor.words[word].startswith(partial)]
    return sorted(found, key=lambda word: -int(counts[word]))
