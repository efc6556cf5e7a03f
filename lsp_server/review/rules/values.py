"""
Constants in code: literals, and members of enumerations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.review.rules.code import Code

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Constant:
    """
    A value that is known without running anything.

    `owner` is the enumeration that it is a member of, empty for a literal.
    """

    kind: str
    value: str
    owner: str = ""

    def differs(self, other: Constant) -> bool:
        """
        Whether the two are surely not one value. Members of one enumeration are taken to differ.
        """
        return self.owner == other.owner and self != other


def constant(node: Node, code: Code) -> Constant | None:
    """
    The constant that a node is, or None for anything that we cannot compare by its text.
    """
    match node.type:
        case "true" | "false" | "null" | "undefined":
            return Constant(node.type, node.type)
        case "string":
            # One text can be written with escapes or without, so those with escapes are left alone.
            inside = code.text(node)[1:-1]
            return None if "\\" in inside else Constant("string", inside)
        case "number":
            return _number(code.text(node))
        case "member_expression":
            found = _MEMBER.fullmatch(code.text(node))
            return Constant("member", found[2], found[1]) if found else None
    return None


def _number(text: str) -> Constant | None:
    try:
        return Constant("number", repr(float(text.replace("_", ""))))
    except ValueError:
        return None


_MEMBER = re.compile(r"([A-Z]\w*)\.([A-Z]\w*)")
