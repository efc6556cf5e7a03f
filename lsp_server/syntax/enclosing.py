"""
The declarations that a place is within, also while they are being typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from lsp_server.syntax.outline import (
    WRAPPERS,
    Declaration,
    DeclarationKind,
    declaration_at,
    encloses,
    outline,
)
from lsp_server.syntax.scan import Opener
from lsp_server.syntax.signature import first_sentence
from lsp_server.syntax.soundness import openings_between, unsound_from
from lsp_server.syntax.tree import SyntaxTree, parse_text
from lsp_server.text.document import Document
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node


def enclosing_declarations(tree: SyntaxTree, offset: int) -> tuple[Declaration, ...]:
    """
    The declarations that `offset` is within, outermost first.
    """
    path = tree.path_at(max(0, offset - 1))
    flaw = unsound_from(tree, offset)
    if flaw is not None and any(node.is_error for node in path):
        return tuple(_half_typed(tree, flaw, offset))
    return tuple(_in_tree(tree, path, offset))


_HAVE_BODIES = frozenset(DeclarationKind) - {DeclarationKind.VARIABLE, DeclarationKind.MEMBER}
_CONTROL = re.compile(r"\s*(?:}\s*)?(?:if|else|for|while|do|switch|try|catch|finally|return|with)\b")
_CONTINUES = re.compile(r"\s*(?:[)}\]>|&]|extends\b|implements\b)")
_MOST_LINES = 30


def _in_tree(tree: SyntaxTree, path: tuple[Node, ...], offset: int) -> Iterator[Declaration]:
    statement = None
    for node in path:
        if node.type in WRAPPERS:
            statement = statement or node
            continue
        span = tree.span_of(node)
        if encloses(node) and span.start < offset and (offset < span.end or node.has_error):
            yield declaration_at(tree, node, statement or node)
        statement = None


def _half_typed(tree: SyntaxTree, start: int, offset: int) -> Iterator[Declaration]:
    """
    What the braces that are open at `offset` belong to, the head before each read for itself.
    """
    document, inside = tree.document, start
    for opening in openings_between(tree, start, offset):
        brace = start + opening.start
        head = max(inside, _head_before(document, brace))
        declaration = _declared_by(document.slice(head, brace), document.language_id)
        if opening.kind is Opener.BRACE and declaration is not None:
            # Nothing closes them yet, so that they may reach to the end.
            yield replace(declaration, span=Span(head, document.length), doc=_doc_before(document, head))
        inside = start + opening.inside


def _head_before(document: Document, brace: int) -> int:
    """
    Where the lines begin that lead up to a brace.
    """
    first = document.line_of(brace)
    for number in range(first, max(-1, first - _MOST_LINES), -1):
        head = document.slice(document.line_start(number), brace)
        if head.count(")") <= head.count("(") and head.strip() and not _CONTINUES.match(head):
            return document.line_start(number)
    return document.line_start(first)


def _declared_by(head: str, language_id: str) -> Declaration | None:
    """
    The declaration that `head` begins, as a statement or as a member.
    """
    if not head.strip() or _CONTROL.match(head):
        return None
    open_calls = head.count("(") - head.count(")")
    declared = outline(parse_text(f"{head} {{}}" + ")" * open_calls, language_id))
    if not declared and open_calls == 0:
        classes = outline(parse_text(f"class _ {{ {head} {{}} }}", language_id))
        declared = classes[0].members if classes else ()
    return declared[-1] if declared and declared[-1].kind in _HAVE_BODIES else None


def _doc_before(document: Document, head: int) -> str:
    before = document.slice(max(0, head - 4096), head).rstrip()
    return first_sentence(before[before.rfind("/**") :]) if before.endswith("*/") else ""
