"""
Who uses it: the funnel from connected to engaged, weeks, and whether those who began have stayed.
"""

import ibis.expr.types as ir

from telemetry.measures.table import ENGAGED_DAYS, HELPED, TAKEN, Rate, by_week, named

SIGNS_OF_USE = (
    "session.started",
    "completion.requested",
    "completion.ended",
    "review.generated",
    "review.finding_ended",
)

RATES = (
    Rate(
        name="engaged_weeks",
        title="Engaged weeks",
        sentence="Pairs of a developer and a week with two or more days on which they took something, of all pairs.",
        numerator="engaged_weeks",
        denominator="developer_weeks",
    ),
    Rate(
        name="days_per_week",
        title="Days of use per active week",
        sentence="Developer-days over developer-weeks: the stickiness of the tool, 5 being every working day.",
        numerator="developer_days",
        denominator="developer_weeks",
        unit="days",
    ),
)


def person_days(events: ir.Table) -> ir.Table:
    """
    One row for each developer and day with a sign of use: how much was taken, of completions and of findings.
    """
    t = by_week(named(events, *SIGNS_OF_USE))
    return t.group_by("dev_id", "day", "week").aggregate(
        offered=t.count(where=t.name == "completion.ended"),
        taken=t.count(where=(t.name == "completion.ended") & t.outcome.isin(TAKEN)),
        helped=t.count(where=(t.name == "review.finding_ended") & t.outcome.isin(HELPED) & ~t.silent),
    )


def person_weeks(days: ir.Table) -> ir.Table:
    """
    One row for each developer and week of `person_days`: days of use, and days on which they took something.
    """
    return days.group_by("dev_id", "week").aggregate(
        days=days.count(),
        days_taken=days.count(where=(days.taken + days.helped) > 0),
        offered=days.offered.sum(),
    )


def weeks(days: ir.Table) -> ir.Table:
    """
    One row a week of `person_days`: developers connected, those who took something, and those engaged.
    """
    t = person_weeks(days)
    return (
        t.group_by("week")
        .aggregate(
            developers=t.count(),
            took=t.count(where=t.days_taken > 0),
            engaged=t.count(where=t.days_taken >= ENGAGED_DAYS),
            developer_days=t.days.sum(),
        )
        .order_by("week")
    )


def funnel(days: ir.Table) -> ir.Table:
    """
    One row, from `person_days`: how many developers ever got how far; `engaged_weeks` and `developer_weeks` pool all
    weeks.
    """
    t = person_weeks(days)
    people = t.group_by("dev_id").aggregate(
        offered=t.offered.sum(),
        days_taken=t.days_taken.sum(),
        engaged=t.count(where=t.days_taken >= ENGAGED_DAYS),
        weeks=t.count(),
        days=t.days.sum(),
    )
    return people.aggregate(
        connected=people.count(),
        offered=people.count(where=people.offered > 0),
        took=people.count(where=people.days_taken > 0),
        engaged_once=people.count(where=people.engaged > 0),
        engaged_weeks=people.engaged.sum(),
        developer_weeks=people.weeks.sum(),
        developer_days=people.days.sum(),
    )


def cohorts(days: ir.Table) -> ir.Table:
    """
    One row for each week of beginning and week of use, from `person_days`: how many of those who then took something
    first did so again.
    """
    t = person_weeks(days)
    taking = t.filter(t.days_taken > 0).select("dev_id", "week")
    first = taking.group_by("dev_id").aggregate(cohort=taking.week.min())
    both = taking.inner_join(first, "dev_id")
    return both.group_by("cohort", "week").aggregate(developers=both.count()).order_by("cohort", "week")
