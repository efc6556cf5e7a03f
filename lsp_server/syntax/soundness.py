"""
How far a tree can be trusted at a place: from where on the code before it is sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node

STATEMENTS = ("_statement", "_declaration", "_definition", "_signature", "switch_case", "switch_default")
"""What the types of statements and members end with."""

HOLDERS = frozenset(
    {"program", "statement_block", "class_body", "interface_body", "object_type", "switch_body"}
    | {"switch_case", "switch_default", "ERROR"}
)
"""What statements and members are directly in."""


def anchor_before(tree: SyntaxTree, offset: int) -> int:
    """
    A place before `offset` where plain code surely begins: behind the last statement that looks whole and sound.
    """
    if not tree.reading.broken:
        return 0
    byte = tree.document.byte_offset(offset)
    anchor = 0
    for node in tree.path_at(offset):
        if node.type in _NO_PLAIN_CODE:
            break
        if node.type in HOLDERS:
            anchor = next((sound.end_byte for sound in _sound_before(node, byte)), anchor)
    farthest = tree.document.line_start(tree.document.line_of(max(0, offset - FARTHEST)))
    return max(tree.document.offset_of_byte(anchor), farthest)


def is_sound(tree: SyntaxTree, start: int, end: int) -> bool:
    """
    Whether nothing between the two places is broken.
    """
    if not tree.reading.broken:
        return True
    first, last = tree.document.byte_offset(start), tree.document.byte_offset(end)
    return not any(span.start < last and span.end > first for span in tree.reading.broken)


FARTHEST = 1 << 16
"""How many characters from a place are looked at, either way."""

# How many statements back are looked at.
_MOST_NEIGHBOURS = 64

# Code inside these goes back to something else where it ends.
_NO_PLAIN_CODE = frozenset({"template_string", "jsx_element", "jsx_self_closing_element"})


def _sound_before(holder: Node, byte: int) -> Iterator[Node]:
    """
    The whole and sound statements directly in `holder` and before `byte`, last first.

    One indented line may be prose in a template that lacks its end; several, or one at the margin, are code.
    """
    # Not by `Node.first_child_for_byte`, which crashes where there is none.
    cursor = holder.walk()
    has_more = cursor.goto_first_child_for_byte(byte) is not None or cursor.goto_last_child()
    for _ in range(_MOST_NEIGHBOURS):
        node = cursor.node
        if not has_more or node is None:
            return
        is_whole = node.start_point.column == 0 or node.start_point.row < node.end_point.row
        if node.end_byte <= byte and is_whole and not node.has_error and node.type.endswith(STATEMENTS):
            yield node
        has_more = cursor.goto_previous_sibling()
