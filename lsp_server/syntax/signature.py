"""
A declaration in one line, and what its comment says first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    from tree_sitter import Node


def signature_of(tree: SyntaxTree, node: Node, keyword: str = "") -> str:
    """
    The text of a declaration or member as one line, without its body, its comments and its decorators.

    Where the rest of an initial value is left out, `…` stands for it.
    """
    if node.type == "statement_block":
        return "declare global"
    body = node.child_by_field_name("body")
    value = node.child_by_field_name("value")
    if body is None and value is not None:
        body = body_within(value)
    text = _clipped(f"{keyword} {_one_line(tree, node, body.start_byte if body else node.end_byte)}".lstrip())
    return f"{text} …" if text.endswith("=>") or (body and value) else text


def body_within(value: Node) -> Node | None:
    """
    The body of the function or class that `value` is, or that it hands to the functions it calls: `memo(() => …)`.
    """
    for _ in range(_DEEPEST_CALL):
        if value.type in FUNCTIONS or value.type == "class":
            return value.child_by_field_name("body")
        if value.type in _WRAPPERS and value.named_children:
            value = value.named_children[0]
            continue
        arguments = value.child_by_field_name("arguments") if value.type == "call_expression" else None
        functions = [child for child in arguments.named_children if _may_hold_body(child)] if arguments else []
        if not functions:
            return None
        value = functions[0]
    return None


def first_sentence(comment: str) -> str:
    """
    The first sentence of a `/** … */` comment; nothing if it is another kind.
    """
    if not comment.startswith("/**"):
        return ""
    lines = (line.strip().lstrip("*").strip() for line in comment[3:].removesuffix("*/").splitlines())
    paragraph: list[str] = []
    for line in lines:
        if line.startswith("@") or (paragraph and not line):
            break
        paragraph.extend(line.split())
    text = _LINK.sub(r"\1", " ".join(paragraph))
    end = _SENTENCE_END.search(text)
    return _clipped(text[: end.end()] if end else text)


FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
"""Expressions that are functions."""

_WRAPPERS = frozenset({"as_expression", "satisfies_expression", "parenthesized_expression", "non_null_expression"})
_DEEPEST_CALL = 4
_LONGEST = 240
_LEFT_OUT = frozenset({"comment", "decorator"})
_LINK = re.compile(r"\{@\w+\s+([^}|]*?)(?:\s*\|[^}]*)?\}")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


def _may_hold_body(node: Node) -> bool:
    return node.type in FUNCTIONS | {"class", "call_expression"}


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _one_line(tree: SyntaxTree, node: Node, end: int) -> str:
    document = tree.document
    pieces, start = [], node.start_byte
    for left_out in _left_out(node, end):
        pieces.append(document.slice(document.offset_of_byte(start), document.offset_of_byte(left_out.start_byte)))
        start = max(start, left_out.end_byte)
    pieces.append(document.slice(document.offset_of_byte(start), document.offset_of_byte(end)))
    return " ".join(" ".join(pieces).split()).rstrip(" ;,")


def _left_out(node: Node, end: int) -> list[Node]:
    """
    The comments and decorators in `node` before `end`, in order.
    """
    found, waiting = [], [node]
    while waiting:
        inner = waiting.pop()
        if inner.type in _LEFT_OUT:
            found.append(inner)
        else:
            waiting.extend(child for child in reversed(inner.children) if child.start_byte < end)
    return found
