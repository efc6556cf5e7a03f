"""
What a file declares, as signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from lsp_server.syntax.signature import FUNCTIONS, body_within, first_sentence, signature_of
from lsp_server.syntax.tree import SyntaxTree
from lsp_server.syntax.walk import without_errors
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node


class DeclarationKind(StrEnum):
    """
    What a name stands for; a constant that holds a function counts as one.
    """

    FUNCTION = "function"
    CLASS = "class"
    INTERFACE = "interface"
    TYPE = "type"
    ENUM = "enum"
    CONST = "const"
    VARIABLE = "variable"
    NAMESPACE = "namespace"
    METHOD = "method"
    PROPERTY = "property"
    MEMBER = "member"
    """Of an enum."""
    EXPRESSION = "expression"
    """What `export =` or `export default` give away without a name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """
    A name that a file declares; `doc` is the first sentence of its comment, `span` the whole statement.
    """

    name: str
    kind: DeclarationKind
    signature: str
    span: Span
    exported: bool = False
    default: bool = False
    doc: str = ""
    members: tuple[Declaration, ...] = ()


def outline(tree: SyntaxTree) -> tuple[Declaration, ...]:
    """
    The declarations at the top level, with their members, in order; every overload is one.
    """
    statements = tuple(without_errors(tree.root))
    apart = _names_exported_apart(tree, statements)
    return tuple(
        replace(declaration, exported=True, default=declaration.default or apart[declaration.name])
        if declaration.name in apart
        else declaration
        for declaration in _declared(tree, statements, _DEEPEST_NAMESPACE)
    )


def declaration_at(tree: SyntaxTree, node: Node, statement: Node) -> Declaration:
    """
    What `node` declares, which stands in `statement`; without what a namespace holds.
    """
    return _declaration(tree, node, _Statement.of(tree, statement), 0)


def encloses(node: Node) -> bool:
    """
    Whether code inside `node` is the inside of what it declares.
    """
    # A declaration in broken code may pass for an expression.
    if node.type == "function_expression" and node.parent and node.parent.type == "expression_statement":
        return True
    if node.type in ("variable_declarator", "public_field_definition", "field_definition", "pair"):
        value = node.child_by_field_name("value")
        return value is not None and body_within(value) is not None
    return node.is_named and node.type in _KINDS and node.type != "property_identifier"


_VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})
WRAPPERS = _VARIABLES | {"export_statement", "ambient_declaration", "expression_statement"}
"""What stands round a declaration and belongs to it."""

_KINDS = {
    "function_declaration": DeclarationKind.FUNCTION,
    "generator_function_declaration": DeclarationKind.FUNCTION,
    "function_signature": DeclarationKind.FUNCTION,
    "class_declaration": DeclarationKind.CLASS,
    "abstract_class_declaration": DeclarationKind.CLASS,
    "interface_declaration": DeclarationKind.INTERFACE,
    "type_alias_declaration": DeclarationKind.TYPE,
    "enum_declaration": DeclarationKind.ENUM,
    "internal_module": DeclarationKind.NAMESPACE,
    "module": DeclarationKind.NAMESPACE,
    "method_definition": DeclarationKind.METHOD,
    "method_signature": DeclarationKind.METHOD,
    "abstract_method_signature": DeclarationKind.METHOD,
    "call_signature": DeclarationKind.METHOD,
    "construct_signature": DeclarationKind.METHOD,
    "index_signature": DeclarationKind.PROPERTY,
    "property_signature": DeclarationKind.PROPERTY,
    "public_field_definition": DeclarationKind.PROPERTY,
    "field_definition": DeclarationKind.PROPERTY,
    "pair": DeclarationKind.PROPERTY,
    "enum_assignment": DeclarationKind.MEMBER,
    "property_identifier": DeclarationKind.MEMBER,
}
_KINDS_OF_VALUES = dict.fromkeys(FUNCTIONS, DeclarationKind.FUNCTION) | {"class": DeclarationKind.CLASS}

_KINDS_OF_VALUES = dict.fromkeys(FUNCTIONS, DeclarationKind.FUNCTION) | {"class": DeclarationKind.CLASS}
_HAVE_MEMBERS = frozenset({"class_body", "interface_body", "enum_body", "object_type"})
_NAMES = ("name", "property", "key")
_UNNAMED = {"call_signature": "", "construct_signature": "new", "index_signature": "[]"}
_MAKES_PROPERTY = frozenset({"accessibility_modifier", "override_modifier", "readonly"})
_DEEPEST_NAMESPACE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement:
    """
    What a declaration owes to the statement that it stands in.
    """

    node: Node
    doc: str
    exported: bool
    default: bool

    @classmethod
    def of(cls, tree: SyntaxTree, node: Node) -> _Statement:
        before = node.prev_sibling
        while before is not None and before.type == "decorator":
            before = before.prev_sibling
        exported = node.type == "export_statement"
        return cls(
            node=node,
            doc=first_sentence(tree.text_of(before)) if before and before.type == "comment" else "",
            exported=exported,
            default=exported and any(child.type in ("default", "=") for child in node.children),
        )


def _names_exported_apart(tree: SyntaxTree, statements: Iterable[Node]) -> dict[str, bool]:
    """
    The names that `export { a, b as default }`, `export default a` and `export = a` give away; whether as the default.
    """
    names: dict[str, bool] = {}
    for statement in statements:
        if statement.type != "export_statement" or statement.child_by_field_name("source"):
            continue
        for child in statement.named_children:
            if child.type == "identifier":
                names[tree.text_of(child)] = True
            elif child.type == "export_clause":
                names.update(_names_in_clause(tree, child))
    return names


