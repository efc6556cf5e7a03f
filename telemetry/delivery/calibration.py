"""
Rates of the delivery model as the company's own tickets have them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from telemetry.delivery.formula import UnusableModel

WEEK_MS = 7 * 24 * 3600 * 1000
"""One round of the model."""

FEWEST = 10
"""Closed tickets below which a rate would be an anecdote."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """
    Rates per week, and what they were counted from.
    """

    rates: Mapping[str, float]
    tickets: int
    weeks: float
    notices: tuple[str, ...]


def calibrate(tickets: Iterable[Mapping[str, Any]]) -> Calibration:
    """
    Count rates from `outcome.ticket` events, given as their fields; the last of several for one ticket counts.

    Opened, started and closed tickets a week; tickets in work on average; and the weekly hazard of an error in
    production, over all ticket-weeks since closing.

    Raises:
        UnusableModel: too few tickets were closed.
    """
    latest = {str(ticket["ticket_id"]): ticket for ticket in tickets}
    known = [ticket for ticket in latest.values() if ticket.get("opened_ts") is not None]
    closed = [ticket for ticket in known if ticket.get("closed_ts") is not None]
    if len(closed) < FEWEST:
        raise UnusableModel(
            f"{len(closed)} closed ticket(s) are too few to calibrate by; import at least {FEWEST}"
            " with `pacenotes telemetry import`."
        )
    moments = [
        int(t[name]) for t in known for name in ("opened_ts", "started_ts", "closed_ts") if t.get(name) is not None
    ]
    end = max(moments)
    weeks = max((end - min(moments)) / WEEK_MS, 1 / 7)
    started = [ticket for ticket in known if ticket.get("started_ts") is not None]
    rates = {
        "ticket_open_rate": len(known) / weeks,
        "ticket_test_rate": len(closed) / weeks,
        "errors_in_production": _hazard(closed, end),
    }
    notices = ["Errors in test and in deployment are not in tickets; the model's own rates stand."]
    if started:
        in_work = [(int(t.get("closed_ts") or end) - int(t["started_ts"])) / WEEK_MS for t in started]
        rates["start_coding_rate"] = len(started) / weeks
        rates["max_concurrent_coding"] = max(1.0, fmean(in_work) * len(started) / weeks)
    else:
        notices.append("No ticket says when work on it began; the model's own rates stand.")
    return Calibration(rates=rates, tickets=len(known), weeks=weeks, notices=tuple(notices))


def _hazard(closed: Iterable[Mapping[str, Any]], end: int) -> float:
    errors, exposed = 0, 0.0
    for ticket in closed:
        error = ticket.get("production_error_ts")
        until = end if error is None else int(error)
        exposed += max(0, until - int(ticket["closed_ts"])) / WEEK_MS
        errors += error is not None
    return min(1.0, errors / exposed) if exposed else 0.0
