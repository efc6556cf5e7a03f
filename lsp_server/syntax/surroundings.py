"""
Name what a cursor stands in, in the terms in which one speaks of completions.
"""

import re
from enum import StrEnum

from tree_sitter import Node

from lsp_server.syntax.regions import Region, region_at
from lsp_server.syntax.tree import SyntaxTree


class Surroundings(StrEnum):
    """
    What a cursor stands in.
    """

    COMMENT = "comment"
    STRING = "string"
    IMPORT = "import"
    PARAMETERS = "parameters"
    ARGUMENTS = "arguments"
    TYPE = "type"
    CLASS_BODY = "class_body"
    TYPE_BODY = "type_body"
    FUNCTION_BODY = "function_body"
    BLOCK = "block"
    OBJECT = "object"
    ARRAY = "array"
    JSX = "jsx"
    MEMBER = "member"
    EXPRESSION = "expression"
    TOP_LEVEL = "top_level"
    OTHER = "other"


def surroundings_at(tree: SyntaxTree, offset: int) -> Surroundings:
    """
    What a character typed at `offset` would stand in; the innermost thing that has a name.
    """
    region = region_at(tree, offset)
    if region is not Region.CODE:
        return _OF_REGION[region]
    before = tree.document.line_prefix(offset)
    if before.rstrip(_WORD).endswith("."):
        return Surroundings.MEMBER
    # The trees of half-typed code end at the last word, not at the cursor.
    behind = offset - len(before) + len(before.rstrip()) if before.strip() else offset
    for node in reversed(tree.path_at(max(0, behind - 1))):
        found = _guessed(before) if node.is_error else _named(node, tree.document.byte_offset(behind))
        if found:
            return found
    return Surroundings.OTHER


_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"
_OF_REGION = {
    Region.COMMENT: Surroundings.COMMENT,
    Region.STRING: Surroundings.STRING,
    Region.TEMPLATE: Surroundings.STRING,
    Region.REGEX: Surroundings.STRING,
    Region.JSX_TEXT: Surroundings.JSX,
}
_OF_NODE = {
    "import_statement": Surroundings.IMPORT,
    "export_clause": Surroundings.IMPORT,
    "formal_parameters": Surroundings.PARAMETERS,
    "arguments": Surroundings.ARGUMENTS,
    "type_annotation": Surroundings.TYPE,
    "type_arguments": Surroundings.TYPE,
    "type_parameters": Surroundings.TYPE,
    "type_alias_declaration": Surroundings.TYPE,
    "class_body": Surroundings.CLASS_BODY,
    "interface_body": Surroundings.TYPE_BODY,
    "object_type": Surroundings.TYPE_BODY,
    "enum_body": Surroundings.TYPE_BODY,
    "switch_body": Surroundings.BLOCK,
    "object": Surroundings.OBJECT,
    "object_pattern": Surroundings.OBJECT,
    "array": Surroundings.ARRAY,
    "array_pattern": Surroundings.ARRAY,
    "jsx_element": Surroundings.JSX,
    "jsx_opening_element": Surroundings.JSX,
    "jsx_self_closing_element": Surroundings.JSX,
    "variable_declarator": Surroundings.EXPRESSION,
    "return_statement": Surroundings.EXPRESSION,
    "parenthesized_expression": Surroundings.EXPRESSION,
    "assignment_expression": Surroundings.EXPRESSION,
    "binary_expression": Surroundings.EXPRESSION,
    "program": Surroundings.TOP_LEVEL,
}
_TYPE_ALIAS = re.compile(r"\btype\s+[\w$]+[^=]*=")
_VALUE = re.compile(r"[=?+*/%-]|&&|\|\||\breturn\b|\bawait\b")
_CLOSED = frozenset(("}", ")", "]", ">"))


def _named(node: Node, byte: int) -> Surroundings | None:
    """
    What it is to be inside `node`; nothing when `byte` is behind its end.
    """
    if node.end_byte <= byte and node.child_count and node.children[-1].type in (*_CLOSED, ";"):
        return None
    if node.type == "statement_block":
        return Surroundings.FUNCTION_BODY if _is_function(node.parent) else Surroundings.BLOCK
    return _OF_NODE.get(node.type)


def _guessed(before: str) -> Surroundings | None:
    """
    What the line says where the tree says nothing.
    """
    if _TYPE_ALIAS.search(before):
        return Surroundings.TYPE
    return Surroundings.EXPRESSION if _VALUE.search(before) else None


def _is_function(node: Node | None) -> bool:
    return node is not None and ("function" in node.type or "method" in node.type)
