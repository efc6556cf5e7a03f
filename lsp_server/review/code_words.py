"""
What a file says whatever a formatter made of it: no white space, comments, brackets, separators or kinds of quotes.

Words that a formatter might put on one line make a phrase: a short expression, statement or heading of a block.
So code that is quoted by its lines keeps its phrases when the lines are broken elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_PHRASE = 100
"""In bytes without white space and comments: about the longest line that formatters are set to."""


@dataclass(frozen=True, eq=False, slots=True)
class CodeWords:
    """
    The words of a file in order, the byte that each begins at, the phrase that it belongs to, and the phrases.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    phrase_of: tuple[int, ...]
    phrases: tuple[str, ...]
    phrase_starts: tuple[int, ...]

    def between(self, start_byte: int, end_byte: int) -> range:
        """
        The indices of the words that begin in a stretch of bytes.
        """
        return range(bisect_left(self.starts, start_byte), bisect_left(self.starts, end_byte))

    def phrases_between(self, start_byte: int, end_byte: int) -> tuple[int, ...]:
        """
        The indices of the phrases that any word in a stretch of bytes belongs to.
        """
        here = self.between(start_byte, end_byte)
        return tuple(sorted(set(self.phrase_of[here.start : here.stop])))


def code_words(tree: SyntaxTree) -> CodeWords:
    """
    The words and phrases of a whole file.
    """
    words: list[str] = []
    starts: list[int] = []
    owners: list[tuple[int, int]] = []
    for owner, leaf in _owned_leaves(tree.root):
        is_long = leaf.end_byte - leaf.start_byte > LONGEST_PHRASE
        for word, start in _words(leaf):
            words.append(word)
            starts.append(start)
            # Each word of a long text is a phrase of its own: no node has a negative id.
            owners.append((-start, 0) if is_long else owner)
    number: dict[tuple[int, int], int] = {}
    phrases: list[list[str]] = []
    phrase_starts: list[int] = []
    for word, start, owner in zip(words, starts, owners, strict=True):
        if owner not in number:
            number[owner] = len(phrases)
            phrases.append([])
            phrase_starts.append(start)
        phrases[number[owner]].append(word)
    return CodeWords(
        tuple(words),
        tuple(starts),
        tuple(number[owner] for owner in owners),
        tuple(map(" ".join, phrases)),
        tuple(phrase_starts),
    )


def _owned_leaves(root: Node) -> Iterator[tuple[tuple[int, int], Node]]:
    """
    The leaves first to last, each with what it belongs to: the outermost node short enough to make one phrase, and
    how many blocks within that node came before.
    """
    lengths = _own_lengths(root)
    cursor = root.walk()
    owners = [_Owner(-1, 0)]
    while True:
        node = cursor.node
        assert node is not None
        while owners[-1].depth >= cursor.depth:
            parts = owners.pop().is_apart
            owners[-1].parts += parts
        if node.type in _BLOCKS or node.type in _ELEMENTS:
            is_phrase = node.type in _ELEMENTS and lengths[node.id] <= LONGEST_PHRASE
            owners.append(_Owner(cursor.depth, node.id if is_phrase else 0, is_apart=True))
        elif not owners[-1].node_id and lengths[node.id] <= LONGEST_PHRASE:
            owners.append(_Owner(cursor.depth, node.id))
        if node.type not in _PIECES and cursor.goto_first_child():
            continue
        yield (owners[-1].node_id or node.id, owners[-1].parts), node
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


@dataclass(slots=True)
class _Owner:
    """
    A node on the path down that decides on phrases: by making one, or, as a block, by keeping its members apart.
    """

    depth: int
    node_id: int
    parts: int = 0
    is_apart: bool = False


def _own_lengths(root: Node) -> dict[int, int]:
    """
    How long what a node says itself is, blocks within it left out.
    """
    lengths: dict[int, int] = {}
    cursor = root.walk()
    path: list[int] = []
    totals: list[int] = []
    while True:
        node = cursor.node
        assert node is not None
        if node.type not in _PIECES and cursor.goto_first_child():
            path.append(node.id)
            totals.append(0)
            continue
        own = 0 if node.type in _COMMENTS else node.end_byte - node.start_byte
        lengths[node.id] = own
        if totals:
            totals[-1] += own
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return lengths
            parent = cursor.node
            assert parent is not None
            lengths[path.pop()] = total = totals.pop()
            if totals and parent.type not in _BLOCKS and parent.type not in _ELEMENTS:
                totals[-1] += total


def _words(node: Node) -> Iterator[tuple[str, int]]:
    """
    What a leaf says, in words, and the byte that each begins at.
    """
    if node.type in _SILENT:
        return
    said = node.text or b""
    start = node.start_byte
    is_string = node.type == "string" and node.is_named
    if is_string:
        said, start = said[1:-1], start + 1
    for found in _WORD.finditer(said):
        word = unicodedata.normalize("NFC", found[0].decode("utf-8", "replace"))
        yield _ESCAPED_QUOTE.sub(r"\1", word) if is_string else word, start + found.start()


# What formatters keep the members of on lines of their own.
_BLOCKS = frozenset(
    {
        "class_body",
        "enum_body",
        "interface_body",
        "object",
        "object_type",
        "program",
        "statement_block",
        "switch_body",
    }
)
_ELEMENTS = frozenset({"jsx_element", "jsx_self_closing_element"})
_COMMENTS = frozenset({"comment", "html_comment"})
_PIECES = frozenset({"string", "template_string", "jsx_text", "regex"}) | _COMMENTS
# Formatters add and remove these: brackets, separators, the bar before the first type of a union.
_SILENT = frozenset({"(", ")", "{", "}", ";", ",", "|", "program"}) | _COMMENTS
_WORD = re.compile(rb"\S+")
_ESCAPED_QUOTE = re.compile(r"""\\(['"])""")
