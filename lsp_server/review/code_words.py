"""
What a file says whatever a formatter made of it: no white space, comments, brackets, separators or kinds of quotes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, eq=False, slots=True)
class CodeWords:
    """
    The words of a file in order, and the byte that each begins at.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]

    def between(self, start_byte: int, end_byte: int) -> range:
        """
        The indices of the words that begin in a stretch of bytes.
        """
        return range(bisect_left(self.starts, start_byte), bisect_left(self.starts, end_byte))

    def occurrences(self, wanted: Sequence[str], within: range) -> Iterator[int]:
        """
        The indices in `within` at which `wanted` begins.
        """
        wanted = tuple(wanted)
        for index in within:
            if self.words[index] == wanted[0] and self.words[index : index + len(wanted)] == wanted:
                yield index


def code_words(tree: SyntaxTree) -> CodeWords:
    """
    The words of a whole file.
    """
    found = [(word, node.start_byte) for node in _leaves(tree) for word in _words(node)]
    return CodeWords(tuple(word for word, _ in found), tuple(start for _, start in found))


def _leaves(tree: SyntaxTree) -> Iterator[Node]:
    """
    The nodes that are one word, or one piece of text, first to last.
    """
    cursor = tree.root.walk()
    while True:
        node = cursor.node
        assert node is not None
        if node.type not in _PIECES and cursor.goto_first_child():
            continue
        yield node
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _words(node: Node) -> list[str]:
    if node.type in _SILENT:
        return []
    text = unicodedata.normalize("NFC", (node.text or b"").decode("utf-8", "replace"))
    if node.type == "string":
        text = _ESCAPED_QUOTE.sub(r"\1", text[1:-1])
    return text.split()


_PIECES = frozenset({"string", "template_string", "jsx_text", "regex", "comment", "html_comment"})
# Formatters add and remove these: brackets, separators, the bar before the first type of a union.
_SILENT = frozenset({"comment", "html_comment", "(", ")", "{", "}", ";", ",", "|", "program"})
_ESCAPED_QUOTE = re.compile(r"""\\(['"])""")
