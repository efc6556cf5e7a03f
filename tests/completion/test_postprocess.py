"""
Each filter does one thing, and what leaves them all fits at the cursor.
"""

import pytest

from lsp_server.completion import postprocess
from lsp_server.completion.place import place_of
from lsp_server.completion.postprocess import FILTERS, Draft, Filter
from lsp_server.completion.request import NoCompletionReason
from tests.support.cursors import completed, outcome_of, request_at

BODY = "function f() {\n  █\n}\n"
MARGIN = "█"


def sent_through(
    step: Filter, source: str, text: str, language: str = "typescript", *, swallowed: int = 0
) -> str | tuple[str, int] | NoCompletionReason:
    """
    What one filter makes of `text` at the mark; with how much it swallows, if anything.
    """
    request = request_at(source, language)
    outcome = step(Draft(text, swallowed), place_of(request), request)
    if isinstance(outcome, NoCompletionReason):
        return outcome
    return (outcome.text, outcome.swallowed) if outcome.swallowed else outcome.text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call(a);\ncall(a);\ncall(a);", "call(a);"),
        ("call(a);\ncall(a);\ncall(a);\ncall(a);\n", "call(a);"),
        ("first();\nif (a) {\n  b();\n}\nif (a) {\n  b();\n}\nif (a) {\n  b();\n}", "first();\nif (a) {\n  b();\n}"),
        ("call(a);\ncall(a);", "call(a);\ncall(a);"),
        ("call(1);\ncall(2);\ncall(3);", "call(1);\ncall(2);\ncall(3);"),
        ("}\n}\n}", "}\n}\n}"),
        ("      </b>\n    </b>\n  </b>", "      </b>\n    </b>\n  </b>"),
        ("Marker,\nMarker,\nMarker,\nfalse\n>;", "Marker,\nMarker,\nMarker,\nfalse\n>;"),
        ("0,\n0,\n0,", "0,\n0,\n0,"),
        ("const a = " + "items.map(b)." * 12, NoCompletionReason.REPETITIVE),
        ("const a = [" + "1, 2, 3, " * 20, NoCompletionReason.REPETITIVE),
        ('const a = "' + "-" * 80 + '";', 'const a = "' + "-" * 80 + '";'),
        ("a, ".join(f"item{number}" for number in range(60)), "a, ".join(f"item{number}" for number in range(60))),
    ],
)
def test_cut_loop(text: str, kept: str | NoCompletionReason) -> None:
    """
    Only a loop that never ends is one.
    """
    assert kept == sent_through(postprocess.cut_loop, MARGIN, text)


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        ("█\nnext(a);\n", "one(a);\nnext(a);", "one(a);"),
        ("█\nnext(a);\nthen(b);\n", "one(a);\n\nnext(a);\n  then(b);", "one(a);"),
        ("call(█\n  a,\n  bee,\n);\n", "{\n  a,\n  bee,\n);", "{"),
        ("call(█\n  alpha,\n  bee,\n);\n", "{\n  alpha,\n  be", "{"),
        ("█\nnext(a);\n", "next(a);", NoCompletionReason.REPEATS_SUFFIX),
        ("ne█\n\nnext(a);\n", "xt(a);", NoCompletionReason.REPEATS_SUFFIX),
        ("█\nnext(a);\n", "next(b);", "next(b);"),
        ("f() {\n  █\n}\n}\n", "a();\n}", "a();\n}"),
        ("█\n}\n", "}", "}"),
        ("  █\n  return no;\n};\n", "if (a) {\n    return no;\n  }", "if (a) {\n    return no;\n  }"),
        ("█\n", "one(a);", "one(a);"),
        ("█\nb\n", "call(\n  a,\n  b\n)", "call(\n  a,\n  b\n)"),
    ],
)
def test_drop_lines_below(source: str, text: str, kept: str | NoCompletionReason) -> None:
    """
    Lines that follow are not said twice, unless they belong to what comes before them.
    """
    assert kept == sent_through(postprocess.drop_lines_below, source, text)


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        # the same closers again
        ("console.log(█);", "user.name);", "user.name"),
        ("console.log(█)", "user.name)", "user.name"),
        ("console.log(█)", "user.name);", ("user.name);", 1)),
        ("console.log(format(█));", "user.name));", "user.name"),
        ('console.log("█");', 'hello");', "hello"),
        ('console.log("█")', 'hello")', "hello"),
        ("const a = [█];", "1, 2];", "1, 2"),
        ("const { █ } = props;", "a, b } = props;", "a, b"),
        ("if (█) {", "a > b) {", "a > b"),
        ("const a = `${█}`;", "b}`;", "b"),
        # brackets of one's own
        ("call(█)", "other(a)", "other(a)"),
        ("call(█);", "other(a));", "other(a)"),
        ("call(█);", "(a) => other(a)", "(a) => other(a)"),
        ("call(█)", 'a, "b)"', 'a, "b)"'),
        # more than the closers
        ("call(█)", "a).then(b);", ("a).then(b);", 1)),
        ("call(() => {█})", "\n  a();\n});", ("\n  a();\n});", 2)),
        ("useEffect(() => {█})", "\n  a();\n}, [b]);", ("\n  a();\n}, [b]);", 2)),
        ("call(() => {█});", "\n  a();\n});", "\n  a();\n"),
        ("const a = {█};", "\n  b: 1,\n};", "\n  b: 1,\n"),
        # other things on the line
        ("call(█, b);", "a, b);", "a"),
        ("call(█, b);", "a);", "a"),
        ("call(█, b);", "a", "a"),
        ("function f(█): void {", "a: string): void {", "a: string"),
        ("a = █;", "b;", "b"),
        ("a = █,", "b, c", "b, c"),
        ("{ a: █ }", "b }", "b"),
        ("for (const a of █) {", "b) {", "b"),
        # only what is there already
        ("call(a█);", ");", NoCompletionReason.REPEATS_SUFFIX),
        ("call(a█)", ")", NoCompletionReason.REPEATS_SUFFIX),
        # nothing behind the cursor
        ("call(█", "a);", "a);"),
        ("call(█  ", "a);", "a);"),
    ],
)
def test_drop_rest_of_line(source: str, text: str, kept: str | tuple[str, int] | NoCompletionReason) -> None:
    """
    A closer the line has is offered again only together with something new after it, and then replaces the old one.
    """
    assert kept == sent_through(postprocess.drop_rest_of_line, source, text)


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        ("<div>█</div>", "hello</div>", "hello"),
        ("<div>█</div>", "<b>hello</b>", "<b>hello</b>"),
        ("<Input █/>", "value={a} />", "value={a} "),
        ("<Input █ />", "value={a} />", "value={a}"),
        ("<div className=█>", '"a">', '"a"'),
        ("<ul>{items.map((item) => █)}</ul>", "<li>{item}</li>)}</ul>", "<li>{item}</li>"),
        ("<Input onChange={█} />", "() => a} />", "() => a"),
    ],
)
def test_drop_rest_of_line_in_jsx(source: str, text: str, kept: str) -> None:
    """
    Tags close as brackets do.
    """
    assert kept == sent_through(postprocess.drop_rest_of_line, f"return {source};", text, "typescriptreact")


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        # tabs and spaces
        (BODY, "if (a) {\n\tb();\n}", "if (a) {\n    b();\n  }"),
        ("function f() {\n\t█\n}\n", "if (a) {\n    b();\n  }", "if (a) {\n\t\tb();\n\t}"),
        ("class A {\n    b() {\n        c();\n    }\n    █\n}\n", "d() {\n\t\te();\n\t}", "d() {\n        e();\n    }"),
        ("█", "if (a) {\n\tb();\n}", "if (a) {\n\tb();\n}"),
        # a reply that begins at the margin
        (BODY, "if (a) {\n  b();\n}", "if (a) {\n    b();\n  }"),
        (BODY, "if (a) {\n  b();\n}\nc();", "if (a) {\n    b();\n  }\n  c();"),
        ("  const a = call({█", "\n  b,\n});", "\n    b,\n  });"),
        (BODY, "return a\n  .b()\n  .c();", "return a\n    .b()\n    .c();"),
        # what is right already
        (BODY, "if (a) {\n    b();\n  }", "if (a) {\n    b();\n  }"),
        (BODY, "return a\n    .b();", "return a\n    .b();"),
        (BODY, "a,\n  ...b,", "a,\n  ...b,"),
        ("function f() {\n  a();\n  █", "b();\n}", "b();\n}"),
        ("call(\n  a,\n  █", "b,\n);", "b,\n);"),
        ("const a = █", "call({\n  b,\n});", "call({\n  b,\n});"),
        # what is no layout
        (BODY, "a(`\nb\n  c`);", "a(`\nb\n  c`);"),
        (BODY, "a(`\nb`);\nc();", "a(`\nb`);\n  c();"),
        (BODY, "// One.\n// Two.\na();", "// One.\n  // Two.\n  a();"),
        (BODY, "/**\n * One.\n */\na();", "/**\n   * One.\n   */\n  a();"),
        (BODY, "a();\n\nb();", "a();\n\n  b();"),
        (BODY, "a();", "a();"),
    ],
)
def test_fit_indentation(source: str, text: str, kept: str) -> None:
    """
    A completion is indented as the lines around it are.
    """
    assert kept == sent_through(postprocess.fit_indentation, source, text)


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        ("a = █", "b;  \n\n", "b;"),
        ("a = █;", "b  ", "b"),
        ("call(() => {█})", "\n  a();\n", "\n  a();\n"),
        ("  call(() => {█})", "\n    a();\n", "\n    a();\n  "),
        ("\tcall(() => {█})", "\n\t\ta();\n", "\n\t\ta();\n\t"),
        ("call({█})", "a  ", "a"),
        ("a = █", "\n\n", ""),
    ],
)
def test_trim_end(source: str, text: str, kept: str) -> None:
    """
    A closer that was on the cursor's line comes onto its own below several lines.
    """
    assert kept == sent_through(postprocess.trim_end, source, text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [(" ", NoCompletionReason.WHITESPACE_ONLY), ("\n", NoCompletionReason.WHITESPACE_ONLY), (")", ")"), ("a", "a")],
)
def test_withhold_blank(text: str, kept: str | NoCompletionReason) -> None:
    """
    White space is not offered; a closer is.
    """
    assert kept == sent_through(postprocess.withhold_blank, MARGIN, text)


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        ("a();\r\nb();\r\n█", "c({\n  d,\n});", "c({\r\n  d,\r\n});"),
        ("a();\nb();\n█", "c({\n  d,\n});", "c({\n  d,\n});"),
    ],
)
def test_match_line_ends(source: str, text: str, kept: str) -> None:
    """
    Lines end as the document's do.
    """
    assert kept == sent_through(postprocess.match_line_ends, source, text)


