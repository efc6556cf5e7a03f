"""
A reply is read up to the end of what the cursor is in, and not a chunk further.
"""

import pytest

from lsp_server.completion.request import NoCompletionReason
from lsp_server.completion.truncate import Reading
from tests.support.cursors import place_at

MORE = "\n\nexport function next() {\n  return 1;\n}\n"


def read(source: str, reply: str, language: str = "typescript", *, pieces: int = 1000) -> str:
    """
    The code read from `reply` at the mark.
    """
    reading = Reading(place_at(source, language))
    for start in range(0, len(reply), pieces):
        if reading.feed(reply[start : start + pieces]):
            return reading.code
    reading.finish(cut_short=False)
    return reading.code


STATEMENTS = [
    # the rest of a statement, with and without semicolons
    ("const a = █", "b;", MORE),
    ("const a = █", "b", "\nconst c = d\n"),
    ("const a = █", "b ?? c", "\nreturn a\n"),
    ("const a = █", "b.map((c) => {\n  return c;\n});", MORE),
    ("const a = █", "b\n  .filter(c)\n  .map(d);", MORE),
    ("const a = █", "b\n  .filter(c)\n  .map(d)", "\nconst e = f\n"),
    ("const a =█", "\n  b;", MORE),
    ("const a = █", "b\n  ? c\n  : d;", MORE),
    ("const a = █", "b &&\n  c &&\n  d;", MORE),
    ("const a = █", "`one\n  two {\n three`;", MORE),
    ("const a = █", "`one ${b({\n  c,\n})} {`;", MORE),
    ("const a = █", '"a { b";', MORE),
    ("const a = █", "/[{(]/.test(b);", MORE),
    ("const a = █", "{\n  b: 1,\n  c: [\n    2,\n  ],\n};", MORE),
    ("const a = █", "1, // one\n  b = 2;", MORE),
    ("const a = call(█", "b, c);", MORE),
    ("const a = call(█", "\n  b,\n  c,\n);", MORE),
    ("call({█", "\n  a: 1,\n});", MORE),
    ("type A =█", '\n  | "b"\n  | "c";', MORE),
    ("type A =█", '\n  | "b"\n  | "c"', "\n\ntype D = E\n"),
    ("type A = <█", "\n  B extends C,\n  D = E,\n>(\n  b: B,\n) => D;", MORE),
    ("interface A█", " {\n  b: string;\n  c(): void;\n}", MORE),
    ("interface A█", "<\n  B,\n> extends C,\n    D {\n  e: E;\n}", MORE),
    ("import { a, █", 'b } from "./b";', '\nimport { c } from "./c";\n'),
    ("import {█", '\n  a,\n  b,\n} from "./b";', '\nimport { c } from "./c";\n'),
    ('import a from "█', './a";', '\nimport b from "./b";\n'),
    ("if (a█", ") {\n  b();\n}", "\nc();\n"),
    ("if (a█", ") {\n  b();\n} else if (c) {\n  d();\n} else {\n  e();\n}", "\nf();\n"),
    ("if (a) {█", "\n  b();\n}\nelse {\n  c();\n}", "\nd();\n"),
    ("if (a)█", "\n  b();", "\nc();\n"),
    ("try {█", "\n  a();\n} catch (b) {\n  c();\n} finally {\n  d();\n}", "\ne();\n"),
    ("do {█", "\n  a();\n} while (b);", "\nc();\n"),
    ("for (const a of █", "b) {\n  c(a);\n}", "\nd();\n"),
    ("function f(█", "a: A): B {\n  return b(a);\n}", "\nf(a);\n"),
    ("function f(a)█", "\n{\n  return a;\n}", "\nf(a);\n"),
    ("export class A█", " {\n  private b = 1;\n\n  c() {\n    return this.b;\n  }\n}", MORE),
    ("const f = async (█", "a) => {\n  await a;\n};", MORE),
    ("i█", "++", "\nj()\n"),
    ("return █", "a", "\n}\n"),
    ("throw █", 'new Error("{");', "\n}\n"),
]

