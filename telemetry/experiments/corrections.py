"""
What several outcomes, or lopsided arms, do to a conclusion.
"""

from collections.abc import Sequence

from scipy import stats

SUSPICIOUS = 0.001
"""Below this p-value a split is taken for a fault of the assignment (Fabijan et al. 2019 use 0.0005 to 0.001)."""


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """
    The p-values of a family of outcomes, adjusted so that any false discovery has a chance of 5 % at most (Holm 1979).
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted, worst = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(order):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = worst
    return tuple(adjusted)


def sample_ratio(units: Sequence[int], shares: Sequence[float]) -> float:
    """
    The p-value of so many units an arm, when `shares` were to go to each: Pearson's chi-square test.
    """
    expected = [sum(units) * share / sum(shares) for share in shares]
    return float(stats.chisquare(units, expected).pvalue)
