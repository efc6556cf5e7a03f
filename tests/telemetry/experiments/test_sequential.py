"""
Looking often does not turn noise into effects.
"""

import numpy as np
import pytest
from numpy.random import default_rng

from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import Estimate, estimate
from telemetry.experiments.sequential import always_valid, at_planned_look, look_bounds
from tests.telemetry.experiments import trials

DAYS = 60


def a_look(mean: float, day: int) -> Estimate:
    """
    A fixed-sample estimate from `day` days, each with a standard error of 1.
    """
    error = day**-0.5
    return Estimate(
        effect=mean, std_error=error, ci_low=0, ci_high=0, p_value=1, n=day, clusters=None, method="mean; fixed"
    )


def walks(runs: int) -> np.ndarray:
    return default_rng(1).standard_normal((runs, DAYS)).cumsum(axis=1) / np.arange(1, DAYS + 1)


def test_daily_looks_at_a_fixed_interval_find_effects_in_noise() -> None:
    """
    The control experiment: three in ten empty trials look like an effect on some day.
    """
    assert np.mean(np.any(np.abs(walks(2000)) * np.sqrt(np.arange(1, DAYS + 1)) > 1.96, axis=1)) > 0.25


def test_planned_looks_spend_exactly_the_level() -> None:
    """
    Over 60 daily looks, 5 % of 40,000 empty trials cross a bound, within 0.4 points.
    """
    crossed = np.abs(walks(40_000)) * np.sqrt(np.arange(1, DAYS + 1)) > look_bounds(DAYS)
    assert np.mean(np.any(crossed, axis=1)) == pytest.approx(0.05, abs=0.004)


def test_the_bounds_are_those_of_lan_and_demets() -> None:
    """
    Five looks of Pocock's kind: the values of their table.
    """
    assert look_bounds(5) == pytest.approx([2.438, 2.427, 2.410, 2.397, 2.386], abs=0.001)


def test_one_look_is_the_ordinary_test() -> None:
    """
    With one look nothing is paid for looking.
    """
    found = at_planned_look(a_look(0.5, 16), look=1, looks=1)
    assert (found.ci_low, found.ci_high) == pytest.approx((0.5 - 0.49, 0.5 + 0.49), abs=1e-3)
    assert found.p_value == pytest.approx(0.0455, abs=1e-3)


def test_always_valid_intervals_hold_at_all_looks_together() -> None:
    """
    At most 5 % of 2,000 empty trials ever exclude zero, though somebody looks every day.
    """
    ever = 0
    for path in walks(2000):
        found = (always_valid(a_look(float(mean), day), planned_n=DAYS) for day, mean in enumerate(path, 1))
        ever += any(each.ci_low > 0 or each.ci_high < 0 for each in found)
    assert ever / 2000 <= 0.05


def test_p_values_and_intervals_agree() -> None:
    """
    An interval excludes no effect exactly when its p-value is below 5 %.
    """
    for mean in np.linspace(-1.5, 1.5, 61):
        for found in (
            always_valid(a_look(float(mean), 9), planned_n=30),
            at_planned_look(a_look(float(mean), 9), look=2, looks=4),
        ):
            assert (found.p_value < 0.05) == (found.ci_low > 0 or found.ci_high < 0)


def test_a_relative_effect_stays_relative() -> None:
    """
    The interval is widened on the scale of the logarithm.
    """
    fixed = estimate(trials.suggestions(default_rng(2), lift=0.2), log=True)
    wide = always_valid(fixed, planned_n=fixed.n)
    assert -1 < wide.ci_low < fixed.ci_low < wide.effect < fixed.ci_high < wide.ci_high
    assert "always-valid" in wide.method


def test_a_look_that_was_not_planned() -> None:
    """
    Is refused in one sentence.
    """
    with pytest.raises(UnusableData, match="Look 5 is not one of 4"):
        at_planned_look(a_look(0, 3), look=5, looks=4)
