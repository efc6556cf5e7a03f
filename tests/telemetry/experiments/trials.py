"""
Trials whose true effect is known, made from a seed.
"""

import numpy as np
from numpy.random import Generator

from telemetry.experiments.sample import Sample


def plain(random: Generator, *, n: int = 60, effect: float = 0.0, unequal: bool = False) -> Sample:
    """
    Rows that stand alone; with `unequal` the treated arm is smaller and varies more.
    """
    treated = (np.arange(n) < n * (0.3 if unequal else 0.5)).astype(float)
    noise = random.standard_normal(n) * np.where(treated == 1, 2.0 if unequal else 1.0, 1.0)
    return Sample(outcome=3 + effect * treated + noise, treated=treated, covariates=np.empty((n, 0)))


def adjusted(random: Generator, *, n: int = 80, effect: float = 0.0) -> Sample:
    """
    Rows with two covariates that explain half of the outcome.
    """
    treated = random.permutation((np.arange(n) % 2).astype(float))
    covariates = random.standard_normal((n, 2))
    outcome = 5 + effect * treated + covariates @ [1.0, -0.5] + random.standard_normal(n)
    return Sample(outcome=outcome, treated=treated, covariates=covariates)


def teams(random: Generator, *, teams: int = 24, size: int = 10, effect: float = 0.0) -> Sample:
    """
    Whole teams in one arm, with a fifth of the variance between teams.
    """
    clusters = np.repeat(np.arange(teams), size)
    treated = random.permutation(np.arange(teams) % 2)[clusters].astype(float)
    outcome = (
        2 + effect * treated + random.standard_normal(teams)[clusters] * 0.5 + random.standard_normal(len(clusters))
    )
    return Sample(outcome=outcome, treated=treated, covariates=np.empty((len(clusters), 0)), clusters=clusters)


def suggestions(random: Generator, *, engineers: int = 120, lift: float = 0.0, covariate: bool = False) -> Sample:
    """
    Accepted and shown suggestions of engineers who differ in how many they see and how many they take.
    """
    treated = random.permutation((np.arange(engineers) % 2).astype(float))
    taste = np.clip(random.normal(0.28, 0.08, engineers), 0.02, 0.9)
    shown = (random.poisson(random.gamma(4, 50, engineers)) + 1).astype(float)
    accepted = random.binomial(shown.astype(int), np.clip(taste * (1 + lift * treated), 0, 1)).astype(float)
    before = random.binomial(200, taste).astype(float) / 200
    return Sample(
        outcome=accepted,
        treated=treated,
        covariates=before[:, None] if covariate else np.empty((engineers, 0)),
        denominator=shown,
    )
