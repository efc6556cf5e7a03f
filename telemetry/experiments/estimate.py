"""
The effect of a treatment with an honest interval: intention to treat, by least squares or as a ratio of sums.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from telemetry.experiments.errors import UnusableData
from telemetry.experiments.sample import Floats, Sample

LEVEL = 0.95
"""Every interval covers this share of repetitions."""

FEW_CLUSTERS = 40
"""Below this many, CR1 finds effects too often (Cameron, Gelbach and Miller 2008)."""

HUGE_CONDITION = 1e10
"""A design matrix beyond this condition number has columns that say the same."""


class Errors(StrEnum):
    """
    How standard errors are computed; the `cr` ones over clusters, the others when rows stand alone.

    `auto` is Welch's for two bare arms and HC3 with covariates (MacKinnon and White 1985), as small trials need it.
    Over clusters it is CR2 when whole clusters were assigned and they are fewer than 40, else CR1.
    """

    AUTO = "auto"
    CLASSICAL = "classical"
    HC1 = "hc1"
    HC2 = "hc2"
    HC3 = "hc3"
    CR1 = "cr1"
    CR2 = "cr2"


class Interval(StrEnum):
    """
    Which distribution an interval comes from.

    `auto` takes Student's t when whole clusters were assigned and for two bare arms; in all other cases the normal
    distribution, as robust regressions are published.
    """

    AUTO = "auto"
    NORMAL = "normal"
    T = "t"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """
    An effect in units of the outcome, or relative to the control arm (0.1 is +10 %) when `relative`.

    `std_error` is on the scale that was estimated: of the logarithm when `relative`.
    `degrees` are Student's degrees of freedom, None for the normal distribution.
    """

    effect: float
    std_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    clusters: int | None
    method: str
    relative: bool = False
    degrees: float | None = None


def estimate(
    sample: Sample, *, log: bool = False, errors: Errors = Errors.AUTO, interval: Interval = Interval.AUTO
) -> Estimate:
    """
    The difference between the arms of `sample`, adjusted for its covariates and clusters.

    With `log` the effect is relative: exp(beta) - 1 of a logarithmic outcome, or the ratio of two ratios less one.

    Raises:
        UnusableData: the sample can't carry the estimate.
    """
    # What comes of numbers that are too large, or of none that vary, is told in a sentence at the end.
    with np.errstate(all="ignore"):
        if sample.denominator is not None:
            return _ratio(sample, log=log, interval=interval)
        return _least_squares(sample, log=log, errors=errors, interval=interval)


def _least_squares(sample: Sample, *, log: bool, errors: Errors, interval: Interval) -> Estimate:
    outcome = _logarithm(sample.outcome) if log else sample.outcome
    if np.ptp(outcome) == 0:
        raise UnusableData("The outcome never varies, so no effect can be told from noise.")
    design = np.column_stack([np.ones(sample.n), sample.treated, sample.covariates])
    if sample.n <= design.shape[1]:
        raise UnusableData(f"{sample.n} rows are too few for {design.shape[1]} coefficients.")
    # Scaled first: a covariate in millions is no reason to call the columns alike.
    if np.linalg.cond(design / np.maximum(np.abs(design).max(axis=0), 1e-300)) > HUGE_CONDITION:
        raise UnusableData("A covariate never varies or says the same as another column; leave it out.")
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ outcome
    residuals = outcome - design @ beta
    errors = _resolved(errors, sample)
    if sample.clusters is None:
        covariance, degrees = _by_rows(design, residuals, inverse, errors), _degrees_of_rows(sample, errors, residuals)
    else:
        covariance, degrees = _clustered(sample, design, residuals, inverse, errors)
    if interval is Interval.NORMAL:
        degrees = None
    elif interval is Interval.T and degrees is None:
        groups = sample.cluster_count
        degrees = float(sample.n - design.shape[1] if groups is None else groups - 1)
    what = "log outcome" if log else "outcome"
    adjusted = f" and {sample.covariates.shape[1]} covariate(s)" if sample.covariates.shape[1] else ""
    method = f"OLS of {what} on treatment{adjusted}; {_named(errors, sample)}; {_distribution(degrees)}"
    error = float(np.sqrt(covariance[1, 1]))
    return _concluded(float(beta[1]), error, degrees, sample, method=method, relative=log)


def _logarithm(outcome: Floats) -> Floats:
    if (bad := int((outcome <= 0).sum())) > 0:
        raise UnusableData(f"{bad} row(s) have an outcome of zero or less, which has no logarithm; leave out --log.")
    return np.log(outcome)


def _resolved(errors: Errors, sample: Sample) -> Errors:
    if errors in (Errors.CR1, Errors.CR2) and sample.clusters is None:
        raise UnusableData(f"Standard errors {errors.upper()} are over clusters; name them with --cluster.")
    if (groups := sample.cluster_count) is not None:
        if errors in (Errors.CR1, Errors.CR2):
            return errors
        return Errors.CR2 if sample.assigns_whole_clusters and groups < FEW_CLUSTERS else Errors.CR1
    if errors is not Errors.AUTO:
        return errors
    return Errors.HC3 if sample.covariates.shape[1] else Errors.HC2


def _named(errors: Errors, sample: Sample) -> str:
    if sample.clusters is not None:
        return f"standard errors clustered over {sample.cluster_count} clusters ({errors.upper()})"
    if errors is Errors.HC2 and not sample.covariates.shape[1]:
        return "Welch's standard error (HC2)"
    return "classical standard errors" if errors is Errors.CLASSICAL else f"robust standard errors ({errors.upper()})"


def _by_rows(design: Floats, residuals: Floats, inverse: Floats, errors: Errors) -> Floats:
    """
    White's covariance in the variant asked for (MacKinnon and White 1985), or the classical one.
    """
    n, k = design.shape
    squares = residuals**2
    if errors is Errors.CLASSICAL:
        return np.asarray(inverse * (squares.sum() / (n - k)))
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    if errors is Errors.HC1:
        weights = squares * n / (n - k)
    else:
        room = 1 - leverage
        if np.any(room < 1e-12):
            raise UnusableData("An arm or covariate pattern has a single row; it needs at least two.")
        weights = squares / room ** (1 if errors is Errors.HC2 else 2)
    return np.asarray(inverse @ (design.T * weights) @ design @ inverse)


def _degrees_of_rows(sample: Sample, errors: Errors, residuals: Floats) -> float | None:
    if errors is Errors.HC2 and not sample.covariates.shape[1]:
        return _welch_degrees(sample.treated, residuals)
    if errors is Errors.CLASSICAL:
        return float(sample.n - 2 - sample.covariates.shape[1])
    return None


def _clustered(
    sample: Sample, design: Floats, residuals: Floats, inverse: Floats, errors: Errors
) -> tuple[Floats, float | None]:
    """
    The cluster-robust sandwich, and its degrees of freedom when whole clusters were assigned.

    CR1 has the factor G/(G-1) x (N-1)/(N-K) and G-1 degrees, as Stata and statsmodels have.
    CR2 is Bell and McCaffrey's (2002): unbiased if errors are alike, with Satterthwaite's degrees, as Imbens and
    Kolesár (2016) advise for few clusters.
    """
    groups = sample.cluster_count
    assert sample.clusters is not None
    assert groups is not None
    if groups < 3:
        raise UnusableData(f"{groups} cluster(s) are too few to tell an effect from noise; it takes at least 3.")
    n, k = design.shape
    if errors is Errors.CR1:
        scores = np.zeros((groups, k))
        np.add.at(scores, sample.clusters, design * residuals[:, None])
        factor = groups / (groups - 1) * (n - 1) / (n - k)
        degrees = float(groups - 1) if sample.assigns_whole_clusters else None
        return np.asarray(inverse @ (scores.T @ scores) @ inverse * factor), degrees
    scores, weights = np.zeros((groups, k)), np.zeros((groups, k))
    squares = np.zeros(groups)
    root = np.asarray(np.linalg.cholesky(inverse), dtype=float)
    for group in range(groups):
        here = sample.clusters == group
        rows = design[here]
        adjusted = _adjusted(rows, root)
        scores[group] = adjusted.T @ residuals[here]
        weight = adjusted @ inverse[:, 1]
        weights[group], squares[group] = rows.T @ weight, weight @ weight
    spread = np.diag(squares) - weights @ inverse @ weights.T
    degrees = float(np.trace(spread) ** 2 / (spread**2).sum())
    return np.asarray(inverse @ (scores.T @ scores) @ inverse), degrees


def _adjusted(rows: Floats, root: Floats) -> Floats:
    """
    The rows of a cluster times the inverse square root of I - H, H their part of the hat matrix, of low rank.
    """
    basis, singular, _ = np.linalg.svd(rows @ root, full_matrices=False)
    room = 1 - singular**2
    # A direction that this cluster alone determines has no residual to learn from: the pseudo-inverse drops it.
    stretch = np.where(room > 1e-10, 1 / np.sqrt(np.maximum(room, 1e-10)), 0.0) - 1
    return np.asarray(rows + (basis * stretch) @ (basis.T @ rows))


def _welch_degrees(treated: Floats, values: Floats) -> float:
    """
    Welch and Satterthwaite's degrees of freedom for two means.
    """
    parts = [(values[treated == arm].var(ddof=1) / (treated == arm).sum(), (treated == arm).sum()) for arm in (0, 1)]
    return float(sum(v for v, _ in parts) ** 2 / sum(v**2 / (n - 1) for v, n in parts))


def _ratio(sample: Sample, *, log: bool, interval: Interval) -> Estimate:
    """
    Ratios of sums by the delta method over independent units (Deng, Knoblich and Lu 2018), covariates as CUPED.

    A unit is a cluster where there are clusters, else a row.
    """
    numerator, denominator, treated, covariates = _units(sample)
    arms = [_arm_ratio(numerator[treated == arm], denominator[treated == arm]) for arm in (0, 1)]
    influence = np.empty(len(numerator))
    for arm, (ratio, mean) in enumerate(arms):
        here = treated == arm
        influence[here] = (numerator[here] - ratio * denominator[here]) / mean
    shift = 0.0
    if covariates.shape[1]:
        influence, shift = _without_covariates(influence, covariates, treated)
    sizes = [int((treated == arm).sum()) for arm in (0, 1)]
    variances = [influence[treated == arm].var(ddof=1) / sizes[arm] for arm in (0, 1)]
    degrees = None if interval is Interval.NORMAL else _welch_degrees(treated, influence)
    units = "rows" if sample.clusters is None else "clusters"
    adjusted = f", CUPED with {covariates.shape[1]} covariate(s)" if covariates.shape[1] else ""
    method = f"ratio of sums by the delta method over {len(numerator)} {units}{adjusted}; {_distribution(degrees)}"
    ratios = [arms[0][0], arms[1][0] - shift]
    if not log:
        return _concluded(ratios[1] - ratios[0], float(np.sqrt(sum(variances))), degrees, sample, method=method)
    if min(ratios) <= 0:
        raise UnusableData("A ratio of zero or less has no relative effect; leave out --log.")
    relative = float(np.sqrt(sum(v / r**2 for v, r in zip(variances, ratios, strict=True))))
    beta = float(np.log(ratios[1] / ratios[0]))
    return _concluded(beta, relative, degrees, sample, method="log " + method, relative=True)


def _units(sample: Sample) -> tuple[Floats, Floats, Floats, Floats]:
    assert sample.denominator is not None
    if sample.clusters is None:
        return sample.outcome, sample.denominator, sample.treated, sample.covariates
    if not sample.assigns_whole_clusters:
        raise UnusableData("A ratio needs each cluster in one arm; cluster by what was assigned.")
    size = np.bincount(sample.clusters)
    means = [np.bincount(sample.clusters, weights=column) / size for column in sample.covariates.T]
    return (
        np.bincount(sample.clusters, weights=sample.outcome).astype(float),
        np.bincount(sample.clusters, weights=sample.denominator).astype(float),
        np.bincount(sample.clusters, weights=sample.treated) / size,
        np.column_stack(means) if means else np.empty((len(size), 0)),
    )


def _arm_ratio(numerator: Floats, denominator: Floats) -> tuple[float, float]:
    if len(numerator) < 2:
        raise UnusableData("An arm has a single unit; it needs at least two.")
    if denominator.sum() == 0:
        raise UnusableData("The denominator of an arm adds up to zero, so its ratio is undefined.")
    return float(numerator.sum() / denominator.sum()), float(denominator.mean())


def _without_covariates(influence: Floats, covariates: Floats, treated: Floats) -> tuple[Floats, float]:
    """
    What is left of `influence` after the part that covariates explain, and how much of the difference that part was.

    One slope for both arms, from the pooled within-arm covariances, as in CUPED (Deng, Xu, Kohavi and Walker 2013).
    """
    centred, left = covariates.copy(), influence.copy()
    for arm in (0, 1):
        here = treated == arm
        centred[here] -= centred[here].mean(axis=0)
        left[here] -= left[here].mean()
    slope = np.linalg.lstsq(centred, left, rcond=None)[0]
    gap = covariates[treated == 1].mean(axis=0) - covariates[treated == 0].mean(axis=0)
    return influence - (covariates - covariates.mean(axis=0)) @ slope, float(gap @ slope)


def _distribution(degrees: float | None) -> str:
    if degrees is None:
        return "interval from the normal distribution"
    return f"interval from Student's t with {degrees:.6g} degrees of freedom"


def _concluded(
    beta: float, error: float, degrees: float | None, sample: Sample, *, method: str, relative: bool = False
) -> Estimate:
    if not (np.isfinite(error) and np.isfinite(beta)):
        raise UnusableData("The numbers are too large to be squared; give the outcome in a larger unit.")
    if not error > 0:
        raise UnusableData("The outcome does not vary within the arms, so no effect can be told from noise.")
    distribution = stats.norm if degrees is None else stats.t(degrees)
    reach = float(distribution.ppf(0.5 + LEVEL / 2)) * error
    ends = (beta - reach, beta + reach)
    if relative:
        effect, (low, high) = float(np.expm1(beta)), np.expm1(ends)
    else:
        effect, (low, high) = beta, ends
    return Estimate(
        effect=effect,
        std_error=error,
        ci_low=float(low),
        ci_high=float(high),
        p_value=float(2 * distribution.sf(abs(beta) / error)),
        n=sample.n,
        clusters=sample.cluster_count,
        method=method,
        relative=relative,
        degrees=degrees,
    )
