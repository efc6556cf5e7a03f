"""
What surrounds a place in a file: code, a string, a comment, JSX text.

Where the code before the place is sound, the tree knows.
Where it is half typed, a grammar's guess is worth little, and the text itself is scanned from the first flaw on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from lsp_server.syntax.scan import Opener
from lsp_server.syntax.soundness import openings_between, unsound_from
from lsp_server.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node


class Region(StrEnum):
    """
    What a character typed at a place would become part of.
    """

    CODE = "code"
    COMMENT = "comment"
    STRING = "string"
    TEMPLATE = "template"
    REGEX = "regex"
    JSX_TEXT = "jsx_text"


def region_at(tree: SyntaxTree, offset: int) -> Region:
    """
    What a character typed at `offset` would become part of.
    """
    start = unsound_from(tree, offset)
    if start is None:
        return _region_in_tree(tree, offset)
    openings = openings_between(tree, start, offset)
    return _REGIONS.get(openings[-1].kind, Region.CODE) if openings else Region.CODE


_REGION_NODES = {
    "comment": Region.COMMENT,
    "hash_bang_line": Region.COMMENT,
    "string": Region.STRING,
    "template_string": Region.TEMPLATE,
    "template_literal_type": Region.TEMPLATE,
    "template_substitution": Region.CODE,
    "template_type": Region.CODE,
    "regex": Region.REGEX,
    "jsx_element": Region.JSX_TEXT,
    "jsx_expression": Region.CODE,
    "jsx_opening_element": Region.CODE,
    "jsx_closing_element": Region.CODE,
    "jsx_self_closing_element": Region.CODE,
}
_REGIONS = {
    Opener.TEMPLATE: Region.TEMPLATE,
    Opener.STRING: Region.STRING,
    Opener.COMMENT: Region.COMMENT,
    Opener.REGEX: Region.REGEX,
    Opener.JSX_CHILDREN: Region.JSX_TEXT,
}


def _region_in_tree(tree: SyntaxTree, offset: int) -> Region:
    path = tree.path_at(offset - 1) if offset else ()
    for node in reversed(path):
        region = _REGION_NODES.get(node.type) if node.is_named else None
        if region and offset in _places_inside(tree, node):
            return region
    return Region.CODE


def _places_inside(tree: SyntaxTree, node: Node) -> range:
    """
    The offsets at which a character would be typed into `node` itself, between its delimiters.
    """
    span = tree.span_of(node)
    if node.type == "regex" and (pattern := node.child_by_field_name("pattern")):
        return range(span.start + 1, tree.span_of(pattern).end + 1)
    opening = tree.document.slice(span.start, span.start + 2)
    ends_with_line = opening in ("//", "#!")
    width = 2 if ends_with_line or opening in ("/*", "${") else 1
    return range(span.start + width, span.end + ends_with_line)
