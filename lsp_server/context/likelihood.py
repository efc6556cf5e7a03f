"""
How likely each name that is new to the file is to be written next.

Every retriever's evidence about a name is one number of a vector; a logistic model, fitted once over tasks from several
repositories, turns the vector into a likelihood. The weights say how much each kind of evidence has proved to be worth;
`tests/evaluation/context/fit.py` prints them. `typed` was set by hand: no task has half a word before its cursor.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp, log1p
from posixpath import dirname

from lsp_server.context.question import Question
from lsp_server.context.situation import KEYWORDS, WORD, Slot
from lsp_server.index.lookup import export_names
from lsp_server.index.symbols import Symbol
from lsp_server.index.windows import Window
from lsp_server.index.words import parts

BY_PARTS = 250
BY_COMPANY = 120
SAME_NAME = 6
SIBLINGS = 60
MAX_NEIGHBOURS = 25

EVIDENCE: Mapping[str, float] = {
    "always": -9.28,
    "receiver": 1.37,
    "expected": 1.42,
    "near": 1.86,
    "written": 0.25,
    "imported": 0.76,
    "symbol": 0.01,
    "rarity of shared parts": 0.58,
    "share of parts": -0.46,
    "company": 1.63,
    "popularity": 0.19,
    "nearness": 1.40,
    "sibling": 0.29,
    "mentioned": 0.70,
    "similar code": 2.72,
    "often in similar code": 3.57,
    "commonness": 0.04,
    "same word before": 1.83,
    "continuation": 1.94,
    "type where a type is due": 0.06,
    "type elsewhere": -0.29,
    "component where one is due": 0.00,
    "typed": 2.0,
    "test": -0.45,
    "member": 1.51,
    "member name parts": 0.78,
    "file name parts": 2.43,
    "symbol after a dot": -0.53,
    "same folder": 0.03,
    "in a namespace imported": 0.35,
    "declared nowhere": -1.54,
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
        return {name: _logistic(_dot(weights, self.evidence(name))) for name in self.names}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """
        The names in question: of members and symbols found, and those in similar code that are declared somewhere.
        """
        visible = self.question.situation.visible
        pool = dict.fromkeys(symbol.name for symbol in self.symbols)
        pool.update(dict.fromkeys(name for piece in self.question.found for name in piece.names))
        pool.update(dict.fromkeys(self.in_windows))
        pool.update(dict.fromkeys(self.question.source.common_names))
        return tuple(name for name in pool if not visible[name] and name not in KEYWORDS and WORD.fullmatch(name))

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """
        The exported symbols worth looking at.
        """
        index, path = self.question.source.symbols, self.question.situation.path
        visible = self.question.situation.visible
        pool = dict.fromkeys(sorted(self.by_parts, key=lambda item: (-self.by_parts[item], item))[:BY_PARTS])
        names = sorted(self.company, key=lambda name: (-self.company[name], name))[:BY_COMPANY]
        for name in (*names, *self.in_windows, *self.mentioned):
            pool.update(dict.fromkeys(index.named(name)[:SAME_NAME]))
        for near in (*sorted(self.targets), *index.files_in(dirname(path))[:MAX_NEIGHBOURS]):
            pool.update(dict.fromkeys(index.of_file(near)[:SIBLINGS]))
        for name in self.namespaced:
            pool.update(dict.fromkeys(index.named(name)[:SAME_NAME]))
        return tuple(symbol for symbol in pool if not visible[symbol.name] and symbol.path != path)

    @cached_property
    def by_name(self) -> dict[str, tuple[Symbol, ...]]:
        """
        Those symbols by name, the nearest first.
        """
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            found.setdefault(symbol.name, []).append(symbol)
        return {
            name: tuple(
                sorted(
                    same,
                    key=lambda item: (item.kind == "binding", item.path not in self.targets, -self.nearness(item.path)),
                )
            )
            for name, same in found.items()
        }

    @cached_property
    def namespaced(self) -> frozenset[str]:
        """
        What the modules export that are imported as a whole.
        """
        situation, source = self.question.situation, self.question.source
        found: set[str] = set()
        for specifier, name in situation.imported.values():
            target = source.resolve(specifier, situation.path) if name == "*" else None
            if target:
                found.update(export_names(source, target))
        return frozenset(found)

    @cached_property
    def by_parts(self) -> dict[Symbol, float]:
        """
        Symbols that share parts of their names with the names near the cursor.
        """
        return self.question.source.symbols.by_parts(self.question.near_parts)

    @cached_property
    def company(self) -> dict[str, float]:
        """
        Names that files like this one import.
        """
        situation = self.question.situation
        names = (local if name in ("default", "*") else name for local, (_, name) in situation.imported.items())
        return self.question.source.symbols.by_company(situation.path, names)

    @cached_property
    def targets(self) -> frozenset[str]:
        """
        The files that this file imports from.
        """
        situation = self.question.situation
        specifiers = {specifier for specifier, _ in situation.imported.values()}
        found = (self.question.source.resolve(specifier, situation.path) for specifier in sorted(specifiers))
        return frozenset(target for target in found if target)

    @cached_property
    def in_windows(self) -> dict[str, float]:
        """
        The words of similar code, each at the score of the best window it stands in.
        """
        words: dict[str, float] = {}
        for window, text in self.question.windows:
            for word in WORD.findall(text):
                words.setdefault(word, self._relative(window))
        return words

    @cached_property
    def window_counts(self) -> Counter[str]:
        """
        In how many of the windows each word stands.
        """
        return Counter(word for _, text in self.question.windows for word in set(WORD.findall(text)))

    @cached_property
    def commonness(self) -> dict[str, float]:
        """
        How common each name is in the code of the workspace.
        """
        counts = self.question.source.windows.frequencies(self.names)
        return {name: log1p(count) for name, count in zip(self.names, counts, strict=True)}

    @cached_property
    def folder(self) -> str:
        """
        The folder of this file.
        """
        return dirname(self.question.situation.path)

    def nearness(self, path: str) -> float:
        """
        How near a file is to this one.
        """
        folder = dirname(path)
        known = self._nearness.get(folder)
        if known is None:
            known = self._nearness[folder] = nearness(self.folder, path)
        return known

    @cached_property
    def _nearness(self) -> dict[str, float]:
        return {}

    def as_member(self, name: str) -> float:
        """
        How likely a name that symbols and members share means a member: as it does in similar code.
        """
        if not self.question.source.symbols.has_member(name):
            return 0.0
        members, uses = self._uses.get(name, (0, 0))
        prior = 0.7 if self.question.situation.slot in (Slot.MEMBER, Slot.PROPERTY, Slot.ATTRIBUTE) else 0.3
        return (members + prior) / (uses + 1)

    @cached_property
    def _uses(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for _, text in self.question.windows:
            for use in _USE.finditer(text):
                members, uses = found.get(use[2], (0, 0))
                found[use[2]] = (members + bool(use[1] or use[3]), uses + 1)
        return found

    @cached_property
    def continuations(self) -> dict[str, float]:
        """
        The words that follow, in similar code, on lines like the last one here.
        """
        lines = [line for line in self.question.situation.before[-1500:].split("\n") if WORD.search(line)]
        last = set(WORD.findall(lines[-1])) if lines else set()
        words: dict[str, float] = {}
        for _, text in self.question.windows if last else ():
            rows = text.split("\n")
            for number, row in enumerate(rows):
                own = set(WORD.findall(row))
                likeness = len(own & last) / len(own | last) if own else 0.0
                for word in WORD.findall("\n".join(rows[number : number + 5])) if likeness >= 0.25 else ():
                    words[word] = max(words.get(word, 0.0), likeness)
        return words

    @cached_property
    def followers(self) -> frozenset[str]:
        """
        The words that stand, in similar code, behind the same word and mark as the cursor does.
        """
        found = re.search(r"([\w$]+\s*\W{1,2}|[\w$]+\s)\s*[\w$]*$", self.question.situation.line_prefix)
        if not found:
            return frozenset()
        lead = re.compile(re.escape(found[1].strip()) + r"\s*([A-Za-z_$][\w$]*)")
        return frozenset(word for _, text in self.question.windows for word in lead.findall(text))

    @cached_property
    def mentioned(self) -> dict[str, float]:
        """
        The type names in what other retrievers found.
        """
        words: dict[str, float] = {}
        for piece in self.question.found:
            if piece.worth >= 0.03:
                for word in WORD.findall(piece.text):
                    if word[0].isupper() and piece.worth > words.get(word, 0.0):
                        words[word] = piece.worth
        return words

    @cached_property
    def reached(self) -> dict[str, dict[str, float]]:
        """
        For each retriever of what is in reach, the worth it gives to each name.
        """
        found: dict[str, dict[str, float]] = {}
        for piece in self.question.found:
            table = found.setdefault(piece.retriever, {})
            for name in piece.names:
                table[name] = max(table.get(name, 0.0), piece.worth)
        return found

    @cached_property
    def reaching(self) -> tuple[dict[str, float], ...]:
        """
        The same in the order of the evidence.
        """
        return tuple(self.reached.get(kind, _NOTHING) for kind in _REACHING)

    def evidence(self, name: str) -> tuple[float, ...]:
        """
        What speaks for a name, in the order of `EVIDENCE`.
        """
        situation, index = self.question.situation, self.question.source.symbols
        near, reaching, slot = self.question.near_parts, self.reaching, situation.slot
        same = self.by_name.get(name, ())
        best = same[0] if same else None
        own = parts(name)
        share = sum(near.get(part, 0.0) for part in own) / len(own) if own else 0.0
        is_type = best is not None and best.kind in ("interface", "type")
        typed = situation.typed
        return (
            1.0,
            *(table.get(name, 0.0) for table in reaching),
            float(best is not None),
            log1p(max((self.by_parts.get(symbol, 0.0) for symbol in same), default=0.0)),
            share if best is not None else 0.0,
            self.company.get(name, 0.0),
            log1p(index.popularity(name)),
            self.nearness(best.path) if best is not None else 0.0,
            float(best is not None and best.path in self.targets),
            self.mentioned.get(name, 0.0),
            self.in_windows.get(name, 0.0),
            self.window_counts.get(name, 0) / (len(self.question.windows) or 1),
            self.commonness.get(name, 0.0),
            float(name in self.followers),
            self.continuations.get(name, 0.0),
            float(is_type and slot is Slot.TYPE),
            float(is_type and slot is not Slot.TYPE),
            float(slot is Slot.ELEMENT and best is not None and name[:1].isupper()),
            (1.0 if name.startswith(typed) else -1.0) if typed else 0.0,
            float(best is not None and is_test(best.path) and not is_test(situation.path)),
            float(best is None and index.has_member(name) > 0),
            share if best is None else 0.0,
            sum(near.get(part, 0.0) for part in parts(best.path.rsplit("/", 1)[-1])[:3]) / 3 if best else 0.0,
            float(best is not None and slot is Slot.MEMBER),
            float(best is not None and dirname(best.path) == self.folder),
            float(name in self.namespaced),
            float(best is None and not index.has_member(name)),
        )

    def _relative(self, window: Window) -> float:
        return window.score / self.question.windows[0][0].score


def nearness(folder: str, path: str) -> float:
    """
    How much of the way two places share: 1 in the same folder, 0 with nothing in common.
    """
    mine, other = folder.split("/"), path.split("/")[:-1]
    shared = 0
    for left, right in zip(mine, other, strict=False):
        if left != right:
            break
        shared += 1
    return 2 * shared / ((len(mine) + len(other)) or 1)


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


_USE = re.compile(r"(\.\s*)?(?<![\w$])([A-Za-z_$][\w$]*)(\??:|=\{)?")
_NOTHING: dict[str, float] = {}
_REACHING = ("receiver", "expected", "near", "written", "imported")
_TEST_MARKS = (".test.", ".spec.", "__tests__", "/test/", "/tests/", ".stories.", "/fixtures/", "__mocks__")
