"""
Every measure that a report runs, by name.
"""

from collections.abc import Callable, Mapping

import ibis.expr.types as ir

from telemetry.measures import (
    acceptance,
    adoption,
    cost,
    deliveries,
    latency,
    people,
    persistence,
    quality,
    review,
    silence,
)
from telemetry.measures.table import by_week

NOW_MS = 1_795_000_000_000
"""In November 2026, when all tickets of the synthetic companies have been followed for 90 days."""

EVERY_MEASURE: Mapping[str, Callable[[ir.Table], ir.Table]] = {
    "acceptance": acceptance.acceptance,
    "acceptance by week": lambda t: acceptance.acceptance(by_week(t), "week"),
    "acceptance by language": lambda t: acceptance.acceptance_of_groups(acceptance.acceptance_by_person(t), "lang"),
    "acceptance of all": lambda t: acceptance.acceptance_of_all(acceptance.acceptance_by_person(t)),
    "acceptance by origin": acceptance.acceptance_by_origin,
    "person days": adoption.person_days,
    "weeks": lambda t: adoption.weeks(adoption.person_days(t)),
    "funnel": lambda t: adoption.funnel(adoption.person_days(t)),
    "cohorts": lambda t: adoption.cohorts(adoption.person_days(t)),
    "cost": cost.cost,
    "pull requests": deliveries.pull_requests,
    "tickets": lambda t: deliveries.tickets(t, NOW_MS),
    "merged by week": deliveries.merged_by_week,
    "latency": latency.latency,
    "latency by source": lambda t: latency.latency(t, "source"),
    "calls": latency.calls,
    "opinions": people.opinions,
    "answers": people.answers,
    "persistence": persistence.persistence,
    "writing": persistence.writing,
    "retained": lambda t: persistence.retained(persistence.writing(t)),
    "retained by week": lambda t: persistence.retained(by_week(persistence.writing(t)), "week"),
    "coverage": lambda t: quality.coverage(t, NOW_MS),
    "copies": quality.copies,
    "sizes": quality.sizes,
    "backward clocks": quality.backward_clocks,
    "versions": quality.versions,
    "reviews": review.reviews,
    "findings by category": review.findings_by_category,
    "withheld": review.withheld,
    "reasons": silence.reasons,
}
