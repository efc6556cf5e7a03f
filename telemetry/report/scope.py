"""
What every section of a report is made from: an engine, the sound events, and the totals that several of them share.
"""

from dataclasses import dataclass

import ibis.expr.types as ir

from telemetry.engines import Engine, Row
from telemetry.measures import acceptance, adoption, cost, persistence, review


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
    The single rows that several sections share, run once.
    """

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
    t = scope.events
    return Totals(
        acceptance=scope.one(acceptance.acceptance(t)),
        opportunities=scope.one(acceptance.opportunities(t)),
        retained=scope.one(persistence.retained(t)),
        cost=scope.one(cost.cost(t)),
        reviews=scope.one(review.reviews(t)),
        funnel=scope.one(adoption.funnel(t)),
        kept=tuple(scope.engine.rows(persistence.persistence(t))),
    )
