"""
What a place is within.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.syntax.enclosing import enclosing_declarations
from lsp_server.syntax.tree import parse_text
from tests.support.edits import STEADY
from tests.support.marked import parse_marked


def check_enclosing(marked: str, *expected: str, language_id: str = "typescriptreact") -> None:
    """
    The cursor is within these declarations, the outermost first.
    """
    source = parse_marked(marked)
    found = enclosing_declarations(parse_text(source.text, language_id), source.offset)
    assert [declaration.signature for declaration in found] == list(expected)


class TestWholeCode:
    def test_names_the_way_in(self) -> None:
        """
        Class, method, function, with what marks them.
        """
        check_enclosing(
            "export class A<T> {\n  async m(a: string): Promise<void> {\n"
            "    const f = (x) => {\n      █\n    };\n  }\n}",
            "class A<T>",
            "async m(a: string): Promise<void>",
            "const f = (x) => …",
        )

    @pytest.mark.parametrize(
        ("marked", "expected"),
        [
            ("function f() {█}", ["function f()"]),
            ("function f() {}█", []),
            ("█function f() {}", []),
            ("const o = { a: () => { █ }, b() {} };", ["a: () => …"]),
            ("const o = { a() {}, b() { █ } };", ["b()"]),
            ("namespace N { export interface I { █ } }", ["namespace N", "interface I"]),
            ("describe('x', () => { █ });", []),
            ("const a = [1, █];", []),
            ("class A {\n  m() {\n    const s = `${█\n  }\n}\n", ["class A", "m()"]),
            ("function f() {\n  if (a) {\n    █\n  return 1;\n}\n", ["function f()"]),
        ],
    )
    def test_holds_for_places_of_all_kinds(self, marked: str, expected: list[str]) -> None:
        """
        Only what declares something counts, and only if the cursor is inside.
        """
        check_enclosing(marked, *expected)

    def test_knows_exports_and_docs(self) -> None:
        """
        As in the outline.
        """
        source = parse_marked("/** Shows it. */\nexport const View = memo((p: P) => {\n  █\n});\n")
        (found,) = enclosing_declarations(parse_text(source.text, "typescriptreact"), source.offset)
        assert (found.name, found.exported, found.doc) == ("View", True, "Shows it.")


class TestHalfTypedCode:
    @pytest.mark.parametrize(
        ("marked", "expected"),
        [
            ("class A {\n  m() {\n    foo(█\n", ["class A", "m()"]),
            (
                "export class A extends B {\n  m() {\n    if (x) {\n      const y = █\n  }\n  n() { return 1 }\n}\n",
                ["class A extends B", "m()"],
            ),
            (
                "class A {\n  async m(\n    a: string,\n  ): Promise<void> {\n"
                "    const x = b.map((i) => {\n      █\n\n  n() {}\n}\n",
                ["class A", "async m( a: string, ): Promise<void>", "const x = b.map((i) => …"],
            ),
            ("class A\n  extends B\n{\n  m() {\n    foo(█\n", ["class A extends B", "m()"]),
            ("function f() {\n  const s = `${a.map((i) => {\n    █\n", ["function f()"]),
            ("class A { m() { foo(█\n", ["class A", "m()"]),
            ("function a() {}\nfunction b() { if (c) { d(█\n", ["function b()"]),
            ("foo({ a: [█\n", []),
        ],
    )
    def test_keeps_what_is_around_the_cursor(self, marked: str, expected: list[str]) -> None:
        """
        Though nothing is closed, and the grammar sees no declaration there.
        """
        check_enclosing(marked, *expected)

    def test_keeps_docs_and_exports(self) -> None:
        """
        As in code that is whole.
        """
        source = parse_marked("/** Shows it. */\nexport const View = memo((p: P) => {\n  return <div>{█\n")
        (found,) = enclosing_declarations(parse_text(source.text, "typescriptreact"), source.offset)
        assert (found.name, found.exported, found.doc) == ("View", True, "Shows it.")

    @STEADY
    @given(st.text(st.sampled_from("ab \n(){}[]<>`'\"/*=$;:@,.\u2028é😀\0"), max_size=60), st.integers(0, 80))
    def test_answers_for_any_text(self, text: str, offset: int) -> None:
        """
        Nonsense too.
        """
        tree = parse_text(f"export class {text}", "typescriptreact")
        for declaration in enclosing_declarations(tree, min(offset, tree.document.length)):
            assert declaration.span.start < min(offset, tree.document.length)
