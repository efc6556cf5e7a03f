"""
Make a report out of an engine: check the events, run every section's measures, and say what cannot be trusted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis.expr.types as ir

from telemetry.engines import Engine, Row
from telemetry.measures import adoption, cost, persistence, quality, review
from telemetry.measures.acceptance import RATES as ACCEPTANCE_RATES
from telemetry.report.copilot import days_of
from telemetry.report.figures import Figure, Opening, Report
from telemetry.report.scope import Scope, totals_of
from telemetry.report.sections import PERSONAL_SECTIONS, SECTIONS
from telemetry.report.verdict import without_events, without_experiment
from telemetry.suppression import LEAST

SATURDAY = 5
FIRST_LOOK_S = 30

HEADLINE = (
    persistence.RETAINED_RATES[0].name,
    ACCEPTANCE_RATES[0].name,
    persistence.RATES[0].name,
    persistence.RETAINED_RATES[2].name,
    adoption.RATES[0].name,
    cost.RATES[0].name,
    review.RATES[0].name,
    review.RATES[1].name,
)
"""The figures that stand at the top, the primary one first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """
    What somebody wants to see: of what time, for whom, and after which experiment.
    """

    now_ms: int
    since: date | None = None
    personal: bool = False
    opening: Opening | None = None
    copilot: bool = False
    """Whether the rows of the Copilot format are wanted; they take a few measures of their own."""


def report_of(engine: Engine, wish: Wish) -> Report:
    """
    The report.

    Raises:
        EngineError: the engine can't run a measure.
    """
    since_events = _since(engine.events, wish.since)
    found = engine.rows(quality.coverage(since_events, wish.now_ms))[0]
    if not found["events"]:
        return _empty(wish)
    doubled = _doubled(engine, since_events)
    events = _sound(since_events, wish.now_ms, future=found["from_the_future"], doubled=doubled)
    if doubled or found["from_the_future"]:
        future = found["from_the_future"]
        found = {**engine.rows(quality.coverage(events, wish.now_ms))[0], "from_the_future": future}
        if not found["events"]:
            return _empty(wish, _from_the_future(future))
    alone = wish.personal or found["developers"] <= 1
    scope = Scope(engine=engine, events=events, now_ms=wish.now_ms, least=1 if alone else LEAST)
    totals = totals_of(scope)
    sections = tuple(make(scope, totals) for make in (PERSONAL_SECTIONS if wish.personal else SECTIONS))
    backward = engine.rows(quality.backward_clocks(events))[0]["backward"]
    return Report(
        title="Pacenotes: your own view" if wish.personal else "Pacenotes report",
        made_on=_day(wish.now_ms),
        first_day=found["first_day"],
        last_day=found["last_day"],
        developers=found["developers"],
        events=found["events"],
        synthetic=found["synthetic"] > 0,
        opening=wish.opening or without_experiment(),
        headline=_headline(sections),
        sections=sections,
        identities=quality.identities(
            totals.opportunities, totals.acceptance, totals.kept_at(FIRST_LOOK_S), totals.reviews
        ),
        notices=tuple(_notices(found, totals.sizes, doubled=doubled, backward=backward, alone=alone)),
        days=days_of(scope) if wish.copilot else (),
    )


def _since(events: ir.Table, since: date | None) -> ir.Table:
    return events if since is None else events.filter(events.day >= since)


def _doubled(engine: Engine, events: ir.Table) -> int:
    """
    How many events are copies of others.
    """
    at_most = engine.rows(quality.copies(events, engine.fingerprint(events.event_id)))[0]
    if at_most["events"] == at_most["different"]:
        return 0
    # Two ids may have one fingerprint.
    exactly = engine.rows(quality.copies(events))[0]
    return int(exactly["events"] - exactly["different"])


def _sound(events: ir.Table, now_ms: int, *, future: int, doubled: int) -> ir.Table:
    """
    The events without copies and without those from the future; the usual table, which has neither, is left as it is.
    """
    if future:
        events = events.filter(events.ts <= now_ms + quality.GRACE_MS)
    return quality.without_duplicates(events) if doubled else events


def _headline(sections: tuple[Any, ...]) -> tuple[Figure, ...]:
    by_name = {figure.name: figure for section in sections for figure in section.figures}
    return tuple(by_name[name] for name in HEADLINE if name in by_name)


def _notices(found: Row, sizes: Mapping[str, int], *, doubled: int, backward: int, alone: bool) -> list[str]:
    missing, unknown = _missing_weekdays(found), quality.unknown(sizes)
    said: list[tuple[Any, str]] = [
        (found["synthetic"], f"SYNTHETIC: a generator made up {found['synthetic']:,} of these events."),
        (doubled, f"{doubled:,} events had arrived twice; each is counted once."),
        (found["from_the_future"], _from_the_future(found["from_the_future"])),
        (
            found["from_the_past"],
            f"{found['from_the_past']:,} events are dated before 2020; a clock is wrong, or their moments are no "
            "milliseconds.",
        ),
        (backward, f"{backward:,} completions ended before they were shown; a clock was set back while they were."),
        (
            found["lost"],
            f"{found['lost']:,} events were lost before they could be kept; counts are too low by that.",
        ),
        (unknown, f"{unknown:,} events have names that this Pacenotes does not know; update it."),
        (missing, f"There are no events on {missing} of the working days in between."),
        (
            not alone and found["developers"] < LEAST,
            f"Fewer than {LEAST} developers stand behind these figures: they tell of single people.",
        ),
    ]
    return [sentence for is_so, sentence in said if is_so]


def _missing_weekdays(found: Mapping[str, Any]) -> int:
    """
    Working days without any event; weekends with events are not set off against them.
    """
    first, last = date.fromisoformat(found["first_day"]), date.fromisoformat(found["last_day"])
    every = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    weekdays = sum(day.weekday() < SATURDAY for day in every)
    return max(0, weekdays - int(found["days"]))


def _from_the_future(events: int) -> str:
    return f"{events:,} events are dated more than a day ahead and are left out; a clock is wrong somewhere."


def _empty(wish: Wish, *notices: str) -> Report:
    return Report(
        title="Pacenotes report",
        made_on=_day(wish.now_ms),
        first_day=None,
        last_day=None,
        developers=0,
        events=0,
        synthetic=False,
        opening=without_events(),
        headline=(),
        sections=(),
        identities=(),
        notices=notices,
    )


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()
