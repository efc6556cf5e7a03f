"""
What other places of the workspace say about a unit: how the names it uses are declared, and who calls what it changes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import join
from typing import Protocol

from lsp_server.index.lookup import declared
from lsp_server.index.record import Declaration, FileRecord
from lsp_server.index.records import record_of
from lsp_server.index.symbols import Symbols
from lsp_server.review.units import Unit
from lsp_server.review.visible import show_hidden

FOR_EACH_LINE = 8
BESIDES = 160
MOST = 1_500
"""Characters of other places for a unit: `BESIDES`, and `FOR_EACH_LINE` for each changed line, at most `MOST`."""
MOST_NAMES = 80
MOST_CALLING_FILES = 3
MOST_CALLS = 2
LONGEST_CALL = 160


class Workspace(Protocol):
    """
    The code of the workspace by absolute path; nothing excluded is ever given, and no secrets.
    """

    def relative(self, path: str) -> str:
        """
        A path as it is shown.
        """
        ...

    def record(self, path: str) -> FileRecord | None:
        """
        What a file declares, imports and exports.
        """
        ...

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that an import leads to.
        """
        ...

    def text(self, path: str) -> str | None:
        """
        The text of a file.
        """
        ...

    def excluded(self, path: str) -> bool:
        """
        Whether the file must not be shown.
        """
        ...

    @property
    def symbols(self) -> Symbols:
        """
        The exported symbols of the workspace, as far as it was read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reference:
    """
    Lines of another place that bear on a unit.
    """

    path: str
    text: str


class Related:
    """
    Finds what bears on the units of one change below `root`, whose own files are looked at as they are in the change.
    """

    def __init__(self, workspace: Workspace, root: str, texts: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._root = root
        self._texts = {join(root, path): text for path, text in texts.items()}
        self._records: dict[str, FileRecord] = {}

    def record(self, path: str) -> FileRecord | None:
        """
        What a file declares once the change is in.
        """
        if path not in self._texts:
            return self._workspace.record(path)
        if path not in self._records:
            self._records[path] = record_of(path, self._texts[path].encode(errors="replace"))
        return self._records[path]

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that an import leads to.
        """
        return self._workspace.resolve(specifier, importer)

    def of(self, unit: Unit) -> tuple[Reference, ...]:
        """
        Declarations that the added lines use, then calls of what they have changed; each once.
        """
        room = min(MOST, BESIDES + FOR_EACH_LINE * unit.changed_lines)
        found = [*self._callers(unit), *self._declarations(unit)]
        kept = []
        for reference in dict.fromkeys(found):
            room -= len(reference.text) + 1
            if room < 0:
                break
            kept.append(reference)
        return tuple(kept)

    def _declarations(self, unit: Unit) -> Iterator[Reference]:
        path = join(self._root, unit.path)
        record = self.record(path)
        if record is None:
            return
        own = {item.name for item in record.declarations}
        imported = {local for statement in record.imports for _, local in statement.names}
        shown = {number - 1 for number in unit.shown}
        known = [name for name in unit.names if name in own or name in imported]
        for name in known[:MOST_NAMES]:
            for found in declared(self, path, name):
                is_shown = found.path == path and found.declaration.line in shown
                if not is_shown and not self._workspace.excluded(found.path):
                    yield self._reference(found.path, _outline(found.declaration, unit.names))

    def _callers(self, unit: Unit) -> Iterator[Reference]:
        path = join(self._root, unit.path)
        for name in unit.symbols:
            calling = (other for other in self._workspace.symbols.importers(name) if other != path)
            found = (self._calls(other, name, path) for other in calling)
            yield from [reference for reference in found if reference][:MOST_CALLING_FILES]

    def _calls(self, path: str, name: str, declared_in: str) -> Reference | None:
        if not any(found.path == declared_in for found in declared(self, path, name)):
            return None
        call = re.compile(rf"(?<![\w$.]){re.escape(name)}\s*[(<]")
        text = self._texts.get(path) or self._workspace.text(path) or ""
        lines = [line.strip()[:LONGEST_CALL] for line in text.split("\n") if call.search(line)]
        return self._reference(path, "\n".join(lines[:MOST_CALLS])) if lines else None

    def _reference(self, path: str, text: str) -> Reference:
        return Reference(self._workspace.relative(path), show_hidden(text))


def _outline(declaration: Declaration, names: tuple[str, ...]) -> str:
    """
    The head of a declaration, and those of its members that are used.
    """
    members = [member.signature for member in declaration.members if member.name in names]
    return "\n".join([declaration.signature, *(f"  {member}" for member in members)])
