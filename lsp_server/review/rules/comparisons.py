"""
Rules for comparisons whose result is known beforehand: with something new, with NaN, with a type that there is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, bare, operator_of, walk
from lsp_server.review.rules.rule import Captures, Edit, Hit, Rule

if TYPE_CHECKING:
    from tree_sitter import Node


def _comparisons_with_new(code: Code, found: Captures) -> Iterator[Hit]:
    made, operator = bare(found["made"]), operator_of(found["it"])
    if made.type not in _MADE:
        return
    yield Hit(
        node=found["it"],
        message=f"`{code.shown(made)}` is made anew here and equals nothing else, so this is always"
        f" {'true' if operator == '!==' else 'false'}.",
    )


def _comparisons_with_nan(code: Code, found: Captures) -> Iterator[Hit]:
    it, operator = found["it"], operator_of(found["it"])
    if code.text(found["nan"]) not in ("NaN", "Number.NaN"):
        return
    always = "true" if operator in ("!==", "!=") else "false"
    test = f"{'!' if always == 'true' else ''}Number.isNaN({code.text(bare(found['value']))})"
    edits = (Edit(start=it.start_byte, end=it.end_byte, text=test),) if operator in ("===", "!==") else ()
    yield Hit(
        node=it,
        message=f"A comparison with NaN is always {always}, even if the other side is NaN too; ask `Number.isNaN`.",
        edits=edits,
    )


def _unknown_types(code: Code, found: Captures) -> Iterator[Hit]:
    if operator_of(found["typeof"]) != "typeof":
        return
    name = found["name"]
    said = "undefined" if name.type == "undefined" else code.text(name)[1:-1]
    if name.type != "undefined" and said in _TYPES:
        return
    near = [known for known in _TYPES if OSA.distance(said.lower(), known) <= _TYPING_SLIP]
    mended = near[0] if len(near) == 1 else ""
    quote = "'" if name.type == "undefined" else code.text(name)[0]
    what = "the value `undefined`" if name.type == "undefined" else f"`{code.shown(name)}`"
    yield Hit(
        node=found["it"],
        message=f"`typeof` never gives {what}" + (f"; `'{mended}'` was probably meant." if mended else "."),
        edits=(Edit(start=name.start_byte, end=name.end_byte, text=f"{quote}{mended}{quote}"),) if mended else (),
    )


def _negated_operands(code: Code, found: Captures) -> Iterator[Hit]:
    negation, it = found["negation"], found["it"]
    if operator_of(negation) != "!":
        return
    inside = negation.child_by_field_name("argument")
    if inside is None or inside.type == "unary_expression":
        return
    rest = code.utf8[inside.start_byte : it.end_byte].decode()
    yield Hit(
        node=it,
        message=f"`!` binds tighter than `{operator_of(it)}`, so this asks about `{code.shown(negation)}`.",
        edits=(Edit(start=it.start_byte, end=it.end_byte, text=f"!({rest})"),),
    )


def _impossible_sizes(code: Code, found: Captures) -> Iterator[Hit]:
    it, operator = found["it"], operator_of(found["it"])
    if "left" in found:
        operator = {"<=": ">=", ">": "<"}.get(operator, "")
    if operator not in (">=", "<") or code.text(found["zero"]) not in ("0", "-0"):
        return
    owner, name = found["owner"], code.text(found["name"])
    if (name == "size" and not _is_collection(code, owner)) or _is_configured(code, owner):
        return
    if operator == "<" and _is_validated(it):
        return
    yield Hit(
        node=it,
        message=f"`{code.shown(owner)}.{name}` is never negative, so this is always"
        f" {'true' if operator == '>=' else 'false'}.",
    )


def _is_collection(code: Code, owner: Node) -> bool:
    """
    Whether the file itself says that this is a Map or a Set; of other things `size` may be anything.
    """
    name = re.escape(code.text(owner).rpartition(".")[2].lstrip("#"))
    pattern = rf"\b{name}[?!]?\s*(?::\s*(?:Readonly)?|(?::[^=;\n]*)?=\s*new\s+)(?:Map|Set)\b"
    return re.search(pattern.encode(), code.utf8) is not None


def _is_configured(code: Code, owner: Node) -> bool:
    return owner.type == "this" or (owner.type == "identifier" and _CONFIGURED.search(code.text(owner)) is not None)


def _is_validated(it: Node) -> bool:
    """
    Whether the answer to it is an exception: then a caller's number is being checked, not a list's length.
    """
    holder: Node | None = it
    while holder is not None and holder.type in ("binary_expression", "parenthesized_expression", *_MEMBERS):
        holder = holder.parent
    body = holder.child_by_field_name("consequence") if holder and holder.type == "if_statement" else None
    return body is not None and any(part.type == "throw_statement" for part in walk(body))


_TYPES = ("undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint", "unknown")
"""What `typeof` gives; `unknown` is what old browsers gave for objects of the host."""

_TYPING_SLIP = 2
_MADE = frozenset(("object", "array", "regex", "arrow_function", "function_expression", "new_expression", "class"))
_MEMBERS = ("member_expression", "non_null_expression", "unary_expression")
_CONFIGURED = re.compile(r"(?i)(options?|opts|params?|config|settings|props|arguments|input|range|segment|vector)$")

NEW_OBJECT = Rule(
    id="compare-with-new-object",
    category=Category.CORRECTNESS,
    sentence="`===` or `!==` with an object, array, regular expression or function that is made on the spot.",
    why="Objects are compared by identity, and a new one is identical to nothing: the result is always the same.",
    bad="if (items === []) return;",
    good="if (items.length === 0) return;",
    query="""
        [
            (binary_expression left: (_) operator: ["===" "!=="] right: [
                (object) (array) (regex) (arrow_function) (function_expression) (new_expression) (class)
                (parenthesized_expression)] @made) @it
            (binary_expression left: [
                (object) (array) (regex) (new_expression) (parenthesized_expression)] @made
                operator: ["===" "!=="] right: (_)) @it
        ]
    """,
    judge=_comparisons_with_new,
    elsewhere=("TypeScript 2839", "ESLint no-constant-binary-expression"),
)

NAN = Rule(
    id="compare-with-nan",
    category=Category.CORRECTNESS,
    sentence="A comparison with `NaN`.",
    why="`NaN` equals nothing and is neither less nor more than anything, so the result is always the same.",
    bad="if (total === NaN) return 0;",
    good="if (Number.isNaN(total)) return 0;",
    query="""
        [
            (binary_expression left: (_) @value
                operator: ["===" "!==" "==" "!=" "<" ">" "<=" ">="]
                right: [(identifier) (member_expression)] @nan) @it
            (binary_expression left: [(identifier) (member_expression)] @nan
                operator: ["===" "!==" "==" "!=" "<" ">" "<=" ">="]
                right: (_) @value) @it
        ]
    """,
    judge=_comparisons_with_nan,
    elsewhere=("TypeScript 2845", "ESLint use-isnan"),
    mends="asks `Number.isNaN`",
)

UNKNOWN_TYPE = Rule(
    id="unknown-typeof",
    category=Category.CORRECTNESS,
    sentence="`typeof` is compared with something that it never gives.",
    why="The comparison always has the same result; the name of the type is misspelled, or is no name.",
    bad="if (typeof done === 'fucntion') done();",
    good="if (typeof done === 'function') done();",
    query="""
        [
            (binary_expression left: (unary_expression) @typeof
                operator: ["===" "!==" "==" "!="] right: [(string) (undefined)] @name) @it
            (binary_expression left: [(string) (undefined)] @name
                operator: ["===" "!==" "==" "!="] right: (unary_expression) @typeof) @it
        ]
    """,
    judge=_unknown_types,
    elsewhere=("TypeScript 2367", "ESLint valid-typeof"),
    mends="writes the name that it is a slip of the keys away from",
)

NEGATED_OPERAND = Rule(
    id="negated-left-operand",
    category=Category.CORRECTNESS,
    sentence="`!a in b` or `!a instanceof B`.",
    why="`!` binds tighter: it asks whether `false` or `true` is a key or an instance.",
    bad="if (!key in cache) load(key);",
    good="if (!(key in cache)) load(key);",
    query="""
        (binary_expression left: (unary_expression) @negation operator: ["in" "instanceof"] right: (_)) @it
    """,
    judge=_negated_operands,
    elsewhere=("TypeScript 2358", "ESLint no-unsafe-negation"),
    mends="negates the whole",
)

IMPOSSIBLE_SIZE = Rule(
    id="impossible-size",
    category=Category.CORRECTNESS,
    sentence="`length` or `size` is compared with 0 by `>=` or `<`.",
    why="Neither is ever negative, so the result is always the same; `> 0` or `=== 0` was meant.",
    bad="if (rows.length >= 0) render(rows);",
    good="if (rows.length > 0) render(rows);",
    query="""
        [
            (binary_expression left: (member_expression object: (_) @owner property: (property_identifier) @name)
                operator: [">=" "<"] right: (number) @zero
                (#any-of? @name "length" "size")) @it
            (binary_expression left: (number) @zero @left
                operator: ["<=" ">"]
                right: (member_expression object: (_) @owner property: (property_identifier) @name)
                (#any-of? @name "length" "size")) @it
        ]
    """,
    judge=_impossible_sizes,
    elsewhere=("SonarJS S3981",),
)
