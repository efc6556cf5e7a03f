"""
The arguments of commands, in every form that editors send.
"""

from typing import Any

import pytest
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.lsp.review_arguments import Question, Target, Verdict, question, target, verdict
from lsp_server.review.baseline_file import DismissReason
from lsp_server.text.positions import Position

PLACES = ({"line": 1, "character": 2}, {"line": 3, "character": 4})
RANGE = {"start": PLACES[0], "end": PLACES[1]}
READ = (Position(1, 2), Position(3, 4))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], Target()),
        ([None], Target()),
        (["file:///a.ts"], Target(uri="file:///a.ts")),
        (["file:///a.ts", RANGE], Target(uri="file:///a.ts", range=READ)),
        (["file:///a.ts", list(PLACES)], Target(uri="file:///a.ts", range=READ)),
        (["file:///a.ts", RANGE, {"more": 1}], Target(uri="file:///a.ts", range=READ)),
        ([{"uri": "file:///a.ts"}], Target(uri="file:///a.ts")),
        ([{"uri": "file:///a.ts", "range": RANGE}], Target(uri="file:///a.ts", range=READ)),
        ([{"textDocument": {"uri": "file:///a.ts"}, "selection": RANGE}], Target(uri="file:///a.ts", range=READ)),
    ],
)
def test_what_to_review(arguments: Any, expected: Target) -> None:
    """
    An address, an address and a range, or an object that names its parts.
    """
    assert target(arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a"], Verdict(id="a")),
        (["a", "wrong"], Verdict(id="a", reason=DismissReason.WRONG)),
        (["a", "because"], Verdict(id="a", note="because")),
        ([{"id": "a", "reason": "noise", "note": "n"}], Verdict(id="a", reason=DismissReason.NOISE, note="n")),
        ([{"findingId": "a"}], Verdict(id="a")),
    ],
)
def test_what_is_said_of_a_finding(arguments: Any, expected: Verdict) -> None:
    """
    Its id, a reason of ours or the engineer's own words.
    """
    assert verdict(arguments) == expected


def test_what_is_asked() -> None:
    """
    To make an edit is to ask for one.
    """
    plain = {"uri": "file:///a.ts", "range": RANGE, "prompt": "Why?"}
    expected = Question(uri="file:///a.ts", range=READ, prompt="Why?")

    assert question([plain]) == expected
    assert question(["file:///a.ts", RANGE, "Why?"]) == expected
    assert question([{**plain, "apply": True}]).edit


@pytest.mark.parametrize(
    ("read", "arguments"),
    [
        (target, [5]),
        (target, ["a", 5]),
        (target, ["a", {"start": {"line": "1", "character": 2}, "end": PLACES[1]}]),
        (target, [{"uri": 5}]),
        (verdict, []),
        (verdict, [{"id": 5}]),
        (verdict, ["a", 5]),
        (question, []),
        (question, [{"uri": "a", "range": RANGE}]),
        (question, [{"uri": "a", "prompt": "Why?"}]),
    ],
)
def test_what_makes_no_sense_is_refused(read: Any, arguments: Any) -> None:
    """
    As invalid, with a sentence that says what is expected.
    """
    with pytest.raises(JsonRpcInvalidParams, match=r"takes|A range is|is a text"):
        read(arguments)
