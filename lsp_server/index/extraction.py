"""
Read the declarations, imports and exports of a TypeScript file off its syntax tree, in one pass over the top level.

Only statements and members are visited, never function bodies, so that extraction costs a fraction of parsing.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from lsp_server.index.links import exports_of, import_of
from lsp_server.index.members import (
    MAX_MEMBERS,
    intersected,
    members_of,
    object_members,
    parameter_members,
    type_members,
)
from lsp_server.index.nodes import (
    MEMBER_LIMIT,
    SIGNATURE_LIMIT,
    annotation,
    doc_of,
    flat,
    folded,
    head_of,
    lines_of,
    text_of,
    with_docs,
)
from lsp_server.index.record import ASSIGNED, Declaration, Export, FileRecord, Import, Member
from lsp_server.index.values import FUNCTIONS, object_literal, pattern_names, value_head, wrapped_function

ALIAS_LIMIT = 700
MAX_STATEMENTS = 4000
"""More than that is data: reading them all would hold up the next keystroke."""


def extract(root: Node, source: bytes, *, near: int = 0) -> FileRecord:
    """
    The record of the file whose tree is `root`; of an endless file, what stands at its top and round the byte `near`.
    """
    found = _Found([], [], [])
    for comment, node in with_docs(_statements(root, near)):
        _STATEMENTS.get(node.type, _nothing)(_Place(source, node, comment, 0), found)
    return FileRecord(tuple(found.declarations), tuple(found.imports), tuple(found.exports))


def declarations_of(node: Node, source: bytes) -> tuple[Declaration, ...]:
    """
    The declarations that one statement makes, wherever it stands.
    """
    found = _Found([], [], [])
    _STATEMENTS.get(node.type, _nothing)(_Place(source, node, None, 0), found)
    return tuple(found.declarations)


class _Found(NamedTuple):
    declarations: list[Declaration]
    imports: list[Import]
    exports: list[Export]


class _Place(NamedTuple):
    """A statement, the comment before it, and how it is exported."""

    source: bytes
    node: Node
    comment: Node | None
    exported: int
    start: Node | None = None

    @property
    def begin(self) -> int:
        """Where the text of the statement begins, `export` included."""
        return (self.start or self.node).start_byte

    def inside(self, node: Node, exported: int) -> "_Place":
        """The statement that an `export` or `declare` wraps."""
        return _Place(self.source, node, self.comment, exported, self.start or self.node)


_Reader = Callable[[_Place, _Found], None]


def _statements(root: Node, near: int) -> list[Node]:
    nodes = root.named_children
    if len(nodes) <= MAX_STATEMENTS:
        return nodes
    half = MAX_STATEMENTS // 2
    place = bisect(nodes, near, key=lambda node: node.start_byte)
    start = max(half, min(place - half // 2, len(nodes) - half))
    return nodes[:half] + nodes[start : start + half]


def _nothing(place: _Place, found: _Found) -> None:
    """Statements that declare nothing."""


def _import(place: _Place, found: _Found) -> None:
    entry = import_of(place.node, place.source)
    if entry is not None:
        found.imports.append(entry)


def _export(place: _Place, found: _Found) -> None:
    node, source = place.node, place.source
    exported = 2 if any(child.type == "default" for child in node.children[:3]) else 1
    inner = node.child_by_field_name("declaration")
    if inner is not None:
        start = node.children[0] if node.children[0].type == "export" else _export_keyword(node)
        shifted = place._replace(start=place.start or start)
        _STATEMENTS.get(inner.type, _nothing)(shifted.inside(inner, exported), found)
        return
    value = node.child_by_field_name("value")
    if value is not None:
        _default_value(place, value, found)
        return
    assigned = _assigned(node)
    if assigned is not None:
        _default_value(place, assigned, found)
        found.exports.append(Export(ASSIGNED, "default"))
        return
    exports, origin = exports_of(node, source)
    found.exports.extend(exports)
    if origin is not None:
        found.imports.append(origin)


def _assigned(node: Node) -> Node | None:
    # `export = value`
    if len(node.children) > 2 and node.children[1].type == "=":
        return node.children[2]
    return None


def _export_keyword(node: Node) -> Node:
    return next((child for child in node.children if child.type == "export"), node)


def _default_value(place: _Place, value: Node, found: _Found) -> None:
    source = place.source
    if value.type == "identifier":
        found.exports.append(Export("default", text_of(source, value)))
        return
    signature = head_of(value, source, start=place.begin)
    members = object_members(value, source)
    kind = "function" if value.type in FUNCTIONS else "const"
    doc = doc_of(source, place.comment, place.node)
    line, end = lines_of(place.node)
    result = annotation(value, source, "return_type") if kind == "function" else ""
    found.declarations.append(
        Declaration("default", kind, line, end, signature, 2, result, value_head(value, source), (), members, doc)
    )


def _function(place: _Place, found: _Found) -> None:
    nested = tuple(parameter_members(place.node, place.source))
    result = annotation(place.node, place.source, "return_type")
    _declare(place, found, "function", type=result, members=nested)


def _class(place: _Place, found: _Found) -> None:
    _declare(place, found, "class", bases=_bases(place.node, place.source), members=_body(place))


def _interface(place: _Place, found: _Found) -> None:
    _declare(place, found, "interface", bases=_bases(place.node, place.source), members=_body(place))


def _enum(place: _Place, found: _Found) -> None:
    _declare(place, found, "enum", members=_body(place))


def _body(place: _Place) -> tuple[Member, ...]:
    body = place.node.child_by_field_name("body")
    return () if body is None else members_of(body, place.source)


def _bases(node: Node, source: bytes) -> tuple[str, ...]:
    bases: list[str] = []
    for child in node.named_children:
        if child.type in ("class_heritage", "extends_type_clause", "extends_clause", "implements_clause"):
            if child.type == "class_heritage":
                bases.extend(_bases(child, source) or (_heritage_text(child, source),))
            else:
                bases.extend(_clause_types(child, source))
    return tuple(bases)


def _heritage_text(node: Node, source: bytes) -> str:
    return flat(text_of(source, node)).removeprefix("extends ").strip()


def _clause_types(clause: Node, source: bytes) -> Iterator[str]:
    pending = ""
    for child in clause.named_children:
        if child.type == "type_arguments":
            pending += flat(text_of(source, child))
            continue
        if pending:
            yield pending[:120]
        pending = flat(text_of(source, child))
    if pending:
        yield pending[:120]


def _alias(place: _Place, found: _Found) -> None:
    node, source = place.node, place.source
    value = node.child_by_field_name("value")
    members = type_members(value, source)
    text = folded(source, value.start_byte, value.end_byte, ALIAS_LIMIT) if value is not None else ""
    bases = tuple(text_of(source, part)[:120] for part in intersected(value)) if members or value else ()
    whole = folded(source, place.begin, node.end_byte, ALIAS_LIMIT)
    if value is not None and value.type == "object_type" and members:
        whole = folded(source, place.begin, value.start_byte, ALIAS_LIMIT)
    _declare(place, found, "type", signature=whole, type=text, bases=bases, members=members)


def _variables(place: _Place, found: _Found) -> None:
    source = place.source
    declarators = [child for child in place.node.named_children if child.type == "variable_declarator"]
    keyword = text_of(source, place.node.children[0]) if place.node.children else "const"
    prefix = "export " if place.exported else ""
    for number, node in enumerate(declarators):
        name = node.child_by_field_name("name")
        if name is None:
            continue
        begin = place.begin if number == 0 else None
        value = node.child_by_field_name("value")
        if name.type == "identifier":
            _variable(place, found, node, begin, f"{prefix}{keyword} ")
        else:
            _destructured(place, found, name, value)


def _variable(place: _Place, found: _Found, node: Node, begin: int | None, prefix: str) -> None:
    source, value = place.source, node.child_by_field_name("value")
    function = value if value is not None and value.type in FUNCTIONS else wrapped_function(value)
    members = object_members(value, source) if function is None else tuple(parameter_members(function, source))
    end = _value_end(node, value, function, bool(members) and function is None)
    start = node.start_byte if begin is None else begin
    text = folded(source, start, end, SIGNATURE_LIMIT if function is not None else MEMBER_LIMIT)
    declared = annotation(node, source)
    kind = "const"
    if function is not None:
        kind = "function"
        declared = declared or annotation(function, source, "return_type")
    elif value is not None and value.type == "class":
        kind, members = "class", _body(place._replace(node=value))
    name = node.child_by_field_name("name")
    line, end_line = lines_of(node)
    found.declarations.append(
        Declaration(
            text_of(source, name) if name is not None else "",
            kind,
            (place.start or place.node).start_point.row if begin is not None else line,
            end_line,
            text if begin is not None else prefix + text,
            place.exported,
            declared,
            "" if declared else value_head(value, source),
            (),
            members,
            doc_of(source, place.comment, place.start or place.node),
        )
    )


def _value_end(node: Node, value: Node | None, function: Node | None, has_members: bool) -> int:
    if function is not None:
        body = function.child_by_field_name("body")
        return node.end_byte if body is None else body.start_byte
    if has_members and value is not None:
        literal = object_literal(value)
        return value.start_byte + 1 if literal is None else literal.start_byte + 1
    return node.end_byte


def _destructured(place: _Place, found: _Found, pattern: Node, value: Node | None) -> None:
    source = place.source
    text = folded(source, place.begin, place.node.end_byte, MEMBER_LIMIT)
    line, end = lines_of(place.node)
    for node in pattern_names(pattern):
        name, head = text_of(source, node), value_head(value, source)
        found.declarations.append(Declaration(name, "binding", line, end, text, place.exported, "", head))


def _namespace(place: _Place, found: _Found) -> None:
    node, source = place.node, place.source
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is None or body is None or name.type == "string":
        _ambient(place, body, found)
        return
    inner = _Found([], [], [])
    for comment, child in with_docs(body.named_children):
        _STATEMENTS.get(child.type, _nothing)(_Place(source, child, comment, 0), inner)
    members = tuple(_as_member(declared) for declared in inner.declarations[:MAX_MEMBERS])
    _declare(place, found, "namespace", members=members)


def _ambient(place: _Place, body: Node | None, found: _Found) -> None:
    # `declare global { … }` and `declare module "x" { … }`: their declarations are seen from outside this file.
    if body is None:
        return
    for comment, child in with_docs(body.named_children):
        _STATEMENTS.get(child.type, _nothing)(_Place(place.source, child, comment, 1), found)


def _as_member(declared: Declaration) -> Member:
    return Member(
        declared.name,
        declared.kind,
        declared.line,
        declared.end_line,
        declared.signature[:MEMBER_LIMIT],
        declared.type or declared.value,
        declared.doc,
    )


def _wrapper(place: _Place, found: _Found) -> None:
    # `declare …` and the expression statement that an unexported namespace is parsed as.
    for child in place.node.named_children:
        if child.type == "statement_block":
            _ambient(place, child, found)
        elif child.type in _STATEMENTS:
            _STATEMENTS[child.type](place.inside(child, place.exported), found)


def _expression(place: _Place, found: _Found) -> None:
    first = place.node.named_children[0] if place.node.named_children else None
    if first is None:
        return
    if first.type in ("internal_module", "module"):
        _namespace(place.inside(first, place.exported), found)
    elif first.type == "assignment_expression":
        _common_js(place, first, found)


def _common_js(place: _Place, node: Node, found: _Found) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    target = text_of(place.source, left) if left is not None else ""
    if right is None or not target.startswith(("module.exports", "exports.")):
        return
    name = target.removeprefix("module.").removeprefix("exports").lstrip(".") or "default"
    if right.type == "identifier":
        found.exports.append(Export(name, text_of(place.source, right)))
        return
    signature = head_of(right, place.source, start=place.begin, limit=MEMBER_LIMIT)
    line, end = lines_of(place.node)
    members = object_members(right, place.source)
    found.declarations.append(Declaration(name, "const", line, end, signature, 1, "", "", (), members))


def _declare(
    place: _Place,
    found: _Found,
    kind: str,
    *,
    signature: str = "",
    type: str = "",  # noqa: A002 -- the word of the record that it fills.
    bases: tuple[str, ...] = (),
    members: tuple[Member, ...] = (),
) -> None:
    node, source = place.node, place.source
    name = node.child_by_field_name("name")
    outer = place.start or node
    line, end = outer.start_point.row, node.end_point.row + 1
    doc = doc_of(source, place.comment, outer)
    text = signature or head_of(node, source, start=_without_decorators(place))
    label = text_of(source, name) if name is not None else "default"
    found.declarations.append(Declaration(label, kind, line, end, text, place.exported, type, "", bases, members, doc))


def _without_decorators(place: _Place) -> int:
    if place.start is not None:
        return place.begin
    for child in place.node.children:
        if child.type != "decorator":
            return child.start_byte
    return place.begin


_STATEMENTS: dict[str, _Reader] = {
    "import_statement": _import,
    "export_statement": _export,
    "function_declaration": _function,
    "generator_function_declaration": _function,
    "function_signature": _function,
    "class_declaration": _class,
    "abstract_class_declaration": _class,
    "interface_declaration": _interface,
    "enum_declaration": _enum,
    "type_alias_declaration": _alias,
    "lexical_declaration": _variables,
    "variable_declaration": _variables,
    "internal_module": _namespace,
    "module": _namespace,
    "ambient_declaration": _wrapper,
    "expression_statement": _expression,
}
