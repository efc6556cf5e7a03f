"""
How likely each name that is new to the file is to be written next.

Every retriever's evidence about a name is one number of a vector; a logistic model, fitted once over tasks from several
repositories, turns the vector into a likelihood. The weights say how much each kind of evidence has proved to be worth;
`tests/evaluation/context/fit.py` prints them. `typed` was set by hand: no task has half a word before its cursor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp, log1p
from posixpath import dirname

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
    "symbol": 0.40,
    "rarity of shared parts": 0.52,
    "share of parts": 0.82,
    "company": -0.07,
    "popularity": 0.25,
    "nearness": 1.17,
    "sibling": 0.50,
    "mentioned": 0.61,
    "similar code": 2.48,
    "often in similar code": 1.57,
    "commonness": -0.05,
    "same word before": 1.57,
    "continuation": 2.07,
    "type where a type is due": -0.14,
    "type elsewhere": -0.76,
    "component where one is due": 0.00,
    "typed": 2.00,
    "test": -0.88,
    "member": 1.50,
    "member name parts": 0.88,
    "file name parts": 0.22,
    "symbol after a dot": -0.42,
    "same folder": 0.03,
    "in a namespace imported": 0.57,
    "declared nowhere": -1.94,
    "imported and unused": 6.02,
    "member of a type mentioned": 3.94,
    "in similar files": 2.19,
}


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
        weights = tuple(EVIDENCE.values())
        return {name: _logistic(_dot(weights, self.evidence(name))) for name in self.pool.names}

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
    def commonness(self) -> dict[str, float]:
        """
        How common each name is in the code of the workspace.
        """
        names = self.pool.names
        counts = self.question.source.windows.frequencies(names)
        return {name: log1p(count) for name, count in zip(names, counts, strict=True)}

    @cached_property
    def reaching(self) -> tuple[dict[str, float], ...]:
        """
        For each retriever of what is in reach, in the order of the evidence, the worth it gives to each name.
        """
        found: dict[str, dict[str, float]] = {kind: {} for kind in _REACHING}
        for piece in self.question.found:
            table = found.setdefault(piece.retriever, {})
            for name in piece.names:
                table[name] = max(table.get(name, 0.0), piece.worth)
        return tuple(found[kind] for kind in _REACHING)

    def evidence(self, name: str) -> tuple[float, ...]:
        """
        What speaks for a name, in the order of `EVIDENCE`.
        """
        situation, index, pool, similar = self.question.situation, self.question.source.symbols, self.pool, self.similar
        near, slot, typed = self.question.near_parts, situation.slot, situation.typed
        same = pool.by_name.get(name, ())
        best = same[0] if same else None
        own = parts(name)
        share = sum(near.get(part, 0.0) for part in own) / len(own) if own else 0.0
        is_type = best is not None and best.kind in ("interface", "type")
        return (
            1.0,
            *(table.get(name, 0.0) for table in self.reaching),
            float(best is not None),
            log1p(max((pool.by_parts.get(symbol, 0.0) for symbol in same), default=0.0)),
            share if best is not None else 0.0,
            pool.company.get(name, 0.0),
            log1p(index.popularity(name)),
            pool.nearness(best.path) if best is not None else 0.0,
            float(best is not None and best.path in pool.targets),
            pool.mentioned.get(name, 0.0),
            similar.in_windows.get(name, 0.0),
            similar.window_shares.get(name, 0.0),
            self.commonness.get(name, 0.0),
            float(name in similar.followers),
            similar.continuations.get(name, 0.0),
            float(is_type and slot is Slot.TYPE),
            float(is_type and slot is not Slot.TYPE),
            float(slot is Slot.ELEMENT and best is not None and name[:1].isupper()),
            (1.0 if name.startswith(typed) else -1.0) if typed else 0.0,
            float(best is not None and is_test(best.path) and not is_test(situation.path)),
            float(best is None and index.has_member(name) > 0),
            share if best is None else 0.0,
            sum(near.get(part, 0.0) for part in parts(best.path.rsplit("/", 1)[-1])[:3]) / 3 if best else 0.0,
            float(best is not None and slot is Slot.MEMBER),
            float(best is not None and dirname(best.path) == pool.folder),
            float(name in pool.namespaced),
            float(best is None and not index.has_member(name)),
            float(name in situation.imported),
            pool.of_mentioned.get(name, 0.0),
            similar.in_files.get(name, 0.0),
        )


def is_test(path: str) -> bool:
    """
    Whether a file is there for tests, by its path.
    """
    return any(mark in path for mark in _TEST_MARKS)


def _dot(weights: tuple[float, ...], values: tuple[float, ...]) -> float:
    # Most evidence is absent most of the time.
    return sum(weight * value for weight, value in zip(weights, values, strict=True) if value)


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


_REACHING = ("receiver", "expected", "near", "written", "imported")
_TEST_MARKS = (".test.", ".spec.", "__tests__", "/test/", "/tests/", ".stories.", "/fixtures/", "__mocks__")
