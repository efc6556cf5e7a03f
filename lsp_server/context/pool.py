"""
The names worth considering at a cursor, and where the exported symbols among them are declared.
"""

from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from posixpath import dirname

from lsp_server.context.question import Question
from lsp_server.context.similar import Similar
from lsp_server.context.situation import KEYWORDS, WORD
from lsp_server.index.lookup import export_names
from lsp_server.index.symbols import Symbol

BY_PARTS = 250
BY_COMPANY = 120
SAME_NAME = 6
SIBLINGS = 60
MAX_NEIGHBOURS = 25
MENTIONED_TYPES = 12
SPOKEN_OF = 0.03
"""A piece worth less than this says nothing of what comes next."""
USED_BY_SEVERAL = 0.12
"""The share of similar files that has to use a name before it is considered for that alone."""


@dataclass(frozen=True, eq=False)
class Pool:
    """
    Every name that anything speaks for, at one cursor.
    """

    question: Question
    similar: Similar

    @cached_property
    def names(self) -> tuple[str, ...]:
        """
        The names that are new to the file: of members and symbols found, and those in similar code.
        """
        visible, index = self.question.situation.visible, self.question.source.symbols
        pool = dict.fromkeys(symbol.name for symbol in self.symbols)
        pool.update(dict.fromkeys(name for piece in self.question.found for name in piece.names))
        pool.update(dict.fromkeys(self.similar.in_windows))
        pool.update(dict.fromkeys(self.of_mentioned))
        pool.update(
            (name, None)
            for name, share in self.similar.in_files.items()
            if share >= USED_BY_SEVERAL and (index.has_member(name) or index.has_symbol(name))
        )
        pool.update(dict.fromkeys(self.question.source.common_names))
        return tuple(name for name in pool if not visible[name] and name not in KEYWORDS and WORD.fullmatch(name))

    @cached_property
    def known(self) -> tuple[str, ...]:
        """
        The names that the file uses already and that something found declares elsewhere.
        """
        visible, path = self.question.situation.visible, self.question.situation.path
        names = dict.fromkeys(name for piece in self.question.found if piece.path != path for name in piece.names)
        return tuple(name for name in names if visible[name] and name not in KEYWORDS)

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """
        The exported symbols worth looking at.
        """
        index, path = self.question.source.symbols, self.question.situation.path
        visible = self.question.situation.visible
        pool = dict.fromkeys(nsmallest(BY_PARTS, self.by_parts, key=lambda item: (-self.by_parts[item], item)))
        names = dict.fromkeys(nsmallest(BY_COMPANY, self.company, key=lambda name: (-self.company[name], name)))
        shared = (name for name, share in self.similar.in_files.items() if share >= USED_BY_SEVERAL)
        for more in (self.similar.in_windows, self.mentioned, shared, index.popular, self.namespaced):
            names.update(dict.fromkeys(more))
        for name in names:
            if not visible[name]:
                pool.update(dict.fromkeys(index.named(name)[:SAME_NAME]))
        for near in (*sorted(self.targets), *index.files_in(dirname(path))[:MAX_NEIGHBOURS]):
            pool.update(dict.fromkeys(index.of_file(near)[:SIBLINGS]))
        return tuple(symbol for symbol in pool if not visible[symbol.name] and symbol.path != path)

    @cached_property
    def by_name(self) -> dict[str, tuple[Symbol, ...]]:
        """
        Those symbols by name, the nearest first.
        """
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            found.setdefault(symbol.name, []).append(symbol)
        return {name: tuple(sorted(same, key=self._order) if same[1:] else same) for name, same in found.items()}

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
        return self.question.source.symbols.by_company(self.question.situation.path, self.question.imported_names)

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
    def targets(self) -> frozenset[str]:
        """
        The files that this file imports from.
        """
        situation = self.question.situation
        specifiers = {specifier for specifier, _ in situation.imported.values()}
        found = (self.question.source.resolve(specifier, situation.path) for specifier in sorted(specifiers))
        return frozenset(target for target in found if target)

    @cached_property
    def mentioned(self) -> dict[str, float]:
        """
        The type names in what other retrievers found.
        """
        words: dict[str, float] = {}
        for piece in self.question.found:
            if piece.worth >= SPOKEN_OF:
                for word in WORD.findall(piece.text):
                    if word[0].isupper() and piece.worth > words.get(word, 0.0):
                        words[word] = piece.worth
        return words

    @cached_property
    def of_mentioned(self) -> dict[str, float]:
        """
        The members of those types: what `editor.timers.setTimeout` reaches in two steps.
        """
        source = self.question.source
        found: dict[str, float] = {}
        ranked = sorted(self.mentioned.items(), key=lambda item: (-item[1], item[0]))
        types = [(name, worth) for name, worth in ranked if source.symbols.has_symbol(name)]
        for name, worth in types[:MENTIONED_TYPES]:
            nearest = min(source.symbols.named(name), key=self._order)
            record = source.record(nearest.path)
            for item in record.declarations if record else ():
                if item.line == nearest.line:
                    for member in item.members:
                        found.setdefault(member.name, worth)
        return found

    def nearness(self, path: str) -> float:
        """
        How near a file is to this one.
        """
        known = self._nearness.get(path)
        if known is None:
            known = self._nearness[path] = nearness(self.folder, path)
        return known

    @cached_property
    def folder(self) -> str:
        """
        The folder of this file.
        """
        return dirname(self.question.situation.path)

    @cached_property
    def _nearness(self) -> dict[str, float]:
        return {}

    def _order(self, symbol: Symbol) -> tuple[bool, bool, float]:
        return symbol.kind == "binding", symbol.path not in self.targets, -self.nearness(symbol.path)


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
