"""
Effects and intervals agree with well-kept libraries, with published trials, and with known truth.
"""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
import tea_tasting as tt
from numpy.random import Generator, default_rng

from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import Errors, Estimate, Interval, estimate
from telemetry.experiments.sample import Sample, sample_of
from tests.telemetry.experiments import trials

NSW = Path(__file__).with_name("nsw.csv")
"""The National Supported Work trial, the sample of Dehejia and Wahba (1999); public data."""


def fitted(sample: Sample, **covariance: object) -> tuple[float, float]:
    design = np.column_stack([np.ones(sample.n), sample.treated, sample.covariates])
    model = sm.OLS(sample.outcome, design).fit(**covariance)
    return float(model.params[1]), float(model.bse[1])


def columns(file: Path) -> dict[str, list[object]]:
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("errors", [Errors.HC1, Errors.HC2, Errors.HC3])
def test_robust_errors_are_those_of_statsmodels(errors: Errors) -> None:
    """
    Coefficient and standard error agree to nine digits.
    """
    sample = trials.adjusted(default_rng(1), effect=0.4)
    ours = estimate(sample, errors=errors)
    assert (ours.effect, ours.std_error) == pytest.approx(fitted(sample, cov_type=errors.upper()), rel=1e-9)


def test_classical_errors_are_those_of_statsmodels() -> None:
    """
    So are the textbook ones.
    """
    sample = trials.adjusted(default_rng(2))
    ours = estimate(sample, errors=Errors.CLASSICAL)
    assert (ours.effect, ours.std_error) == pytest.approx(fitted(sample), rel=1e-9)


@pytest.mark.parametrize("covariates", [("log(before)",), ("C(block)",), ("log(before)", "C(block)", "age")])
def test_covariates_are_those_of_a_formula(covariates: tuple[str, ...]) -> None:
    """
    Logarithms and levels, as strata have them, give what statsmodels makes of the same formula.
    """
    random = default_rng(6)
    table = pd.DataFrame(
        {
            "y": random.lognormal(1, 0.5, 120),
            "arm": random.integers(0, 2, 120).astype(float),
            "before": random.lognormal(2, 1, 120),
            "age": random.normal(40, 9, 120),
            "block": random.choice(["north", "south", "east"], 120),
        }
    )
    terms = " + ".join(covariates).replace("log(", "np.log(")
    theirs = smf.ols(f"np.log(y) ~ arm + {terms}", table).fit(cov_type="HC3")
    text = {name: [str(value) for value in table[name]] for name in table}
    ours = estimate(sample_of(text, outcome="y", treatment="arm", covariates=covariates), log=True, errors=Errors.HC3)
    assert ours.effect == pytest.approx(np.expm1(theirs.params["arm"]), rel=1e-9)
    assert (ours.ci_low, ours.ci_high) == pytest.approx(tuple(np.expm1(theirs.conf_int().loc["arm"])), rel=1e-9)


def test_clustered_errors_are_those_of_statsmodels() -> None:
    """
    The sandwich over clusters has the same small-sample factor.
    """
    sample = trials.teams(default_rng(3), effect=0.2)
    ours = estimate(sample, errors=Errors.CR1)
    theirs = fitted(sample, cov_type="cluster", cov_kwds={"groups": sample.clusters})
    assert (ours.effect, ours.std_error) == pytest.approx(theirs, rel=1e-9)
    assert ours.clusters == 24


def test_few_equal_teams_are_welch_s_test_of_their_means() -> None:
    """
    Bell and McCaffrey's errors and degrees reduce to the textbook test over means when teams are alike.
    """
    sample = trials.teams(default_rng(3), teams=12, effect=0.2)
    means = sample.outcome.reshape(12, -1).mean(axis=1)
    bare = Sample(outcome=means, treated=sample.treated[::10], covariates=np.empty((12, 0)))
    ours, textbook = estimate(sample), estimate(bare)
    assert (ours.effect, ours.std_error, ours.degrees, ours.p_value) == pytest.approx(
        (textbook.effect, textbook.std_error, 10, textbook.p_value), rel=0.02
    )
    assert ours.std_error == pytest.approx(textbook.std_error, rel=1e-9)


def test_two_bare_arms_are_welch_s_test_of_tea_tasting() -> None:
    """
    Effect, interval and p-value agree to nine digits.
    """
    sample = trials.plain(default_rng(4), effect=0.3, unequal=True)
    frame = pd.DataFrame({"variant": sample.treated.astype(int), "y": sample.outcome})
    theirs = tt.Experiment(m=tt.Mean("y")).analyze(frame, control=0)["m"]
    ours = estimate(sample)
    assert (ours.effect, ours.ci_low, ours.ci_high, ours.p_value) == pytest.approx(
        (theirs.effect_size, theirs.effect_size_ci_lower, theirs.effect_size_ci_upper, theirs.pvalue), rel=1e-9
    )


