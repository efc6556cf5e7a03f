"""
Why nothing was offered: every request that came to nothing, by its named reason.
"""

import ibis.expr.types as ir

from telemetry.measures.table import Rate, named

RATES = (
    Rate(
        name="suppressed",
        title="Nothing offered",
        sentence="Requests that were answered with nothing, of all requests.",
        numerator="suppressed",
        denominator="requested",
    ),
    Rate(
        name="yield",
        title="Yield of opportunities",
        sentence="Completions taken in full or in part, of all requests, whether anything was offered or not.",
        numerator="taken",
        denominator="requested",
    ),
)


def reasons(events: ir.Table) -> ir.Table:
    """
    One row a reason: how many requests it ended.
    """
    t = named(events, "completion.suppressed")
    grouped = t.group_by("reason").aggregate(suppressed=t.count(), developers=t.dev_id.nunique())
    return grouped.order_by(grouped.suppressed.desc(), grouped.reason)
