"""
Read the text of syntax nodes: signatures on one line, annotations, documentation.
"""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node, Tree

from lsp_server.syntax.reading import Grammar, read_bytes

SIGNATURE_LIMIT = 400
MEMBER_LIMIT = 240
DOC_LIMIT = 120

_LINE_COMMENT = re.compile(r"(?<![:\"'`\\])//[^\n]*|/\*.*?\*/", re.DOTALL)


def tree_of(path: str, source: bytes) -> Tree:
    """
    The syntax of a file, in the dialect that the ending of `path` stands for.
    """
    is_plain = path.endswith((".ts", ".mts", ".cts"))
    return read_bytes(Grammar.TYPESCRIPT if is_plain else Grammar.TSX, source)


def head_of(node: Node, source: bytes, *, start: int | None = None, limit: int = SIGNATURE_LIMIT) -> str:
    """
    A declaration without its body, on one line.
    """
    begin = node.start_byte if start is None else start
    body = node.child_by_field_name("body")
    return folded(source, begin, node.end_byte if body is None else body.start_byte, limit)


def annotation(node: Node, source: bytes, field: str = "type") -> str:
    """
    The text of a type annotation without its colon, on one line; empty when there is none.
    """
    found = node.child_by_field_name(field)
    if found is None:
        return ""
    return folded(source, found.start_byte, found.end_byte, MEMBER_LIMIT).lstrip(": ")


def with_docs(nodes: Iterable[Node]) -> Iterator[tuple[Node | None, Node]]:
    """
    The nodes that are no comments, each with the comment right before it.
    """
    comment: Node | None = None
    for child in nodes:
        if child.type == "comment":
            comment = child
        else:
            yield comment, child
            comment = None if child.type != "decorator" else comment


def doc_of(source: bytes, comment: Node | None, node: Node) -> str:
    """
    The first sentence of the documentation comment of `node`, or nothing.
    """
    if comment is None or node.start_point.row - comment.end_point.row > 2:
        return ""
    text = source[comment.start_byte : min(comment.end_byte, comment.start_byte + 600)].decode(errors="replace")
    if not text.startswith("/**"):
        return ""
    lines = (line.strip().lstrip("*").strip() for line in text[3:].removesuffix("*/").splitlines())
    words = " ".join(line for line in lines if line).split(" @", 1)[0].strip()
    if words.startswith("@"):
        return ""
    return words.split(". ", 1)[0][:DOC_LIMIT]


def lines_of(node: Node) -> tuple[int, int]:
    """
    The lines of a node, half-open.
    """
    return node.start_point.row, node.end_point.row + 1


def folded(source: bytes, start: int, end: int, limit: int) -> str:
    """
    A stretch of source on one line, without comments, cut at `limit`.
    """
    # A little more than the limit is decoded, since spaces will be folded.
    text = source[start : min(end, start + 3 * limit)].decode(errors="replace")
    if "//" in text or "/*" in text:
        text = _LINE_COMMENT.sub("", text)
    text = flat(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def flat(text: str) -> str:
    """
    The text with every run of white space as one space.
    """
    return " ".join(text.split())


def text_of(source: bytes, node: Node | None) -> str:
    """
    The source of a node.
    """
    return "" if node is None else source[node.start_byte : node.end_byte].decode(errors="replace")


def unquoted(source: bytes, node: Node) -> str:
    """
    The text of a string without its quotes.
    """
    return text_of(source, node).strip("'\"`")
