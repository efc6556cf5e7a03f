"""
How likely each name that is new to the file is to be written next.

Every retriever's evidence about a name is one number of a vector; a logistic model, fitted once over tasks from several
repositories, turns the vector into a likelihood. The weights say how much each kind of evidence has proved to be worth;
`tests/evaluation/context/fit.py` prints them. `typed` was set by hand: no task has half a word before its cursor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p

import numpy as np
import numpy.typing as npt

from lsp_server.context.pool import Pool
from lsp_server.context.question import Question
from lsp_server.context.similar import Similar
from lsp_server.context.situation import Slot
from lsp_server.index.words import parts

EVIDENCE: Mapping[str, float] = {
    "always": -9.56,
    "receiver": 2.59,
    "expected": 2.70,
    "near": 4.22,
    "written": 0.44,
    "imported": 3.97,
    "company": -0.07,
    "mentioned": 0.61,
    "member of a type mentioned": 3.94,
    "similar code": 2.48,
    "often in similar code": 1.57,
    "continuation": 2.07,
    "in similar files": 2.19,
    "same word before": 1.57,
    "in a namespace imported": 0.57,
    "imported and unused": 6.02,
    "popularity": 0.25,
    "commonness": -0.05,
    "typed": 2.00,
    "symbol": 0.40,
    "rarity of shared parts": 0.52,
    "share of parts": 0.82,
    "type where a type is due": -0.14,
    "type elsewhere": -0.76,
    "component where one is due": 0.00,
    "symbol after a dot": -0.42,
    "nearness": 1.17,
    "sibling": 0.50,
    "same folder": 0.03,
    "test": -0.88,
    "file name parts": 0.22,
    "member": 1.50,
    "member name parts": 0.88,
    "declared nowhere": -1.94,
}


AGAIN: Mapping[str, float] = {
    "always": -5.60,
    "receiver": 0.69,
    "expected": 2.15,
    "near": 0.40,
    "written": -0.79,
    "imported": 1.43,
    "near the cursor": -0.32,
    "uses": 0.39,
    "similar code": 1.71,
    "often in similar code": 0.61,
    "continuation": 1.39,
    "in similar files": -0.14,
    "same word before": 0.75,
    "type where a type is due": 0.01,
    "typed": 2.00,
}
"""The same for names that the file uses already: what weighs for their being used again."""


@dataclass(frozen=True, eq=False)
class Likelihood:
    """
    The evidence about every name that anything speaks for, at one cursor.
    """

    question: Question

    @cached_property
    def of(self) -> dict[str, float]:
        """
        The likelihood of each name, between 0 and 1.
        """
        return _likely(self.pool.names, self.evidence, EVIDENCE)

    @cached_property
    def of_known(self) -> dict[str, float]:
        """
        The likelihood that each name which the file uses already, and which others declare, is used again.
        """
        return _likely(self.pool.known, self.evidence_of_known, AGAIN)

    @cached_property
    def pool(self) -> Pool:
        """
        The names in question.
        """
        return Pool(self.question, self.similar)

    @cached_property
    def similar(self) -> Similar:
        """
        The code that is like the code at hand.
        """
        return Similar(self.question)

    @cached_property
    def evidence(self) -> npt.NDArray[np.float64]:
        """
        What speaks for each name: a row for each of `pool.names`, a column for each of `EVIDENCE`.
        """
        names = self.pool.names
        return np.array([*self._of_names(names), *self._of_places(names)]).T.reshape(len(names), len(EVIDENCE))

    @cached_property
    def evidence_of_known(self) -> npt.NDArray[np.float64]:
        """
        What speaks for each of `pool.known`, in the order of `AGAIN`.
        """
        names = self.pool.known
        return np.array([*self._of_known_names(names)]).T.reshape(len(names), len(AGAIN))

    def _of_known_names(self, names: Sequence[str]) -> Iterator[list[float]]:
        situation, similar = self.question.situation, self.similar
        typed, type_is_due = situation.typed, situation.slot is Slot.TYPE
        yield [1.0] * len(names)
        for table in (*self._reaching, situation.near):
            yield [table.get(name, 0.0) for name in names]
        yield [log1p(situation.visible[name]) for name in names]
        for table in (similar.in_windows, similar.window_shares, similar.continuations, similar.in_files):
            yield [table.get(name, 0.0) for name in names]
        yield [float(name in similar.followers) for name in names]
        yield [float(type_is_due and name[:1].isupper()) for name in names]
        yield [(1.0 if name.startswith(typed) else -1.0) if typed else 0.0 for name in names]

    def _of_names(self, names: Sequence[str]) -> Iterator[list[float]]:
        # What speaks for a name wherever it is declared.
        situation, index, pool, similar = self.question.situation, self.question.source.symbols, self.pool, self.similar
        typed, imported = situation.typed, situation.imported
        yield [1.0] * len(names)
        for table in (*self._reaching, pool.company, pool.mentioned, pool.of_mentioned):
            yield [table.get(name, 0.0) for name in names]
        for table in (similar.in_windows, similar.window_shares, similar.continuations, similar.in_files):
            yield [table.get(name, 0.0) for name in names]
        for group in (similar.followers, pool.namespaced, imported):
            yield [float(name in group) for name in names]
        yield [log1p(index.popularity(name)) for name in names]
        yield [log1p(count) for count in self.question.source.windows.frequencies(names)]
        yield [(1.0 if name.startswith(typed) else -1.0) if typed else 0.0 for name in names]

    def _of_places(self, names: Sequence[str]) -> Iterator[tuple[float, ...]]:
        # What speaks for a name by where it is declared.
        return zip(*(self._declared(name) for name in names), strict=True)

    def _declared(self, name: str) -> tuple[float, ...]:
        pool, slot, near = self.pool, self.question.situation.slot, self.question.near_parts
        own = parts(name)
        share = sum([near.get(part, 0.0) for part in own]) / len(own) if own else 0.0
        same = pool.by_name.get(name)
        if not same:
            is_member = float(self.question.source.symbols.has_member(name) > 0)
            return (*_NO_SYMBOL, is_member, share, 1.0 - is_member)
        best = same[0]
        is_type = best.kind in ("interface", "type")
        return (
            1.0,
            log1p(max([pool.by_parts.get(symbol, 0.0) for symbol in same])),
            share,
            float(is_type and slot is Slot.TYPE),
            float(is_type and slot is not Slot.TYPE),
            float(slot is Slot.ELEMENT and name[:1].isupper()),
            float(slot is Slot.MEMBER),
            *self._place(best.path),
            0.0,
            0.0,
            0.0,
        )

    def _place(self, path: str) -> tuple[float, ...]:
        known = self._places.get(path)
        if known is None:
            pool, near = self.pool, self.question.near_parts
            folder, _, file = path.rpartition("/")
            known = self._places[path] = (
                pool.nearness(path),
                float(path in pool.targets),
                float(folder == pool.folder),
                float(is_test(path) and not is_test(self.question.situation.path)),
                sum([near.get(part, 0.0) for part in parts(file)[:3]]) / 3,
            )
        return known

    @cached_property
    def _places(self) -> dict[str, tuple[float, ...]]:
        return {}

    @cached_property
    def _reaching(self) -> tuple[dict[str, float], ...]:
        # For each retriever of what is in reach, the worth it gives to each name.
        found: dict[str, dict[str, float]] = {kind: {} for kind in _REACHING}
        for piece in self.question.found:
            table = found.setdefault(piece.retriever, {})
            for name in piece.names:
                if piece.worth > table.get(name, 0.0):
                    table[name] = piece.worth
        return tuple(found[kind] for kind in _REACHING)


def _likely(names: Sequence[str], evidence: npt.NDArray[np.float64], weights: Mapping[str, float]) -> dict[str, float]:
    score = evidence @ np.array(tuple(weights.values()))
    likely: list[float] = (1 / (1 + np.exp(-np.clip(score, -30, 30)))).tolist()
    return dict(zip(names, likely, strict=True))


def is_test(path: str) -> bool:
    """
    Whether a file is there for tests, by its path.
    """
    return any(mark in path for mark in _TEST_MARKS)


_NO_SYMBOL = (0.0,) * 12
_REACHING = ("receiver", "expected", "near", "written", "imported")
_TEST_MARKS = (".test.", ".spec.", "__tests__", "/test/", "/tests/", ".stories.", "/fixtures/", "__mocks__")
