"""
Rules for what may stand once: a case of a `switch`, a key of an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import Code, bare, is_plain
from lsp_server.review.rules.rule import Captures, Hit, Rule
from lsp_server.review.rules.values import constant

if TYPE_CHECKING:
    from tree_sitter import Node


def _duplicate_cases(code: Code, found: Captures) -> Iterator[Hit]:
    seen: dict[object, Node] = {}
    for case in found["body"].named_children:
        value = case.child_by_field_name("value") if case.type == "switch_case" else None
        if value is None or not is_plain(value):
            continue
        name = constant(bare(value), code) or code.tokens(bare(value))
        first = seen.setdefault(name, value)
        if first is not value:
            yield Hit(
                node=value,
                others=(first,),
                message=f"`case {code.shown(value)}` stands twice in this `switch`: the second is never reached.",
            )


def _duplicate_keys(code: Code, found: Captures) -> Iterator[Hit]:
    seen: dict[str, tuple[Node, str]] = {}
    for entry in found["it"].named_children:
        if entry.type == "spread_element":
            # What stands before it may be meant as a default.
            seen.clear()
        key = entry.child_by_field_name("key") or entry.child_by_field_name("name") or entry
        name = _key(code, key)
        if name is None:
            continue
        kind = _accessor(code, entry)
        first, other_kind = seen.setdefault(name, (key, kind))
        if first is key or {kind, other_kind} == {"get", "set"}:
            continue
        yield Hit(
            node=key,
            others=(first,),
            message=f"The key `{code.shown(key)}` stands twice in this object: the first value is lost.",
        )


def _key(code: Code, key: Node) -> str | None:
    text = code.text(key)
    match key.type:
        case "property_identifier" | "shorthand_property_identifier":
            return text if text != "__proto__" and "\\" not in text else None
        case "string":
            return None if "\\" in text else text[1:-1]
        case "number":
            return text if text.isdecimal() and (text == "0" or not text.startswith("0")) else None
    return None


def _accessor(code: Code, entry: Node) -> str:
    """
    `get`, `set`, or empty for a key with a value.
    """
    found = re.match(rb"(?:static\s+)?(get|set)\b\s*[^(\s,:]", code.raw(entry)) if entry.type == _METHOD else None
    return found[1].decode() if found else ""


_METHOD = "method_definition"

DUPLICATE_CASE = Rule(
    id="duplicate-case",
    category=Category.CORRECTNESS,
    sentence="Two cases of one `switch` ask for the same value.",
    why="The second is never reached; it was copied, and its value was to be changed.",
    bad="switch (key) {\n  case 'up': y--; break;\n  case 'up': y++; break;\n}",
    good="switch (key) {\n  case 'up': y--; break;\n  case 'down': y++; break;\n}",
    query="(switch_statement body: (switch_body) @body)",
    judge=_duplicate_cases,
    elsewhere=("ESLint no-duplicate-case", "SonarJS S1862"),
)

DUPLICATE_KEY = Rule(
    id="duplicate-key",
    category=Category.CORRECTNESS,
    sentence="One key stands twice in an object literal.",
    why="The last one wins, silently.",
    bad="const limits = { low: 1, low: 5 };",
    good="const limits = { low: 1, high: 5 };",
    query="(object) @it",
    judge=_duplicate_keys,
    elsewhere=("TypeScript 1117", "ESLint no-dupe-keys"),
)
