"""
A reply follows the cursor that moves along it: typed, indented otherwise, closed by the editor, taken back.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.completion.place import place_of
from lsp_server.completion.strand import Strand, advance
from lsp_server.context.snippet import Context
from lsp_server.providers.base import MessageStop, StopReason, TextDelta
from tests.support.cursors import request_at
from tests.support.prompts import completion_prompt

REPLY = "sum(items);\nreturn total;"
END = MessageStop(reason=StopReason.END)


def strand_of(source: str, reply: str, *, is_open: bool = False) -> Strand:
    """
    A strand asked for at the mark, as far as `reply`.
    """
    request = request_at(source)
    strand = Strand(request, place_of(request), completion_prompt(request_id="c1"), Context())
    strand.part.feed(TextDelta(reply), 1.0)
    if not is_open:
        strand.part.feed(END, 2.0)
        strand.part.finish()
    return strand


def rest_at(strand: Strand, source: str) -> str | None:
    """
    What is still to come at the mark.
    """
    request = request_at(source)
    reach = strand.reach(request.document, request.offset)
    return None if reach is None else strand.rest(reach)


@pytest.mark.parametrize(
    ("now", "rest"),
    [
        ("f();\nconst total = █\n", "sum(items);\nreturn total;"),
        ("f();\nconst total = sum(█\n", "items);\nreturn total;"),
        # a bracket that the editor has closed
        ("f();\nconst total = sum(█)\n", "items);\nreturn total;"),
        # past the end of the first statement, on a line that the editor has indented
        ("f();\nconst total = sum(items);█\n", "\nreturn total;"),
        ("f();\nconst total = sum(items);\n    █\n", "return total;"),
        ("f();\nconst total = sum(items);\n    ret█\n", "urn total;"),
        # all of it
        ("f();\nconst total = sum(items);\nreturn total;█\n", ""),
        # something else, there or anywhere
        ("f();\nconst total = max(█\n", None),
        ("g();\nconst total = sum(█\n", None),
        ("f();\nconst total = sum(█\ng();\n", None),
        ("f();\nconst total = sum(█ + 1\n", None),
        # another line
        ("f();█\nconst total = \n", None),
    ],
)
def test_where_a_cursor_has_got_to(now: str, rest: str | None) -> None:
    """
    As far as the document says what the reply says, and nothing else has changed.
    """
    assert rest_at(strand_of("f();\nconst total = █\n", REPLY), now) == rest


def test_a_body_that_the_editor_has_closed_on_a_line_of_its_own() -> None:
    """
    Enter between braces puts the closing one below the cursor.
    """
    strand = strand_of("f(█);\n", "() => {\n  g();\n  h();\n}")

    assert rest_at(strand, "f(() => {\n  █\n});\n") == "g();\n  h();\n}"


def test_closers_that_were_taken_along() -> None:
    """
    Accepting may replace what the editor had closed.
    """
    strand = strand_of("f(█)\n", "a, b);\ng();")

    assert rest_at(strand, "f(a, b);█\n") == "\ng();"


def test_typing_ahead_of_a_reply() -> None:
    """
    Before there is anything to disagree with, everything agrees; afterwards it is compared.
    """
    strand = strand_of("const a = █\n", "su", is_open=True)

    assert rest_at(strand, "const a = sum█\n") == ""
    strand.part.feed(TextDelta("m(b);\n"), 1.0)
    assert rest_at(strand, "const a = sum█\n") == "(b);\n"
    assert rest_at(strand, "const a = sup█\n") is None


def test_a_reply_that_broke_off_ends_with_its_last_whole_line() -> None:
    """
    What we stopped reading in the middle of a line is not offered to half.
    """
    request = request_at("█\n")
    strand = Strand(request, place_of(request), completion_prompt(), Context())
    strand.part.feed(TextDelta("a();\nb();\nc"), 1.0)
    strand.part.finish()

    assert strand.code == "a();\nb();"


def test_what_was_right_is_counted_once() -> None:
    """
    By whole identifiers, however they were typed.
    """
    strand = strand_of("const a = █\n", "total + other;")

    assert [strand.agree(reach) for reach in (1, 5, 6, 8, 5, 8, 14)] == [0, 0, 1, 0, 0, 0, 1]


def test_elsewhere_is_no_contradiction() -> None:
    """
    Only what is written in the place of the reply contradicts it.
    """
    strand = strand_of("f();\nconst a = █\n", "total;")
    contradicting, elsewhere = request_at("f();\nconst a = x█\n"), request_at("fx█();\nconst a = \n")

    assert strand.is_contradicted(contradicting.document, contradicting.offset)
    assert not strand.is_contradicted(elsewhere.document, elsewhere.offset)


def test_more_than_the_reply_is_no_contradiction_of_it() -> None:
    """
    It was right, and is over.
    """
    strand = strand_of("const a = █\n", "total;")
    beyond, otherwise = request_at("const a = total;\nf█\n"), request_at("const a = totals█\n")

    assert strand.is_passed(beyond.document, beyond.offset)
    assert not strand.is_passed(otherwise.document, otherwise.offset)


CODE = st.text(alphabet="ab(){};\n \t", max_size=40)


@given(code=CODE, cut=st.integers(0, 40))
def test_what_is_typed_as_it_stands_reaches_just_as_far(code: str, cut: int) -> None:
    """
    Character for character.
    """
    assert advance(code, code[:cut]) == len(code[:cut])


@given(
    lines=st.lists(st.text(alphabet="ab();", min_size=1, max_size=8), min_size=1, max_size=5), indent=st.integers(0, 6)
)
def test_indentation_makes_no_difference(lines: list[str], indent: int) -> None:
    """
    However deep the editor indents.
    """
    code, typed = "\n".join(lines), ("\r\n" + " " * indent).join(lines)

    assert advance(code, typed) == len(code)
