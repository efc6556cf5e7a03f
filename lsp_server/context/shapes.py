"""
What inference speaks of: the shape of an expression, a member with its owner, and declarations made of one another.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lsp_server.context import types
from lsp_server.context.situation import WORD
from lsp_server.index.lookup import Found
from lsp_server.index.record import Declaration, Member


class Shape(NamedTuple):
    """
    What an expression is: a type written in one of the files `paths`, or the value of a declaration.
    """

    paths: tuple[str, ...]
    text: str = ""
    found: Found | None = None


class Owned(NamedTuple):
    """
    A member, the declaration that owns it and the files its type is to be read in.
    """

    path: str
    owner: Declaration
    member: Member
    paths: tuple[str, ...]


def value_of(item: Found) -> Shape:
    """
    The value that a declaration stands for.
    """
    return Shape((item.path,), "", item)


def module_at(path: str) -> Found:
    """
    A whole file as what it exports.
    """
    return Found(path, Declaration("*", "module", 0, 1, ""))


def constructor_of(item: Declaration) -> str:
    """
    The signature of the constructor of a class, or nothing.
    """
    return next((member.signature for member in item.members if member.name == "constructor"), "")


def as_function(member: Member) -> Declaration:
    """
    A method as a function of its own.
    """
    return Declaration(member.name, "function", member.line, member.end_line, member.signature, 0, member.type)


def literal_members(text: str, item: Declaration) -> Iterator[Member]:
    """
    The members of the object literal `text`, which stands in `item`.
    """
    for part in types.split(text[1:-1], ","):
        found = re.match(r"^(?:\.\.\.)?([\w$]+)", part)
        if found:
            flat = " ".join(part.split())[:80]
            yield Member(found[1], "property", item.line, item.end_line, flat, "")


def substituted(member: Member, table: dict[str, str]) -> Member:
    """
    A member with the type parameters in its type replaced.
    """
    return member._replace(type=replaced(member.type, table)) if table and member.type else member


def replaced(text: str, table: dict[str, str]) -> str:
    """
    A type with names in it replaced by what `table` says they stand for.
    """
    if not table:
        return text
    return WORD.sub(lambda found: table.get(found[0], found[0]), text)
