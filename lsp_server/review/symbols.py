"""
What a place in a file belongs to: the declarations around it, and the function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Symbol:
    """
    A declaration with a name: `name` is that of the outermost one first, joined by dots; empty for the file itself.
    """

    name: str
    span: Span


def symbol_at(tree: SyntaxTree, offset: int) -> Symbol:
    """
    The innermost declaration around the character at `offset`, or the whole file.
    """
    names, innermost = [], tree.root
    for node in tree.path_at(offset):
        if name := _name_of(node):
            names.append(tree.text_of(name))
            innermost = node
    span = tree.span_of(innermost) if names else Span(0, tree.document.length)
    return Symbol(".".join(names), span)


def function_at(tree: SyntaxTree, offset: int) -> Span:
    """
    The innermost function around the character at `offset`; outside of any, the whole file.
    """
    for node in reversed(tree.path_at(offset)):
        if node.type in FUNCTIONS:
            return tree.span_of(node)
    return Span(0, tree.document.length)


FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)

_DECLARATIONS = frozenset(
    {
        "abstract_class_declaration",
        "class",
        "class_declaration",
        "enum_declaration",
        "function_declaration",
        "function_expression",
        "function_signature",
        "generator_function",
        "generator_function_declaration",
        "interface_declaration",
        "internal_module",
        "method_definition",
        "module",
        "type_alias_declaration",
    }
)
# These name something that is worth a name only when a function or class is assigned to them.
_ASSIGNED = {"variable_declarator": "name", "public_field_definition": "name", "field_definition": "property"}
_ASSIGNED |= {"pair": "key"}
_BODIES = FUNCTIONS | {"class"}


def _name_of(node: Node) -> Node | None:
    if node.type in _DECLARATIONS:
        return node.child_by_field_name("name")
    if node.type in _ASSIGNED:
        value = node.child_by_field_name("value")
        return node.child_by_field_name(_ASSIGNED[node.type]) if value and value.type in _BODIES else None
    return None
