"""
What every section of a report is made from: an engine, the sound events, and the totals that several of them share.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from telemetry.engines import Engine, Row
from telemetry.measures import acceptance, adoption, cost, persistence, quality, review


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """
    What a report is made over: an engine, the table (without duplicates), the time, and the least size of a group.
    """

    engine: Engine
    events: ir.Table
    now_ms: int
    least: int

    def one(self, measure: ir.Table) -> Row:
        """
        The only row of a measure.
        """
        return self.engine.rows(measure)[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """
    What several sections share, run once: tables that their measures are written over, and single rows.

    `sizes` is the number of events of each name.
    """

    by_person: ir.Table
    person_days: ir.Table
    writing: ir.Table
    sizes: Mapping[str, int]

    acceptance: Row
    opportunities: Row
    retained: Row
    cost: Row
    reviews: Row
    funnel: Row
    kept: tuple[Row, ...]

    def kept_at(self, seconds: int) -> Row:
        """
        What was left after so many seconds; zeros when nobody looked then.
        """
        found = (row for row in self.kept if row["at_s"] == seconds)
        return next(found, {"measured": 0, "mostly_kept": 0, "unchanged": 0, "gone": 0})


def totals_of(scope: Scope) -> Totals:
    """
    Run the measures that more than one section needs.
    """
    t, rows, keep = scope.events, scope.engine.rows, scope.engine.kept
    by_person, days = keep(acceptance.acceptance_by_person(t)), keep(adoption.person_days(t))
    writing = keep(persistence.writing(t))
    sizes = {row["name"]: row["events"] for row in rows(quality.sizes(t))}
    accepted, kept = scope.one(acceptance.acceptance_of_all(by_person)), tuple(rows(persistence.persistence(t)))
    return Totals(
        by_person=by_person,
        person_days=days,
        writing=writing,
        sizes=sizes,
        acceptance=accepted,
        opportunities=acceptance.opportunities(sizes, accepted, kept),
        retained=scope.one(persistence.retained(writing)),
        cost=scope.one(cost.cost(t)),
        reviews=scope.one(review.reviews(t)),
        funnel=scope.one(adoption.funnel(days)),
        kept=kept,
    )
