"""
What was delivered: pull requests and tickets as they stood when last imported, whoever used what.

These describe; only a randomised comparison tells what the tool has to do with it.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from telemetry.measures.table import Rate, named

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WEEK_DAYS = 7
EPOCH = date(1970, 1, 1)
THURSDAY = 3
"""The epoch's day of the week, Monday being 0."""

FOLLOW_UP_MS = 90 * DAY_MS
"""Larson counts a ticket as clean when it has caused no error in production within 90 days."""

RATES = (
    Rate(
        name="reverted",
        title="Pull requests taken back",
        sentence="Merged pull requests that were reverted, of those merged.",
        numerator="reverted",
        denominator="merged",
    ),
)

TICKET_RATES = (
    Rate(
        name="production_errors",
        title="Tickets with an error in production",
        sentence="Closed tickets that caused an error in production, of those closed.",
        numerator="failed",
        denominator="closed",
    ),
    Rate(
        name="followed_up",
        title="Tickets followed for 90 days",
        sentence="Closed tickets whose 90 days are over, of those closed: only these can count as clean.",
        numerator="followed_up",
        denominator="closed",
    ),
)


def pull_requests(events: ir.Table) -> ir.Table:
    """
    One row: pull requests merged and reverted, and the median hours from opening to merging.
    """
    t = _latest(named(events, "outcome.pull_request"), "pull_request_id", "opened_ts", "merged_ts", "reverted_ts")
    hours = (t.merged_ts - t.opened_ts).cast("float64") / HOUR_MS
    return t.aggregate(
        pull_requests=t.count(),
        developers=t.dev_id.nunique(),
        merged=t.count(where=t.merged_ts.notnull()),
        reverted=t.count(where=t.merged_ts.notnull() & t.reverted_ts.notnull()),
        median_hours=hours.quantile(0.5),
    )


def tickets(events: ir.Table, now_ms: int) -> ir.Table:
    """
    One row: tickets closed, those with an error in production, and the median hours from start to end of clean ones.
    """
    latest = _latest(named(events, "outcome.ticket"), "ticket_id", "started_ts", "closed_ts", "production_error_ts")
    t = latest.filter(latest.closed_ts.notnull())
    followed_up = t.closed_ts + FOLLOW_UP_MS <= now_ms
    soon = (t.production_error_ts - t.closed_ts).fill_null(FOLLOW_UP_MS + 1) <= FOLLOW_UP_MS
    clean = followed_up & ~soon
    hours = (t.closed_ts - t.started_ts).cast("float64") / HOUR_MS
    return t.aggregate(
        developers=t.dev_id.nunique(),
        closed=t.count(),
        failed=t.count(where=t.production_error_ts.notnull()),
        followed_up=t.count(where=followed_up),
        clean=t.count(where=clean),
        median_hours=ibis.cases((clean, hours)).quantile(0.5),
    )


def merged_by_week(events: ir.Table) -> ir.Table:
    """
    One row a week, by its number (see `monday_of`): pull requests merged in it, and by how many developers.
    """
    latest = _latest(named(events, "outcome.pull_request"), "pull_request_id", "merged_ts")
    t = latest.filter(latest.merged_ts.notnull())
    # Whole numbers, since not every engine makes a day of milliseconds.
    t = t.mutate(week=((t.merged_ts // DAY_MS + THURSDAY) // WEEK_DAYS).cast("int64"))
    return t.group_by("week").aggregate(merged=t.count(), developers=t.dev_id.nunique()).order_by("week")


def monday_of(week: int) -> date:
    """
    The first day of a week, by its number: week 0 is that of 1 January 1970.
    """
    return EPOCH + timedelta(days=WEEK_DAYS * week - THURSDAY)


def _latest(events: ir.Table, key: str, *columns: str) -> ir.Table:
    """
    Of several imports of the same thing, the last.
    """
    t = events.select("ts", "dev_id", key, *columns)
    # What is known later is larger or no longer null, so that of equal times the fuller state counts.
    fuller = [t[column].fill_null(0).desc() for column in columns]
    newest = ibis.row_number().over(group_by=key, order_by=[t.ts.desc(), *fuller])
    ranked = t.mutate(place=newest)
    return ranked.filter(ranked.place == 0)
