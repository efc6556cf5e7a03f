"""
How long people wait, why they get nothing, and what it costs.
"""

from telemetry.measures import cost, latency, silence
from telemetry.report.figures import Chart, Column, Section, Unit, figure, share, table_of
from telemetry.report.scope import Scope, Totals
from telemetry.suppression import publishable


def speed_section(scope: Scope, _: Totals) -> Section:
    """
    How long do people wait?
    """
    row = scope.one(latency.latency(scope.events))
    by_source = publishable(
        scope.engine.rows(latency.latency(scope.events, "source")), size="returned", least=scope.least
    )
    all_sources = [{**row, "source": "all"}] if row["returned"] else []
    calls = publishable(scope.engine.rows(latency.calls(scope.events)), size="calls", least=scope.least)
    return Section(
        name="speed",
        title="How long do people wait?",
        sentence="From the request to the answer, as the server measures it; what the editor adds is not in it.",
        figures=tuple(figure(rate, row) for rate in latency.RATES),
        tables=(
            table_of(
                [*all_sources, *by_source.rows],
                (
                    Column(name="source", title="Source", unit=Unit.TEXT),
                    Column(name="returned", title="Returned"),
                    Column(name="p50", title="Median", unit=Unit.MILLISECONDS),
                    Column(name="p95", title="95 of 100 within", unit=Unit.MILLISECONDS, drawn=True),
                    Column(name="p99", title="99 of 100 within", unit=Unit.MILLISECONDS),
                ),
                name="latency",
                title="Latency by source",
                sentence="Percentiles over all answers, not means of daily ones.",
                chart=Chart.BARS,
                hidden=by_source.hidden,
            ),
            table_of(
                calls.rows,
                (
                    Column(name="request_model", title="Model", unit=Unit.TEXT),
                    Column(name="purpose", title="For", unit=Unit.TEXT),
                    Column(name="calls", title="Calls"),
                    Column(name="failed", title="Failed"),
                    Column(name="p50", title="Median", unit=Unit.MILLISECONDS),
                    Column(name="p95", title="95 of 100 within", unit=Unit.MILLISECONDS),
                ),
                name="calls",
                title="Model calls",
                sentence="To the end of the stream; calls that were cancelled are no failures.",
                hidden=calls.hidden,
            ),
        ),
    )


def silence_section(scope: Scope, totals: Totals) -> Section:
    """
    Why is nothing offered?
    """
    row = {**totals.opportunities}
    reasons = publishable(scope.engine.rows(silence.reasons(scope.events)), size="suppressed", least=scope.least)
    rows = [
        {**found, "reason": found["reason"].replace("_", " "), "share": share(found["suppressed"], row["requested"])}
        for found in reasons.rows
    ]
    return Section(
        name="silence",
        title="Why is nothing offered?",
        sentence="Silence is an answer too: each has a named reason.",
        figures=tuple(figure(rate, row) for rate in silence.RATES),
        tables=(
            table_of(
                rows,
                (
                    Column(name="reason", title="Reason", unit=Unit.TEXT),
                    Column(name="suppressed", title="Requests", drawn=True),
                    Column(name="share", title="Of all requests", unit=Unit.SHARE),
                ),
                name="reasons",
                title="Reasons for offering nothing",
                sentence="Requests that came to nothing.",
                chart=Chart.BARS,
                hidden=reasons.hidden,
            ),
        ),
    )


def cost_section(_: Scope, totals: Totals) -> Section:
    """
    What does it cost?
    """
    c = totals.cost
    row = {
        **c,
        "completion_usd": c["completion_usd_micro"] / 1e6,
        "review_usd": c["review_usd_micro"] / 1e6,
        "usd": c["usd_micro"] / 1e6,
        "retained_chars": totals.retained["retained_chars"],
        "helped": totals.reviews["helped"],
        "developer_weeks": totals.funnel["developer_weeks"],
    }
    parts = [
        {"part": "Completions", "usd": row["completion_usd"], "share": share(row["completion_usd"], row["usd"])},
        {"part": "Reviews", "usd": row["review_usd"], "share": share(row["review_usd"], row["usd"])},
    ]
    other = row["usd"] - row["completion_usd"] - row["review_usd"]
    if other > 0:
        parts.append({"part": "Questions", "usd": other, "share": share(other, row["usd"])})
    return Section(
        name="cost",
        title="What does it cost?",
        sentence="List prices of all calls, those included whose answer nobody saw.",
        figures=tuple(figure(rate, row) for rate in cost.RATES),
        tables=(
            table_of(
                parts if row["usd"] else [],
                (
                    Column(name="part", title="For", unit=Unit.TEXT),
                    Column(name="usd", title="Dollars", unit=Unit.DOLLARS, drawn=True),
                    Column(name="share", title="Of all", unit=Unit.SHARE),
                ),
                name="spending",
                title="Spending",
                sentence="By what the calls were for.",
                chart=Chart.BARS,
            ),
        ),
    )