def _names_in_clause(tree: SyntaxTree, clause: Node) -> Iterator[tuple[str, bool]]:
    for specifier in clause.named_children:
        name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
        if name:
            yield tree.text_of(name), alias is not None and tree.text_of(alias) == "default"


def _declared(tree: SyntaxTree, nodes: Iterable[Node], depth: int) -> Iterator[Declaration]:
    for node in nodes:
        inner = _unwrapped(node)
        if inner is None:
            continue
        statement = _Statement.of(tree, node)
        if inner.type in _VARIABLES:
            for declarator in inner.named_children:
                yield from _variables(tree, declarator, statement)
        elif inner.type in _KINDS or _is_global(inner) or (statement.default and inner.type != "identifier"):
            yield _declaration(tree, inner, statement, depth)


def _unwrapped(node: Node) -> Node | None:
    """
    What a statement declares, without the `export`, `default` or `declare` round it.
    """
    for _ in range(len(WRAPPERS)):
        if node.type not in WRAPPERS - _VARIABLES:
            return node
        inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
        named = [child for child in node.named_children if child.type not in ("decorator", "comment")]
        if inner is None and not named:
            return None
        node = inner or named[-1]
    return node


def _variables(tree: SyntaxTree, declarator: Node, statement: _Statement) -> Iterator[Declaration]:
    """
    The name that `declarator` declares, or the several that it takes apart.
    """
    pattern = declarator.child_by_field_name("name")
    if pattern is None or pattern.type == "identifier":
        if declarator.type == "variable_declarator":
            yield _declaration(tree, declarator, statement, 0)
        return
    whole = _declaration(tree, declarator, statement, 0)
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield replace(whole, name=tree.text_of(node))
        waiting.extend(child for child in reversed(node.named_children) if child.type != "property_identifier")


def _declaration(tree: SyntaxTree, node: Node, statement: _Statement, depth: int) -> Declaration:
    return Declaration(
        name=_name(tree, node),
        kind=_kind(tree, node),
        signature=signature_of(tree, node, _keyword(tree, node)),
        span=tree.span_of(statement.node),
        exported=statement.exported,
        default=statement.default,
        doc=statement.doc,
        members=tuple(_members(tree, node, depth)),
    )


def _name(tree: SyntaxTree, node: Node) -> str:
    if node.type in _UNNAMED:
        return _UNNAMED[node.type]
    if node.type == "property_identifier":
        return tree.text_of(node)
    if _is_global(node):
        return "global"
    named = next(filter(None, map(node.child_by_field_name, _NAMES)), None)
    return tree.text_of(named).strip("'\"") if named else "default"


def _kind(tree: SyntaxTree, node: Node) -> DeclarationKind:
    if _is_global(node):
        return DeclarationKind.NAMESPACE
    if node.type != "variable_declarator":
        return _KINDS_OF_VALUES.get(node.type) or _KINDS.get(node.type, DeclarationKind.EXPRESSION)
    value = node.child_by_field_name("value")
    if value and value.type in _KINDS_OF_VALUES:
        return _KINDS_OF_VALUES[value.type]
    return DeclarationKind.CONST if _keyword(tree, node) == "const" else DeclarationKind.VARIABLE


def _keyword(tree: SyntaxTree, node: Node) -> str:
    """
    What a variable is declared with; nothing for anything else.
    """
    declaration = node.parent if node.type == "variable_declarator" else None
    return tree.text_of(declaration.children[0]) if declaration else ""


def _members(tree: SyntaxTree, node: Node, depth: int) -> Iterator[Declaration]:
    body = node.child_by_field_name("body") or _body_of_value(node)
    if _is_global(node):
        body = node
    if body is None:
        return
    if body.type in _HAVE_MEMBERS:
        for child in without_errors(body):
            if child.type in _KINDS:
                yield _declaration(tree, child, _Statement.of(tree, child), 0)
                yield from _parameter_properties(tree, child)
    elif body.type == "statement_block" and _is_namespace(node) and depth > 0:
        yield from _declared(tree, without_errors(body), depth - 1)


def _body_of_value(node: Node) -> Node | None:
    """
    The body of a class or an object type that a variable or a type alias stands for.
    """
    value = node.child_by_field_name("value")
    if value is None or value.type == "object_type":
        return value
    return value.child_by_field_name("body") if value.type == "class" else None


def _is_namespace(node: Node) -> bool:
    return node.type in ("internal_module", "module") or _is_global(node)


def _is_global(node: Node) -> bool:
    """
    Whether it is what stands behind `declare global`.
    """
    return node.type == "statement_block" and node.parent is not None and node.parent.type == "ambient_declaration"


def _parameter_properties(tree: SyntaxTree, method: Node) -> Iterator[Declaration]:
    """
    The properties that a constructor's parameters make: `constructor(private readonly http: Http)`.
    """
    parameters = method.child_by_field_name("parameters")
    if parameters is None or _name(tree, method) != "constructor":
        return
    for parameter in parameters.named_children:
        pattern = parameter.child_by_field_name("pattern")
        if pattern and any(child.type in _MAKES_PROPERTY for child in parameter.children):
            yield Declaration(
                name=tree.text_of(pattern),
                kind=DeclarationKind.PROPERTY,
                signature=signature_of(tree, parameter),
                span=tree.span_of(parameter),
            )