@pytest.mark.parametrize("log", [False, True])
def test_ratios_of_sums_are_those_of_tea_tasting(log: bool) -> None:
    """
    The delta method gives the same absolute difference, and the same relative one.
    """
    sample = trials.suggestions(default_rng(5), lift=0.1)
    assert sample.denominator is not None
    frame = pd.DataFrame({"variant": sample.treated.astype(int), "a": sample.outcome, "s": sample.denominator})
    theirs = tt.Experiment(m=tt.RatioOfMeans("a", "s")).analyze(frame, control=0)["m"]
    ours = estimate(sample, log=log)
    if log:
        assert ours.effect == pytest.approx(theirs.rel_effect_size, rel=1e-9)
        assert ours.ci_low == pytest.approx(theirs.rel_effect_size_ci_lower, rel=1e-2)
    else:
        assert (ours.effect, ours.ci_low, ours.p_value) == pytest.approx(
            (theirs.effect_size, theirs.effect_size_ci_lower, theirs.pvalue), rel=1e-9
        )


def test_a_covariate_narrows_a_ratio() -> None:
    """
    What engineers accepted before the trial explains much of what they accept in it.
    """
    bare = estimate(trials.suggestions(default_rng(6)))
    helped = estimate(trials.suggestions(default_rng(6), covariate=True))
    assert helped.std_error < 0.7 * bare.std_error


@pytest.mark.parametrize(
    ("covariates", "effect", "error"),
    [((), 1794, 633), (("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"), 1676, 639)],
)
def test_the_published_effect_of_a_job_training_trial(covariates: tuple[str, ...], effect: int, error: int) -> None:
    """
    National Supported Work: 1,794 (633) dollars plain and 1,676 (639) adjusted, to the printed digits.
    """
    found = estimate(
        sample_of(columns(NSW), outcome="re78", treatment="treat", covariates=covariates), errors=Errors.CLASSICAL
    )
    assert (round(found.effect), round(found.std_error)) == (effect, error)


def test_a_relative_effect_is_that_of_the_logarithm() -> None:
    """
    `log` says by which share the geometric mean moves, whatever the unit of the outcome.
    """
    sample = trials.adjusted(default_rng(7))
    priced = replace(sample, outcome=np.exp(sample.outcome / 5))
    found = estimate(priced, log=True)
    assert found.effect == pytest.approx(np.expm1(fitted(replace(sample, outcome=sample.outcome / 5))[0]))
    assert estimate(replace(priced, outcome=priced.outcome * 1000), log=True).ci_low == pytest.approx(found.ci_low)


def rejections(draw: Callable[[Generator], Sample], runs: int) -> float:
    random = default_rng(8)
    return float(np.mean([estimate(draw(random)).p_value < 0.05 for _ in range(runs)]))


@pytest.mark.parametrize(
    "draw",
    [
        lambda random: trials.plain(random, n=40, unequal=True),
        lambda random: trials.adjusted(random, n=120),
        lambda random: trials.teams(random, teams=20),
        lambda random: trials.teams(random, teams=8, size=4),
        trials.suggestions,
        lambda random: trials.suggestions(random, covariate=True),
    ],
    ids=["two arms", "covariates", "teams", "few teams", "ratio", "ratio with covariate"],
)
def test_no_effect_is_found_where_there_is_none(draw: Callable[[Generator], Sample]) -> None:
    """
    Of 1,500 trials without an effect about 5 % reject, as the level says.
    """
    assert rejections(draw, 1500) == pytest.approx(0.05, abs=0.017)


def test_an_interval_that_ignores_teams_is_wrong() -> None:
    """
    The control experiment of the one above: without clusters a third of empty trials would claim an effect.
    """
    assert rejections(lambda random: replace(trials.teams(random), clusters=None), 300) > 0.2


def test_intervals_cover_the_truth() -> None:
    """
    95 % of intervals hold the true effect, here of 0.3 over teams.
    """
    random = default_rng(9)
    found = [estimate(trials.teams(random, effect=0.3)) for _ in range(1500)]
    assert np.mean([each.ci_low <= 0.3 <= each.ci_high for each in found]) == pytest.approx(0.95, abs=0.017)


def test_the_interval_says_where_it_comes_from() -> None:
    """
    Whole teams: t over the clusters. Arms inside of teams: normal, as such trials are published; t on request.
    """
    sample = trials.teams(default_rng(10))
    assert "(CR2); interval from Student's t with 22 degrees" in estimate(sample).method
    assert "(CR1); interval from Student's t with 23 degrees" in estimate(sample, errors=Errors.CR1).method
    inside = replace(sample, treated=np.tile([0.0, 1.0], sample.n // 2))
    assert "normal distribution" in estimate(inside).method
    cautious = estimate(inside, interval=Interval.T)
    assert width(cautious) > width(estimate(inside))


def width(found: Estimate) -> float:
    return found.ci_high - found.ci_low


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"outcome": np.ones(60)}, "never varies"),
        ({"covariates": np.ones((60, 1))}, "never varies or says the same"),
        ({"clusters": (np.arange(60) % 2)}, "too few"),
        ({"denominator": np.zeros(60)}, "adds up to zero"),
    ],
)
def test_what_can_t_be_estimated_is_said(change: dict[str, np.ndarray], sentence: str) -> None:
    """
    No number comes out of data that hold none.
    """
    with pytest.raises(UnusableData, match=sentence):
        estimate(replace(trials.plain(default_rng(11)), **change))  # type: ignore[arg-type] # a test's table of fields


def test_a_loss_has_no_logarithm() -> None:
    """
    Zero and negative outcomes are counted in the sentence.
    """
    sample = replace(trials.plain(default_rng(12)), outcome=np.linspace(-1, 58, 60))
    with pytest.raises(UnusableData, match=r"2 row\(s\) have an outcome of zero or less"):
        estimate(sample, log=True)
