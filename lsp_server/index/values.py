"""
What the value of a variable or property tells without running it: its type, its object literal, its function.
"""

from collections.abc import Iterator

from tree_sitter import Node

from lsp_server.index.nodes import flat, text_of

FUNCTIONS = ("arrow_function", "function_expression", "function", "generator_function")
_TRANSPARENT = ("await_expression", "parenthesized_expression", "non_null_expression")


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
        return "new " + text_of(source, constructor)[:80] if constructor else ""
    if node.type == "call_expression":
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("type_arguments")
        generic = text_of(source, arguments)[:60] if arguments else ""
        return f"{awaited}{flat(text_of(source, function))[:80]}{generic}()" if function else ""
    if node.type in ("identifier", "member_expression", "subscript_expression"):
        return awaited + flat(text_of(source, node))[:80]
    return ""


def object_literal(value: Node | None) -> Node | None:
    """
    The object literal that a value is or is made from, as in `defineStore({ … })`.
    """
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


def wrapped_function(value: Node | None) -> Node | None:
    """
    The function that a call wraps, as in `memo(() => …)`.
    """
    # `memo(() => …)`, `forwardRef((props, ref) => …)`, `createAsyncThunk("x", async (id) => …)`
    if value is None or value.type != "call_expression":
        return None
    arguments = value.child_by_field_name("arguments")
    if arguments is None:
        return None
    return next((child for child in arguments.named_children[:2] if child.type in FUNCTIONS), None)


def pattern_names(pattern: Node) -> Iterator[Node]:
    """
    The names that a destructuring pattern binds.
    """
    for child in pattern.named_children:
        if child.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield child
        elif child.type == "pair_pattern":
            value = child.child_by_field_name("value")
            if value is not None and value.type == "identifier":
                yield value
            elif value is not None:
                yield from pattern_names(value)
        elif child.type in ("object_pattern", "array_pattern", "object_assignment_pattern", "rest_pattern"):
            yield from pattern_names(child)


def _asserted(node: Node, source: bytes) -> str:
    target = node.named_children[-1]
    if node.type == "satisfies_expression" or target.type == "as_const" or text_of(source, target) == "const":
        return value_head(node.named_children[0], source)
    return "as " + flat(text_of(source, target))[:80]
