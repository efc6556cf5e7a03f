"""
What it costs: dollars for what is kept and for what is repaired, calls that came to nothing included.
"""

import ibis.expr.types as ir

from telemetry.measures.table import Rate, named, total

RATES = (
    Rate(
        name="cost_per_1000_retained",
        title="Cost per 1,000 retained characters",
        sentence="Dollars for completions, those never shown included, per 1,000 accepted characters still there.",
        numerator="completion_usd",
        denominator="retained_chars",
        unit="$",
        per=1_000,
    ),
    Rate(
        name="cost_per_applied_finding",
        title="Cost per finding acted on",
        sentence="Dollars for reviews, per finding whose fix was applied or whose code was repaired later.",
        numerator="review_usd",
        denominator="helped",
        unit="$",
    ),
    Rate(
        name="cost_per_developer_week",
        title="Cost per active developer and week",
        sentence="Dollars for everything, over pairs of a developer and a week in which they used it.",
        numerator="usd",
        denominator="developer_weeks",
        unit="$",
    ),
    Rate(
        name="unpriced",
        title="Calls without a known price",
        sentence="Model calls whose price is not known, of all calls; the costs above leave them out.",
        numerator="unpriced",
        denominator="calls",
    ),
)


def cost(events: ir.Table) -> ir.Table:
    """
    One row: millionths of a dollar by purpose, calls and tokens.
    """
    t = named(events, "llm.call")
    return t.aggregate(
        calls=t.count(),
        unpriced=t.count(where=t.cost_usd_micro.isnull()),
        completion_usd_micro=t.cost_usd_micro.sum(where=t.purpose == "completion").fill_null(0),
        review_usd_micro=t.cost_usd_micro.sum(where=t.purpose == "review").fill_null(0),
        usd_micro=total(t.cost_usd_micro),
        input_tokens=total(t.input_tokens),
        output_tokens=total(t.output_tokens),
        cache_read_tokens=total(t.cache_read_tokens),
        cache_creation_tokens=total(t.cache_creation_tokens),
    )
