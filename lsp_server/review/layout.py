"""
Tell whether lines that were put into a file are indented as the file's own lines are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.indentation import unit_of

if TYPE_CHECKING:
    from tree_sitter import Node


def is_well_indented(tree: SyntaxTree, lines: range, was: str) -> bool:
    """
    Whether each of `lines` (0-based) stands as its neighbours do; `was` is the indentation of the first one before.

    What follows from the tree is asked for: members of a block stand below one another, a closing bracket below the
    line of its opening one. A line that neither says anything about keeps to the line that was there before.
    """
    for number in lines:
        text = tree.document.line(number)
        if not text.strip():
            continue
        offset = tree.document.line_start(number) + len(text) - len(text.lstrip())
        node = tree.node_at(offset)
        is_free = any(_is_free(one, tree, number) for one in _upwards(node))
        verdict = None if is_free else _verdict(tree, node, number, lines)
        if verdict is None:
            is_kept = number != lines.start or indentation(text) == was
            verdict = is_kept and (is_free or _is_within_statement(tree, node, number))
        if not verdict:
            return False
    return True


def indentation(line: str) -> str:
    """
    The white space that a line begins with.
    """
    return line[: len(line) - len(line.lstrip())]


_HOLDERS = frozenset(
    {
        "array",
        "arguments",
        "array_pattern",
        "class_body",
        "enum_body",
        "formal_parameters",
        "interface_body",
        "jsx_element",
        "jsx_opening_element",
        "jsx_self_closing_element",
        "named_imports",
        "object",
        "object_pattern",
        "object_type",
        "program",
        "statement_block",
        "switch_body",
        "switch_case",
        "switch_default",
        "type_arguments",
        "type_parameters",
    }
)
_CLOSING = {"}": "{", ")": "(", "]": "[", ">": "<", "/>": "<", "</": "<"}
# Keywords that go on with a statement at the depth where it began.
_RESUMING = frozenset({"catch", "else", "finally", "while"})
_FREE = frozenset({"template_string", "jsx_text", "comment", "ERROR"})
# What a line begins with whose bracket a formatter indents once more than the line.
_LEADING_OPERATORS = ("?", ":", "|", "&")


def _is_free(node: Node, tree: SyntaxTree, number: int) -> bool:
    """
    Whether the text at the start of the line is within something that is laid out by hand.
    """
    if node.type not in _FREE:
        return False
    return node.type in ("jsx_text", "ERROR") or tree.document.line_of(tree.span_of(node).start) < number


def _verdict(tree: SyntaxTree, node: Node, number: int, lines: range) -> bool | None:
    """
    Whether the line is indented as its place in the tree asks for; None when that asks for nothing.
    """
    here = indentation(tree.document.line(number))
    if node.type in _CLOSING and node.parent and (holder := _closed_by(node, node.parent)):
        return here in _closing_indentations(tree, holder)
    member = _member(node)
    if member is None or member.parent is None:
        return None
    others = [
        other
        for other in _first_on_line(tree, member.parent)
        if tree.document.line_of(tree.span_of(other).start) not in lines
    ]
    if others:
        nearest = min(others, key=lambda other: abs(other.start_byte - member.start_byte))
        return here == indentation(tree.document.line(tree.document.line_of(tree.span_of(nearest).start)))
    return _is_one_step_in(tree, member.parent, here)


def _closed_by(node: Node, parent: Node) -> Node | None:
    """
    What a closing bracket or tag closes; None for what only looks like one, such as a comparison.
    """
    if parent.type == "jsx_closing_element":
        return parent.parent
    is_closing = parent.children and parent.children[0].type == _CLOSING[node.type]
    return parent if is_closing or node.type in ("}", ")", "]") else None


def _is_within_statement(tree: SyntaxTree, node: Node, number: int) -> bool:
    """
    Whether a line that goes on with a statement, or member, is deeper than the line where that began.
    """
    here = indentation(tree.document.line(number))
    for one in _upwards(node):
        if one.parent and one.parent.type in _HOLDERS:
            first = tree.document.line_of(tree.span_of(one).start)
            if first < number:
                base = indentation(tree.document.line(first))
                return here.startswith(base) and (here != base or node.type in _RESUMING)
    return True


def _member(node: Node) -> Node | None:
    """
    What begins where `node` does and is directly in something that lines its members up.
    """
    for one in _upwards(node):
        if one.start_byte != node.start_byte:
            return None
        if one.parent and one.parent.type in _HOLDERS and one.is_named:
            return one if one.type not in ("jsx_opening_element", "jsx_closing_element") else None
    return None


def _first_on_line(tree: SyntaxTree, holder: Node) -> Iterator[Node]:
    for child in holder.named_children:
        if child.type in ("jsx_text", "comment", "jsx_opening_element", "jsx_closing_element"):
            continue
        start = tree.span_of(child).start
        if not tree.document.line_prefix(start).strip():
            yield child


def _is_one_step_in(tree: SyntaxTree, holder: Node, here: str) -> bool:
    if holder.type == "program":
        return here == ""
    outer = indentation(_line_of_opening(tree, holder))
    unit = unit_of(tree.document.text.splitlines()) or "  "
    allowed = {outer + unit}
    if _line_of_opening(tree, holder).lstrip().startswith(_LEADING_OPERATORS):
        allowed.add(outer + unit + unit)
    if holder.type == "switch_body":
        allowed.add(outer)
    return here in allowed


def _closing_indentations(tree: SyntaxTree, holder: Node) -> set[str]:
    line = _line_of_opening(tree, holder)
    outer = indentation(line)
    if not line.lstrip().startswith(_LEADING_OPERATORS):
        return {outer}
    return {outer, outer + (unit_of(tree.document.text.splitlines()) or "  ")}


def _line_of_opening(tree: SyntaxTree, holder: Node) -> str:
    opening = next((child for child in holder.children if child.type in _CLOSING.values()), holder)
    return tree.document.line(tree.document.line_of(tree.span_of(opening).start))


def _upwards(node: Node | None) -> Iterator[Node]:
    while node is not None:
        yield node
        node = node.parent
