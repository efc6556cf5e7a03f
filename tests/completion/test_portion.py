"""
What of a reply belongs at a cursor: the rest of the statement, the next line, or more when that has proven right.
"""

import pytest

from lsp_server.completion.portion import Piece, Portion
from lsp_server.completion.request import NoCompletionReason
from lsp_server.completion.trust import Trust
from tests.support.cursors import request_at

NEW = Trust()
PROVEN = Trust(right=60)
DOUBTED = Trust(right=40, wrong=10)


def offered(source: str, rest: str, trust: Trust = NEW, *, finished: bool = True) -> str | None:
    """
    The text offered at the mark, if it is certain.
    """
    piece = Portion(request_at(source)).whole(rest, trust, finished=finished)
    return piece.draft.text if isinstance(piece, Piece) else None


BODY = "f() {\n  const a = g();█\n}\n"


@pytest.mark.parametrize(
    ("source", "rest", "text"),
    [
        ("const a = █\n", "b;\nc();\n", "b;"),
        # nothing more belongs on this line: the next one does, with the break and the indentation before it
        ("function " + BODY, "\n  return a;\n}\n", "\n  return a;"),
        ("function " + BODY, "\n\n  return a;\n}\n", "\n\n  return a;"),
        ("function " + BODY.replace("\n", "\r\n"), "\n  return a;\n}\n", "\r\n  return a;"),
        # what stands there already is not offered
        ("function " + BODY, "\n}\n", None),
        ("f(█);\n", "\n", None),
    ],
)
def test_what_belongs_here(source: str, rest: str, text: str | None) -> None:
    """
    As if the model had been asked at this very place.
    """
    assert offered(source, rest) == text


def test_more_is_offered_when_replies_have_proven_right() -> None:
    """
    Further lines of the same block, up to a blank one.
    """
    source, rest = "function f() {\n  █\n}\n", "a();\n  b();\n  c();\n\n  d();\n}\n"

    assert offered(source.replace("█\n", "x();\n  █\n"), rest) == "a();"
    assert offered(source.replace("█\n", "x();\n  █\n"), rest, PROVEN) == "a();\n  b();\n  c();"


def test_less_is_offered_when_they_are_often_wrong() -> None:
    """
    The other lines follow when these were right.
    """
    rest = "(item) => {\n  const total = sum(item);\n  return total / count;\n});\n"

    assert offered("items.map(█\n", rest) == rest.strip()
    assert offered("items.map(█\n", rest, DOUBTED) == "(item) => {"


def test_lines_that_are_there_are_offered_before_the_block_is() -> None:
    """
    As far as they are whole.
    """
    portion, rest = Portion(request_at("if (a) {█\n}\n")), "\n  b();\n  c("
    assert portion.whole(rest, NEW, finished=False) is None
    begun = portion.begun(rest, NEW)

    assert begun is not None
    assert (begun.draft.text, begun.used, begun.is_whole) == ("\n  b();", 7, False)
    assert portion.begun("\n  b(", NEW) is None


def test_a_rest_that_only_repeats_says_so() -> None:
    """
    It has the reason that a model's own reply would have.
    """
    assert Portion(request_at("f(█\n);\n")).whole("\n);\n", NEW, finished=True) is NoCompletionReason.REPEATS_SUFFIX
