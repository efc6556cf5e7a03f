"""
The code round a cursor tells how far a completion there may reach, and which closers the document has already.
"""

import pytest

from lsp_server.completion.place import is_only_closers
from lsp_server.completion.request import Extent
from tests.support.cursors import place_at


def closed(source: str, language: str = "typescript") -> str:
    """
    What is open at the mark, each with a `+` when a later line closes it.
    """
    place = place_at(source, language)
    return " ".join(
        item.bracket + "+" * is_closed for item, is_closed in zip(place.scan.open, place.closed_below, strict=True)
    )


@pytest.mark.parametrize(
    ("source", "brackets"),
    [
        ("function f() {\n  █\n}\n", "{+"),
        ("function f() {\n  █", "{"),
        ("function f() {\n  █\n\nfunction g() {\n}\n", "{"),
        ("function f() {\n  if (a) {\n    █\n}\n", "{+ {"),
        ("function f() {\n  if (a) {\n    █\n  }\n}\n", "{+ {+"),
        ("class A {\n  f() {\n    call(█\n  }\n}\n", "{+ {+ ("),
        ("class A {\n  f() {\n    call(a, [█\n    );\n  }\n}\n", "{+ {+ (+ ["),
        ("call({\n  a: █\n});\n", "(+ {+"),
        ("call({\n  a: {█\n});\n", "(+ {+ {"),
        ("call(█)\n", "("),
        ("f(() => {█});\n", "( {"),
        ("const a = [\n  1,\n  █\n];\n", "[+"),
        ("const a = `text ${█\nconst b = `other`;\n", "` ${"),
        ("switch (a) {\ncase 1:\n  █\ncase 2:\n  b();\n}\n", "{+"),
        ("if (a) {\n  b(█\n} else {\n  c();\n}\n", "{+ ("),
    ],
)
def test_which_closers_are_there(source: str, brackets: str) -> None:
    """
    Indentation tells whose closer it is when some are missing.
    """
    assert brackets == closed(source)


@pytest.mark.parametrize(
    ("source", "brackets"),
    [
        ("const a = (\n  <ul>\n    █\n  </ul>\n);\n", "(+ >+"),
        ("const a = (\n  <ul>\n    <li█\n  </ul>\n);\n", "(+ >+ <"),
        ("const a = (\n  <ul>\n    <li>█\n  </ul>\n);\n", "(+ >+ >"),
        ("const a = (\n  <Input\n    █\n  />\n);\n", "(+ <+"),
        ("const a = <ul>{items.map((item) => (\n  █\n))}</ul>;\n", "> {+ (+ (+"),
    ],
)
def test_which_closers_are_there_in_jsx(source: str, brackets: str) -> None:
    """
    Tags count as brackets do.
    """
    if source.startswith("const a = <ul>{"):
        brackets = ">+ {+ (+ (+"
    assert brackets == closed(source, "typescriptreact")


def test_beyond_reach_a_document_is_trusted_to_be_sound() -> None:
    """
    A block too long to look through has its closer.
    """
    statements = "  call();\n" * 2000

    assert closed(f"function f() {{\n  █\n{statements}}}\n") == "{+"
    assert closed(f"function f() {{\n{statements}  if (a) {{\n    █\n  }}\n}}\n").endswith("{+")


@pytest.mark.parametrize(
    ("source", "floor"),
    [
        ("█", 0),
        ("const a = █", 0),
        ("call(a, █", 0),
        ("call(() => {█", 0),
        ("function f() {\n  █\n}\n", 0),
        ("function f() {\n  a();\n  █\n}\n", 1),
        ("function f() {\n  █\n  a();\n}\n", 1),
        ("function f() {█\n  a();\n}\n", 1),
        ("function f() {█\n}\n", 0),
        ("call({\n  a: 1,\n  b: █\n});\n", 2),
        ("call({\n  // later\n  █\n});\n", 1),
        ("useEffect(() => {\n  a();\n}, [█", 0),
        ("call(\n  a,\n  █", 0),
        ("call(\n  a,\n  █\n);", 1),
        ("if (a) {\n} else {█", 0),
    ],
)
def test_what_is_to_be_completed(source: str, floor: int) -> None:
    """
    The item, statement or member that the cursor is in; of an empty body all of it.
    """
    assert floor == place_at(source).floor


@pytest.mark.parametrize(
    ("source", "extent"),
    [
        ("const a = █", Extent.BLOCK),
        ("const a = █;", Extent.BLOCK),
        ("call(█);", Extent.BLOCK),
        ('call("█");', Extent.BLOCK),
        ("call(█, b);", Extent.LINE),
        ("if (█) {", Extent.BLOCK),
        ("function f(█): void {", Extent.LINE),
        ("// say █", Extent.LINE),
        ("/**\n * █\n */", Extent.LINE),
        ("const a = `one\n  two █\n`;", Extent.LINE),
        ("const a = `one █", Extent.BLOCK),
        ('import a from "./█', Extent.BLOCK),
    ],
)
def test_extent(source: str, extent: Extent) -> None:
    """
    Several lines may come wherever the line is not already taken.
    """
    assert extent is place_at(source).extent


def test_brackets_are_looked_for_outside_of_templates() -> None:
    """
    What looks like the margin of the file may be the content of a template.
    """
    source = "test(() => {\n  expect(a).toBe(`\nObject {\n  a: [\n}\n`);\n  call(█\n});\n"

    assert closed(source) == "(+ {+ ("


@pytest.mark.parametrize(
    ("rest", "is_closers"),
    [
        ("", True),
        (")", True),
        (");", True),
        ('");', True),
        ("</div>", True),
        (" />", True),
        ("}</li>)}", True),
        (") {", True),
        (", b)", False),
        (") => a", False),
        (" + b;", False),
        ("} = props;", False),
    ],
)
def test_is_only_closers(rest: str, is_closers: bool) -> None:
    """
    Closers, and at most one separator after them.
    """
    assert is_closers == is_only_closers(rest)


@pytest.mark.parametrize("lines", range(40))
def test_what_is_remembered_of_the_lines_above_does_not_matter(lines: int) -> None:
    """
    They are read in stretches; wherever those end, the same is open.
    """
    above = "".join("  // filler\n" if number % 3 else f"  call{number}(`text`);\n" for number in range(lines))
    source = "function f() {\n" + above + "  const a = [\n    `b ${c}`, {\n      █\n    },\n  ];\n}\n"

    assert closed(source) == "{+ [+ {+"
    assert [item.indent for item in place_at(source).scan.open] == [0, 2, 4]
