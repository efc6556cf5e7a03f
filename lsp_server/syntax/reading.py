"""
Read a text with tree-sitter, quicker from an earlier text's tree, and yet to the very tree that a fresh read gives.

Plain incremental parsing does not promise that.
A text with errors can be read in several ways, and which one wins depends on what was reused of the old tree: a few
edits in a hundred to broken code end in another tree, and now and then an error outlives the edit that mended it.
So where the first result has errors, the statements that hold them, and those that held them before, are read a second
time with nothing reused inside them.

The grammars are loaded when the first text is read, so that importing this costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING

from lsp_server.syntax.nonsense import Patience, is_nonsense
from lsp_server.text.document import Document, TextEdit
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser, Tree


class Grammar(StrEnum):
    """
    The grammar that a document is read with.
    """

    TYPESCRIPT = "typescript"
    TSX = "tsx"
    JAVASCRIPT = "javascript"


@cache
def language_of(grammar: Grammar) -> Language:
    """
    The compiled grammar, for queries.
    """
    from tree_sitter import Language

    match grammar:
        case Grammar.TYPESCRIPT:
            from tree_sitter_typescript import language_typescript

            return Language(language_typescript())
        case Grammar.TSX:
            from tree_sitter_typescript import language_tsx

            return Language(language_tsx())
        case Grammar.JAVASCRIPT:
            from tree_sitter_javascript import language

            return Language(language())


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """
    A tree, and which bytes the statements with errors take.

    `abandoned` is the length of a text that would have taken too long. Its tree is that of no text, and all is broken.
    """

    tree: Tree
    broken: tuple[Span, ...]
    abandoned: int = 0


def read(grammar: Grammar, document: Document) -> Reading:
    """
    Read all of `document`.
    """
    tree = None if is_nonsense(document.utf8, partial(_parsed_bytes, grammar)) else _parsed(grammar, document)
    return Reading(tree=tree, broken=_broken(tree)) if tree else _given_up(grammar, document.byte_length)


def read_bytes(grammar: Grammar, source: bytes) -> Tree:
    """
    The tree of a text that nobody edits, in UTF-8; the tree of no text if it would take too long.
    """
    if len(source) <= _SHORT:
        return _parsed_bytes(grammar, source)
    tree = None
    if not is_nonsense(source, partial(_parsed_bytes, grammar)):
        tree = _patiently(grammar, len(source), lambda byte: source[byte : byte + _AT_ONCE])
    return tree if tree is not None else _parsed_bytes(grammar, b"")


def read_again(grammar: Grammar, document: Document, old: Reading, edits: Sequence[TextEdit]) -> Reading:
    """
    Read `document`, reusing what `edits` left of an `old` reading, which itself stays as it is.
    """
    if old.abandoned:
        is_still_long = document.byte_length > _WORTH_ANOTHER_TRY * old.abandoned
        return _given_up(grammar, old.abandoned) if is_still_long else read(grammar, document)
    if any(len(edit.text) > _LONG for edit in edits):
        return read(grammar, document)
    told = _told(old.tree, edits)
    suspect = _joined(_moved(span, edits) for span in old.broken)
    while True:
        tree = _parsed(grammar, document, _forgetting(told, suspect, document))
        if tree is None:
            return _given_up(grammar, document.byte_length)
        broken = _broken(tree)
        wider = _joined((*suspect, *broken))
        if wider == suspect:
            return Reading(tree=tree, broken=broken)
        suspect = wider


# What holds statements or members, each of which can be read on its own.
_CONTAINERS = frozenset({"program", "statement_block", "class_body", "switch_body", "interface_body", "object_type"})

# Bytes above which a statement with errors is not read again as a whole, but only the broken ones in it.
# The whole is the surer way, for an error at the end of a block may reach beyond it.
_LONG = 4096

# Bytes below which even the worst nonsense is read in a fraction of a second.
_SHORT = 4096

# Bytes that the parser is handed in one go.
_AT_ONCE = 1 << 16

# The share of an abandoned text that another must not exceed to be tried again.
_WORTH_ANOTHER_TRY = 0.9

_parsers = threading.local()


def _parsed(grammar: Grammar, document: Document, old: Tree | None = None) -> Tree | None:
    """
    The tree of `document`, or nothing if it would take too long.
    """
    return _patiently(grammar, document.byte_length, document.bytes_from, old)


def _patiently(
    grammar: Grammar, length: int, bytes_from: Callable[[int], bytes], old: Tree | None = None
) -> Tree | None:
    parser = _parser(grammar)

    def read(byte: int, _: object) -> bytes:
        return bytes_from(byte)

    with Patience(length) as patience:
        try:
            if old is None:
                return parser.parse(read, progress_callback=patience.is_lost)
            return parser.parse(read, old, progress_callback=patience.is_lost)
        except ValueError:
            parser.reset()
            return None


def _parsed_bytes(grammar: Grammar, source: bytes) -> Tree:
    return _parser(grammar).parse(source)


def _parser(grammar: Grammar) -> Parser:
    """
    The parser of the running thread, for none may be shared; it lets go of the interpreter while it reads.
    """
    from tree_sitter import Parser

    parser = getattr(_parsers, grammar, None)
    if parser is None:
        parser = Parser(language_of(grammar))
        setattr(_parsers, grammar, parser)
    return parser


def _given_up(grammar: Grammar, length: int) -> Reading:
    return Reading(tree=_parsed_bytes(grammar, b""), broken=(Span(0, length),), abandoned=length)


def _told(tree: Tree, edits: Sequence[TextEdit]) -> Tree:
    """
    A copy of `tree` that knows of the edits, since others may still be reading the original.
    """
    copy = tree.copy()
    for edit in edits:
        copy.edit(
            edit.start_byte,
            edit.old_end_byte,
            edit.new_end_byte,
            edit.start_point,
            edit.old_end_point,
            edit.new_end_point,
        )
    return copy


def _forgetting(tree: Tree, spans: Sequence[Span], document: Document) -> Tree:
    """
    A copy of `tree` in which the bytes of `spans` count as replaced by themselves, so that nothing there is reused.
    """
    copy = tree.copy()
    for span in spans:
        start = document.point_of(document.offset_of_byte(span.start))
        end = document.point_of(document.offset_of_byte(span.end))
        copy.edit(span.start, span.end, span.end, start, end, end)
    return copy


def _moved(span: Span, edits: Sequence[TextEdit]) -> Span:
    """
    Where the bytes of `span` are after `edits`, which widen it where they touch it.
    """
    for edit in edits:
        shift = edit.new_end_byte - edit.old_end_byte
        if edit.old_end_byte < span.start:
            span = Span(span.start + shift, span.end + shift)
        elif edit.start_byte <= span.end:
            span = Span(min(span.start, edit.start_byte), max(span.end, edit.old_end_byte) + shift)
    return span


def _broken(tree: Tree) -> tuple[Span, ...]:
    root = tree.root_node
    if root.is_error:
        return (Span(0, root.end_byte),)
    spans, waiting = [], [root] if root.has_error else []
    while waiting:
        for child in waiting.pop().children:
            if child.has_error:
                is_long = child.end_byte - child.start_byte > _LONG
                within = _containers_of_errors(child) if is_long else []
                waiting.extend(within)
                if not within:
                    spans.append(Span(child.start_byte, child.end_byte))
    return _joined(spans)


def _containers_of_errors(statement: Node) -> list[Node]:
    """
    The containers below `statement` that hold all its errors; none if some lie outside of any.
    """
    containers, waiting = [], [statement]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            return []
        if node.type in _CONTAINERS:
            containers.append(node)
        else:
            waiting.extend(child for child in node.children if child.has_error)
    return containers


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """
    The same stretches without overlaps, in order.
    """
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return tuple(joined)
