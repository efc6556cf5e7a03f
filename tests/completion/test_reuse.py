"""
While a completion is typed as offered, its rest goes on being offered without a model.
"""

import pytest

from lsp_server.completion.request import Completion, Extent, Source, Timings
from lsp_server.completion.reuse import typed_through
from lsp_server.providers.base import Usage
from lsp_server.text.positions import Span
from tests.support.cursors import request_at
from tests.support.marked import CURSOR


def offered(source: str, text: str, *, swallowed: int = 0) -> Completion:
    """
    A completion made at the mark.
    """
    request = request_at(source)
    return Completion(
        id="c1",
        document=request.document,
        text=text,
        span=Span(request.offset, request.offset + swallowed),
        offset=request.offset,
        source=Source.MODEL,
        extent=Extent.BLOCK,
        provider="anthropic",
        model="m",
        prompt_fingerprint="f",
        timings=Timings(total_ms=300),
        usage=Usage(input_tokens=100),
    )


def rest(previous: Completion, source: str) -> str | None:
    """
    The text at the mark once the rest was accepted, the mark where it ends.
    """
    completion = typed_through(previous, request_at(source))
    if completion is None:
        return None
    text = completion.document.text
    return text[: completion.span.start] + completion.text + CURSOR + text[completion.span.end :]


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ("const a = █\n", "const a = items.length;█\n"),
        ("const a = i█\n", "const a = items.length;█\n"),
        ("const a = items.█\n", "const a = items.length;█\n"),
        ("const a = items.length█\n", "const a = items.length;█\n"),
        # all of it typed, nothing left
        ("const a = items.length;█\n", None),
        # typed otherwise
        ("const a = o█\n", None),
        ("const a = items.f█\n", None),
        ("const a = items.length; █\n", None),
        # deleted further back than it was offered
        ("const a =█\n", None),
        # changed elsewhere
        ("const b = i█\n", None),
        ("const a = i█\nb();\n", None),
    ],
)
def test_typing_along(typed: str, result: str | None) -> None:
    """
    The rest is what has not been typed yet; anything else ends it.
    """
    assert result == rest(offered("const a = █\n", "items.length;"), typed)


def test_deleting_gives_back_what_was_typed() -> None:
    """
    Backspace within the completion does not end it.
    """
    previous = offered("const a = █\n", "items.length;")
    further = typed_through(previous, request_at("const a = items.l█\n"))

    assert further is not None
    assert rest(previous, "const a = it█\n") == "const a = items.length;█\n"
    assert rest(further, "const a = items.le█\n") == "const a = items.length;█\n"


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ("console.log(█)\n", "console.log(user.name);█\n"),
        ("console.log(us█)\n", "console.log(user.name);█\n"),
        ("console.log(user.name█)\n", "console.log(user.name);█\n"),
        ("console.log█)\n", None),
    ],
)
def test_a_closer_that_the_editor_added(typed: str, result: str | None) -> None:
    """
    Editors close brackets by themselves: what they add is replaced, not doubled.
    """
    assert result == rest(offered("console█\n", ".log(user.name);"), typed)


def test_a_quote_and_bracket_that_the_editor_added() -> None:
    """
    Several at once.
    """
    previous = offered("█\n", 'console.log("hello");')

    assert rest(previous, 'console.log("█")\n') == 'console.log("hello");█\n'


def test_a_body_that_the_editor_closed() -> None:
    """
    The brace it added goes behind the lines still to come.
    """
    previous = offered("items.forEach(█);\n", "(item) => {\n  save(item);\n}")

    assert rest(previous, "items.forEach((item) => {█});\n") == "items.forEach((item) => {\n  save(item);\n█});\n"


def test_what_was_swallowed_stays_so() -> None:
    """
    A closer that the completion replaces is still replaced by its rest.
    """
    previous = offered("call(█)\n", "a, b);", swallowed=1)

    assert rest(previous, "call(a█)\n") == "call(a, b);█\n"


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ("if (a) {\n  █\n", "if (a) {\n  b();\n}█\n"),
        ("if (a) {\n    █\n", "if (a) {\n    b();\n}█\n"),
        ("if (a) {\n█\n", "if (a) {\n  b();\n}█\n"),
        ("if (a) {\n  b█\n", "if (a) {\n  b();\n}█\n"),
        ("if (a) {\n\n  █\n", None),
    ],
)
def test_the_editors_own_indentation(typed: str, result: str | None) -> None:
    """
    After Enter the cursor may be indented otherwise than the completion is.
    """
    assert result == rest(offered("if (a) {█\n", "\n  b();\n}"), typed)


def test_after_a_word_was_accepted() -> None:
    """
    Accepting a part is like typing it.
    """
    previous = offered("return █;\n", "user.name.trim()")

    assert rest(previous, "return user█;\n") == "return user.name.trim()█;\n"


def test_lines_that_end_with_a_carriage_return() -> None:
    """
    The rest keeps the document's line ends.
    """
    previous = offered("if (a) {█\r\n", "\r\n  b(c);\r\n}")

    assert rest(previous, "if (a) {\r\n  b(█\r\n") == "if (a) {\r\n  b(c);\r\n}█\r\n"
    assert rest(previous, "if (a) {\r\n  b(█)\r\n") == "if (a) {\r\n  b(c);\r\n}█\r\n"


def test_nothing_before_nothing_after() -> None:
    """
    Without a previous completion, or in another document, there is nothing to go on with.
    """
    previous = offered("const a = █\n", "b;")
    elsewhere = request_at("const a = █\n")
    moved = type(elsewhere.document).create("file:///project/src/other.ts", "typescript", 1, elsewhere.document.text)

    assert typed_through(None, elsewhere) is None
    assert typed_through(previous, request_at("const a = █\n", document=moved)) is None


def test_it_stays_the_same_completion() -> None:
    """
    It keeps its id and its origin, and costs nothing a second time.
    """
    completion = typed_through(offered("const a = █\n", "b.c;"), request_at("const a = b█\n", id="c2"))

    assert completion is not None
    assert (completion.id, completion.source) == ("c1", Source.TYPED_THROUGH)
    assert (completion.provider, completion.model, completion.prompt_fingerprint) == ("anthropic", "m", "f")
    assert (completion.usage, completion.timings) == (Usage(), Timings())
