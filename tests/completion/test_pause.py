"""
Fewer and better-placed requests the slower and the less right a model is.
"""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.completion.pause import pause_s
from lsp_server.completion.trust import Trust

RIGHT, WRONG = Trust(right=60), Trust(right=40, wrong=20)


def test_the_pause_is_as_set_for_a_model_that_is_right() -> None:
    """
    However slow it is: what it says will be typed.
    """
    assert pause_s(0.075, "const a", 0.3, RIGHT) == pause_s(0.075, "const a", 3.0, RIGHT) == 0.075
    assert pause_s(0.075, "const a", None, RIGHT) == 0.075


def test_a_model_that_is_often_wrong_is_waited_with() -> None:
    """
    The more so the longer it takes.
    """
    assert 0.075 < pause_s(0.075, "a", 0.3, WRONG) < pause_s(0.075, "a", 0.9, WRONG)


def test_hardly_any_pause_at_a_joint() -> None:
    """
    Behind a space, a bracket or a dot; not within a word.
    """
    for before in ("", "  ", "const a = ", "f(", "user.", "[", "{ a:"):
        assert pause_s(0.075, before, 0.3, RIGHT) < 0.03
    assert pause_s(0.075, "user.na", 0.3, RIGHT) == 0.075


@given(set_s=st.floats(0, 5), latency=st.floats(0, 100), right=st.floats(0, 66), wrong=st.floats(0, 66))
def test_never_less_than_a_third_and_never_endless(set_s: float, latency: float, right: float, wrong: float) -> None:
    """
    A setting of nothing stays nothing.
    """
    assert set_s / 3 - 1e-9 <= pause_s(set_s, "a.", latency, Trust(right=right, wrong=wrong)) <= 9 * set_s
