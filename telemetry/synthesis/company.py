"""
A company that does not exist: its people, drawn from a seed, and the truth about them that a measure has to find.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

EDITORS = ("vscode", "cursor", "jetbrains", "neovim")
EDITOR_SHARES = (0.72, 0.12, 0.1, 0.06)
LANGUAGES = ("typescript", "typescriptreact", "javascript", "javascriptreact")
LANGUAGE_WEIGHTS = (6.0, 3.0, 1.0, 0.5)
TEAM_SIZE = 8
WAVES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """
    What is so, by construction. The figures are of the order that studies of such tools report.

    Shares are of 1; `*_sd` is between developers. Effects are relative, of having the tool against not having it.
    """

    requests_per_day: float = 100.0
    acceptance: float = 0.28
    acceptance_sd: float = 0.08
    partial: float = 0.04
    debounce_effect: float = 0.02
    """Added to the acceptance of those in the arm `short` of the experiment `debounce`."""
    kept_unchanged: float = 0.62
    kept_changed: float = 0.25
    """The rest is deleted within ten minutes."""
    session_lost: float = 0.06
    """Accepted texts whose document is closed before ten minutes are over."""
    typed_chars_per_day: float = 2_600.0
    adoption: float = 0.88
    """Those who ever use it once they may."""
    weekly_churn: float = 0.01
    survey_response: float = 0.55
    finding_precision: float = 0.55
    silent_precision: float = 0.2
    silent_share: float = 0.1
    merged_per_week: float = 1.6
    merged_effect: float = 0.08
    production_error: float = 0.06
    production_error_effect: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """
    How large a company, from when, for how long, and the seed that decides everything else.
    """

    engineers: int
    weeks: int
    seed: int
    start: date
    truth: Truth = Truth()

    @property
    def days(self) -> list[date]:
        """
        Every day, weekends too.
        """
        return [self.start + timedelta(days=day) for day in range(7 * self.weeks)]


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """
    The engineers, one element each: who they are, and how they work.

    `access_week` is when their wave of the roll-out gets the tool; `leaves_week` when they stop using it.
    `days_used` is the share of their working days on which they have it on.
    """

    dev_ids: tuple[str, ...]
    team: Ints
    wave: Ints
    access_week: Ints
    leaves_week: Ints
    days_used: Floats
    editor: Ints
    repo_ids: tuple[str, ...]
    language_shares: Floats
    requests_per_day: Floats
    acceptance: Floats
    in_short_arm: Flags
    typed_per_day: Floats
    merged_per_week: Floats


def people_of(plan: Plan) -> People:
    """
    Draw the engineers of a company.
    """
    random = np.random.default_rng((plan.seed, 0))
    truth, count = plan.truth, plan.engineers
    team = np.arange(count) // TEAM_SIZE
    wave = random.permutation(np.arange(team[-1] + 1) % WAVES)[team]
    access_week = wave * max(1, plan.weeks // 8)
    in_short_arm = random.random(count) < 0.5
    acceptance = _beta(random, truth.acceptance, truth.acceptance_sd, count)
    adopts = random.random(count) < truth.adoption
    stays = random.geometric(max(truth.weekly_churn, 1e-9), count)
    return People(
        dev_ids=_pseudonyms(plan.seed, "dev", count),
        team=team,
        wave=wave + 1,
        access_week=access_week,
        leaves_week=np.where(adopts, access_week + stays, access_week),
        days_used=random.beta(3, 0.6, count),
        editor=random.choice(len(EDITORS), count, p=EDITOR_SHARES),
        repo_ids=_pseudonyms(plan.seed, "repo", int(team[-1]) + 1),
        language_shares=random.dirichlet(LANGUAGE_WEIGHTS, count),
        requests_per_day=truth.requests_per_day * random.lognormal(-0.245, 0.7, count),
        acceptance=np.clip(acceptance + truth.debounce_effect * in_short_arm, 0.01, 0.9),
        in_short_arm=in_short_arm,
        typed_per_day=truth.typed_chars_per_day * random.lognormal(-0.08, 0.4, count),
        merged_per_week=truth.merged_per_week * random.lognormal(-0.18, 0.6, count),
    )


def _beta(random: np.random.Generator, mean: float, sd: float, count: int) -> Floats:
    """
    Shares of a given mean and standard deviation.
    """
    strength = mean * (1 - mean) / sd**2 - 1
    return random.beta(mean * strength, (1 - mean) * strength, count)


def _pseudonyms(seed: int, kind: str, count: int) -> tuple[str, ...]:
    return tuple(hashlib.sha256(f"synthetic {seed} {kind} {n}".encode()).hexdigest()[:16] for n in range(count))
