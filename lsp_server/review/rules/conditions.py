"""
Rules for conditions: asked twice, assigned instead of compared, with nothing behind them, with the same on both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, bare, is_plain, is_steady, operands, walk
from lsp_server.review.rules.rule import Captures, Hit, Rule
from lsp_server.review.rules.values import constant

if TYPE_CHECKING:
    from tree_sitter import Node


def _repeated_conditions(code: Code, found: Captures) -> Iterator[Hit]:
    if found["it"].parent is not None and found["it"].parent.type == "else_clause":
        return
    asked: list[tuple[frozenset[tuple[bytes, ...]], Node]] = []
    for condition in _chain(found["it"]):
        ways = [(_parts(code, way), way) for way in operands(condition, "||")]
        if not is_steady(condition) or _MOVING.search(code.text(condition)):
            # It may change what the conditions before it have told.
            asked.clear()
            continue
        covering = [next((node for parts, node in asked if parts <= way), None) for way, _ in ways]
        if all(covering):
            yield Hit(
                node=condition,
                others=tuple(node for node in covering[:1] if node),
                message=f"`{code.shown(bare(condition))}` can't hold here, for an earlier branch of this `if` has taken"
                " every such case: this branch never runs.",
            )
        asked.extend(ways)


def _chain(first: Node) -> Iterator[Node]:
    """
    The conditions of an `if` and of each `else if` after it.
    """
    statement: Node | None = first
    while statement is not None and statement.type == "if_statement":
        condition = statement.child_by_field_name("condition")
        if condition is not None:
            yield condition
        other = statement.child_by_field_name("alternative")
        statement = next((child for child in other.named_children if child.type != "comment"), None) if other else None


def _parts(code: Code, way: Node) -> frozenset[tuple[bytes, ...]]:
    return frozenset(code.tokens(part) for part in operands(way, "&&"))


def _assignments(code: Code, found: Captures) -> Iterator[Hit]:
    left, right = found["left"], found["right"]
    if not is_plain(right) or not is_plain(left) or _is_lookup_on_purpose(code, left, right):
        return
    yield Hit(
        node=found["it"],
        message=f"`{code.shown(found['it'])}` assigns and is then asked whether it is true; `===` was probably meant.",
    )


def _is_lookup_on_purpose(code: Code, left: Node, right: Node) -> bool:
    """
    Whether something is looked up and asked about at once, into a variable that had no value before.
    """
    if constant(right, code) is not None:
        return False
    if right.type != "identifier" and left.type != "identifier":
        return True
    if any(code.same(part, left) for part in walk(right) if part.type == left.type):
        return True
    name = re.escape(code.raw(left))
    return (
        re.search(rb"\b(?:let|var)\b[^;{}]*?\b%s\s*(?::[^=;,]+)?(?:[;,\n)]|=\s*(?:null|undefined))" % name, code.utf8)
        is not None
    )


def _empty_bodies(code: Code, found: Captures) -> Iterator[Hit]:
    yield Hit(
        node=found["condition"],
        message=f"The semicolon is all that `if {code.shown(found['condition'])}` decides about: what follows always"
        " runs.",
    )


def _same_branches(code: Code, found: Captures) -> Iterator[Hit]:
    it, one, other = found["it"], found["one"], found["other"]
    if (
        not code.same(one, other)
        or _holds_other_branch(code, it)
        or _is_narrowed_for_call(code, found["condition"], one)
    ):
        return
    yield Hit(node=it, message=f"Both branches are `{code.shown(one)}`: the condition decides nothing.")


def _holds_other_branch(code: Code, it: Node) -> bool:
    """
    Whether a comment stands in the expression, or one behind it goes on as a branch would.
    """
    if any(part.type == "comment" for part in walk(it)):
        return True
    return re.match(rb"[\s;,)]*(?://|/\*)\s*[:?]", code.utf8[it.end_byte : it.end_byte + 200]) is not None


def _is_narrowed_for_call(code: Code, condition: Node, branch: Node) -> bool:
    """
    Whether the branches hand on what the condition tells the type of: overloads can need that.
    """
    if _TYPE_TEST.search(code.text(condition)) is None:
        return False
    asked = {code.raw(part) for part in walk(condition) if part.type == "identifier"}
    calls = (part for part in walk(branch) if part.type in ("call_expression", "new_expression"))
    handed = (call.child_by_field_name("arguments") for call in calls)
    return any(
        part.type == "identifier" and code.raw(part) in asked for given in handed if given for part in walk(given)
    )


_MOVING = re.compile(r"(?i)\b\w*(?:random|next|read|shift|pop|poll|now|consume|eat|accept|advance|match)\w*\s*\(")
_TYPE_TEST = re.compile(r"\b(?:typeof|instanceof|in)\b|[!=]==?|\b(?:is|has)[A-Z]")

REPEATED_CONDITION = Rule(
    id="repeated-condition",
    category=Category.CORRECTNESS,
    sentence="An `else if` asks what an earlier branch has already answered.",
    why="The branch can never run; it was copied, and its condition was to be changed.",
    bad="if (key === 'up') y--;\nelse if (key === 'up') y++;",
    good="if (key === 'up') y--;\nelse if (key === 'down') y++;",
    query="(if_statement alternative: (else_clause (if_statement))) @it",
    judge=_repeated_conditions,
    elsewhere=("ESLint no-dupe-else-if", "SonarJS S1862"),
)

ASSIGNMENT = Rule(
    id="assignment-as-condition",
    category=Category.CORRECTNESS,
    sentence="A condition assigns where it should compare.",
    why="One `=` too few: the variable is overwritten, and the condition asks about the new value.",
    bad="if (state = 'done') close();",
    good="if (state === 'done') close();",
    query="""
        [
            (if_statement condition: (parenthesized_expression
                (assignment_expression left: (_) @left right: (_) @right) @it))
            (while_statement condition: (parenthesized_expression
                (assignment_expression left: (_) @left right: (_) @right) @it))
        ]
    """,
    judge=_assignments,
    elsewhere=("ESLint no-cond-assign",),
)

EMPTY_IF = Rule(
    id="empty-if",
    category=Category.CORRECTNESS,
    sentence="A semicolon right behind `if (…)` is its whole body.",
    why="What follows looks guarded and always runs.",
    bad="if (isStale);\n  reload();",
    good="if (isStale)\n  reload();",
    query="(if_statement condition: (_) @condition consequence: (empty_statement) !alternative) @it",
    judge=_empty_bodies,
    elsewhere=("ESLint no-empty", "SonarJS S1116"),
)

SAME_BRANCHES = Rule(
    id="same-branches",
    category=Category.CORRECTNESS,
    sentence="Both branches of a `? :` are the same.",
    why="The condition decides nothing: one branch was copied and should have been changed.",
    bad="const tip = isStart ? from : from;",
    good="const tip = isStart ? from : to;",
    query="(ternary_expression condition: (_) @condition consequence: (_) @one alternative: (_) @other) @it",
    judge=_same_branches,
    elsewhere=("SonarJS S3923",),
)
