"""
Arms are for ever, fair, and independent of each other.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from telemetry.experiments.assignment import arm_of, read_arms
from telemetry.experiments.errors import UnusableData

HALVES = {"control": 1.0, "treatment": 1.0}


def test_an_arm_never_changes() -> None:
    """
    The same unit is in the same arm on every machine; a changed answer would break every running experiment.
    """
    arms = [arm_of(f"user-{number}", experiment="ghost", salt="2026", arms=HALVES) for number in range(12)]
    assert "".join(arm[0] for arm in arms) == "ctcttcctcctc"


def test_shares_are_kept() -> None:
    """
    Of 20,000 units each arm gets its weight (chi-square, p > 0.001).
    """
    arms = {"a": 1.0, "b": 2.0, "c": 7.0}
    got = [arm_of(str(number), experiment="e", salt="s", arms=arms) for number in range(20_000)]
    counts = [got.count(arm) for arm in arms]
    assert stats.chisquare(counts, [2000, 4000, 14000]).pvalue > 0.001


def test_experiments_are_independent() -> None:
    """
    Who is treated in one experiment says nothing on another.
    """
    pairs = [
        (
            arm_of(str(n), experiment="one", salt="s", arms=HALVES),
            arm_of(str(n), experiment="two", salt="s", arms=HALVES),
        )
        for n in range(4000)
    ]
    table = [[pairs.count((a, b)) for b in HALVES] for a in HALVES]
    assert stats.chi2_contingency(table).pvalue > 0.001


@given(st.text(), st.text())
def test_any_unit_has_an_arm(unit: str, salt: str) -> None:
    """
    Whatever its name.
    """
    assert arm_of(unit, experiment="e", salt=salt, arms=HALVES) in HALVES


@pytest.mark.parametrize("texts", [["a", "a"], ["a=x", "b"], ["=1", "b"]])
def test_arms_that_can_t_be_read(texts: list[str]) -> None:
    """
    One sentence each.
    """
    with pytest.raises(UnusableData):
        read_arms(texts)


def test_one_arm_is_no_experiment() -> None:
    """
    Nor is one without weight.
    """
    with pytest.raises(UnusableData, match="at least two arms"):
        arm_of("u", experiment="e", salt="s", arms={"only": 1.0})
    with pytest.raises(UnusableData, match="weight above zero"):
        arm_of("u", experiment="e", salt="s", arms={"a": 1.0, "b": 0.0})
