"""
Slips planted into sound code, one at a time, each of a kind that a rule of the review is there to find.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from tree_sitter import Node

from lsp_server.review.rules.code import FUNCTIONS, Code, bare, is_plain, operands, operator_of, walk
from lsp_server.review.rules.values import constant


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    A file with one slip in it, made by replacing the bytes from `start` to `end`.
    """

    rule: str
    text: str
    start: int
    end: int


Edit = tuple[int, int, str]
Plant = Callable[[Code, Node, Random], Iterator[Edit]]


def mutants_of(code: Code, root: Node, random: Random, *, at_most: int = 2) -> Iterator[Mutant]:
    """
    At most so many mutants of each kind, at places drawn by `random`.
    """
    nodes = list(walk(root))
    for rule, (kinds, plant) in PLANTS.items():
        places = [node for node in nodes if node.type in kinds]
        found = [edit for node in places for edit in plant(code, node, random)]
        for start, end, text in random.sample(found, min(at_most, len(found))):
            changed = code.utf8[:start] + text.encode() + code.utf8[end:]
            yield Mutant(rule, changed.decode(), start, start + len(text.encode()))


def _copied_operand(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    left, right = it.child_by_field_name("left"), it.child_by_field_name("right")
    if operator_of(it) in ("&&", "||", "??", "===", "!==", "<", ">", "<=", ">=", "-", "/") and left and right:
        last = operands(left, operator_of(it))[-1] if operator_of(it) in ("&&", "||", "??") else left
        if is_plain(left) and is_plain(right) and last.type not in _LITERALS:
            yield right.start_byte, right.end_byte, code.text(last)


def _wrong_connective(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    operator, left, right = it.child_by_field_name("operator"), it.child_by_field_name("left"), bare(it)
    sides = [bare(side) for side in (left, it.child_by_field_name("right")) if side is not None]
    wanted = {"||": "===", "&&": "!=="}.get(operator_of(right), "")
    if operator is None or len(sides) != 2 or not all(operator_of(side) == wanted for side in sides):
        return
    subjects = [side.child_by_field_name("left") for side in sides]
    values = [side.child_by_field_name("right") for side in sides]
    if all(subjects) and all(value is not None and constant(value, code) for value in values):
        first, second = subjects
        if first and second and code.same(first, second) and is_plain(first):
            yield operator.start_byte, operator.end_byte, "&&" if operator_of(it) == "||" else "||"


def _copied_condition(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    other = it.child_by_field_name("alternative")
    following = next((child for child in other.named_children if child.type == "if_statement"), None) if other else None
    condition = it.child_by_field_name("condition")
    changed = following.child_by_field_name("condition") if following else None
    if condition and changed:
        yield changed.start_byte, changed.end_byte, code.text(condition)


def _single_equals(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    condition = it.child_by_field_name("condition")
    compared = bare(condition) if condition else it
    operator, left = compared.child_by_field_name("operator"), compared.child_by_field_name("left")
    right = compared.child_by_field_name("right")
    if operator and left and right and operator.type == "===" and left.type in ("identifier", "member_expression"):
        is_legal = "?." not in code.text(left)
        yield from [(operator.start_byte, operator.end_byte, "=")] if is_legal and is_plain(compared) else []


def _early_semicolon(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    condition = it.child_by_field_name("condition")
    if condition and it.child_by_field_name("alternative") is None:
        yield condition.end_byte, condition.end_byte, ";"


def _copied_branch(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    one, other = it.child_by_field_name("consequence"), it.child_by_field_name("alternative")
    if one and other:
        yield other.start_byte, other.end_byte, code.text(one)


def _copied_target(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    left, right = it.child_by_field_name("left"), it.child_by_field_name("right")
    if left and right and left.type in ("identifier", "member_expression") and is_plain(left):
        yield right.start_byte, right.end_byte, code.text(left)


def _loose_bound(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    operator, left = it.child_by_field_name("operator"), it.child_by_field_name("left")
    right = it.child_by_field_name("right")
    if operator and left and right and code.text(right) == "0" and code.text(left).endswith(".length"):
        loose = {">": ">=", "===": "<"}.get(operator.type)
        yield from [(operator.start_byte, operator.end_byte, loose)] if loose else []


def _new_operand(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    right = it.child_by_field_name("right")
    if right and operator_of(it) in ("===", "!=="):
        yield right.start_byte, right.end_byte, random.choice(("[]", "{}", "[0]"))


def _nan_operand(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    right = it.child_by_field_name("right")
    if right and operator_of(it) in ("===", "!==", "==", "<", ">"):
        yield right.start_byte, right.end_byte, random.choice(("NaN", "Number.NaN"))


def _misspelt_type(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    left, right = it.child_by_field_name("left"), it.child_by_field_name("right")
    if left and right and right.type == "string" and operator_of(bare(left)) == "typeof":
        said = code.text(right)
        at = random.randrange(1, len(said) - 2)
        swapped = said[:at] + said[at + 1] + said[at] + said[at + 2 :]
        yield right.start_byte, right.end_byte, swapped if swapped != said else said[:at] + said[at + 1 :]


def _loose_negation(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    inside = it.child_by_field_name("argument")
    if operator_of(it) == "!" and inside and operator_of(bare(inside)) in ("in", "instanceof"):
        yield inside.start_byte, inside.end_byte, code.text(bare(inside))


def _copied_case(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    values = [case.child_by_field_name("value") for case in it.named_children if case.type == "switch_case"]
    plain = [value for value in values if value is not None and is_plain(value)]
    if len(plain) > 1:
        first, second = random.sample(plain, 2)
        yield second.start_byte, second.end_byte, code.text(first)


def _copied_key(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    runs: list[list[Node]] = [[]]
    for entry in it.named_children:
        key = entry.child_by_field_name("key")
        if entry.type == "spread_element":
            runs.append([])
        elif key is not None and key.type in ("property_identifier", "string"):
            runs[-1].append(key)
    for run in runs:
        if len(run) > 1:
            first, second = random.sample(run, 2)
            yield second.start_byte, second.end_byte, code.text(first)


def _dropped_throw(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    if re.match(r"throw\s+new\s+[\w.]*(Error|Exception)\b", code.text(it)):
        yield it.start_byte, it.named_children[0].start_byte, ""


def _wrong_step(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    condition, step = it.child_by_field_name("condition"), it.child_by_field_name("increment")
    if (
        condition
        and step
        and operator_of(bare(condition)) in ("<", "<=", ">", ">=")
        and step.type == "update_expression"
    ):
        said = code.text(step)
        yield step.start_byte, step.end_byte, said.replace("++", "--") if "++" in said else said.replace("--", "++")


def _async_callback(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    called, given = it.child_by_field_name("function"), it.child_by_field_name("arguments")
    is_one = called is not None and code.text(called).endswith((".forEach", ".filter", ".some", ".every"))
    if is_one and given and it.parent and it.parent.type != "await_expression":
        yield from _made_async(code, given.named_children[:1])


def _async_executor(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    given = it.child_by_field_name("arguments")
    if given and code.text(it).startswith("new Promise"):
        yield from _made_async(code, given.named_children[:1])


def _made_async(code: Code, functions: list[Node]) -> Iterator[Edit]:
    for function in functions:
        body = function.child_by_field_name("body")
        if function.type not in FUNCTIONS or body is None or body.type != "statement_block":
            continue
        if not code.text(function).startswith("async"):
            head = code.utf8[function.start_byte : body.start_byte + 1].decode()
            yield function.start_byte, body.start_byte + 1, f"async {head} await ready();"


def _return_in_finally(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    body = it.child_by_field_name("body")
    if body:
        yield body.end_byte - 1, body.end_byte - 1, " return; "


def _dropped_cause(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    body, caught = it.child_by_field_name("body"), it.child_by_field_name("parameter")
    if body and caught and caught.type == "identifier" and not code.text(caught).startswith("_"):
        yield body.start_byte, body.end_byte, "{ throw new Error('it failed'); }"


def _dropped_break(code: Code, it: Node, random: Random) -> Iterator[Edit]:
    cases = [child for child in it.named_children if child.type.startswith("switch_")]
    for case in cases[:-1]:
        body = [child for child in case.children_by_field_name("body") if child.type != "comment"]
        if len(body) > 1 and body[-1].type == "break_statement" and body[-2].type == "expression_statement":
            yield body[-1].start_byte, body[-1].end_byte, ""


_LITERALS = ("string", "number", "true", "false", "null", "undefined", "template_string")

PLANTS: Mapping[str, tuple[tuple[str, ...], Plant]] = {
    "same-operands": (("binary_expression",), _copied_operand),
    "contradictory-comparisons": (("binary_expression",), _wrong_connective),
    "repeated-condition": (("if_statement",), _copied_condition),
    "assignment-as-condition": (("if_statement", "while_statement"), _single_equals),
    "empty-if": (("if_statement",), _early_semicolon),
    "same-branches": (("ternary_expression",), _copied_branch),
    "self-assignment": (("assignment_expression",), _copied_target),
    "impossible-size": (("binary_expression",), _loose_bound),
    "compare-with-new-object": (("binary_expression",), _new_operand),
    "compare-with-nan": (("binary_expression",), _nan_operand),
    "unknown-typeof": (("binary_expression",), _misspelt_type),
    "negated-left-operand": (("unary_expression",), _loose_negation),
    "duplicate-case": (("switch_body",), _copied_case),
    "duplicate-key": (("object",), _copied_key),
    "unthrown-error": (("throw_statement",), _dropped_throw),
    "loop-direction": (("for_statement",), _wrong_step),
    "async-callback": (("call_expression",), _async_callback),
    "async-promise-executor": (("new_expression",), _async_executor),
    "unsafe-finally": (("finally_clause",), _return_in_finally),
    "lost-cause": (("catch_clause",), _dropped_cause),
    "case-fallthrough": (("switch_body",), _dropped_break),
}
"""For each rule the kinds of nodes that a slip is planted in, and how."""
