"""
Where an offer stands and how much of it has come about, read off the document alone.
"""

import pytest

from lsp_server.completion.offer import Offer, done_in, is_typed, is_unit, lines_in, moved_with
from lsp_server.completion.tracking import Change, Stretch


def offer(head: str = "", insertion: str = "log(x);", tail: str = "", *, done: int = 0, at: int = 10) -> Offer:
    """
    An offer at a place of its own.
    """
    place = Stretch(at, at + len(head) + done + len(tail))
    return Offer(
        id="a", uri="file:///a.ts", language_id="typescript", head=head, insertion=insertion, tail=tail, place=place
    ).taken(done, 0)


@pytest.mark.parametrize(
    ("head", "insertion", "tail", "content", "done"),
    [
        ("", "log(x);", "", "", 0),
        ("", "log(x);", "", "lo", 2),
        ("", "log(x);", "", "log(x);", 7),
        ("", "log(x);", "", "lx", None),
        ("", "log(x);", "", "log()", 4),
        ("", "log(x);", "", "log(x)", 6),
        ("", "log(x);", "", "log(])", None),
        ("", "log(x);", "", ")", None),
        ("", "f({ a })", "", "f({})", 3),
        ("", '"a" + b', "", '""', 1),
        ("", "Array<T>", "", "Array<>", 6),
        ("fo", "o(a)", "", "fo", 0),
        ("fo", "o(a)", "", "foo(", 2),
        ("fo", "o(a)", "", "f", None),
        ("", "a, b)", ")", ")", 0),
        ("", "a, b)", ")", "a)", 1),
        ("", "a, b)", ")", "a, b)", 5),
        ("", "a, b)", ")", "a, b", None),
        ("", "a, b)", ")", "", None),
        ("x", "y", "z", "x", None),
        ("", ") {\n  a;\n}", ")", ") {\n", 4),
        ("", "a, b) + c", ")", "a, b) +", 7),
        ("", "a, b) + c", ")", "a, b)", 4),
    ],
)
def test_how_much_stands_there(head: str, insertion: str, tail: str, content: str, done: int | None) -> None:
    """
    Only what was offered counts, and closers that the editor adds by itself do not disturb.
    """
    assert done_in(offer(head, insertion, tail), content) == done


@pytest.mark.parametrize(
    ("piece", "typed"),
    [
        ("a", True),
        ("", True),
        ("()", True),
        ("``", True),
        ("\n    ", True),
        ("ab", False),
        ("(x", False),
        ("\n  a", False),
    ],
)
def test_what_one_key_makes(piece: str, typed: bool) -> None:
    """
    A character, a pair of brackets, a line end with its indent; anything longer was pasted or accepted.
    """
    assert is_typed(piece) is typed


@pytest.mark.parametrize(
    ("already", "done", "unit"),
    [
        (0, 3, True),
        (0, 2, False),
        (3, 4, True),
        (4, 8, True),
        (4, 6, False),
        (2, 3, False),
        (8, 14, True),
        (0, 14, True),
    ],
)
def test_words_and_lines_are_accepted_whole(already: int, done: int, unit: bool) -> None:
    """
    From where words begin to where words end, as editors accept them.
    """
    assert is_unit(offer(insertion="log(user.name)", done=already), done) is unit


@pytest.mark.parametrize(
    ("change", "place", "inside"),
    [
        (Change(0, "", "abc"), Stretch(13, 16), False),
        (Change(0, "abc", ""), Stretch(7, 10), False),
        (Change(20, "x", "abc"), Stretch(10, 13), False),
        (Change(10, "", "x"), Stretch(11, 14), False),
        (Change(12, "", "log"), Stretch(10, 16), True),
        (Change(13, "", "x"), Stretch(10, 13), False),
        (Change(12, ")", "x)"), Stretch(10, 14), True),
        (Change(8, "abc", ""), None, True),
        (Change(12, ")]", ""), None, True),
        (Change(11, "o", ""), Stretch(10, 12), True),
    ],
)
def test_changes_around_an_offer(change: Change, place: Stretch | None, inside: bool) -> None:
    """
    The offer `fo█)` moves with what happens before it, takes in what happens inside, and is lost across its edge.
    """
    after, seen = moved_with(offer("fo", "log", ")"), change, None)
    assert after.place == place
    assert (seen is not None) is inside


def test_an_offer_counts_what_is_accepted_once() -> None:
    """
    What was accepted, deleted and accepted again is no more than was offered.
    """
    once = offer(insertion="abcdef").taken(4, 4)
    assert (once.accepted, once.accepted_from, once.rest) == (4, 0, "ef")
    again = once.taken(6, 6)
    assert (again.accepted, again.done, again.rest) == (6, 6, "")


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 2), ("\r\na\r\nb", 3)])
def test_lines(text: str, lines: int) -> None:
    """
    A text touches the line that it begins on and each that it opens.
    """
    assert lines_in(text) == lines
