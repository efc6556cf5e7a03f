"""
What surrounds a place in a file: code, a string, a comment, JSX text; the block it is in, and the statement's end.

Where the code before the place is sound, the tree knows.
Where it is half typed, a grammar's guess is worth little, and the text itself is scanned from the first flaw on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lsp_server.syntax.scan import Opener, closing_of
from lsp_server.syntax.soundness import FARTHEST, openings_between, unsound_from
from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.positions import Span

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


def enclosing_block(tree: SyntaxTree, offset: int) -> Span | None:
    """
    The innermost braces that `offset` is within, themselves included, or the element whose children it is among.

    A block that nothing closes reaches to the end of the text.
    """
    block = _block_at(tree, offset)
    return block.span if block else None


def opens_block(tree: SyntaxTree, offset: int) -> bool:
    """
    Whether `offset` is in a body that has nothing in it yet, so that several lines are wanted.
    """
    block = _block_at(tree, offset)
    if block is None or not _is_body(tree, block):
        return False
    document = tree.document
    if _COMMENTS.sub("", document.slice(block.inside, offset)).strip():
        return False
    if not _CLOSERS.fullmatch(document.line_suffix(offset)):
        return False
    return region_at(tree, offset) in (Region.CODE, Region.JSX_TEXT) and not _has_lines_below(
        tree, document.line_of(block.span.start), document.line_of(offset)
    )


def statement_end(tree: SyntaxTree, offset: int) -> int | None:
    """
    Where the innermost statement or member around the character at `offset` ends; `None` while it is broken.
    """
    for node in reversed(tree.path_at(offset)):
        if node.type.endswith(_STATEMENTS) and node.parent and node.parent.type in _HOLDERS:
            return None if node.has_error else tree.span_of(node).end
    return None


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
_BLOCK_OPENERS = (Opener.BRACE, Opener.SUBSTITUTION, Opener.JSX_EXPRESSION, Opener.JSX_CHILDREN)
_BLOCK_NODES = {
    "class_body": Opener.BRACE,
    "enum_body": Opener.BRACE,
    "export_clause": Opener.BRACE,
    "interface_body": Opener.BRACE,
    "named_imports": Opener.BRACE,
    "object": Opener.BRACE,
    "object_pattern": Opener.BRACE,
    "object_type": Opener.BRACE,
    "statement_block": Opener.BRACE,
    "switch_body": Opener.BRACE,
    "template_substitution": Opener.SUBSTITUTION,
    "template_type": Opener.SUBSTITUTION,
    "jsx_expression": Opener.JSX_EXPRESSION,
    "jsx_element": Opener.JSX_CHILDREN,
}

_COMMENTS = re.compile(r"//[^\n\r]*|/\*.*?\*/", re.DOTALL)
_CLOSERS = re.compile(r"[\s)\]};,]*(?:</[\w$.:-]*>[\s)\]};,]*)*")
_NAMES_FOLLOW = re.compile(
    r"\b(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?$|\b(?:import|export)\s*$|\b(?:const|let|var)\s*$"
)

_STATEMENTS = ("_statement", "_declaration", "_definition", "_signature", "switch_case", "switch_default")
_HOLDERS = frozenset(
    {"program", "statement_block", "class_body", "interface_body", "object_type", "switch_body"}
    | {"switch_case", "switch_default", "ERROR"}
)

_MOST_BLANK_LINES = 64


@dataclass(frozen=True, slots=True)
class _Block:
    kind: Opener
    span: Span
    inside: int


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


def _block_at(tree: SyntaxTree, offset: int) -> _Block | None:
    start = unsound_from(tree, offset)
    return _block_in_tree(tree, offset) if start is None else _block_in_text(tree, start, offset)


def _block_in_tree(tree: SyntaxTree, offset: int) -> _Block | None:
    path = tree.path_at(offset - 1) if offset else ()
    for node in reversed(path):
        kind = _BLOCK_NODES.get(node.type) if node.is_named else None
        inside = _places_inside(tree, node) if kind is not Opener.JSX_CHILDREN else _places_among_children(tree, node)
        if kind and offset in inside:
            return _Block(kind, tree.span_of(node), inside.start)
    return None


def _places_among_children(tree: SyntaxTree, element: Node) -> range:
    opening, closing = element.child_by_field_name("open_tag"), element.child_by_field_name("close_tag")
    if opening is None or closing is None:
        return range(0)
    return range(tree.span_of(opening).end, tree.span_of(closing).start + 1)


def _block_in_text(tree: SyntaxTree, start: int, offset: int) -> _Block | None:
    document, jsx = tree.document, tree.has_jsx
    openings = openings_between(tree, start, offset)
    blocks = [opening for opening in openings if opening.kind in _BLOCK_OPENERS]
    if not blocks:
        return None
    block = blocks[-1]
    ahead = document.slice(start, offset + FARTHEST)
    closing = closing_of(block, ahead, openings, offset - start, jsx=jsx)
    end = document.length if closing is None else start + closing.end
    return _Block(block.kind, Span(start + block.start, end), start + block.inside)


def _is_body(tree: SyntaxTree, block: _Block) -> bool:
    """
    Whether statements, members or children go there, rather than names to import or one expression.
    """
    if block.kind is Opener.JSX_CHILDREN:
        return True
    return block.kind is Opener.BRACE and not _NAMES_FOLLOW.search(tree.document.line_prefix(block.span.start))


def _has_lines_below(tree: SyntaxTree, opener_line: int, cursor_line: int) -> bool:
    """
    Whether the next line with anything on it is indented as a line of the body would be.
    """
    document = tree.document
    for number in range(cursor_line + 1, min(cursor_line + _MOST_BLANK_LINES, document.line_count)):
        line = document.line(number)
        if line.strip():
            return _indentation(line) > _indentation(document.line(opener_line))
    return False


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
