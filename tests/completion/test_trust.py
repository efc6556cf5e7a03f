"""
How far replies are trusted, and what that shows of them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.completion.trust import MEMORY, Trust, identifiers

LINES = ["const total = sum(items);", "const mean = total / items.length;", "return { total, mean };", "}"]


def test_without_evidence_everything_is_shown() -> None:
    """
    A model is trusted until it was wrong.
    """
    assert Trust().share == 1
    assert Trust().lines_to_show(LINES) == len(LINES)
    assert Trust().reach() == float("inf")


def test_what_is_often_wrong_is_shown_line_by_line() -> None:
    """
    A wrong tail would cost what is right before it.
    """
    assert Trust(right=50, wrong=10).lines_to_show(LINES) == 1


def test_what_is_nearly_always_right_is_shown_at_once() -> None:
    """
    Looking and taking cost more than what may be lost.
    """
    assert Trust(right=65, wrong=0.05).lines_to_show(LINES[:2]) == 2


@given(right=st.floats(0, 66), wrong=st.floats(0, 66), lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=12))
def test_some_lines_are_always_shown(right: float, wrong: float, lines: list[str]) -> None:
    """
    At least one, and none that aren't there.
    """
    assert 1 <= Trust(right=right, wrong=wrong).lines_to_show(lines) <= len(lines)


@given(st.lists(st.booleans(), max_size=200))
def test_evidence_is_a_share_and_fades(seen: list[bool]) -> None:
    """
    Whatever happens, the share is one, and no more than the memory holds is remembered.
    """
    trust = Trust()
    for right in seen:
        trust = trust.after(right=int(right), wrong=int(not right))
        assert 0 < trust.share <= 1
    assert trust.right + trust.wrong <= 1 / (1 - MEMORY) + 1e-9


def test_old_errors_are_forgotten() -> None:
    """
    A model that has become right again is trusted again.
    """
    before = Trust().after(wrong=5)
    after = before.after(right=300)

    assert before.share < 0.9
    assert after.share > 0.99
    assert after.is_proven
    assert not before.is_proven


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a.b(c1, $d);", 4), ('"x" + 12', 1)])
def test_identifiers(text: str, count: int) -> None:
    """
    Names, keywords and words in strings alike: each can be wrong.
    """
    assert identifiers(text) == count
