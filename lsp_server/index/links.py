"""
What import and export statements say.
"""

from collections.abc import Iterator

from tree_sitter import Node

from lsp_server.index.nodes import text_of, unquoted
from lsp_server.index.record import Export, Import


def import_of(node: Node, source: bytes) -> Import | None:
    """
    What an import statement says, or None when it is too unfinished to say where it leads.
    """
    origin = node.child_by_field_name("source")
    type_only = any(child.type == "type" for child in node.children[:2])
    names: list[tuple[str, str]] = []
    for child in node.named_children:
        if child.type == "import_clause":
            names.extend(_import_names(child, source))
        elif child.type == "import_require_clause":
            origin = child.child_by_field_name("source")
            names.extend(("*", text_of(source, name)) for name in child.named_children[:1])
    if origin is None:
        return None
    return Import(unquoted(source, origin), node.start_point.row, tuple(names), type_only)


def exports_of(node: Node, source: bytes) -> tuple[tuple[Export, ...], Import | None]:
    """
    The names that an export clause gives to the outside, and the import that it is when it names another file.
    """
    origin = node.child_by_field_name("source")
    specifier = unquoted(source, origin) if origin is not None else ""
    names: list[tuple[str, str]] = []
    for child in node.children:
        if child.type == "export_clause":
            names.extend(_specifiers(child, source, "export_specifier"))
        elif child.type == "namespace_export":
            names.append(("*", text_of(source, child.named_children[-1]) if child.named_children else ""))
        elif child.type == "*":
            names.append(("*", "*"))
        elif child.type == "identifier" and not specifier:
            names.append((text_of(source, child), "default"))
    exports = tuple(Export(outer, inner, specifier) for inner, outer in names)
    if not specifier:
        return exports, None
    type_only = any(child.type == "type" for child in node.children[:3])
    return exports, Import(specifier, node.start_point.row, (), type_only)


def _import_names(clause: Node, source: bytes) -> Iterator[tuple[str, str]]:
    for child in clause.named_children:
        if child.type == "identifier":
            yield "default", text_of(source, child)
        elif child.type == "namespace_import":
            yield "*", text_of(source, child.named_children[-1]) if child.named_children else ""
        elif child.type == "named_imports":
            yield from _specifiers(child, source, "import_specifier")


def _specifiers(node: Node, source: bytes, kind: str) -> Iterator[tuple[str, str]]:
    for child in node.named_children:
        if child.type != kind:
            continue
        name = child.child_by_field_name("name")
        alias = child.child_by_field_name("alias")
        if name is not None:
            inner = text_of(source, name).strip("'\"")
            yield inner, text_of(source, alias).strip("'\"") if alias is not None else inner