@pytest.mark.parametrize(
    ("source", "text", "kept"),
    [
        # sound, or about to be
        ("const a = █", "b;", "b;"),
        ("const a = █", "b.map((c) => {", "b.map((c) => {"),
        ("█", "function f(a: string) {", "function f(a: string) {"),
        ("const a = █", "[1, 2,", "[1, 2,"),
        ("const a = █", "`one ${b", "`one ${b"),
        ("const a = █", "'b", "'b"),
        ("if (a) {\n  b(█", "c);", "c);"),
        ("class A {\n  f() {\n    for (const b of█", " c) {", " c) {"),
        ("call(a, b█\nconst c = d;\n", ", e);", ", e);"),
        # not worth a whole completion
        ("const a = █\nconst b = c;\n", "d(;", NoCompletionReason.ADDS_PARSE_ERRORS),
        ("const a = b;\n█\nconst c = d;\n", "if if (a {", NoCompletionReason.ADDS_PARSE_ERRORS),
        ("call(█)", "a b c", NoCompletionReason.ADDS_PARSE_ERRORS),
        (BODY, "The function returns nothing", NoCompletionReason.ADDS_PARSE_ERRORS),
        # in part
        (BODY, "a();\n  b(;", "a();"),
        (BODY, "if (a) {\n    b();\n  }\n  else else {\n", "if (a) {\n    b();\n  }"),
        # not code at all
        ("// █", "It's {not} (code", "It's {not} (code"),
        ('const a = "█";', "it is { not", "it is { not"),
    ],
)
def test_withhold_parse_errors(source: str, text: str, kept: str | NoCompletionReason) -> None:
    """
    What is broken is cut back, what is only unfinished is not.
    """
    assert kept == sent_through(postprocess.withhold_parse_errors, source, text)


