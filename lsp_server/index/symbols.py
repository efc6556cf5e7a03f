"""
Which symbols of the workspace a file might want: by the parts of their names, by who imports what, by nearness.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from math import log
from posixpath import dirname
from typing import NamedTuple

from lsp_server.index.record import FileRecord
from lsp_server.index.words import parts

MAX_POSTINGS = 4000
SIMILAR_FILES = 30
POPULAR = 150
DEFAULT = "default"


_WORDS = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class Symbol(NamedTuple):
    """
    An exported declaration.
    """

    path: str
    name: str
    kind: str
    line: int


class Membership(NamedTuple):
    """
    A member, by the lines of its owner and of itself.
    """

    path: str
    owner_line: int
    line: int


class Summary(NamedTuple):
    """
    What of a file is kept in memory for the whole workspace: its exported symbols and the names it imports.
    """

    symbols: tuple[tuple[str, str, int], ...]
    """Name, kind and line of each exported declaration."""
    imported: tuple[tuple[str, str], ...]
    """Pairs of specifier and imported name."""
    members: tuple[tuple[str, int, int], ...]
    """Name of each member, and the lines of its owner and of itself."""


def summary_of(record: FileRecord) -> Summary:
    """
    The summary of a file.
    """
    exported = {entry.local for entry in record.exports if not entry.specifier}
    symbols = {
        (item.name, item.line): (item.name, item.kind, item.line)
        for item in record.declarations
        if item.exported or item.name in exported
    }
    for entry in record.exports:
        if not entry.specifier and entry.name != entry.local:
            for item in record.declarations:
                if item.name == entry.local:
                    symbols[entry.name, item.line] = (entry.name, item.kind, item.line)
    for item in record.declarations:
        if item.exported == 2:
            symbols[DEFAULT, item.line] = (DEFAULT, item.kind, item.line)
    imported = tuple((entry.specifier, name) for entry in record.imports for name, _ in _names(entry.names))
    members = tuple(
        (member.name, item.line, member.line)
        for item in record.declarations
        for member in item.members
        if member.name != "constructor"
    )
    return Summary(tuple(symbols.values()), imported, members)


class Symbols:
    """
    The exported symbols of all files, found by name and by the company they keep.
    """

    def __init__(self) -> None:
        self._of_file: dict[str, Summary] = {}
        self._named: dict[str, list[Symbol]] = defaultdict(list)
        self._with_part: dict[str, list[Symbol]] = defaultdict(list)
        self._importers: dict[str, set[str]] = defaultdict(set)
        self._in_folder: dict[str, set[str]] = defaultdict(set)
        self._having_member: dict[str, set[str]] = defaultdict(set)
        self._count = 0
        self._popular: tuple[str, ...] | None = None

    def put(self, path: str, summary: Summary) -> None:
        """
        Take a file in, or take it in anew.
        """
        self.remove(path)
        self._popular = None
        self._of_file[path] = summary
        self._in_folder[dirname(path)].add(path)
        for symbol in _symbols(path, summary):
            self._named[symbol.name].append(symbol)
            for part in set(parts(symbol.name)):
                self._with_part[part].append(symbol)
        self._count += len(summary.symbols)
        for _, name in summary.imported:
            self._importers[name].add(path)
        for name in {row[0] for row in summary.members}:
            self._having_member[name].add(path)

    def remove(self, path: str) -> None:
        """
        Forget a file.
        """
        summary = self._of_file.pop(path, None)
        if summary is None:
            return
        self._in_folder[dirname(path)].discard(path)
        for symbol in _symbols(path, summary):
            self._named[symbol.name].remove(symbol)
            for part in set(parts(symbol.name)):
                self._with_part[part].remove(symbol)
        self._count -= len(summary.symbols)
        for _, name in summary.imported:
            self._importers[name].discard(path)
        for name in {row[0] for row in summary.members}:
            self._having_member[name].discard(path)

    def __len__(self) -> int:
        """How many symbols there are."""
        return self._count

    def named(self, name: str) -> tuple[Symbol, ...]:
        """
        The symbols of exactly this name.
        """
        found = self._named.get(name, ())
        return tuple(sorted(found)) if len(found) > 1 else tuple(found)

    def members(self, name: str) -> tuple[Membership, ...]:
        """
        The members of exactly this name.
        """
        rows = ((path, row) for path in self._having_member.get(name, ()) for row in self._of_file[path].members)
        return tuple(sorted({Membership(path, *row[1:]) for path, row in rows if row[0] == name}))

    def has_symbol(self, name: str) -> bool:
        """
        Whether anything of exactly this name is exported.
        """
        return bool(self._named.get(name))

    @property
    def popular(self) -> tuple[str, ...]:
        """
        The names that the most files import and that the workspace declares.
        """
        if self._popular is None:
            counts = [(len(files), name) for name, files in tuple(self._importers.items()) if self._named.get(name)]
            self._popular = tuple(name for count, name in nlargest(POPULAR, counts) if count > 1)
        return self._popular

    def member_files(self, name: str) -> tuple[str, ...]:
        """
        The files that have a member of exactly this name.
        """
        return tuple(self._having_member.get(name, ()))

    def member_line(self, path: str, name: str) -> int:
        """
        The line of the first member of this name in a file.
        """
        summary = self._of_file.get(path)
        return next((row[2] for row in summary.members if row[0] == name), 0) if summary else 0

    def has_member(self, name: str) -> int:
        """
        How many files have a member of exactly this name.
        """
        return len(self._having_member.get(name, ()))

    def names(self) -> Iterator[str]:
        """
        Every name that is declared somewhere.
        """
        yield from (name for name, having in self._named.items() if having)
        yield from (name for name, having in self._having_member.items() if having and name not in self._named)

    def of_file(self, path: str) -> tuple[Symbol, ...]:
        """
        The symbols that a file exports.
        """
        summary = self._of_file.get(path)
        return tuple(_symbols(path, summary)) if summary else ()

    def files_in(self, folder: str) -> tuple[str, ...]:
        """
        The files directly in a folder.
        """
        return tuple(sorted(self._in_folder.get(folder, ())))

    def summary(self, path: str) -> Summary | None:
        """
        The summary of a file.
        """
        return self._of_file.get(path)

    def popularity(self, name: str) -> int:
        """
        How many files import the name.
        """
        return len(self._importers.get(name, ()))

    def importers(self, name: str) -> tuple[str, ...]:
        """
        The files that import the name, from wherever.
        """
        return tuple(sorted(self._importers.get(name, ())))

    def by_parts(self, wanted: Mapping[str, float]) -> dict[Symbol, float]:
        """
        Symbols that share parts of their name with `wanted`, scored by the rarity of what they share.
        """
        scores: dict[Symbol, float] = defaultdict(float)
        for part, weight in wanted.items():
            having = self._with_part.get(part, ())
            if not having or len(having) > MAX_POSTINGS:
                continue
            value = weight * log(1 + self._count / len(having))
            for symbol in having:
                scores[symbol] += value
        return scores

    def by_company(self, path: str, names: Iterable[str]) -> dict[str, float]:
        """
        Names that files like this one import: files that import the same names, and its neighbours.
        """
        similar = self.similar_files(path, names)
        total = sum(similar.values()) or 1.0
        found: dict[str, float] = {}
        for other, score in similar.items():
            for name in {name for _, name in self._of_file[other].imported}:
                found[name] = found.get(name, 0.0) + score / total
        return found

    def similar_files(self, path: str, names: Iterable[str]) -> dict[str, float]:
        """
        The files that import the same `names` as the file at `path`, the rarer the names the heavier.
        """
        scores: dict[str, float] = defaultdict(float)
        for name in set(names):
            importers = self._importers.get(name, ())
            if importers and len(importers) <= 1500:
                value = log(1 + len(self._of_file) / len(importers))
                for other in importers:
                    scores[other] += value
        scores.pop(path, None)
        folder = dirname(path)
        for other in scores:
            if dirname(other) == folder:
                scores[other] *= 1.5
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:SIMILAR_FILES]
        return dict(best)


def default_name(path: str, kind: str) -> str:
    """
    What a default export without a name of its own is usually called: after its file, or the folder of an `index`.
    """
    folder, _, file = path.rpartition("/")
    stem = file.split(".", 1)[0]
    words: list[str] = _WORDS.findall(folder.rpartition("/")[2] if stem == "index" else stem)
    if not words:
        return ""
    first, *rest = words
    lead = first[0].upper() + first[1:] if kind == "class" else first
    return lead + "".join(word[0].upper() + word[1:] for word in rest)


def _symbols(path: str, summary: Summary) -> Iterator[Symbol]:
    for name, kind, line in summary.symbols:
        if name != DEFAULT:
            yield Symbol(path, name, kind, line)
            continue
        usual = default_name(path, kind)
        own = [row[0].lower() for row in summary.symbols if row[2] == line]
        if usual and usual.lower() not in own:
            yield Symbol(path, usual, kind, line)


def _names(names: tuple[tuple[str, str], ...]) -> Iterable[tuple[str, str]]:
    # A default import is known by the name that it is given.
    for imported, local in names:
        yield (local if imported in ("default", "*") else imported), local
