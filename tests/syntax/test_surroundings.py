"""
What a cursor stands in, named.
"""

import pytest

from lsp_server.syntax.surroundings import surroundings_at
from lsp_server.syntax.tree import parse_text
from tests.support.marked import parse_marked


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("// a note█", "comment"),
        ('const s = "a█";', "string"),
        ("const s = `a█`;", "string"),
        ('import { a█ } from "./a";', "import"),
        ('import { a } from "./a";\n█', "top_level"),
        ("function f(a█) {}", "parameters"),
        ("f(a, █)", "arguments"),
        ("f(a)\n█", "top_level"),
        ("let a: A█", "type"),
        ("type A = B | █", "type"),
        ("class A {\n  a = 1;\n  █\n}", "class_body"),
        ("interface A {\n  a: string;\n  █\n}", "type_body"),
        ("function f() {\n  a();\n  █\n}", "function_body"),
        ("const f = () => {\n  █\n};", "function_body"),
        ("class A {\n  m() {\n    █\n  }\n}", "function_body"),
        ("if (a) {\n  █\n}", "block"),
        ("switch (a) {\n  █\n}", "block"),
        ("const o = {\n  a: 1,\n  █\n};", "object"),
        ("const o = [1, █];", "array"),
        ("a.b█", "member"),
        ("a?.█", "member"),
        ("const a = b + █;", "expression"),
        ("function f() {\n  return █\n}", "expression"),
        ("█", "top_level"),
        ("const a = 1;\n\n█", "top_level"),
    ],
)
def test_names_the_innermost_thing(source: str, expected: str) -> None:
    """
    The innermost thing that the cursor is inside of gives the name.
    """
    marked = parse_marked(source)

    assert surroundings_at(parse_text(marked.text, "typescript"), marked.offset) == expected


def test_attributes_and_children_are_jsx() -> None:
    """
    Wherever one writes markup.
    """
    for source in ("const a = <div █></div>;", "const a = <div>text█</div>;"):
        marked = parse_marked(source)

        assert surroundings_at(parse_text(marked.text, "typescriptreact"), marked.offset) == "jsx"
