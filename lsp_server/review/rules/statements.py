"""
Rules for statements that do nothing, or never end: an assignment to itself, an error that is made and dropped, a loop
that runs away from its bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, bare, is_plain, operator_of, parts
from lsp_server.review.rules.rule import Captures, Edit, Hit, Rule

if TYPE_CHECKING:
    from tree_sitter import Node


def _self_assignments(code: Code, found: Captures) -> Iterator[Hit]:
    it, left, right = found["it"], found["left"], found["right"]
    is_augmented = it.type == "augmented_assignment_expression"
    if is_augmented and operator_of(it) not in ("&&=", "||=", "??="):
        return
    if not code.same(left, right) or not is_plain(left) or _is_setter(code, it, left):
        return
    yield Hit(node=it, message=f"`{code.shown(left)}` is assigned to itself.")


def _is_setter(code: Code, it: Node, left: Node) -> bool:
    """
    Whether the assignment may do something: the browser or this file says so, or a comment explains it.
    """
    if left.type == "identifier":
        return False
    name = code.text(left).rpartition(".")[2]
    is_known = _SETTERS.search(code.text(left)) or re.search(rf"\bset\s+{re.escape(name)}\s*\(", code.utf8.decode())
    before = it.parent.prev_sibling if it.parent is not None else None
    return bool(is_known) or (before is not None and before.type == "comment")


def _unthrown_errors(code: Code, found: Captures) -> Iterator[Hit]:
    it, name = found["it"], code.text(found["constructor"]).rpartition(".")[2]
    if not name.endswith(("Error", "Exception")):
        return
    yield Hit(
        node=it,
        message=f"The `{name}` is made and dropped: `throw` is missing.",
        edits=(Edit(start=it.start_byte, end=it.start_byte, text="throw "),),
    )


def _wrong_directions(code: Code, found: Captures) -> Iterator[Hit]:
    sides = parts(found["condition"])
    step = bare(found["step"])
    counter = step.child_by_field_name("argument") or step.child_by_field_name("left")
    if sides is None or counter is None or counter.type != "identifier":
        return
    left, operator, right = sides
    if code.same(left, counter):
        is_below = operator in ("<", "<=")
    elif code.same(right, counter):
        is_below = operator in (">", ">=")
    else:
        return
    by = _step(code, found)
    if operator not in _BOUNDS or not by or is_below == (by > 0):
        return
    yield Hit(
        node=found["step"],
        others=(found["condition"],),
        message=f"`{code.shown(step)}` moves away from the bound in `{code.shown(found['condition'])}`.",
    )


def _step(code: Code, found: Captures) -> int:
    """
    1 for a counter that goes up, -1 for one that goes down, 0 if we cannot tell.
    """
    step = bare(found["step"])
    sign = {"++": 1, "+=": 1, "--": -1, "-=": -1}.get(operator_of(step), 0)
    by = step.child_by_field_name("right")
    if by is None:
        return sign if step.type == "update_expression" else 0
    written = re.fullmatch(r"(-?)\s*[\d.]*[1-9][\d.]*", code.text(by))
    return 0 if written is None else -sign if written[1] else sign


_BOUNDS = frozenset(("<", "<=", ">", ">="))
_SETTERS = re.compile(
    r"(?i)(^|\.)(location|href|src|srcset|data|value|hash|inner_?html|outer_?html|text_?content|class_?name|css_?text"
    r"|scroll_?(top|left)|current_?time|last_?index|width|height|length|selected_?index|type|disabled|checked)$"
)
"""Properties of the browser and of arrays that do something when they are assigned."""

SELF_ASSIGNMENT = Rule(
    id="self-assignment",
    category=Category.CORRECTNESS,
    sentence="A variable or property is assigned to itself.",
    why="Nothing happens; most often `this.` is missing on one side, or a parameter has the name of what it sets.",
    bad="function start(loading: boolean) {\n  loading = loading;\n}",
    good="function start(loading: boolean) {\n  state.loading = loading;\n}",
    query="""
        [
            (assignment_expression left: [(identifier) (member_expression) (subscript_expression)] @left
                right: [(identifier) (member_expression) (subscript_expression)] @right) @it
            (augmented_assignment_expression left: [(identifier) (member_expression) (subscript_expression)] @left
                right: [(identifier) (member_expression) (subscript_expression)] @right) @it
        ]
    """,
    judge=_self_assignments,
    elsewhere=("ESLint no-self-assign", "SonarJS S1656"),
)

UNTHROWN_ERROR = Rule(
    id="unthrown-error",
    category=Category.ERROR_HANDLING,
    sentence="An error is made and neither thrown nor kept.",
    why="The code goes on as if nothing had happened.",
    bad="if (!user) {\n  new Error('no user');\n}",
    good="if (!user) {\n  throw new Error('no user');\n}",
    query="(expression_statement . (new_expression constructor: (_) @constructor) @it)",
    judge=_unthrown_errors,
    elsewhere=("SonarJS S3984",),
    mends="adds `throw`",
    in_tests=False,
)

LOOP_DIRECTION = Rule(
    id="loop-direction",
    category=Category.CORRECTNESS,
    sentence="The counter of a `for` loop moves away from its bound.",
    why="The loop runs never, or all but forever.",
    bad="for (let i = rows.length - 1; i >= 0; i++) draw(rows[i]);",
    good="for (let i = rows.length - 1; i >= 0; i--) draw(rows[i]);",
    query="""
        (for_statement condition: (binary_expression) @condition
            increment: [(update_expression) (augmented_assignment_expression)] @step) @it
    """,
    judge=_wrong_directions,
    elsewhere=("ESLint for-direction", "SonarJS S2251"),
)
