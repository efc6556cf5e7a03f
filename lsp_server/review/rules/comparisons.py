"""
Rules for comparisons whose result is known beforehand: with something new, with NaN, with a type that there is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, operator_of, parts, walk
from lsp_server.review.rules.rule import Captures, Edit, Hit, Rule

if TYPE_CHECKING:
    from tree_sitter import Node


def _comparisons_with_new(code: Code, found: Captures) -> Iterator[Hit]:
    for _, operator, made in _either_way(found["it"], ("===", "!==")):
        if made.type in _MADE:
            yield Hit(
                node=found["it"],
                message=f"`{code.shown(made)}` is made anew here and equals nothing else, so this is always"
                f" {'true' if operator == '!==' else 'false'}.",
            )
            return


def _comparisons_with_nan(code: Code, found: Captures) -> Iterator[Hit]:
    it = found["it"]
    for value, operator, nan in _either_way(it, _COMPARISONS):
        if nan.type not in ("identifier", "member_expression") or code.text(nan) not in ("NaN", "Number.NaN"):
            continue
        always = "true" if operator in ("!==", "!=") else "false"
        test = f"{'!' if always == 'true' else ''}Number.isNaN({code.text(value)})"
        yield Hit(
            node=it,
            message=f"A comparison with NaN is always {always}, even if the other side is NaN too; ask `Number.isNaN`.",
            edits=(Edit(start=it.start_byte, end=it.end_byte, text=test),) if operator in ("===", "!==") else (),
        )
        return


def _unknown_types(code: Code, found: Captures) -> Iterator[Hit]:
    for asked, _, name in _either_way(found["it"], ("===", "!==", "==", "!=")):
        if operator_of(asked) != "typeof" or name.type not in ("string", "undefined"):
            continue
        said = code.text(name).strip("'\"")
        if name.type == "string" and said in _TYPES:
            return
        near = [known for known in _TYPES if OSA.distance(said.lower(), known) <= _TYPING_SLIP]
        mended = near[0] if len(near) == 1 else ""
        quote = code.text(name)[0] if name.type == "string" else "'"
        what = f"`{code.shown(name)}`" if name.type == "string" else "the value `undefined`"
        yield Hit(
            node=found["it"],
            message=f"`typeof` never gives {what}" + (f"; `'{mended}'` was probably meant." if mended else "."),
            edits=(Edit(start=name.start_byte, end=name.end_byte, text=f"{quote}{mended}{quote}"),) if mended else (),
        )
        return


def _negated_operands(code: Code, found: Captures) -> Iterator[Hit]:
    it, operator = found["it"], operator_of(found["it"])
    negation = it.child_by_field_name("left") if operator in ("in", "instanceof") else None
    if negation is None or operator_of(negation) != "!":
        return
    inside = negation.child_by_field_name("argument")
    if inside is None or inside.type == "unary_expression":
        return
    rest = code.utf8[inside.start_byte : it.end_byte].decode()
    yield Hit(
        node=it,
        message=f"`!` binds tighter than `{operator}`, so this asks about `{code.shown(negation)}`.",
        edits=(Edit(start=it.start_byte, end=it.end_byte, text=f"!({rest})"),),
    )


def _impossible_sizes(code: Code, found: Captures) -> Iterator[Hit]:
    it = found["it"]
    for number, (size, operator, zero) in enumerate(_either_way(it, (">=", "<", "<=", ">"))):
        said = {"<=": ">=", ">": "<", ">=": "", "<": ""}[operator] if number else operator
        if said not in (">=", "<") or zero.type != "number" or code.text(zero) != "0":
            continue
        owner, name = size.child_by_field_name("object"), size.child_by_field_name("property")
        if owner is None or name is None or size.type != "member_expression" or _may_be_negative(code, owner, name):
            continue
        if said == ">=" or not _is_validated(it):
            yield Hit(
                node=it,
                message=f"`{code.shown(size)}` is never negative, so this is always"
                f" {'true' if said == '>=' else 'false'}.",
            )


def _either_way(it: Node, operators: Collection[str]) -> Iterator[tuple[Node, str, Node]]:
    """
    The two sides of a comparison by one of the operators, as they stand and the other way round.
    """
    sides = parts(it) if operator_of(it) in operators else None
    if sides is not None:
        left, operator, right = sides
        yield left, operator, right
        yield right, operator, left


def _may_be_negative(code: Code, owner: Node, name: Node) -> bool:
    match code.text(name):
        case "length":
            return _is_configured(code, owner)
        case "size":
            return not _is_collection(code, owner)
    return True


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
_COMPARISONS = frozenset(("===", "!==", "==", "!=", "<", ">", "<=", ">="))
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
    query="(binary_expression) @it",
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
    query="(binary_expression) @it",
    judge=_comparisons_with_nan,
    elsewhere=("TypeScript 2845", "ESLint use-isnan"),
    mends="asks `Number.isNaN`",
    certain=True,
)

UNKNOWN_TYPE = Rule(
    id="unknown-typeof",
    category=Category.CORRECTNESS,
    sentence="`typeof` is compared with something that it never gives.",
    why="The comparison always has the same result; the name of the type is misspelled, or is no name.",
    bad="if (typeof done === 'fucntion') done();",
    good="if (typeof done === 'function') done();",
    query="(binary_expression) @it",
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
    query="(binary_expression) @it",
    judge=_negated_operands,
    elsewhere=("TypeScript 2358", "ESLint no-unsafe-negation"),
    mends="negates the whole",
    certain=True,
)

IMPOSSIBLE_SIZE = Rule(
    id="impossible-size",
    category=Category.CORRECTNESS,
    sentence="`length` or `size` is compared with 0 by `>=` or `<`.",
    why="Neither is ever negative, so the result is always the same; `> 0` or `=== 0` was meant.",
    bad="if (rows.length >= 0) render(rows);",
    good="if (rows.length > 0) render(rows);",
    query="(binary_expression) @it",
    judge=_impossible_sizes,
    elsewhere=("SonarJS S3981",),
)
