"""
How long people wait: percentiles of what was really returned, by where the answer came from.
"""

import ibis.expr.types as ir

from telemetry.measures.table import Rate, named

FAST_MS = 500
"""Beyond half a second most people have typed on."""

RATES = (
    Rate(
        name="fast",
        title="Answered within 500 ms",
        sentence="Completions returned within 500 ms of being asked for, of those returned.",
        numerator="fast",
        denominator="returned",
    ),
)

PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def latency(events: ir.Table, *by: str) -> ir.Table:
    """
    One row for each value of `by`: percentiles of the time from a request to its answer, in ms, and how many were fast.
    """
    t = named(events, "completion.returned")
    measures = {
        "returned": t.count(),
        "fast": t.count(where=t.latency_ms <= FAST_MS),
        **{name: t.latency_ms.quantile(share).cast("float64") for name, share in PERCENTILES.items()},
    }
    if not by:
        return t.aggregate(**measures)
    grouped = t.group_by(*by).aggregate(developers=t.dev_id.nunique(), **measures)
    return grouped.order_by(*by)


def calls(events: ir.Table) -> ir.Table:
    """
    One row a model and purpose: calls, failures, percentiles of their duration in ms, tokens and cost.
    """
    t = named(events, "llm.call")
    return (
        t.group_by("purpose", "request_model")
        .aggregate(
            developers=t.dev_id.nunique(),
            calls=t.count(),
            failed=t.count(where=t.error.notnull() & (t.error != "cancelled")),
            p50=t.duration_ms.quantile(0.5).cast("float64"),
            p95=t.duration_ms.quantile(0.95).cast("float64"),
            input_tokens=t.input_tokens.sum(),
            output_tokens=t.output_tokens.sum(),
            cost_usd_micro=t.cost_usd_micro.sum(),
        )
        .order_by("purpose", "request_model")
    )
