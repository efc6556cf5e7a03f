"""
Brackets, strings, comments and tags are followed through any piece of code.
"""

import pytest

from lsp_server.completion.brackets import Open, Scan, ends_expression, scan


def opened(text: str, *, jsx: bool = False) -> str:
    """
    What `text` leaves open, outermost first.
    """
    return " ".join(item.bracket for item in scan(text, Scan(), jsx=jsx).open)


@pytest.mark.parametrize(
    ("text", "left_open"),
    [
        ("", ""),
        ("call(a, [b", "( ["),
        ("call(a, [b])", ""),
        ("if (a) {", "{"),
        ("if (a) { b(); }", ""),
        ('const brace = "{";', ""),
        ("const brace = '{';", ""),
        (r"const quote = '\'{';", ""),
        ("const open = `{(", "`"),
        ("const inner = `${call(", "` ${ ("),
        ("const inner = `${call()} {`;", ""),
        ("const nested = `${a ? `${b}` : `{`}`;", ""),
        ("const price = `$5 {`;", ""),
        ("// a comment with (\n", ""),
        ("// a comment with (", "//"),
        ("/* a comment\n with {\n", "/*"),
        ("/* a comment\n with { */ {", "{"),
        ("const pattern = /[(\\/]{2}/g; (", "("),
        ("const half = total / 2; const other = (total) / (", "("),
        ("return /\\{/.test(", "("),
        ('import { a } from "', '"'),
        ('const broken = "no end\nconst next = {', "{"),
        ("a < b && c > (d", "("),
        ("new Map<string, Array<number>>([", "( ["),
    ],
)
def test_what_is_left_open(text: str, left_open: str) -> None:
    """
    Only brackets of code count, and what they are written in.
    """
    assert left_open == opened(text)


@pytest.mark.parametrize(
    ("text", "left_open"),
    [
        ("return <div", "<"),
        ('return <div className="a', '< "'),
        ("return <div>", ">"),
        ("return <div>don't (really) {", "> {"),
        ("return <div>text</div>", ""),
        ("return <input />", ""),
        ("return <><b>x</b>", ">"),
        ("return <></>", ""),
        ("return <", "<"),
        ("return <ul>{items.map((item) => <li", "> { ( <"),
        ("return <ul>{items.map((item) => (<li key={item.id}>{item.name}</li>))}</ul>;", ""),
        ("return <div onClick={() => a > b}>", ">"),
        ("return <Select<Option | null> value={", "< {"),
        ("return <div // a note on {\n  id=", "<"),
        ("const f = <T,>(x: T) => (", "("),
        ("const f = <T extends object>(x: T) => (", "("),
        ("useState<string | null>(", "("),
        ("a <b> c", ""),
    ],
)
def test_what_is_left_open_in_jsx(text: str, left_open: str) -> None:
    """
    Elements are told from comparisons and type arguments.
    """
    assert left_open == opened(text, jsx=True)


def test_angle_brackets_are_operators_where_there_is_no_jsx() -> None:
    """
    In plain TypeScript `<` opens nothing.
    """
    assert opened("return <div") == ""


def test_scanning_goes_on_where_it_left_off() -> None:
    """
    A string, a template or a tag may be cut anywhere.
    """
    text = 'call("a(", `b${c({\n  d: <Tag e="f">{g}</Tag>, h: [\n'
    whole = scan(text, Scan(), jsx=True)
    for cut in range(len(text)):
        first = scan(text[:cut], Scan(), jsx=True)
        if text[cut - 1 : cut + 1] not in ("${", "</"):
            assert [item.bracket for item in whole.open] == [
                item.bracket for item in scan(text[cut:], first, jsx=True).open
            ]


def test_a_tag_named_in_the_next_piece_may_be_a_closing_one() -> None:
    """
    After a lone `<`, `/div>` closes the element.
    """
    state = scan("return <div>text<", Scan(), jsx=True)

    assert scan("/div>", state, jsx=True).open == ()


def test_each_opening_knows_its_lines_indentation() -> None:
    """
    Brackets remember how far their line is indented, tabs counting as one.
    """
    state = scan("if (a) {\n  call(\n\t\t[", Scan(), jsx=False)

    assert state.open == (Open("{", 0), Open("(", 2), Open("[", 2))


@pytest.mark.parametrize(
    ("before", "text", "depths"),
    [
        ("call(", "a)", [0]),
        ("call({", "a: 1 })", [1, 0]),
        ("call(", "(a), [b]", []),
        ("call({", "a)", [0]),
        ("", "a)", [-1]),
        ("`${call(", ")} text`", [2, 1, 0]),
        ('call("', 'text")', [1, 0]),
        ("`${a", ")", [-1]),
    ],
)
def test_closers_of_what_was_open_before(before: str, text: str, depths: list[int]) -> None:
    """
    A scan tells what it closes of what it did not open itself.
    """
    state = scan(before, Scan(), jsx=False)

    assert depths == [closing.depth for closing in scan(text, state, jsx=False).closings]


@pytest.mark.parametrize(
    ("text", "is_new"),
    [("call(", True), ("call(a", False), ("call(// why\n", True), ("if (a) {\n\n", True), ("if (a) {\n b", False)],
)
def test_just_opened(text: str, is_new: bool) -> None:
    """
    Comments and white space do not fill a body.
    """
    assert is_new == scan(text, Scan(), jsx=False).just_opened


@pytest.mark.parametrize(
    ("token", "is_value"), [("total", True), (")", True), ('"a"', True), ("return", False), ("=", False), ("", False)]
)
def test_ends_expression(token: str, is_value: bool) -> None:
    """
    After a value `/` divides; after anything else it begins a pattern.
    """
    assert is_value == ends_expression(token)
