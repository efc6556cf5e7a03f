"""
The members of classes, interfaces, object types, enums and object literals.
"""

from collections.abc import Callable, Iterator

from tree_sitter import Node

from lsp_server.index.nodes import MEMBER_LIMIT, annotation, doc_of, folded, head_of, lines_of, text_of, with_docs
from lsp_server.index.record import Member
from lsp_server.index.values import FUNCTIONS, object_literal, value_head

MAX_MEMBERS = 2000
MAX_PARTS = 2000

_COMPOSED = ("intersection_type", "union_type", "parenthesized_type", "readonly_type")

_MemberReader = Callable[[bytes, Node, str], Iterator[Member]]


def members_of(node: Node, source: bytes) -> tuple[Member, ...]:
    """
    The members of a class body, interface body, object type, enum body or object literal.
    """
    members: list[Member] = []
    for comment, child in with_docs(node.named_children):
        read = _MEMBERS.get(child.type)
        if read is not None:
            members.extend(read(source, child, doc_of(source, comment, child)))
        if len(members) >= MAX_MEMBERS:
            break
    return tuple(members)


def object_members(value: Node | None, source: bytes) -> tuple[Member, ...]:
    """
    The members of the object literal in a value.
    """
    literal = object_literal(value)
    return () if literal is None else members_of(literal, source)


def parameter_members(function: Node, source: bytes) -> Iterator[Member]:
    """
    The properties of object types that parameters write out, as in `({ open }: { open: boolean })`.
    """
    # The properties of object types that parameters write out: `({ open }: { open: boolean })`.
    parameters = function.child_by_field_name("parameters")
    for parameter in parameters.named_children[:6] if parameters is not None else ():
        for part in _parts(_annotated_type(parameter)):
            if part.type == "object_type":
                yield from (member._replace(kind="nested") for member in members_of(part, source))


def type_members(value: Node | None, source: bytes) -> tuple[Member, ...]:
    """
    The members of all object types in a type.
    """
    members: list[Member] = []
    for part in _parts(value):
        if part.type == "object_type":
            members.extend(members_of(part, source))
    return tuple(members[:MAX_MEMBERS])


def intersected(value: Node | None) -> Iterator[Node]:
    """
    The named types that a type is composed of.
    """
    for part in _parts(value):
        if part.type in ("type_identifier", "generic_type", "nested_type_identifier"):
            yield part


def _method(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    name = node.child_by_field_name("name")
    if name is None:
        return
    label = text_of(source, name).strip("'\"")
    line, end = lines_of(node)
    result = annotation(node, source, "return_type")
    yield Member(label, "method", line, end, _member_head(node, source), result, doc)
    if label == "constructor":
        yield from _parameter_properties(node, source)


def _parameter_properties(node: Node, source: bytes) -> Iterator[Member]:
    parameters = node.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        marks = [part.type for part in child.children[:3]]
        if "accessibility_modifier" in marks or "readonly" in marks:
            pattern = child.child_by_field_name("pattern")
            if pattern is not None:
                line, end = lines_of(child)
                text = folded(source, child.start_byte, child.end_byte, MEMBER_LIMIT)
                yield Member(text_of(source, pattern), "property", line, end, text, annotation(child, source))


def _property(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    name = node.child_by_field_name("name")
    if name is None:
        return
    value = node.child_by_field_name("value")
    declared = annotation(node, source)
    kind = "property"
    end = node.end_byte
    if value is not None and value.type in FUNCTIONS:
        kind, declared = "method", declared or annotation(value, source, "return_type")
        body = value.child_by_field_name("body")
        end = body.start_byte if body is not None else end
    text = folded(source, _member_start(node), end, MEMBER_LIMIT)
    line, end_line = lines_of(node)
    label = text_of(source, name).strip("'\"")
    yield Member(label, kind, line, end_line, text, declared or value_head(value, source), doc)
    if node.type == "property_signature":
        yield from _nested_types(node, source)


def _nested_types(node: Node, source: bytes) -> Iterator[Member]:
    for part in _parts(_annotated_type(node)):
        for child in part.named_children if part.type == "object_type" else ():
            name = child.child_by_field_name("name")
            if name is not None and child.type in ("property_signature", "method_signature"):
                line, end = lines_of(child)
                text = folded(source, child.start_byte, child.end_byte, MEMBER_LIMIT)
                label = text_of(source, name).strip("'\"")
                yield Member(label, "nested", line, end, text, annotation(child, source))


def _pair(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None or key.type == "computed_property_name":
        return
    kind, end, declared = "property", node.end_byte, value_head(value, source)
    if value is not None and value.type in FUNCTIONS:
        kind, declared = "method", annotation(value, source, "return_type")
        body = value.child_by_field_name("body")
        end = body.start_byte if body is not None else end
    line, end_line = lines_of(node)
    text = folded(source, node.start_byte, end, 100)
    yield Member(text_of(source, key).strip("'\""), kind, line, end_line, text, declared, doc)
    nested = object_literal(value)
    if nested is not None:
        for child in nested.named_children:
            if child.type in ("pair", "method_definition"):
                yield from _inner_key(source, child)


def _inner_key(source: bytes, node: Node) -> Iterator[Member]:
    key = node.child_by_field_name("key") or node.child_by_field_name("name")
    if key is None or key.type == "computed_property_name":
        return
    value = node.child_by_field_name("value") or node
    body = value.child_by_field_name("body") if value.type in (*FUNCTIONS, "method_definition") else None
    line, end_line = lines_of(node)
    text = folded(source, node.start_byte, node.end_byte if body is None else body.start_byte, 80)
    yield Member(text_of(source, key).strip("'\""), "nested", line, end_line, text)


def _shorthand(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    line, end = lines_of(node)
    name = text_of(source, node).strip("'\"")
    yield Member(name, "property", line, end, name, name if node.type.startswith("shorthand") else "", doc)


def _enum_assignment(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    name = node.child_by_field_name("name")
    if name is not None:
        line, end = lines_of(node)
        text = folded(source, node.start_byte, node.end_byte, MEMBER_LIMIT)
        yield Member(text_of(source, name).strip("'\""), "property", line, end, text, "", doc)


def _member_head(node: Node, source: bytes) -> str:
    return head_of(node, source, start=_member_start(node), limit=MEMBER_LIMIT)


def _member_start(node: Node) -> int:
    for child in node.children:
        if child.type not in ("decorator", "comment"):
            return child.start_byte
    return node.start_byte


def _annotated_type(node: Node) -> Node | None:
    declared = node.child_by_field_name("type")
    return declared.named_children[0] if declared is not None and declared.named_children else None


def _parts(value: Node | None) -> Iterator[Node]:
    # A union of a thousand types is a tree a thousand deep, so a stack of our own takes the place of recursion.
    waiting = [] if value is None else [value]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        node = waiting.pop()
        yield node
        if node.type in _COMPOSED:
            waiting.extend(reversed(node.named_children))
        elif node.type == "generic_type":
            arguments = node.child_by_field_name("type_arguments")
            waiting.extend(
                child
                for child in reversed(arguments.named_children if arguments else ())
                if child.type == "object_type"
            )


_MEMBERS: dict[str, _MemberReader] = {
    "method_definition": _method,
    "method_signature": _method,
    "abstract_method_signature": _method,
    "public_field_definition": _property,
    "field_definition": _property,
    "property_signature": _property,
    "pair": _pair,
    "shorthand_property_identifier": _shorthand,
    "property_identifier": _shorthand,
    "string": _shorthand,
    "enum_assignment": _enum_assignment,
}
