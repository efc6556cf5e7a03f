"""
Rules for the two sides of an operator: the same twice, or comparisons that cannot both hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, is_plain, operands, operator_of, parts, walk
from lsp_server.review.rules.rule import Captures, Hit, Rule
from lsp_server.review.rules.values import Constant, constant

if TYPE_CHECKING:
    from tree_sitter import Node


def _same_operands(code: Code, found: Captures) -> Iterator[Hit]:
    it, operator = found["it"], operator_of(found["it"])
    if operator in _CHAINS:
        yield from _repeated_in_chain(code, it, operator)
        return
    sides = parts(it) if operator in _COMPARISONS or operator in _REDUCING else None
    if sides is None:
        return
    left, _, right = sides
    if left.type not in _CONSTANTS and code.same(left, right) and is_plain(left):
        yield from _said_of_itself(code, it, left, operator)


def _repeated_in_chain(code: Code, it: Node, operator: str) -> Iterator[Hit]:
    if _is_part_of_chain(it, operator):
        return
    chain = operands(it, operator)
    seen: dict[bytes, int] = {}
    for number, part in enumerate(chain):
        name = b"".join(code.raw(part).split())
        first = seen.get(name)
        seen[name] = number
        if first is None or part.type in _CONSTANTS or not code.same(chain[first], part):
            continue
        # In `a && b && a` the last one is what comes out, unless it is only asked whether it holds.
        is_result = operator == "&&" and part is chain[-1] and first < number - 1 and not _is_condition(it)
        if not is_result and all(map(is_plain, chain[first : number + 1])):
            yield Hit(
                node=it if len(chain) == 2 else part,
                others=(chain[first],),
                message=f"`{code.shown(part)}` stands twice in one chain of `{operator}`:"
                " the second is superfluous, or something else was meant.",
            )


def _is_part_of_chain(it: Node, operator: str) -> bool:
    holder = it.parent
    while holder is not None and holder.type == "parenthesized_expression":
        holder = holder.parent
    return holder is not None and holder.type == "binary_expression" and operator_of(holder) == operator


def _is_condition(it: Node) -> bool:
    """
    Whether nothing but its truth matters.
    """
    inner, holder = it, it.parent
    while holder is not None:
        is_last = holder.child_by_field_name("right") == inner
        if holder.child_by_field_name("condition") == inner or operator_of(holder) == "!":
            return True
        if holder.type == "binary_expression" and operator_of(holder) == "&&" and not is_last:
            return True
        if holder.type != "parenthesized_expression" and operator_of(holder) not in ("&&", "||"):
            return False
        inner, holder = holder, holder.parent
    return False


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
    others = sum(
        _is_about_itself(code, node) for node in islice(walk(around), _MOST_NODES) if node.type == "binary_expression"
    )
    return (
        others > 1
        or re.search(rb"nan|infinity|isfinite|is_?(equal|same)|same_?value|object\.is\b", here, re.IGNORECASE)
        is not None
    )


def _is_about_itself(code: Code, node: Node) -> bool:
    sides = parts(node)
    return sides is not None and sides[1] in _EQUALITIES and code.same(sides[0], sides[2])


def _contradictions(code: Code, found: Captures) -> Iterator[Hit]:
    it, operator = found["it"], operator_of(found["it"])
    if operator not in _WANTED or _is_part_of_chain(it, operator):
        return
    chain = operands(it, operator)
    seen: dict[bytes, tuple[int, Constant]] = {}
    for number, part in enumerate(chain):
        told = _told(code, part, _WANTED[operator])
        if told is None:
            continue
        subject, value = told
        first, other = seen.setdefault(b"".join(code.raw(subject).split()), (number, value))
        if value.differs(other) and all(map(is_plain, chain[first : number + 1])):
            result = "true, for it always differs from one of them" if operator == "||" else "false"
            yield Hit(
                node=part,
                others=(chain[first],),
                message=f"`{code.shown(subject)}` is compared with two values that differ: this is always {result}.",
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
_WANTED = {"||": "!==", "&&": "==="}
"""Which comparison, in a chain of which operator, cannot be meant twice."""
_REDUCING = frozenset(("-", "/", "%"))
_COMPARISONS = _EQUALITIES | {"<", ">", "<=", ">="}
_CONSTANTS = frozenset(("true", "false", "null", "undefined", "number", "string"))
_BODIES = frozenset(("function_declaration", "method_definition", "program", "class_body"))
_NEAR = 8
_MOST_NODES = 500

SAME_OPERANDS = Rule(
    id="same-operands",
    category=Category.CORRECTNESS,
    sentence="The same expression stands on both sides of an operator, or twice in a chain of `&&`, `||` or `??`.",
    why="Nothing is gained by asking twice: most often one of the two was copied and should have been changed.",
    bad="if (arrow.start || arrow.start) draw(arrow);",
    good="if (arrow.start || arrow.end) draw(arrow);",
    query="(binary_expression) @it",
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
    query="(binary_expression) @it",
    judge=_contradictions,
    elsewhere=("SonarJS S2589",),
)