BLANK_LINES = [
    ("█", "const a = 1;", MORE),
    ("a();\n█", "// Then b.\nb();", "\nc();\n"),
    ("a();\n█", "/**\n * Does b.\n */\nfunction b() {\n  c();\n}", MORE),
    ("a();\n█", "@Injectable()\nexport class A {\n  b = 1;\n}", MORE),
    ("a();\n█", '@Component({\n  selector: "a",\n})\nexport class A {\n  b = 1;\n}', MORE),
    ("function f() {\n  a();\n  █\n}", "b();", "\n  c();\n}\n"),
    ("function f() {\n  a();\n  █\n}", "if (b) {\n    c();\n  }", "\n  return d;\n}\n"),
    ("function f() {\n  a();\n  █\n}", "const b = c({\n    d,\n  });", "\n  return b;\n}\n"),
    (
        "switch (a) {\n  case 1:\n    b();\n    break;\n  █\n}",
        "case 2:\n    c();\n    break;",
        "\n  default:\n    d();\n}",
    ),
    ("const a = {\n  b: 1,\n  █\n};", "c: 2,", "\n  d: 3,\n};\n"),
    ("const a = {\n  b: 1,\n  █\n};", "c: {\n    d: 2,\n  },", "\n  e: 3,\n};\n"),
    ("const a = {\n  b: 1,\n  c: █\n};", "[\n    2,\n  ],", "\n  d: 3,\n};\n"),
    ("const a = [\n  1,\n  █\n];", "2,", "\n  3,\n];\n"),
    ("call(\n  a,\n  █\n);", "(b) => {\n    c(b);\n  },", "\n  d,\n);\n"),
    ("class A {\n  b = 1;\n\n  █\n}", "c() {\n    return this.b;\n  }", "\n\n  d() {}\n}\n"),
    ("interface A {\n  b: string;\n  █\n}", "c: number;", "\n  d: boolean;\n}\n"),
    ("interface A {\n  b: string;\n  █\n}", "pipe<\n    C,\n    D,\n  >(e: E): F;", "\n  g: G;\n}\n"),
    ("enum A {\n  B,\n  █\n}", "C,", "\n  D,\n}\n"),
]

EMPTY_BODIES = [
    ("function f() {\n  █\n}", "a();\n\n  b();\n", "}\n\nc();\n"),
    ("function f() {\n  █\n}", "if (a) {\n    b();\n  }\n  return c;\n", "}\n"),
    ("function f() {█\n}", "\n  a();\n  b();\n", "}\n\nc();\n"),
    ("function f() {\n  █", "a();\n  b();\n}", "\n\nc();\n"),
    ("class A {\n  █\n}", "b = 1;\n\n  c() {}\n", "}\n\nd();\n"),
    ("call({\n  █\n});", "a: 1,\n  b: 2,\n", "});\n\nc();\n"),
    ("call(\n  █\n);", "a,\n  b,\n", ");\nc();\n"),
    ("const a = [\n  █\n];", "1,\n  2,\n", "];\nb();\n"),
    ("switch (a) {\n  █\n}", "case 1:\n    b();\n    break;\n  default:\n    c();\n", "}\nd();\n"),
    ("f(() => {█});", "\n  a();\n});", "\nb();\n"),
]


@pytest.mark.parametrize("pieces", [1, 7, 1000])
@pytest.mark.parametrize(("source", "wanted", "more"), [*STATEMENTS, *BLANK_LINES, *EMPTY_BODIES])
def test_the_end_is_found(source: str, wanted: str, more: str, pieces: int) -> None:
    """
    A statement, member, property or argument is read to its end, an empty body to its closer.
    """
    assert wanted == read(source, wanted + more, pieces=pieces)


@pytest.mark.parametrize("pieces", [1, 1000])
@pytest.mark.parametrize(
    ("source", "wanted", "more"),
    [
        ("return (\n  <div>\n    █\n  </div>\n);", "<b>a</b>", "\n    <i>b</i>\n  </div>\n);"),
        ("return (\n  <div>\n    <a />\n    █\n  </div>\n);", "<b>\n      {c}\n    </b>", "\n    <i>d</i>\n  </div>"),
        ("return (\n  <div>\n    <a />\n    █\n  </div>\n);", "{b && (\n      <c />\n    )}", "\n    <i>d</i>\n"),
        ("return (\n  <div>\n    <a />\n    <b█\n  </div>\n);", ">don't {c}</b>", "\n    <i>d</i>\n"),
        ("return (\n  <div>\n    <a />\n    <b█\n  </div>\n);", "\n      c={d}\n    />", "\n    <i>d</i>\n"),
        ("return (\n  <A\n    b={1}\n    █\n  />\n);", "c={() => {\n      d();\n    }}", '\n    e="f"\n  />\n);'),
        ("return <ul>{a.map((b) => █", "<li key={b}>{b}</li>)}</ul>;", MORE),
        ("return █", "(\n  <div>\n    {a > b}\n  </div>\n);", MORE),
        ("const A = () => █", "<></>;", MORE),
        ("const a = <T,>(█", "b: T) => {\n  return b;\n};", MORE),
        ("<div className=█", '"a">', "\n  <b />\n</div>"),
    ],
)
def test_the_end_is_found_in_jsx(source: str, wanted: str, more: str, pieces: int) -> None:
    """
    Elements and attributes end as other items do.
    """
    expected = wanted if wanted != "<b>a</b>" else "<b>a</b>\n    <i>b</i>\n  "
    expected = expected if not source.startswith("<div") else wanted + "\n  <b />\n</div>"
    assert expected == read(source, wanted + more, "typescriptreact", pieces=pieces)


