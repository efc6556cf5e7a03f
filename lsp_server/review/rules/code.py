"""
What rules ask of a piece of code: its text, whether two pieces are the same, whether running one twice is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.review.visible import show_hidden

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_SHOWN = 40
"""Characters of code in a message; longer code is cut."""

FUNCTIONS = frozenset(
    (
        "arrow_function",
        "function_expression",
        "function_declaration",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
        "class",
        "class_declaration",
    )
)
"""What holds code that runs at another time."""


@dataclass(frozen=True, slots=True)
class Code:
    """
    A file as UTF-8, which is what nodes count in, and its path.
    """

    utf8: bytes
    path: str

    def raw(self, node: Node) -> bytes:
        """
        The bytes of a node.
        """
        return self.utf8[node.start_byte : node.end_byte]

    def text(self, node: Node) -> str:
        """
        What a node says.
        """
        return self.raw(node).decode()

    def shown(self, node: Node) -> str:
        """
        What a node says on one line, for a message: cut when it is long, nothing hidden in it.
        """
        line = show_hidden(" ".join(self.text(node).split()))
        return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"

    def tokens(self, node: Node) -> tuple[bytes, ...]:
        """
        The words and signs of a node, without white space and comments.
        """
        return tuple(self.raw(leaf) for leaf in walk(node) if not leaf.child_count and leaf.type != "comment")

    def same(self, one: Node, other: Node) -> bool:
        """
        Whether two pieces of code are the same but for white space, comments and parentheses around them.
        """
        one, other = bare(one), bare(other)
        if one.type != other.type:
            return False
        first, second = self.raw(one), self.raw(other)
        if first == second:
            return True
        return b"".join(first.split()) == b"".join(second.split()) and self.tokens(one) == self.tokens(other)


def bare(node: Node) -> Node:
    """
    What stands in the parentheses, if it is nothing but parentheses.
    """
    while node.type == "parenthesized_expression":
        inside = [child for child in node.named_children if child.type != "comment"]
        if len(inside) != 1:
            return node
        node = inside[0]
    return node


def walk(node: Node, *, into_functions: bool = True) -> Iterator[Node]:
    """
    The node and all that it holds, in order.
    """
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if into_functions or found is node or found.type not in FUNCTIONS:
            waiting.extend(reversed(found.children))


def is_plain(node: Node) -> bool:
    """
    Whether reading it twice gives the same value twice: no call, no change, nothing newly made.

    A getter can break this promise; those that do are few, and no tool can tell without types.
    """
    return all(part.type not in _LIVELY for part in walk(node))


def is_steady(node: Node) -> bool:
    """
    Whether evaluating it changes nothing that we can see; calls are trusted.
    """
    return all(part.type not in _CHANGING for part in walk(node))


def operands(node: Node, operator: str) -> list[Node]:
    """
    What a chain such as `a && b && c` joins, from left to right, through parentheses; else the node alone.
    """
    found: list[Node] = []
    waiting = [node]
    while waiting:
        part = bare(waiting.pop())
        left, right = part.child_by_field_name("left"), part.child_by_field_name("right")
        if part.type == "binary_expression" and left and right and operator_of(part) == operator:
            waiting.extend((right, left))
        else:
            found.append(part)
    return found


def operator_of(node: Node) -> str:
    """
    The operator of an expression; empty if it has none.
    """
    operator = node.child_by_field_name("operator")
    return operator.type if operator else ""


def parts(node: Node) -> tuple[Node, str, Node] | None:
    """
    Left side, operator and right side of a binary expression, or None for anything else.
    """
    node = bare(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "binary_expression" or left is None or right is None:
        return None
    return bare(left), operator_of(node), bare(right)


_CHANGING = frozenset(
    (
        "assignment_expression",
        "augmented_assignment_expression",
        "update_expression",
        "await_expression",
        "yield_expression",
        "delete",
        "ERROR",
    )
)
_LIVELY = _CHANGING | FUNCTIONS | {
    "call_expression",
    "new_expression",
    "object",
    "array",
    "regex",
    "jsx_element",
    "jsx_self_closing_element",
    "import",
}  # fmt: skip
