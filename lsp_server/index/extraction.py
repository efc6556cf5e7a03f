"""
Read the declarations, imports and exports of a TypeScript file off its syntax tree, in one pass over the top level.

Only statements and members are visited, never function bodies, so that extraction costs a fraction of parsing.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tree_sitter import Language, Node, Parser

from lsp_server.index.record import Declaration, Export, FileRecord, Import, Member

SIGNATURE_LIMIT = 400
ALIAS_LIMIT = 700
MEMBER_LIMIT = 240
MAX_MEMBERS = 200
MAX_PARTS = 2000
DOC_LIMIT = 120

_LINE_COMMENT = re.compile(r"(?<![:\"'`\\])//[^\n]*|/\*.*?\*/", re.DOTALL)


def parser_for(path: str) -> Parser:
    """
    A new parser for the dialect that the ending of `path` stands for; parsers are not shared between threads.
    """
    return Parser(_language("typescript" if path.endswith((".ts", ".mts", ".cts")) else "tsx"))


def extract(root: Node, source: bytes) -> FileRecord:
    """
    The record of the file whose tree is `root`.
    """
    found = _Found([], [], [])
    for comment, node in _with_docs(root):
        _STATEMENTS.get(node.type, _nothing)(_Place(source, node, comment, 0), found)
    return FileRecord(tuple(found.declarations), tuple(found.imports), tuple(found.exports))


def members_of(node: Node, source: bytes) -> tuple[Member, ...]:
    """
    The members of a class body, interface body, object type, enum body or object literal.
    """
    members: list[Member] = []
    for comment, child in _with_docs(node):
        read = _MEMBERS.get(child.type)
        if read is not None:
            members.extend(read(source, child, _doc(source, comment, child)))
        if len(members) >= MAX_MEMBERS:
            break
    return tuple(members)


def declarations_of(node: Node, source: bytes) -> tuple[Declaration, ...]:
    """
    The declarations that one statement makes, wherever it stands.
    """
    found = _Found([], [], [])
    _STATEMENTS.get(node.type, _nothing)(_Place(source, node, None, 0), found)
    return tuple(found.declarations)


def head_of(node: Node, source: bytes, *, start: int | None = None, limit: int = SIGNATURE_LIMIT) -> str:
    """
    A declaration without its body, on one line.
    """
    begin = node.start_byte if start is None else start
    body = node.child_by_field_name("body")
    return _line(source, begin, node.end_byte if body is None else body.start_byte, limit)


def annotation(node: Node, source: bytes, field: str = "type") -> str:
    """
    The text of a type annotation without its colon, on one line; empty when there is none.
    """
    found = node.child_by_field_name(field)
    if found is None:
        return ""
    return _line(source, found.start_byte, found.end_byte, MEMBER_LIMIT).lstrip(": ")


def value_head(node: Node | None, source: bytes) -> str:
    """
    What an initialiser tells of a type: `new Foo`, the called function, a name it is asserted to be, else empty.
    """
    awaited = ""
    while node is not None and node.type in _TRANSPARENT:
        awaited = "await " if node.type == "await_expression" else awaited
        node = node.named_children[0] if node.named_children else None
    if node is None:
        return ""
    if node.type in ("as_expression", "satisfies_expression"):
        return _asserted(node, source)
    if node.type == "new_expression":
        constructor = node.child_by_field_name("constructor")
        return "new " + _text(source, constructor)[:80] if constructor else ""
    if node.type == "call_expression":
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("type_arguments")
        generic = _text(source, arguments)[:60] if arguments else ""
        return f"{awaited}{_flat(_text(source, function))[:80]}{generic}()" if function else ""
    if node.type in ("identifier", "member_expression", "subscript_expression"):
        return awaited + _flat(_text(source, node))[:80]
    return ""


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
_MemberReader = Callable[[bytes, Node, str], Iterator[Member]]

_TRANSPARENT = ("await_expression", "parenthesized_expression", "non_null_expression")
_COMPOSED = ("intersection_type", "union_type", "parenthesized_type", "readonly_type")
_FUNCTIONS = ("arrow_function", "function_expression", "function", "generator_function")


def _nothing(place: _Place, found: _Found) -> None:
    """Statements that declare nothing."""


def _with_docs(node: Node) -> Iterator[tuple[Node | None, Node]]:
    comment: Node | None = None
    for child in node.named_children:
        if child.type == "comment":
            comment = child
        else:
            yield comment, child
            comment = None if child.type != "decorator" else comment


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
    _export_clause(node, source, found)


def _export_keyword(node: Node) -> Node:
    return next((child for child in node.children if child.type == "export"), node)


def _default_value(place: _Place, value: Node, found: _Found) -> None:
    source = place.source
    if value.type == "identifier":
        found.exports.append(Export("default", _text(source, value)))
        return
    signature = head_of(value, source, start=place.begin)
    members = _object_members(value, source)
    kind = "function" if value.type in _FUNCTIONS else "const"
    doc = _doc(source, place.comment, place.node)
    line, end = _lines(place.node)
    result = annotation(value, source, "return_type") if kind == "function" else ""
    found.declarations.append(
        Declaration("default", kind, line, end, signature, 2, result, value_head(value, source), (), members, doc)
    )


def _export_clause(node: Node, source: bytes, found: _Found) -> None:
    origin = node.child_by_field_name("source")
    specifier = _unquoted(source, origin) if origin is not None else ""
    type_only = any(child.type == "type" for child in node.children[:3])
    names: list[tuple[str, str]] = []
    for child in node.children:
        if child.type == "export_clause":
            names.extend(_specifiers(child, source, "export_specifier"))
        elif child.type == "namespace_export":
            names.append(("*", _text(source, child.named_children[-1]) if child.named_children else ""))
        elif child.type == "*":
            names.append(("*", "*"))
        elif child.type == "identifier" and not specifier:
            names.append((_text(source, child), "default"))
    found.exports.extend(Export(outer, inner, specifier) for inner, outer in names)
    if specifier:
        found.imports.append(Import(specifier, node.start_point.row, (), type_only))


def _specifiers(node: Node, source: bytes, kind: str) -> Iterator[tuple[str, str]]:
    for child in node.named_children:
        if child.type != kind:
            continue
        name = child.child_by_field_name("name")
        alias = child.child_by_field_name("alias")
        if name is not None:
            inner = _text(source, name).strip("'\"")
            yield inner, _text(source, alias).strip("'\"") if alias is not None else inner


def _import(place: _Place, found: _Found) -> None:
    node, source = place.node, place.source
    origin = node.child_by_field_name("source")
    type_only = any(child.type == "type" for child in node.children[:2])
    names: list[tuple[str, str]] = []
    for child in node.named_children:
        if child.type == "import_clause":
            names.extend(_import_names(child, source))
        elif child.type == "import_require_clause":
            origin = child.child_by_field_name("source")
            names.extend(("*", _text(source, name)) for name in child.named_children[:1])
    if origin is not None:
        specifier = _unquoted(source, origin)
        found.imports.append(Import(specifier, node.start_point.row, tuple(names), type_only))


def _import_names(clause: Node, source: bytes) -> Iterator[tuple[str, str]]:
    for child in clause.named_children:
        if child.type == "identifier":
            yield "default", _text(source, child)
        elif child.type == "namespace_import":
            yield "*", _text(source, child.named_children[-1]) if child.named_children else ""
        elif child.type == "named_imports":
            yield from _specifiers(child, source, "import_specifier")


def _function(place: _Place, found: _Found) -> None:
    nested = tuple(_parameter_members(place.node, place.source))
    result = annotation(place.node, place.source, "return_type")
    _declare(place, found, "function", type=result, members=nested)


def _parameter_members(function: Node, source: bytes) -> Iterator[Member]:
    # The properties of object types that parameters write out: `({ open }: { open: boolean })`.
    parameters = function.child_by_field_name("parameters")
    for parameter in parameters.named_children[:6] if parameters is not None else ():
        for part in _parts(_annotated_type(parameter)):
            if part.type == "object_type":
                yield from (member._replace(kind="nested") for member in members_of(part, source))


def _annotated_type(node: Node) -> Node | None:
    declared = node.child_by_field_name("type")
    return declared.named_children[0] if declared is not None and declared.named_children else None


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
    return _flat(_text(source, node)).removeprefix("extends ").strip()


def _clause_types(clause: Node, source: bytes) -> Iterator[str]:
    pending = ""
    for child in clause.named_children:
        if child.type == "type_arguments":
            pending += _flat(_text(source, child))
            continue
        if pending:
            yield pending[:120]
        pending = _flat(_text(source, child))
    if pending:
        yield pending[:120]


def _alias(place: _Place, found: _Found) -> None:
    node, source = place.node, place.source
    value = node.child_by_field_name("value")
    members = _type_members(value, source)
    text = _line(source, value.start_byte, value.end_byte, ALIAS_LIMIT) if value is not None else ""
    bases = tuple(_text(source, part)[:120] for part in _intersected(value)) if members or value else ()
    whole = _line(source, place.begin, node.end_byte, ALIAS_LIMIT)
    if value is not None and value.type == "object_type" and members:
        whole = _line(source, place.begin, value.start_byte, ALIAS_LIMIT)
    _declare(place, found, "type", signature=whole, type=text, bases=bases, members=members)


def _type_members(value: Node | None, source: bytes) -> tuple[Member, ...]:
    members: list[Member] = []
    for part in _parts(value):
        if part.type == "object_type":
            members.extend(members_of(part, source))
    return tuple(members[:MAX_MEMBERS])


def _intersected(value: Node | None) -> Iterator[Node]:
    for part in _parts(value):
        if part.type in ("type_identifier", "generic_type", "nested_type_identifier"):
            yield part


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


def _variables(place: _Place, found: _Found) -> None:
    source = place.source
    declarators = [child for child in place.node.named_children if child.type == "variable_declarator"]
    keyword = _text(source, place.node.children[0]) if place.node.children else "const"
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
    function = value if value is not None and value.type in _FUNCTIONS else _wrapped_function(value)
    members = _object_members(value, source) if function is None else tuple(_parameter_members(function, source))
    end = _value_end(node, value, function, bool(members) and function is None)
    start = node.start_byte if begin is None else begin
    text = _line(source, start, end, SIGNATURE_LIMIT if function is not None else MEMBER_LIMIT)
    declared = annotation(node, source)
    kind = "const"
    if function is not None:
        kind = "function"
        declared = declared or annotation(function, source, "return_type")
    elif value is not None and value.type == "class":
        kind, members = "class", _body(place._replace(node=value))
    name = node.child_by_field_name("name")
    line, end_line = _lines(node)
    found.declarations.append(
        Declaration(
            _text(source, name) if name is not None else "",
            kind,
            (place.start or place.node).start_point.row if begin is not None else line,
            end_line,
            text if begin is not None else prefix + text,
            place.exported,
            declared,
            "" if declared else value_head(value, source),
            (),
            members,
            _doc(source, place.comment, place.start or place.node),
        )
    )


def _value_end(node: Node, value: Node | None, function: Node | None, has_members: bool) -> int:
    if function is not None:
        body = function.child_by_field_name("body")
        return node.end_byte if body is None else body.start_byte
    if has_members and value is not None:
        literal = _object_literal(value)
        return value.start_byte + 1 if literal is None else literal.start_byte + 1
    return node.end_byte


def _wrapped_function(value: Node | None) -> Node | None:
    # `memo(() => …)`, `forwardRef((props, ref) => …)`, `createAsyncThunk("x", async (id) => …)`
    if value is None or value.type != "call_expression":
        return None
    arguments = value.child_by_field_name("arguments")
    if arguments is None:
        return None
    return next((child for child in arguments.named_children[:2] if child.type in _FUNCTIONS), None)


def _destructured(place: _Place, found: _Found, pattern: Node, value: Node | None) -> None:
    source = place.source
    text = _line(source, place.begin, place.node.end_byte, MEMBER_LIMIT)
    line, end = _lines(place.node)
    for node in _pattern_names(pattern):
        name, head = _text(source, node), value_head(value, source)
        found.declarations.append(Declaration(name, "binding", line, end, text, place.exported, "", head))


def _pattern_names(pattern: Node) -> Iterator[Node]:
    for child in pattern.named_children:
        if child.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield child
        elif child.type == "pair_pattern":
            value = child.child_by_field_name("value")
            if value is not None and value.type == "identifier":
                yield value
            elif value is not None:
                yield from _pattern_names(value)
        elif child.type in ("object_pattern", "array_pattern", "object_assignment_pattern", "rest_pattern"):
            yield from _pattern_names(child)


def _object_members(value: Node | None, source: bytes) -> tuple[Member, ...]:
    literal = _object_literal(value)
    return () if literal is None else members_of(literal, source)


def _object_literal(value: Node | None) -> Node | None:
    for _ in range(4):
        if value is None or value.type == "object":
            return value
        if value.type in ("as_expression", "satisfies_expression", *_TRANSPARENT):
            value = value.named_children[0] if value.named_children else None
        elif value.type == "call_expression":
            arguments = value.child_by_field_name("arguments")
            options = arguments.named_children[:2] if arguments is not None else []
            value = next((child for child in options if child.type == "object"), None)
        else:
            return None
    return None


def _namespace(place: _Place, found: _Found) -> None:
    node, source = place.node, place.source
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is None or body is None or name.type == "string":
        _ambient(place, body, found)
        return
    inner = _Found([], [], [])
    for comment, child in _with_docs(body):
        _STATEMENTS.get(child.type, _nothing)(_Place(source, child, comment, 0), inner)
    members = tuple(_as_member(declared) for declared in inner.declarations[:MAX_MEMBERS])
    _declare(place, found, "namespace", members=members)


def _ambient(place: _Place, body: Node | None, found: _Found) -> None:
    # `declare global { … }` and `declare module "x" { … }`: their declarations are seen from outside this file.
    if body is None:
        return
    for comment, child in _with_docs(body):
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
    target = _text(place.source, left) if left is not None else ""
    if right is None or not target.startswith(("module.exports", "exports.")):
        return
    name = target.removeprefix("module.").removeprefix("exports").lstrip(".") or "default"
    if right.type == "identifier":
        found.exports.append(Export(name, _text(place.source, right)))
        return
    signature = head_of(right, place.source, start=place.begin, limit=MEMBER_LIMIT)
    line, end = _lines(place.node)
    members = _object_members(right, place.source)
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
    doc = _doc(source, place.comment, outer)
    text = signature or head_of(node, source, start=_without_decorators(place))
    label = _text(source, name) if name is not None else "default"
    found.declarations.append(Declaration(label, kind, line, end, text, place.exported, type, "", bases, members, doc))


def _without_decorators(place: _Place) -> int:
    if place.start is not None:
        return place.begin
    for child in place.node.children:
        if child.type != "decorator":
            return child.start_byte
    return place.begin


def _lines(node: Node) -> tuple[int, int]:
    return node.start_point.row, node.end_point.row + 1


def _method(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    name = node.child_by_field_name("name")
    if name is None:
        return
    label = _text(source, name).strip("'\"")
    line, end = _lines(node)
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
                line, end = _lines(child)
                text = _line(source, child.start_byte, child.end_byte, MEMBER_LIMIT)
                yield Member(_text(source, pattern), "property", line, end, text, annotation(child, source))


def _property(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    name = node.child_by_field_name("name")
    if name is None:
        return
    value = node.child_by_field_name("value")
    declared = annotation(node, source)
    kind = "property"
    end = node.end_byte
    if value is not None and value.type in _FUNCTIONS:
        kind, declared = "method", declared or annotation(value, source, "return_type")
        body = value.child_by_field_name("body")
        end = body.start_byte if body is not None else end
    text = _line(source, _member_start(node), end, MEMBER_LIMIT)
    line, end_line = _lines(node)
    label = _text(source, name).strip("'\"")
    yield Member(label, kind, line, end_line, text, declared or value_head(value, source), doc)
    if node.type == "property_signature":
        yield from _nested_types(node, source)


def _nested_types(node: Node, source: bytes) -> Iterator[Member]:
    for part in _parts(_annotated_type(node)):
        for child in part.named_children if part.type == "object_type" else ():
            name = child.child_by_field_name("name")
            if name is not None and child.type in ("property_signature", "method_signature"):
                line, end = _lines(child)
                text = _line(source, child.start_byte, child.end_byte, MEMBER_LIMIT)
                label = _text(source, name).strip("'\"")
                yield Member(label, "nested", line, end, text, annotation(child, source))


def _pair(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None or key.type == "computed_property_name":
        return
    kind, end, declared = "property", node.end_byte, value_head(value, source)
    if value is not None and value.type in _FUNCTIONS:
        kind, declared = "method", annotation(value, source, "return_type")
        body = value.child_by_field_name("body")
        end = body.start_byte if body is not None else end
    line, end_line = _lines(node)
    text = _line(source, node.start_byte, end, 100)
    yield Member(_text(source, key).strip("'\""), kind, line, end_line, text, declared, doc)
    nested = _object_literal(value)
    if nested is not None:
        for child in nested.named_children:
            if child.type in ("pair", "method_definition"):
                yield from _inner_key(source, child)


def _inner_key(source: bytes, node: Node) -> Iterator[Member]:
    key = node.child_by_field_name("key") or node.child_by_field_name("name")
    if key is None or key.type == "computed_property_name":
        return
    value = node.child_by_field_name("value") or node
    body = value.child_by_field_name("body") if value.type in (*_FUNCTIONS, "method_definition") else None
    line, end_line = _lines(node)
    text = _line(source, node.start_byte, node.end_byte if body is None else body.start_byte, 80)
    yield Member(_text(source, key).strip("'\""), "nested", line, end_line, text)


def _shorthand(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    line, end = _lines(node)
    name = _text(source, node).strip("'\"")
    yield Member(name, "property", line, end, name, name if node.type.startswith("shorthand") else "", doc)


def _enum_assignment(source: bytes, node: Node, doc: str) -> Iterator[Member]:
    name = node.child_by_field_name("name")
    if name is not None:
        line, end = _lines(node)
        text = _line(source, node.start_byte, node.end_byte, MEMBER_LIMIT)
        yield Member(_text(source, name).strip("'\""), "property", line, end, text, "", doc)


def _member_head(node: Node, source: bytes) -> str:
    return head_of(node, source, start=_member_start(node), limit=MEMBER_LIMIT)


def _member_start(node: Node) -> int:
    for child in node.children:
        if child.type not in ("decorator", "comment"):
            return child.start_byte
    return node.start_byte


def _asserted(node: Node, source: bytes) -> str:
    target = node.named_children[-1]
    if node.type == "satisfies_expression" or target.type == "as_const" or _text(source, target) == "const":
        return value_head(node.named_children[0], source)
    return "as " + _flat(_text(source, target))[:80]


def _doc(source: bytes, comment: Node | None, node: Node) -> str:
    if comment is None or node.start_point.row - comment.end_point.row > 2:
        return ""
    text = source[comment.start_byte : min(comment.end_byte, comment.start_byte + 600)].decode(errors="replace")
    if not text.startswith("/**"):
        return ""
    lines = (line.strip().lstrip("*").strip() for line in text[3:].removesuffix("*/").splitlines())
    words = " ".join(line for line in lines if line).split(" @", 1)[0].strip()
    if words.startswith("@"):
        return ""
    return words.split(". ", 1)[0][:DOC_LIMIT]


def _line(source: bytes, start: int, end: int, limit: int) -> str:
    # A little more than the limit is decoded, since spaces will be folded.
    text = source[start : min(end, start + 3 * limit)].decode(errors="replace")
    if "//" in text or "/*" in text:
        text = _LINE_COMMENT.sub("", text)
    text = _flat(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _text(source: bytes, node: Node | None) -> str:
    return "" if node is None else source[node.start_byte : node.end_byte].decode(errors="replace")


def _unquoted(source: bytes, node: Node) -> str:
    return _text(source, node).strip("'\"`")


def _language(dialect: str) -> Language:
    import tree_sitter_typescript

    if dialect not in _LANGUAGES:
        make = (
            tree_sitter_typescript.language_typescript
            if dialect == "typescript"
            else tree_sitter_typescript.language_tsx
        )
        _LANGUAGES[dialect] = Language(make())
    return _LANGUAGES[dialect]


_LANGUAGES: dict[str, Language] = {}

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