def test_code_that_was_broken_before_may_stay_so() -> None:
    """
    Errors elsewhere in the file count neither for nor against a completion.
    """
    broken = "const x = = 1;\n\nfunction f() {\n  const a = █\n}\n"

    assert sent_through(postprocess.withhold_parse_errors, broken, "b;") == "b;"
    assert sent_through(postprocess.withhold_parse_errors, broken, "b(;") is NoCompletionReason.ADDS_PARSE_ERRORS


def test_what_is_swallowed_counts_for_the_check() -> None:
    """
    The replaced closer is gone when the result is read.
    """
    assert sent_through(postprocess.withhold_parse_errors, "call(█)", "a);", swallowed=1) == ("a);", 1)


@pytest.mark.parametrize(
    ("source", "reply", "result"),
    [
        ("console.log(█);", "<completion>user.name);</completion>", "console.log(user.name█);"),
        ("console.log(█)", "user.name);", "console.log(user.name);█"),
        ("items.forEach((item) => {█})", "\n  save(item);\n});", "items.forEach((item) => {\n  save(item);\n});█"),
        (
            "  items.forEach((item) => {█});",
            "\n    save(item);\n  });",
            "  items.forEach((item) => {\n    save(item);\n  █});",
        ),
        (BODY, "```ts\n  const a = 1;\n  return a;\n}\n```", "function f() {\n  const a = 1;\n  return a;█\n}\n"),
        (BODY, "const a = 1;\nreturn a;", "function f() {\n  const a = 1;\n  return a;█\n}\n"),
        (
            "const total = items.█",
            "items.reduce((a, b) => a + b, 0);",
            "const total = items.reduce((a, b) => a + b, 0);█",
        ),
        ("a();\r\nif (b) {\r\n  █\r\n}\r\n", "c();\nd();", "a();\r\nif (b) {\r\n  c();\r\n  d();█\r\n}\r\n"),
        ("import { a } from './█';", "cart';", "import { a } from './cart█';"),
        ("const a = b ? c : █;\n", "d;\nconst e = f;", "const a = b ? c : d█;\n"),
        ("const 日本 = '🎉█';\n", "🎊';", "const 日本 = '🎉🎊█';\n"),
        (BODY, "call(one);\ncall(one);\ncall(one);\ncall(one);", "function f() {\n  call(one);█\n}\n"),
        ("call(█)", "", NoCompletionReason.EMPTY_REPLY),
        ("call(█)", ")", NoCompletionReason.REPEATS_SUFFIX),
        (BODY, "}", NoCompletionReason.REPEATS_SUFFIX),
        (BODY, "I would need to know more about this function.", NoCompletionReason.NOT_CODE),
        (BODY, "   \n  ", NoCompletionReason.EMPTY_REPLY),
        ("call({█})", "\n})", NoCompletionReason.WHITESPACE_ONLY),
    ],
)
def test_the_whole_chain(source: str, reply: str, result: str | NoCompletionReason) -> None:
    """
    What a model says becomes what the engineer accepts.
    """
    assert result == completed(source, reply)


