"""
Rules for the two sides of an operator: the same twice, or comparisons that cannot both hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, is_plain, operands, operator_of, parts, walk
from lsp_server.review.rules.rule import Captures, Hit, Rule
from lsp_server.review.rules.values import Constant, constant

if TYPE_CHECKING:
    from tree_sitter import Node


def _same_operands(code: Code, found: Captures) -> Iterator[Hit]:
    left, right, operator = found["left"], found["right"], operator_of(found["it"])
    if operator not in _CHAINS:
        if left.type not in _CONSTANTS and code.same(left, right) and is_plain(left):
            yield from _said_of_itself(code, found["it"], left, operator)
        return
    earlier, later = operands(left, operator), operands(right, operator)
    if twice := _stands_twice(code, earlier, later):
        first, second = twice
        yield Hit(
            node=found["it"] if len(earlier) == len(later) == 1 else second,
            others=(first,),
            message=f"`{code.shown(second)}` stands twice in one chain of `{operator}`:"
            " the second is superfluous, or something else was meant.",
        )


def _stands_twice(code: Code, earlier: list[Node], later: list[Node]) -> tuple[Node, Node] | None:
    for number, first in enumerate(earlier):
        for place, second in enumerate(later):
            is_twice = first.type not in _CONSTANTS and code.same(first, second)
            if is_twice and all(map(is_plain, (*earlier[number:], *later[: place + 1]))):
                return first, second
    return None


def _said_of_itself(code: Code, it: Node, side: Node, operator: str) -> Iterator[Hit]:
    shown = code.shown(side)
    if operator not in _COMPARISONS:
        yield Hit(node=it, message=f"`{shown}` stands on both sides of `{operator}`: something else was meant on one.")
    elif operator not in _EQUALITIES:
        yield Hit(node=it, message=f"`{shown}` is compared with itself: the result is always the same.")
    elif not _is_test_for_nan(code, it):
        yield Hit(
            node=it,
            message=f"`{shown}` is compared with itself, which tells nothing unless it is NaN;"
            " if that is what it is for, write `Number.isNaN`.",
        )


def _is_test_for_nan(code: Code, it: Node) -> bool:
    """
    Whether the comparison looks like the old idiom for NaN: another of its kind is near, or someone speaks of NaN.
    """
    around = it
    for _ in range(_NEAR):
        if around.parent is None or around.type in _BODIES:
            break
        around = around.parent
    here = code.utf8[max(0, around.start_byte - 200) : around.end_byte]
    others = sum(_is_about_itself(code, node) for node in walk(around) if node.type == "binary_expression")
    return (
        others > 1
        or re.search(rb"nan|infinity|isfinite|is_?(equal|same)|same_?value|object\.is\b", here, re.IGNORECASE)
        is not None
    )


def _is_about_itself(code: Code, node: Node) -> bool:
    sides = parts(node)
    return sides is not None and sides[1] in _EQUALITIES and code.same(sides[0], sides[2])


def _contradictions(code: Code, found: Captures) -> Iterator[Hit]:
    operator = operator_of(found["it"])
    wanted = {"||": "!==", "&&": "==="}[operator]
    earlier, later = operands(found["left"], operator), operands(found["right"], operator)
    firsts = {number: told for number, node in enumerate(earlier) if (told := _told(code, node, wanted))}
    if not firsts:
        return
    for place, node in enumerate(later):
        told = _told(code, node, wanted)
        for number, (subject, value) in firsts.items():
            if told is None or not value.differs(told[1]) or not code.same(subject, told[0]):
                continue
            if all(map(is_plain, (*earlier[number:], *later[:place]))):
                result = "true, for it always differs from one of them" if operator == "||" else "false"
                yield Hit(
                    node=found["it"],
                    message=f"`{code.shown(subject)}` is compared with two values that differ:"
                    f" this is always {result}.",
                )
                return


def _told(code: Code, node: Node, operator: str) -> tuple[Node, Constant] | None:
    """
    Which expression a comparison is about, and with which constant it is compared.
    """
    sides = parts(node)
    if sides is None or sides[1] != operator:
        return None
    for subject, other in ((sides[0], sides[2]), (sides[2], sides[0])):
        value = constant(other, code)
        if value is not None and constant(subject, code) is None and is_plain(subject):
            return subject, value
    return None


_CHAINS = frozenset(("&&", "||", "??"))
_EQUALITIES = frozenset(("===", "!==", "==", "!="))
_COMPARISONS = _EQUALITIES | {"<", ">", "<=", ">="}
_CONSTANTS = frozenset(("true", "false", "null", "undefined", "number", "string"))
_BODIES = frozenset(("function_declaration", "method_definition", "program", "class_body"))
_NEAR = 8

SAME_OPERANDS = Rule(
    id="same-operands",
    category=Category.CORRECTNESS,
    sentence="The same expression stands on both sides of an operator, or twice in a chain of `&&`, `||` or `??`.",
    why="Nothing is gained by asking twice: most often one of the two was copied and should have been changed.",
    bad="if (arrow.start || arrow.start) draw(arrow);",
    good="if (arrow.start || arrow.end) draw(arrow);",
    query="""
        (binary_expression
            left: (_) @left
            operator: ["&&" "||" "??" "===" "!==" "==" "!=" "<" ">" "<=" ">=" "-" "/" "%"]
            right: (_) @right) @it
    """,
    judge=_same_operands,
    elsewhere=("ESLint no-self-compare", "SonarJS S1764"),
)

CONTRADICTION = Rule(
    id="contradictory-comparisons",
    category=Category.CORRECTNESS,
    sentence="One value is compared with two constants in a way that always, or never, holds.",
    why="`a !== 'x' || a !== 'y'` is true for every `a`, and `a === 'x' && a === 'y'` for none: the other operator was"
    " meant.",
    bad="if (kind !== 'file' || kind !== 'folder') return;",
    good="if (kind !== 'file' && kind !== 'folder') return;",
    query="""
        (binary_expression left: (_) @left operator: ["&&" "||"] right: (_) @right) @it
    """,
    judge=_contradictions,
    elsewhere=("SonarJS S2589",),
)
