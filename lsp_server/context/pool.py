"""
The names worth considering at a cursor, and where the exported symbols among them are declared.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest, nsmallest
from posixpath import dirname

from lsp_server.context.packing import words_of
from lsp_server.context.question import Question
from lsp_server.context.similar import Similar
from lsp_server.context.situation import KEYWORDS, WORD
from lsp_server.index.lookup import export_names
from lsp_server.index.symbols import Symbol

DEPENDENCIES = "/node_modules/"
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
        return tuple([name for name in pool if name not in visible and name not in KEYWORDS and WORD.fullmatch(name)])

    @cached_property
    def known(self) -> tuple[str, ...]:
        """
        The names that the file uses already and that something found declares elsewhere.
        """
        visible, path = self.question.situation.visible, self.question.situation.path
        names = dict.fromkeys(name for piece in self.question.found if piece.path != path for name in piece.names)
        return tuple(name for name in names if name in visible and name not in KEYWORDS)

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """
        The exported symbols worth looking at.
        """
        index, path = self.question.source.symbols, self.question.situation.path
        visible = self.question.situation.visible
        pool = dict.fromkeys(self._best_by_parts())
        names = dict.fromkeys(nsmallest(BY_COMPANY, self.company, key=lambda name: (-self.company[name], name)))
        shared = (name for name, share in self.similar.in_files.items() if share >= USED_BY_SEVERAL)
        for more in (self.similar.in_windows, self.mentioned, shared, index.popular, self.namespaced):
            names.update(dict.fromkeys(more))
        for name in names:
            if name not in visible:
                pool.update(dict.fromkeys(index.named(name)[:SAME_NAME]))
        key = ("neighbours", self.folder, self.targets)
        pool.update(dict.fromkeys(self.question.source.memory.of(key, self._of_neighbours)))
        return tuple([symbol for symbol in pool if symbol.name not in visible and symbol.path != path])

    def _best_by_parts(self) -> list[Symbol]:
        # Of names with the same score all are looked at, so that the order of the files decides between them.
        index, scores = self.question.source.symbols, self.by_parts
        ranked = nlargest(BY_PARTS, scores.values())
        least = ranked[-1] if ranked else 0.0
        found: list[tuple[float, Symbol]] = []
        for name, score in scores.items():
            if score >= least:
                found += [(-score, symbol) for symbol in index.named(name)]
        return [symbol for _, symbol in nsmallest(BY_PARTS, found)]

    def _of_neighbours(self) -> tuple[Symbol, ...]:
        index = self.question.source.symbols
        near = (*sorted(self.targets), *index.files_in(self.folder)[:MAX_NEIGHBOURS])
        return tuple(symbol for path in near for symbol in index.of_file(path)[:SIBLINGS])

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
    def by_parts(self) -> dict[str, float]:
        """
        The names of symbols that share parts with the names near the cursor.
        """
        return self.question.source.symbols.by_parts(self.question.near_parts)

    @cached_property
    def company(self) -> dict[str, float]:
        """
        Names that files like this one import.
        """
        path, names = self.question.situation.path, self.question.imported_names
        source = self.question.source
        return source.memory.of(("company", path, names), lambda: source.symbols.by_company(path, names))

    @cached_property
    def namespaced(self) -> frozenset[str]:
        """
        What the modules export that are imported as a whole.
        """
        situation, source = self.question.situation, self.question.source
        found: set[str] = set()
        for specifier, name in situation.imported.values():
            target = source.resolve(specifier, situation.path) if name == "*" else None
            # What is not indexed yet has no symbols to be found by these names, and takes long to read.
            if target and (source.symbols.summary(target) or DEPENDENCIES in target):
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
                for word in words_of(piece.text):
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
        return nearness(self.folder, path)

    @cached_property
    def folder(self) -> str:
        """
        The folder of this file.
        """
        return dirname(self.question.situation.path)

    def _order(self, symbol: Symbol) -> tuple[bool, bool, float]:
        return symbol.kind == "binding", symbol.path not in self.targets, -self.nearness(symbol.path)


@lru_cache(maxsize=16_000)
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