@pytest.mark.parametrize(
    ("source", "reply", "result"),
    [
        (
            "return <ul>{items.map((item) => █)}</ul>;",
            "<li key={item.id}>{item.name}</li>)}</ul>;",
            "return <ul>{items.map((item) => <li key={item.id}>{item.name}</li>█)}</ul>;",
        ),
        (
            "return (\n  <Form>\n    █\n  </Form>\n);",
            "<Input name=\"a\" />\n    <Input name='b' />\n  </Form>\n);",
            "return (\n  <Form>\n    <Input name=\"a\" />\n    <Input name='b' />█\n  </Form>\n);",
        ),
        ('return <div className="█">;</div>', 'box">', 'return <div className="box█">;</div>'),
        ("return <p>Don't █</p>;", "panic.</p>;", "return <p>Don't panic.█</p>;"),
    ],
)
def test_the_whole_chain_in_jsx(source: str, reply: str, result: str) -> None:
    """
    The same for components.
    """
    assert result == completed(source, reply, "typescriptreact")


def test_every_filter_has_the_one_shape() -> None:
    """
    The chain is a tuple that can be read, each step with a sentence.
    """
    assert all(step.__doc__ and len(step.__annotations__) == 4 for step in FILTERS)


def test_a_refused_draft_goes_no_further() -> None:
    """
    The first reason given is the outcome's.
    """
    outcome = outcome_of("█\nnext(a);\n", "next(a);")

    assert getattr(outcome, "reason", None) is NoCompletionReason.REPEATS_SUFFIX
