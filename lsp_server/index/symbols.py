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

import numpy as np
import numpy.typing as npt

from lsp_server.index.memory import Memory
from lsp_server.index.record import FileRecord
from lsp_server.index.words import parts

MAX_POSTINGS = 4000
SIMILAR_FILES = 30
POPULAR = 150
DEFAULT = "default"


Numbers = npt.NDArray[np.int64]

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
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._exporters: list[list[str]] = []
        """By the number of a name, the files that export it: a file as often as it does."""
        self._counts: list[int] = []
        self._with_part: dict[str, list[int]] = defaultdict(list)
        self._importers: dict[str, set[str]] = defaultdict(set)
        self._in_folder: dict[str, set[str]] = defaultdict(set)
        self._having_member: dict[str, set[str]] = defaultdict(set)
        self._count = 0
        self._symbols: dict[str, tuple[Symbol, ...]] = {}
        self._rows: dict[str, dict[str, list[tuple[int, int]]]] = {}
        self._arrays: dict[str, Numbers] = {}
        self._memory = Memory()

    def put(self, path: str, summary: Summary) -> None:
        """
        Take a file in, or take it in anew.
        """
        self.remove(path)
        self._of_file[path] = summary
        self._in_folder[dirname(path)].add(path)
        for name in _exported_names(path, summary):
            number = self._numbers.get(name)
            if number is None:
                number = self._number(name)
            self._exporters[number].append(path)
            self._counts[number] += 1
        self._count += len(summary.symbols)
        for _, name in summary.imported:
            self._importers[name].add(path)
        for name in {row[0] for row in summary.members}:
            self._having_member[name].add(path)
        self._memory.forget()

    def remove(self, path: str) -> None:
        """
        Forget a file.
        """
        summary = self._of_file.pop(path, None)
        if summary is None:
            return
        self._symbols.pop(path, None)
        self._rows.pop(path, None)
        self._in_folder[dirname(path)].discard(path)
        for name in _exported_names(path, summary):
            number = self._numbers[name]
            self._exporters[number].remove(path)
            self._counts[number] -= 1
        self._count -= len(summary.symbols)
        for _, name in summary.imported:
            self._importers[name].discard(path)
        for name in {row[0] for row in summary.members}:
            self._having_member[name].discard(path)
        self._memory.forget()

    def __len__(self) -> int:
        """How many symbols there are."""
        return self._count

    def named(self, name: str) -> tuple[Symbol, ...]:
        """
        The symbols of exactly this name.
        """
        return self._memory.of(("named", name), lambda: self._named(name))

    def members(self, name: str) -> tuple[Membership, ...]:
        """
        The members of exactly this name.
        """
        return self._memory.of(("members", name), lambda: self._members(name))

    def has_symbol(self, name: str) -> bool:
        """
        Whether anything of exactly this name is exported.
        """
        number = self._numbers.get(name)
        return number is not None and bool(self._exporters[number])

    @property
    def popular(self) -> tuple[str, ...]:
        """
        The names that the most files import and that the workspace declares.
        """
        return self._memory.of("popular", self._most_popular)

    def member_files(self, name: str) -> tuple[str, ...]:
        """
        The files that have a member of exactly this name.
        """
        return tuple(self._having_member.get(name, ()))

    def member_line(self, path: str, name: str) -> int:
        """
        The line of the first member of this name in a file.
        """
        rows = self._rows_of(path).get(name)
        return rows[0][1] if rows else 0

    def has_member(self, name: str) -> int:
        """
        How many files have a member of exactly this name.
        """
        return len(self._having_member.get(name, ()))

    def names(self) -> Iterator[str]:
        """
        Every name that is declared somewhere.
        """
        yield from (name for name in tuple(self._names) if self.has_symbol(name))
        members = tuple(self._having_member.items())
        yield from (name for name, having in members if having and not self.has_symbol(name))

    def of_file(self, path: str) -> tuple[Symbol, ...]:
        """
        The symbols that a file exports.
        """
        found = self._symbols.get(path)
        if found is None:
            summary = self._of_file.get(path)
            found = tuple(_symbols(path, summary)) if summary else ()
            if summary and summary is self._of_file.get(path):
                self._symbols[path] = found
        return found

    def files_in(self, folder: str) -> tuple[str, ...]:
        """
        The files directly in a folder.
        """
        return self._memory.of(("folder", folder), lambda: tuple(sorted(self._in_folder.get(folder, ()))))

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

    def by_parts(self, wanted: Mapping[str, float]) -> dict[str, float]:
        """
        The names of symbols that share parts with `wanted`, scored by the rarity of what they share.
        """
        # Names may join meanwhile, in another thread: those are left for the next time.
        counts = self._memory.of("counts", lambda: np.array(tuple(self._counts), np.int64))
        scores = np.zeros(len(counts))
        for part, weight in wanted.items():
            numbers = self._having(part)
            numbers = numbers[: np.searchsorted(numbers, len(counts))]
            frequency = int(counts[numbers].sum()) if len(numbers) else 0
            if 0 < frequency <= MAX_POSTINGS:
                scores[numbers] += weight * log(1 + self._count / frequency)
        found = np.flatnonzero((scores > 0) & (counts > 0))
        return dict(zip([self._names[number] for number in found.tolist()], scores[found].tolist(), strict=True))

    def by_company(self, path: str, names: Iterable[str]) -> dict[str, float]:
        """
        Names that files like this one import: files that import the same names, and its neighbours.
        """
        similar = self.similar_files(path, names)
        total = sum(similar.values()) or 1.0
        found: dict[str, float] = {}
        for other, score in similar.items():
            summary = self._of_file.get(other)
            for name in {name for _, name in summary.imported} if summary else ():
                found[name] = found.get(name, 0.0) + score / total
        return found

    def similar_files(self, path: str, names: Iterable[str]) -> dict[str, float]:
        """
        The files that import the same `names` as the file at `path`, the rarer the names the heavier.
        """
        scores: dict[str, float] = defaultdict(float)
        for name in set(names):
            importers = tuple(self._importers.get(name, ()))
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

    def _number(self, name: str) -> int:
        number = len(self._names)
        self._exporters.append([])
        self._counts.append(0)
        self._names.append(name)
        for part in set(parts(name)):
            self._with_part[part].append(number)
        self._numbers[name] = number
        return number

    def _named(self, name: str) -> tuple[Symbol, ...]:
        number = self._numbers.get(name)
        paths = () if number is None else tuple(dict.fromkeys(self._exporters[number]))
        return tuple(sorted([symbol for path in paths for symbol in self.of_file(path) if symbol.name == name]))

    def _members(self, name: str) -> tuple[Membership, ...]:
        paths = self.member_files(name)
        return tuple(sorted({Membership(path, *row) for path in paths for row in self._rows_of(path).get(name, ())}))

    def _rows_of(self, path: str) -> Mapping[str, list[tuple[int, int]]]:
        # The lines of owner and member, by name.
        found = self._rows.get(path)
        if found is None:
            found = defaultdict[str, list[tuple[int, int]]](list)
            summary = self._of_file.get(path)
            for name, owner_line, line in summary.members if summary else ():
                found[name].append((owner_line, line))
            if summary and summary is self._of_file.get(path):
                self._rows[path] = found
        return found

    def _having(self, part: str) -> Numbers:
        # Names only ever join: what is as long as it was is what it was.
        listed = self._with_part.get(part, ())
        known = self._arrays.get(part)
        if known is None or len(known) != len(listed):
            known = self._arrays[part] = np.array(tuple(listed), np.int64)
        return known

    def _most_popular(self) -> tuple[str, ...]:
        counts = [(len(files), name) for name, files in tuple(self._importers.items()) if self.has_symbol(name)]
        return tuple(name for count, name in nlargest(POPULAR, counts) if count > 1)


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


def _exported_names(path: str, summary: Summary) -> list[str]:
    names = [row[0] for row in summary.symbols]
    return [symbol.name for symbol in _symbols(path, summary)] if DEFAULT in names else names


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
