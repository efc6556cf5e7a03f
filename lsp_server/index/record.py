"""
What the index knows of one file: plain tuples, so that a record is small, quick to make and trivial to store.
"""

import json
from typing import Any, NamedTuple

VERSION = 7
"""Raised with every change of shape or meaning; an index of another version rebuilds itself."""


class Member(NamedTuple):
    """
    A member of a class, interface, object type, enum, namespace or object literal.

    `type` is its annotation, a method's return type, or what it is initialised with (`new Foo`), else empty.
    """

    name: str
    kind: str
    line: int
    end_line: int
    signature: str
    type: str = ""
    doc: str = ""


class Declaration(NamedTuple):
    """
    A declaration at the top level of a file.

    `exported` is 0, 1 (by its own name) or 2 (as default); lines are 0-based and half-open.
    `type` is the annotation or return type; `value` the head of an initialiser (`new Foo`, `createStore`).
    """

    name: str
    kind: str
    line: int
    end_line: int
    signature: str
    exported: int = 0
    type: str = ""
    value: str = ""
    bases: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    doc: str = ""


class Import(NamedTuple):
    """
    One import; `names` are pairs of imported and local name, where `default` and `*` stand for those two forms.
    """

    specifier: str
    line: int
    names: tuple[tuple[str, str], ...] = ()
    type_only: bool = False


class Export(NamedTuple):
    """
    A name given to the outside by an export clause: `local` of this file, or of `specifier` when that is not empty.

    `export * from` has the name `*`; `export * as ns from` the local name `*`.
    """

    name: str
    local: str
    specifier: str = ""


ASSIGNED = "export="
"""The name of what `export =` gives to the outside, which is the default export as well."""


class FileRecord(NamedTuple):
    """
    Everything the index keeps of a file besides its text.
    """

    declarations: tuple[Declaration, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()


ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
"""Writes what is stored: short, and without a look for circles, which there are none of."""


def to_json(record: FileRecord) -> str:
    """
    The stored form of a record.
    """
    return ENCODER.encode(record)


def from_json(text: str) -> FileRecord:
    """
    Read a stored record.

    Raises:
        ValueError: when it is not one.
    """
    try:
        declarations, imports, exports = json.loads(text)
        return FileRecord(
            tuple(_declaration(row) for row in declarations),
            tuple(_import(row) for row in imports),
            tuple(Export(*row) for row in exports),
        )
    except TypeError as error:
        raise ValueError(f"not a record: {error}") from error


def _declaration(row: list[Any]) -> Declaration:
    *_, bases, members, _ = row
    found = Declaration(*row)
    return found._replace(bases=tuple(bases), members=tuple(Member(*member) for member in members))


def _import(row: list[Any]) -> Import:
    specifier, line, names, type_only = row
    return Import(specifier, line, tuple((imported, local) for imported, local in names), type_only)
