"""
What an experiment of a given size can find: power, and the smallest effect that it is likely to detect.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from scipy import stats

from telemetry.experiments.errors import UnusableData


class Design(StrEnum):
    """
    What is assigned to an arm.
    """

    INDIVIDUAL = "individual"
    CLUSTER = "cluster"
    STAGED = "staged"
    REQUEST = "request"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    An experiment before it begins.

    `baseline` is the mean outcome of an engineer over the whole experiment (for `request`: the share of requests that
    succeed) and `deviation` the standard deviation between engineers, both in units of the outcome.
    `correlation` is that of the outcome with its value before the experiment, which CUPED makes use of.
    `teams` and `intraclass` describe clusters; `waves` are the steps of a staged roll-out.
    `requests` are requests for each engineer and week.
    """

    engineers: int
    weeks: int
    baseline: float
    deviation: float
    design: Design = Design.INDIVIDUAL
    treated_share: float = 0.5
    correlation: float = 0.0
    teams: int = 0
    intraclass: float = 0.05
    waves: int = 4
    requests: float = 0.0
    alpha: float = 0.05
    power: float = 0.8


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """
    What a plan can find: `mde` in units of the outcome, `relative_mde` as a share of the baseline.

    `units` is how many units are assigned, `std_error` what the effect's standard error will be.
    """

    mde: float
    relative_mde: float
    std_error: float
    units: int
    power: float
    effect: float


def sensitivity(plan: Plan, effect: float | None = None) -> Sensitivity:
    """
    The minimal detectable effect of `plan`, and its power for `effect` (for that smallest effect when None).

    Two-sided, by the normal distribution: (z(1-alpha/2) + z(power)) x SE (Bloom 1995).

    Raises:
        UnusableData: a number can't be, such as a share outside 0 to 1.
    """
    _check(plan)
    error = sqrt(_variance(plan))
    critical = float(stats.norm.isf(plan.alpha / 2))
    mde = (critical + float(stats.norm.ppf(plan.power))) * error
    asked = mde if effect is None else abs(effect)
    power = float(stats.norm.sf(critical - asked / error) + stats.norm.cdf(-critical - asked / error))
    return Sensitivity(
        mde=mde, relative_mde=mde / abs(plan.baseline), std_error=error, units=_units(plan), power=power, effect=asked
    )


def engineers_needed(plan: Plan, effect: float) -> int:
    """
    How many engineers it takes to find `effect` with the plan's power, at the same size of teams.
    """
    size = plan.engineers / plan.teams if plan.teams else 0.0
    low, high = 4, 4
    while sensitivity(_resized(plan, high, size)).mde > abs(effect):
        low, high = high, high * 2
        if high > 100_000_000:
            raise UnusableData("No number of engineers would find an effect this small.")
    while low < high:
        middle = (low + high) // 2
        if sensitivity(_resized(plan, middle, size)).mde <= abs(effect):
            high = middle
        else:
            low = middle + 1
    return high


def _resized(plan: Plan, engineers: int, team_size: float) -> Plan:
    teams = max(plan.waves, 4, round(engineers / team_size)) if team_size else 0
    return replace(plan, engineers=max(engineers, teams), teams=teams)


def _check(plan: Plan) -> None:
    if plan.engineers < 4 or plan.weeks < 1:
        raise UnusableData("A plan needs at least 4 engineers and 1 week.")
    if plan.baseline == 0 or plan.deviation < 0:
        raise UnusableData("The baseline must not be zero, nor the deviation between engineers negative.")
    if not 0 < plan.treated_share < 1 or not 0 <= abs(plan.correlation) < 1 or not 0 <= plan.intraclass <= 1:
        raise UnusableData("Shares and correlations lie between 0 and 1.")
    if plan.design in (Design.CLUSTER, Design.STAGED) and not 4 <= plan.teams <= plan.engineers:
        raise UnusableData("A design over teams needs --teams, at least 4 and no more than there are engineers.")
    if plan.design is Design.STAGED and not 2 <= plan.waves <= plan.teams:
        raise UnusableData("A staged roll-out needs at least 2 waves and no more waves than teams.")
    if plan.design is Design.REQUEST and (plan.requests <= 0 or not 0 < plan.baseline < 1):
        raise UnusableData("A design by request needs --requests a week and a baseline between 0 and 1.")


def _units(plan: Plan) -> int:
    if plan.design is Design.REQUEST:
        return round(plan.engineers * plan.weeks * plan.requests)
    return plan.teams if plan.design in (Design.CLUSTER, Design.STAGED) else plan.engineers


def _variance(plan: Plan) -> float:
    """
    The variance of the estimated effect.
    """
    split = plan.treated_share * (1 - plan.treated_share)
    if plan.design is Design.REQUEST:
        return plan.baseline * (1 - plan.baseline) / (_units(plan) * split)
    within = 0.0
    if plan.requests:
        # A share that is counted over few requests varies by chance, besides the difference between people.
        within = plan.baseline * (1 - plan.baseline) / (plan.weeks * plan.requests)
    person = (plan.deviation**2 + within) * (1 - plan.correlation**2)
    if plan.design is Design.STAGED:
        return _staged_variance(plan, person)
    inflation = 1.0
    if plan.design is Design.CLUSTER:
        # The design effect of Kish (1965) for equal clusters.
        inflation += (plan.engineers / plan.teams - 1) * plan.intraclass
    return person * inflation / (plan.engineers * split)


def _staged_variance(plan: Plan, person: float) -> float:
    """
    A stepped wedge over `waves` steps after a period of baseline, by formula (8) of Hussey and Hughes (2007).

    The variance of a team's mean in one period is what its engineers add; what teams differ by stays the same.
    """
    teams, periods = plan.teams, plan.waves + 1
    size = plan.engineers / teams
    between = person * plan.intraclass
    # An outcome over a shorter period is noisier in proportion.
    mean = person * (1 - plan.intraclass) / size * periods
    treated = [[step < period for period in range(periods)] for step in (_wave_of(team, plan) for team in range(teams))]
    cells = sum(map(sum, treated))
    by_period = sum(sum(row[period] for row in treated) ** 2 for period in range(periods))
    by_team = sum(sum(row) ** 2 for row in treated)
    scale = mean + periods * between
    top = teams * mean * scale
    bottom = (teams * cells - by_period) * mean + (
        cells**2 + teams * periods * cells - periods * by_period - teams * by_team
    ) * between
    return top / bottom


def _wave_of(team: int, plan: Plan) -> int:
    return team * plan.waves // plan.teams
