"""
What tree-sitter makes of a document, kept up to date edit by edit.

Never recurse over a tree in Python: nesting in a file that is being typed, or that is no code at all, has no bound.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.syntax.reading import Grammar, Reading, read, read_again
from lsp_server.syntax.walk import errors
from lsp_server.text.document import Document, TextEdit
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["SyntaxTree", "errors", "grammar_for", "parse", "parse_once", "parse_text"]


@dataclass(frozen=True, eq=False)
class SyntaxTree:
    """
    The syntax of exactly one version of a document.
    """

    document: Document
    language: Grammar
    reading: Reading

    @property
    def root(self) -> Node:
        """
        The node of the whole program.
        """
        return self.reading.tree.root_node

    @property
    def has_jsx(self) -> bool:
        """
        Whether elements may stand in it.
        """
        return self.language is not Grammar.TYPESCRIPT

    def path_at(self, offset: int) -> tuple[Node, ...]:
        """
        The nodes that hold the character at `offset`, from the root down to the smallest.
        """
        return tuple(self._descend(self.document.byte_offset(offset)))

    def node_at(self, offset: int) -> Node:
        """
        The smallest node, named or not, that holds the character at `offset`.
        """
        byte = self.document.byte_offset(offset)
        return self.root.descendant_for_byte_range(byte, byte + 1) or self.root

    def span_of(self, node: Node) -> Span:
        """
        Where a node stands in the document.
        """
        return Span(
            self.document.offset_of_byte(node.start_byte),
            self.document.offset_of_byte(node.end_byte),
        )

    def text_of(self, node: Node) -> str:
        """
        What a node says.
        """
        span = self.span_of(node)
        return self.document.slice(span.start, span.end)

    def error_count(self, span: Span | None = None) -> int:
        """
        How many stretches the grammar could not read and how many tokens it missed, in all or touching `span`.
        """
        if self.reading.abandoned:
            return 1
        start = 0 if span is None else self.document.byte_offset(span.start)
        end = self.root.end_byte if span is None else self.document.byte_offset(span.end)
        return sum(node.start_byte <= end and node.end_byte >= start for node in errors(self.root))

    def _descend(self, byte: int) -> Iterator[Node]:
        cursor = self.reading.tree.walk()
        yield self.root
        while cursor.goto_first_child_for_byte(byte) is not None:
            node = cursor.node
            if node is None or node.start_byte > byte:
                return
            yield node


def parse(document: Document, previous: SyntaxTree | None = None, edits: Sequence[TextEdit] = ()) -> SyntaxTree:
    """
    Read `document`; quicker, but to the same tree, from that of a `previous` version and all `edits` since.

    It is safe in any thread.
    """
    language = grammar_for(document.language_id)
    if previous is None or previous.language is not language:
        return SyntaxTree(document, language, read(language, document))
    return SyntaxTree(document, language, read_again(language, document, previous.reading, edits))


def parse_once(document: Document, previous: SyntaxTree | None = None, edits: Sequence[TextEdit] = ()) -> SyntaxTree:
    """
    The same, but a text that was read a moment ago is not read again.

    A completion is read before it is offered, and makes up the document once it is accepted.
    """
    language = grammar_for(document.language_id)
    reading = _recent.get(language, document)
    if reading is None:
        reading = parse(document, previous, edits).reading
        _recent.keep(language, document, reading)
    return SyntaxTree(document, language, reading)


def parse_text(text: str, language_id: str) -> SyntaxTree:
    """
    Read a text that is no document.
    """
    return parse(Document.create("", language_id, 0, text))


def grammar_for(language_id: str) -> Grammar:
    """
    The grammar for an editor's language id; plain TypeScript for one that we do not know.
    """
    return _GRAMMARS.get(language_id, Grammar.TYPESCRIPT)


class _Recent:
    """
    The last few texts that were read, unless they are long.
    """

    def __init__(self, most: int, longest: int) -> None:
        self._most = most
        self._longest = longest
        self._lock = threading.Lock()
        self._readings: dict[tuple[Grammar, str], Reading] = {}

    def get(self, language: Grammar, document: Document) -> Reading | None:
        return self._readings.get((language, document.text)) if document.length <= self._longest else None

    def keep(self, language: Grammar, document: Document, reading: Reading) -> None:
        if document.length > self._longest:
            return
        with self._lock:
            self._readings[language, document.text] = reading
            if len(self._readings) > self._most:
                del self._readings[next(iter(self._readings))]


_recent = _Recent(most=6, longest=1 << 16)

_GRAMMARS = {
    "typescript": Grammar.TYPESCRIPT,
    "typescriptreact": Grammar.TSX,
    # Not the TSX grammar, which would find no fault with a type annotation in JavaScript.
    "javascript": Grammar.JAVASCRIPT,
    "javascriptreact": Grammar.JAVASCRIPT,
}
