"""
Whether the tree can be believed where a rule has found something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsp_server.review.rules.code import walk

if TYPE_CHECKING:
    from tree_sitter import Node


def is_sound(node: Node) -> bool:
    """
    Whether neither the node nor what it stands in was misread.

    The grammar reports most of what it can't read as an error, but not all: it takes `a && b!.c` for `(a && b)!.c` and
    `a === b as C` for `(a === b) as C`.
    """
    if node.has_error or any(map(_is_crooked, walk(node))):
        return False
    holder = node.parent
    if holder is not None and holder.has_error and not _holds_statements(holder):
        return False
    inner = node
    for _ in range(_DEEPEST):
        if _holds_statements(inner):
            return not (inner.is_error or _touches_error(inner, node))
        if inner.is_error or _is_crooked(inner) or inner.parent is None:
            return False
        inner = inner.parent
    return False


def _is_crooked(node: Node) -> bool:
    return node.type in _POSTFIX and bool(node.named_children) and node.named_children[0].type in _LOOSER


def _holds_statements(node: Node) -> bool:
    return node.type in ("program", "statement_block", "switch_body", "class_body", "ERROR")


def _touches_error(holder: Node, node: Node) -> bool:
    """
    Whether what could not be read stands right beside the statement of `node`.
    """
    if not holder.has_error:
        return False
    children = holder.children
    at = next((number for number, child in enumerate(children) if child.end_byte >= node.end_byte), len(children))
    return any(child.is_error or child.is_missing for child in children[max(0, at - 1) : at + 2])


_DEEPEST = 64
"""How far below its statement anything may be; looking for what a node stands in takes longer the deeper it is."""
_POSTFIX = frozenset(("non_null_expression", "as_expression", "satisfies_expression"))
_LOOSER = frozenset(("binary_expression", "unary_expression", "ternary_expression", "assignment_expression"))
