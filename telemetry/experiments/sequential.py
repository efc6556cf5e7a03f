"""
Intervals that stay valid when somebody looks more than once: at any time, or at planned looks.
"""

from dataclasses import replace
from functools import cache
from math import log, sqrt

import numpy as np
from scipy import integrate, optimize, stats

from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import LEVEL, Estimate
from telemetry.experiments.sample import Floats

ALPHA = 1 - LEVEL

GRID = 401
"""Points on which the density between two looks is integrated; 801 change no bound in its fourth digit."""


def always_valid(estimate: Estimate, *, planned_n: int) -> Estimate:
    """
    The same estimate with an interval that may be looked at after every row.

    The normal-mixture confidence sequence of Robbins (1970), as Johari, Koomen, Pekelis and Walsh (2017) use it: the
    intervals of all looks together cover the effect in at least 95 % of experiments.
    It is narrowest when `planned_n` rows are in; that number is fixed before the first look, and kept.
    """
    variance = estimate.std_error**2
    mixing = best_mixing() * variance * estimate.n / planned_n
    spread = log((variance + mixing) / variance)
    reach = sqrt(variance * (variance + mixing) / mixing * (2 * log(1 / ALPHA) + spread))
    beta = _beta(estimate)
    evidence = 0.5 * (beta**2 * mixing / (variance * (variance + mixing)) - spread)
    p_value = min(1.0, float(np.exp(-evidence)))
    return _widened(estimate, reach, p_value, f"always-valid interval (normal mixture, planned for {planned_n} rows)")


@cache
def best_mixing() -> float:
    """
    The variance of the mixture, over the variance of the estimate, that makes the interval at that moment narrowest.
    """

    def squared_reach(ratio: float) -> float:
        return (1 + ratio) / ratio * (2 * log(1 / ALPHA) + log(1 + ratio))

    return float(optimize.minimize_scalar(squared_reach, bounds=(0.1, 100), method="bounded").x)


def at_planned_look(estimate: Estimate, *, look: int, looks: int) -> Estimate:
    """
    The same estimate with the repeated confidence interval of look number `look` (from 1) of `looks` equal ones.

    Bounds of Pocock's kind by the spending function of Lan and DeMets (1983), so that all looks together err in 5 %
    of experiments, no more and hardly less (Jennison and Turnbull 2000, chapters 7 and 9).

    Raises:
        UnusableData: there is no such look.
    """
    if not 1 <= look <= looks:
        raise UnusableData(f"Look {look} is not one of {looks} planned looks.")
    bound = look_bounds(looks)[look - 1]
    z = abs(_beta(estimate)) / estimate.std_error
    # The level at which this very look would just have crossed: exact at the bound, in proportion elsewhere.
    p_value = min(1.0, float(2 * stats.norm.sf(z)) / float(2 * stats.norm.sf(bound)) * ALPHA)
    return _widened(estimate, bound * estimate.std_error, p_value, f"repeated interval of look {look} of {looks}")


def look_bounds(looks: int, alpha: float = ALPHA) -> Floats:
    """
    The two-sided critical values of z at each of `looks` equally spaced looks.

    The recursive integration of Armitage, McPherson and Rowe (1969) over the paths that have not crossed yet.
    """
    step = 1 / looks
    spent = alpha * np.log1p((np.e - 1) * np.arange(1, looks + 1) * step)
    bounds = np.empty(looks)
    bounds[0] = stats.norm.isf(spent[0] / 2)
    grid = np.linspace(-bounds[0], bounds[0], GRID) * sqrt(step)
    density = stats.norm.pdf(grid, scale=sqrt(step))
    for look in range(1, looks):
        spend = spent[look] - spent[look - 1]
        edge = _edge(grid, density, step, spend, start=bounds[look - 1] * sqrt((look + 1) * step))
        bounds[look] = edge / sqrt((look + 1) * step)
        ahead = np.linspace(-edge, edge, GRID)
        moves = stats.norm.pdf(ahead[:, None] - grid[None, :], scale=sqrt(step))
        density = np.asarray(integrate.simpson(moves * density, x=grid, axis=1))
        grid = ahead
    return bounds


def _edge(grid: Floats, density: Floats, step: float, spend: float, *, start: float) -> float:
    def excess(edge: float) -> float:
        beyond = stats.norm.sf((edge - grid) / sqrt(step)) + stats.norm.sf((edge + grid) / sqrt(step))
        return float(integrate.simpson(beyond * density, x=grid)) - spend

    return float(optimize.brentq(excess, 0.2 * start, 4 * start))


def _beta(estimate: Estimate) -> float:
    return float(np.log1p(estimate.effect)) if estimate.relative else estimate.effect


def _widened(estimate: Estimate, reach: float, p_value: float, how: str) -> Estimate:
    beta = _beta(estimate)
    ends = np.array([beta - reach, beta + reach])
    low, high = np.expm1(ends) if estimate.relative else ends
    return replace(
        estimate,
        ci_low=float(low),
        ci_high=float(high),
        p_value=p_value,
        degrees=None,
        method=f"{estimate.method.rsplit(';', 1)[0]}; {how}",
    )
