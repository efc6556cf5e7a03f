"""
Follow a name from an import to the declaration it stands for, through barrels and re-exports.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from lsp_server.index.record import ASSIGNED, Declaration, Export, FileRecord, Import, Member

MAX_HOPS = 12


class Modules(Protocol):
    """
    Files as modules: what they declare and where their imports lead.
    """

    def record(self, path: str) -> FileRecord | None:
        """
        What the file declares, or None.
        """
        ...

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that an import leads to, or None.
        """
        ...


class Found(NamedTuple):
    """
    A declaration and the file it stands in.
    """

    path: str
    declaration: Declaration


def exported(modules: Modules, path: str, name: str) -> tuple[Found, ...]:
    """
    The declarations that `path` exports as `name`: several for overloads and merged declarations, none if it has none.
    """
    return tuple(_exported(modules, path, name, _Trail(set(), 0)))


def declared(modules: Modules, path: str, name: str) -> tuple[Found, ...]:
    """
    What `name` means inside the file `path`: one of its own declarations, or what it imports under that name.
    """
    record = modules.record(path)
    return () if record is None else tuple(_declared(modules, path, record, name, _Trail(set(), 0)))


def export_names(modules: Modules, path: str, limit: int = 400) -> tuple[str, ...]:
    """
    The names that `path` exports, those of its barrels included.
    """
    names: dict[str, None] = {}
    _collect_names(modules, path, names, set(), limit)
    return tuple(names)[:limit]


class _Trail(NamedTuple):
    """Where a search has been, since barrels may lead in circles."""

    seen: set[tuple[str, str]]
    hops: int

    def next(self) -> "_Trail":
        """One file further."""
        return _Trail(self.seen, self.hops + 1)


def _exported(modules: Modules, path: str, name: str, trail: _Trail) -> Iterator[Found]:
    if (path, name) in trail.seen or trail.hops > MAX_HOPS:
        return
    trail.seen.add((path, name))
    record = modules.record(path)
    if record is None:
        return
    own = [item for item in record.declarations if _is_exported_as(item, name)]
    if own:
        yield from (Found(path, item) for item in own)
        return
    for entry in record.exports:
        if entry.name == name and entry.local != "*":
            yield from _through(modules, path, record, entry, trail)
            return
    if name == "default":
        return
    yield from _of_assigned(modules, path, record, name, trail)
    for entry in record.exports:
        if entry.name == "*":
            target = modules.resolve(entry.specifier, path)
            found = tuple(_exported(modules, target, name, trail.next())) if target else ()
            if found:
                yield from found
                return


def _of_assigned(modules: Modules, path: str, record: FileRecord, name: str, trail: _Trail) -> Iterator[Found]:
    # The members of what `export =` assigns can be imported by name.
    for found in _assigned(modules, path, record, trail):
        for member in found.declaration.members:
            if member.name == name:
                yield Found(found.path, as_declaration(member))


def _assigned(modules: Modules, path: str, record: FileRecord, trail: _Trail) -> Iterator[Found]:
    if any(entry.name == ASSIGNED for entry in record.exports):
        yield from _exported(modules, path, "default", trail.next())


def _through(modules: Modules, path: str, record: FileRecord, entry: Export, trail: _Trail) -> Iterator[Found]:
    if not entry.specifier:
        yield from _declared(modules, path, record, entry.local, trail)
        return
    target = modules.resolve(entry.specifier, path)
    if target is not None:
        yield from _exported(modules, target, entry.local, trail.next())


def _declared(modules: Modules, path: str, record: FileRecord, name: str, trail: _Trail) -> Iterator[Found]:
    own = [item for item in record.declarations if item.name == name]
    if own:
        yield from (Found(path, item) for item in own)
        return
    origin = import_of(record, name)
    if origin is not None:
        statement, imported = origin
        target = modules.resolve(statement.specifier, path)
        if target is not None and imported != "*":
            yield from _exported(modules, target, imported, trail.next())


def assigned(modules: Modules, path: str) -> tuple[Found, ...]:
    """
    The declarations that `path` gives to the outside as a whole by `export =`, or none.
    """
    record = modules.record(path)
    return () if record is None else tuple(_assigned(modules, path, record, _Trail(set(), 0)))


def as_declaration(member: Member) -> Declaration:
    """
    A member of a namespace or of an exported object as a declaration of its own.
    """
    return Declaration(member.name, member.kind, member.line, member.end_line, member.signature, 1, member.type)


def import_of(record: FileRecord, local: str) -> tuple[Import, str] | None:
    """
    The import that brings the name `local` into a file, and what it is called where it comes from.
    """
    for statement in record.imports:
        for imported, name in statement.names:
            if name == local:
                return statement, imported
    return None


def _is_exported_as(item: Declaration, name: str) -> bool:
    if item.exported == 2:
        return name == "default"
    return item.exported == 1 and item.name == name


def _collect_names(modules: Modules, path: str, names: dict[str, None], seen: set[str], limit: int) -> None:
    record = modules.record(path) if path not in seen and len(names) < limit else None
    seen.add(path)
    if record is None:
        return
    for item in record.declarations:
        if item.exported == 1:
            names.setdefault(item.name)
    for found in _assigned(modules, path, record, _Trail(set(), 0)):
        names.update(dict.fromkeys(member.name for member in found.declaration.members))
    for entry in record.exports:
        if entry.name == ASSIGNED:
            continue
        if entry.name != "*":
            names.setdefault(entry.name)
        else:
            target = modules.resolve(entry.specifier, path)
            if target is not None:
                _collect_names(modules, target, names, seen, limit)