@pytest.mark.parametrize(
    ("source", "reply", "wanted"),
    [
        ("call(█, b);", "a, b);\nc();", "a, b);"),
        ("// Says █", "hello.\nhello();", "hello."),
        ("// Says █", "\nhello();", "hello();"),
        ("const a = `\n  one █\n`;", "two\n  three\n`;", "two"),
        ("call(█, b);", "\n\na", "a"),
    ],
)
def test_one_line(source: str, reply: str, wanted: str) -> None:
    """
    Where only the rest of the line is ours, the first line break after something ends it.
    """
    assert wanted == read(source, reply)


@pytest.mark.parametrize(
    ("source", "reply", "wanted"),
    [
        ("call({█", "\n  a: 1,", "\n  a: 1,"),
        ("const a = █", "b.map((c) => {", "b.map((c) => {"),
        ("const a = █", "`one", "`one"),
        ("const a = █", "b ||", "b ||"),
        ("█", "// Only a comment.", "// Only a comment."),
    ],
)
def test_a_reply_that_just_stops(source: str, reply: str, wanted: str) -> None:
    """
    What is there is taken, whatever is still open.
    """
    assert wanted == read(source, reply)


@pytest.mark.parametrize(
    ("source", "reply", "wanted"),
    [
        ("const a = call({█", "\n  a: 1,\n  b: tw", "\n  a: 1,"),
        ("const a = █", "call(one, tw", "call(one, tw"),
    ],
)
def test_out_of_tokens(source: str, reply: str, wanted: str) -> None:
    """
    A last line that broke off is dropped, unless it is the only one.
    """
    reading = Reading(place_at(source))
    reading.feed(reply)
    reading.finish(cut_short=True)

    assert wanted == reading.code


def test_closers_of_the_document_end_it() -> None:
    """
    A closer that stands below is not read again, one that is missing there is.
    """
    assert read("if (a) {\n  b();\n  call(█\n}", "c);\n}\nd();") == "c);"
    assert read("call({\n  a: 1█\n});", ",\n});\nb();") == ","
    assert read("call({\n  a: {\n    b: 1█\n});", ",\n  },\n});\n") == ","
    assert read("throw a(`b █\n\ncall(`c`);\n", "${d}`);\ne();") == "${d}`);"
    assert read('test("a", (█\n  b();\n});\n', ") => {") == ") => {"
    assert read("if (a) {\n  b();\n█\n  c();\n}\n", "} else {") == "} else {"
    assert read("f(() => {\n  g({\n    a█\n});", ",\n  });\n});\n") == ","


def test_only_the_documents_closers() -> None:
    """
    A reply that only repeats what stands below says so.
    """
    reading = Reading(place_at("function f() {\n  a();\n  █\n}"))
    reading.feed("}\n\nb();\n")

    assert reading.done
    assert reading.code.strip() == ""
    assert reading.reason is NoCompletionReason.REPEATS_SUFFIX


@pytest.mark.parametrize(
    ("source", "pieces", "needed"),
    [
        # A semicolon at the end of a line settles it at once,
        ("const a = █", ["b", ";", "\n", "const ", "c"], 3),
        # a line without one when the next has begun,
        ("const a = █", ["b", "\n", "c", "on", "st "], 4),
        # or when it is blank,
        ("const a = █", ["b", "\n", "\n", "const "], 3),
        # and a block when no `else` follows.
        ("if (a) {█", ["\n  b();\n}", "\n", "c", "();\n", "d();"], 4),
        ("if (a) {█", ["\n  b();\n}", "\n", "el", "f()"], 4),
        # One line ends with its break,
        ("// a █", ["b", " c", "\n", "d"], 3),
        # a body with the closer's own line,
        ("function f() {\n  █\n}", ["a();", "\n  b();\n", "}", "\n", "c();"], 4),
        # everything with the closing tag.
        ("const a = █", ["<completion>b", "</completion>", "c"], 2),
    ],
)
def test_the_end_is_known_at_once(source: str, pieces: list[str], needed: int) -> None:
    """
    No more is needed than makes it certain.
    """
    reading = Reading(place_at(source))
    taken = next(count for count, piece in enumerate([*pieces, *["more"] * 5], start=1) if reading.feed(piece))

    assert taken == needed


def test_what_follows_the_end_is_kept() -> None:
    """
    The rest of what the model says is there for whoever gets as far.
    """
    reading = Reading(place_at("const a = █"))
    assert reading.feed("b;\n")
    reading.feed("const c = d;\nconst e")
    reading.finish(cut_short=True)

    assert (reading.code, reading.so_far) == ("b;", "b;\nconst c = d;")
