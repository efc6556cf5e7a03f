"""
How likely each name that is new to the file is to be written next.

Every retriever's evidence about a name is one number of a vector, most of which are 0; a logistic model, fitted once
over tasks from several repositories, turns the vector into a likelihood. The weights say how much each kind of evidence
has proved to be worth; `tests/evaluation/context/fit.py` prints them. `typed` was set by hand: no task has half a word
before its cursor.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p

import numpy as np
import numpy.typing as npt

from lsp_server.context.pool import Pool
from lsp_server.context.question import Question
from lsp_server.context.similar import Similar
from lsp_server.context.situation import Slot
from lsp_server.index.symbols import Symbol
from lsp_server.index.words import parts

Table = Mapping[str, float]
"""What one kind of evidence says of names; of a name that is not in it, nothing."""

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
    def evidence(self) -> Mapping[str, Table]:
        """
        What speaks for the names of the pool, by its name in `EVIDENCE`; a name that a table lacks has 0 there.
        """
        situation, index, pool = self.question.situation, self.question.source.symbols, self.pool
        names = pool.names
        frequencies = self.question.source.windows.frequencies(names)
        return {
            "always": dict.fromkeys(names, 1.0),
            **self._reaching,
            "company": pool.company,
            "mentioned": pool.mentioned,
            "member of a type mentioned": pool.of_mentioned,
            **self._in_similar_code(),
            "in a namespace imported": dict.fromkeys(pool.namespaced, 1.0),
            "imported and unused": dict.fromkeys(situation.imported, 1.0),
            "popularity": {name: log1p(count) for name in names if (count := index.popularity(name))},
            "commonness": {name: log1p(count) for name, count in zip(names, frequencies, strict=True) if count},
            "typed": self._typed(names),
            **self._declared(names),
        }

    @cached_property
    def evidence_of_known(self) -> Mapping[str, Table]:
        """
        What speaks for the known names of the pool, by its name in `AGAIN`.
        """
        situation, names = self.question.situation, self.pool.known
        is_type = [name for name in names if name[:1].isupper()] if situation.slot is Slot.TYPE else []
        return {
            "always": dict.fromkeys(names, 1.0),
            **self._reaching,
            "near the cursor": situation.near,
            "uses": {name: log1p(situation.visible[name]) for name in names},
            **self._in_similar_code(),
            "type where a type is due": dict.fromkeys(is_type, 1.0),
            "typed": self._typed(names),
        }

    def _in_similar_code(self) -> Mapping[str, Table]:
        similar = self.similar
        return {
            "similar code": similar.in_windows,
            "often in similar code": similar.window_shares,
            "continuation": similar.continuations,
            "in similar files": similar.in_files,
            "same word before": dict.fromkeys(similar.followers, 1.0),
        }

    def _typed(self, names: Sequence[str]) -> Table:
        typed = self.question.situation.typed
        return {name: 1.0 if name.startswith(typed) else -1.0 for name in names} if typed else {}

    def _declared(self, names: Sequence[str]) -> Mapping[str, Table]:
        # What speaks for a name by its parts, and by where it is declared.
        found: dict[str, dict[str, float]] = {kind: {} for kind in _OF_DECLARATION}
        declared, index, near = self.pool.by_name, self.question.source.symbols, self.question.near_parts
        for name in names:
            own = parts(name)
            share = 0.0 if near.keys().isdisjoint(own) else sum([near.get(part, 0.0) for part in own]) / len(own)
            same = declared.get(name)
            if same:
                found["share of parts"][name] = share
                self._weigh(name, same[0], found)
            else:
                found["member name parts"][name] = share
                found["member" if index.has_member(name) else "declared nowhere"][name] = 1.0
        return found

    def _weigh(self, name: str, symbol: Symbol, found: Mapping[str, dict[str, float]]) -> None:
        # What speaks for a name that its nearest declaration has.
        slot = self.question.situation.slot
        found["symbol"][name] = 1.0
        found["rarity of shared parts"][name] = log1p(self.pool.by_parts.get(name, 0.0))
        if symbol.kind in ("interface", "type"):
            found["type where a type is due" if slot is Slot.TYPE else "type elsewhere"][name] = 1.0
        if slot is Slot.ELEMENT and name[:1].isupper():
            found["component where one is due"][name] = 1.0
        if slot is Slot.MEMBER:
            found["symbol after a dot"][name] = 1.0
        for kind, value in zip(_OF_PLACE, self._place(symbol.path), strict=True):
            if value:
                found[kind][name] = value

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
    def _reaching(self) -> Mapping[str, Table]:
        # For each retriever of what is in reach, the worth it gives to each name.
        found: dict[str, dict[str, float]] = {kind: {} for kind in _REACHING}
        for piece in self.question.found:
            table = found.get(piece.retriever, {})
            for name in piece.names:
                if piece.worth > table.get(name, 0.0):
                    table[name] = piece.worth
        return found


def matrix(names: Sequence[str], evidence: Mapping[str, Table], kinds: Iterable[str]) -> npt.NDArray[np.float64]:
    """
    Evidence with a row for each of `names` and a column for each of `kinds`.
    """
    return np.array([[evidence[kind].get(name, 0.0) for kind in kinds] for name in names])


def _likely(names: Sequence[str], evidence: Mapping[str, Table], weights: Mapping[str, float]) -> dict[str, float]:
    # Most names have nothing of most kinds.
    score = dict.fromkeys(names, 0.0)
    for kind, weight in weights.items():
        table = evidence[kind]
        for name in names if len(table) > len(names) else table:
            if name in score:
                score[name] += weight * table.get(name, 0.0)
    found = np.fromiter(score.values(), np.float64, len(score))
    likely: list[float] = (1 / (1 + np.exp(-np.clip(found, -30, 30)))).tolist()
    return dict(zip(names, likely, strict=True))


def is_test(path: str) -> bool:
    """
    Whether a file is there for tests, by its path.
    """
    return any(mark in path for mark in _TEST_MARKS)


_REACHING = ("receiver", "expected", "near", "written", "imported")
_OF_PLACE = ("nearness", "sibling", "same folder", "test", "file name parts")
_OF_DECLARATION = (
    "symbol",
    "rarity of shared parts",
    "share of parts",
    "type where a type is due",
    "type elsewhere",
    "component where one is due",
    "symbol after a dot",
    *_OF_PLACE,
    "member",
    "member name parts",
    "declared nowhere",
)
_TEST_MARKS = (".test.", ".spec.", "__tests__", "/test/", "/tests/", ".stories.", "/fixtures/", "__mocks__")
