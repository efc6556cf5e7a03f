"""
How often experiments err: `python -m tests.evaluation.experiments [--runs N] [--metr data_complete.csv]`.

A/A trials should reject 5 % of the time, also when somebody looks every day; intervals should cover 95 %; trials of a
planned size should find the planned effect as often as the plan says.
`--metr` takes the data of METR's trial of early-2025 AI (arXiv 2507.09089) and prints what was published beside ours.
"""

import argparse
import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng
from rich.console import Console
from rich.table import Table

from telemetry.experiments.design import Plan, sensitivity
from telemetry.experiments.estimate import Errors, Estimate, estimate
from telemetry.experiments.sample import Sample, sample_of
from telemetry.experiments.sequential import always_valid, look_bounds
from tests.telemetry.experiments import trials

KINDS: dict[str, tuple[Callable[[Generator, float], Sample], float]] = {
    "two arms, unequal": (lambda random, effect: trials.plain(random, n=60, unequal=True, effect=effect), 0.5),
    "covariates": (lambda random, effect: trials.adjusted(random, n=120, effect=effect), 0.5),
    "24 teams": (lambda random, effect: trials.teams(random, effect=effect), 0.3),
    "10 teams": (lambda random, effect: trials.teams(random, teams=10, effect=effect), 0.3),
    "ratio, 120 engineers": (lambda random, effect: trials.suggestions(random, lift=effect), 0.0),
    "ratio with CUPED": (lambda random, effect: trials.suggestions(random, lift=effect, covariate=True), 0.0),
}
"""Each kind of trial, and a true effect for coverage."""

DAYS = 60


def main() -> None:
    """
    Run all and print tables.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--metr", type=Path)
    options = parser.parse_args()
    console = Console()
    table = Table("trial", "A/A rejects", "95 % interval covers", title=f"{options.runs:,} trials each")
    for name, (draw, effect) in KINDS.items():
        rejected, covered = errors_of(draw, effect, options.runs)
        table.add_row(name, f"{rejected:.2%}", f"{covered:.2%}")
    console.print(table)
    for name, share in daily_looks(options.runs).items():
        console.print(f"A/A over {DAYS} daily looks, {name}: {share:.2%}")
    stated, found = power(options.runs // 2)
    console.print(f"Power for the smallest detectable effect: stated {stated:.1%}, found {found:.1%}")
    if options.metr:
        for name, result in metr(options.metr).items():
            console.print(f"METR, {name}: {result.effect:.3f} ({result.ci_low:.3f}, {result.ci_high:.3f})")


def errors_of(draw: Callable[[Generator, float], Sample], effect: float, runs: int) -> tuple[float, float]:
    """
    Shares of empty trials that reject, and of intervals that hold the true effect.
    """
    random = default_rng(1)
    rejected = np.mean([estimate(draw(random, 0.0)).p_value < 0.05 for _ in range(runs)])
    found = [estimate(draw(random, effect)) for _ in range(runs)]
    return float(rejected), float(np.mean([each.ci_low <= effect <= each.ci_high for each in found]))


def daily_looks(runs: int) -> dict[str, float]:
    """
    Shares of empty trials that are ever taken for an effect, by how they are looked at.
    """
    days = np.arange(1, DAYS + 1)
    paths = default_rng(2).standard_normal((runs, DAYS)).cumsum(axis=1) / days
    fixed = np.abs(paths) * np.sqrt(days)
    reach = np.array([always_valid(_look(int(day)), planned_n=DAYS).ci_high for day in days])
    return {
        "fixed intervals (wrong)": float(np.mean(np.any(fixed > 1.96, axis=1))),
        "planned looks": float(np.mean(np.any(fixed > look_bounds(DAYS), axis=1))),
        "always valid": float(np.mean(np.any(np.abs(paths) > reach, axis=1))),
    }


def _look(day: int) -> Estimate:
    error = float(day) ** -0.5
    return Estimate(
        effect=0.0, std_error=error, ci_low=0, ci_high=0, p_value=1, n=day, clusters=None, method="mean; fixed"
    )


def power(runs: int) -> tuple[float, float]:
    """
    The power that a plan states and the one that trials of its size have.
    """
    # The variance of `trials.adjusted`: its two covariates, and noise.
    planned = sensitivity(Plan(engineers=300, weeks=1, baseline=5, deviation=(1.25 + 1.0) ** 0.5))
    random = default_rng(3)
    found = []
    for _ in range(runs):
        sample = trials.adjusted(random, n=300, effect=planned.mde)
        found.append(estimate(replace(sample, covariates=np.empty((300, 0)))).p_value < 0.05)
    return planned.power, float(np.mean(found))


def metr(file: Path) -> dict[str, Estimate]:
    """
    The published regression, with the imputation of section 2.3 of the paper.
    """
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    reviews: dict[str, list[float]] = {"0": [], "1": []}
    for row in rows:
        if row["post_review_implementation_time"]:
            reviews[row["ai_treatment"][0]].append(float(row["post_review_implementation_time"]))
    times = [
        float(row["initial_implementation_time"])
        + float(row["post_review_implementation_time"] or np.mean(reviews[row["ai_treatment"][0]]))
        for row in rows
    ]
    columns: dict[str, list[object]] = {
        "time": list(times),
        "ai": [row["ai_treatment"] for row in rows],
        "dev": [row["dev_id"] for row in rows],
        "forecast": [float(np.log(float(row["predicted_time_no_ai"]))) for row in rows],
    }
    alone = sample_of(columns, outcome="time", treatment="ai", covariates=["forecast"])
    by_dev = sample_of(columns, outcome="time", treatment="ai", covariates=["forecast"], clusters=["dev"])
    return {
        "robust (published 0.188, 0.013 to 0.394)": estimate(alone, log=True, errors=Errors.HC3),
        "clustered (published 0.188, 0.016 to 0.390)": estimate(by_dev, log=True),
    }


if __name__ == "__main__":
    main()
