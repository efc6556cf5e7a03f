"""
What a plan promises is what simulated trials find.
"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng
from statsmodels.stats.power import NormalIndPower

from telemetry.experiments.design import Design, Plan, engineers_needed, sensitivity
from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import estimate
from tests.telemetry.experiments import trials

COMPANY = Plan(engineers=300, weeks=26, baseline=10, deviation=8)


def test_the_power_is_that_of_statsmodels() -> None:
    """
    Two equal arms of engineers: the same power for the same effect.
    """
    theirs = NormalIndPower().power(effect_size=2 / 8, nobs1=150, alpha=0.05)
    assert sensitivity(COMPANY, 2).power == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "relative"),
    [
        ({}, 0.259),
        ({"treated_share": 0.9}, 0.431),
        ({"correlation": 0.7}, 0.185),
        ({"design": Design.CLUSTER, "teams": 30, "intraclass": 0.1}, 0.357),
    ],
)
def test_what_a_company_of_300_can_find(change: dict[str, object], relative: float) -> None:
    """
    Figures that can be checked by hand: (1.96 + 0.84) x CV x sqrt(1/n1 + 1/n2), and its factors.
    """
    assert sensitivity(replace(COMPANY, **change)).relative_mde == pytest.approx(relative, abs=0.001)  # type: ignore[arg-type] # by name


def test_the_stated_power_is_found() -> None:
    """
    Of 1,200 trials with the smallest detectable effect, 80 % find it; over teams too.
    """
    random = default_rng(1)
    plan = Plan(
        engineers=240, weeks=1, baseline=2, deviation=1.25**0.5, design=Design.CLUSTER, teams=24, intraclass=0.2
    )
    effect = sensitivity(plan).mde
    found = [estimate(trials.teams(random, effect=effect)).p_value < 0.05 for _ in range(1200)]
    # Student's t over 24 clusters asks for a little more than the normal distribution of the plan.
    assert np.mean(found) == pytest.approx(0.78, abs=0.035)


def test_a_staged_roll_out_is_generalised_least_squares() -> None:
    """
    The closed form equals the variance that least squares with the true covariance would have.
    """
    plan = replace(COMPANY, design=Design.STAGED, teams=12, waves=3, intraclass=0.1)
    periods, size, person = 4, 25, 64.0
    mean, between = person * 0.9 / size * periods, person * 0.1
    rows = [(team, period) for team in range(12) for period in range(periods)]
    design = np.array(
        [[*(period == at for at in range(periods)), period > team * 3 // 12] for team, period in rows], float
    )
    covariance = np.array([[mean * (a == b) + between * (a[0] == b[0]) for b in rows] for a in rows])
    information = design.T @ np.linalg.solve(covariance, design)
    assert sensitivity(plan).std_error ** 2 == pytest.approx(float(np.linalg.inv(information)[-1, -1]))


def test_requests_can_be_assigned_one_by_one() -> None:
    """
    Acceptance by request finds a third of what acceptance by engineer finds.
    """
    by_person = Plan(engineers=300, weeks=1, baseline=0.28, deviation=0.08, requests=200)
    by_request = replace(by_person, design=Design.REQUEST)
    assert sensitivity(by_person).mde == pytest.approx(0.028, abs=0.0005)
    assert sensitivity(by_request).mde == pytest.approx(0.0103, abs=0.0001)


def test_how_many_it_would_take() -> None:
    """
    The number found is the smallest that is enough.
    """
    needed = engineers_needed(COMPANY, 1.0)
    assert sensitivity(replace(COMPANY, engineers=needed)).mde <= 1.0
    assert sensitivity(replace(COMPANY, engineers=needed - 1)).mde > 1.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"engineers": 1}, "at least 4 engineers"),
        ({"baseline": 0.0}, "baseline must not be zero"),
        ({"treated_share": 1.0}, "between 0 and 1"),
        ({"design": Design.CLUSTER}, "needs --teams"),
        ({"design": Design.REQUEST}, "needs --requests"),
        ({"design": Design.STAGED, "teams": 6, "waves": 9}, "no more waves than teams"),
    ],
)
def test_a_plan_that_can_t_be(change: dict[str, object], sentence: str) -> None:
    """
    One sentence says which number is wrong.
    """
    with pytest.raises(UnusableData, match=sentence):
        sensitivity(replace(COMPANY, **change))  # type: ignore[arg-type] # by name
