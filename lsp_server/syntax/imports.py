"""
What a file takes from other modules, in every form that TypeScript has for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import SyntaxTree
from lsp_server.syntax.walk import without_errors
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """
    One mention of another module.

    `names` pairs each name there with the name here; for a re-export, with the name that it is passed on under.
    A re-export without names or namespace passes on everything; an import without any only runs the module.
    """

    specifier: str
    names: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    namespace: str | None = None
    type_only: bool = False
    reexport: bool = False
    span: Span


def imports(tree: SyntaxTree) -> tuple[Import, ...]:
    """
    The modules that a file names, in order: `import`, `export … from`, `require()` and `import()`, wherever they stand.
    """
    found = (*_statements(tree), *_calls(tree))
    return tuple(sorted(found, key=lambda found: found.span))


# Cheaper than to walk the tree for calls that may stand anywhere.
_CALL = re.compile(r"""\b(?:require|import)\s*\(\s*(?=["'`])""")

_LISTS = frozenset({"named_imports", "export_clause"})
_SPECIFIERS = frozenset({"import_specifier", "export_specifier"})


def _statements(tree: SyntaxTree) -> Iterator[Import]:
    for node in without_errors(tree.root):
        if node.type in ("import_statement", "export_statement"):
            yield from _statement(tree, node)


def _statement(tree: SyntaxTree, statement: Node) -> Iterator[Import]:
    parts = tuple(_parts(statement))
    source = next((part for part in parts if part.type == "string"), None)
    if source is None:
        return
    specifiers = [part for part in parts if part.type in _SPECIFIERS]
    is_reexport = statement.type == "export_statement"
    yield Import(
        specifier=_content(tree, source),
        names=tuple(_names(tree, specifiers)),
        default=next((tree.text_of(part) for part in parts if part.type == "identifier"), None),
        namespace=_namespace(tree, parts),
        type_only=any(child.type == "type" for child in statement.children)
        or (bool(specifiers) and all(specifier.children[0].type == "type" for specifier in specifiers)),
        reexport=is_reexport,
        span=tree.span_of(statement),
    )


def _parts(statement: Node) -> Iterator[Node]:
    """
    The nodes of a statement that name something.
    """
    waiting = list(reversed(statement.named_children))
    while waiting:
        node = waiting.pop()
        if node.type in ("import_clause", "import_require_clause") or node.type in _LISTS:
            waiting.extend(reversed(node.named_children))
        else:
            yield node


def _names(tree: SyntaxTree, specifiers: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for specifier in specifiers:
        name = specifier.child_by_field_name("name")
        alias = specifier.child_by_field_name("alias") or name
        if name and alias:
            yield tree.text_of(name), tree.text_of(alias)


def _namespace(tree: SyntaxTree, parts: Iterable[Node]) -> str | None:
    for part in parts:
        if part.type in ("namespace_import", "namespace_export") and part.named_children:
            return tree.text_of(part.named_children[-1])
    return None


def _calls(tree: SyntaxTree) -> Iterator[Import]:
    text = tree.document.text
    for found in _CALL.finditer(text):
        call = tree.node_at(found.start())
        while call.type not in ("call_expression", "import_require_clause") and call.parent:
            if call.parent.start_byte != call.start_byte:
                break
            call = call.parent
        source = _argument(call)
        if source is not None:
            yield _call(tree, call, _content(tree, source))


def _argument(call: Node) -> Node | None:
    """
    The literal that `call` begins its arguments with, if it is a call.
    """
    arguments = call.child_by_field_name("arguments") if call.type == "call_expression" else None
    first = arguments.named_children[0] if arguments and arguments.named_children else None
    is_literal = first is not None and (
        first.type == "string" or (first.type == "template_string" and first.named_child_count <= 1)
    )
    return first if is_literal else None


def _call(tree: SyntaxTree, call: Node, specifier: str) -> Import:
    """
    What `const … = require(…)` or `await import(…)` binds, or nothing but the module.
    """
    holder = call.parent
    while holder and holder.type in ("await_expression", "parenthesized_expression", "as_expression"):
        holder = holder.parent
    pattern = holder.child_by_field_name("name") if holder and holder.type == "variable_declarator" else None
    return Import(
        specifier=specifier,
        names=tuple(_bound(tree, pattern)) if pattern else (),
        namespace=tree.text_of(pattern) if pattern and pattern.type == "identifier" else None,
        span=tree.span_of(call),
    )


def _bound(tree: SyntaxTree, pattern: Node) -> Iterator[tuple[str, str]]:
    for part in pattern.named_children:
        key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
        if part.type == "shorthand_property_identifier_pattern":
            yield tree.text_of(part), tree.text_of(part)
        elif key and value:
            yield tree.text_of(key), tree.text_of(value)


def _content(tree: SyntaxTree, literal: Node) -> str:
    return tree.text_of(literal)[1:-1]
