"""
Measures whose right answer can be counted by hand.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest

from telemetry.envelope import Event
from telemetry.events import (
    CompletionEnded,
    CompletionPersistence,
    CompletionRequested,
    CompletionShown,
    CompletionSuppressed,
    LlmCall,
    SessionTick,
)
from telemetry.events_outcomes import OutcomePullRequest, OutcomeTicket
from telemetry.events_review import FindingEnded, FindingShown
from telemetry.measures import acceptance, adoption, cost, deliveries, persistence, quality, review, silence
from telemetry.measures.table import by_week
from telemetry.report.figures import figure
from telemetry.sources import opened
from telemetry.vocabulary import EndOutcome, FindingOutcome, Purpose, SuppressedReason
from tests.support.days import DAY_MS, MONDAY, happened, written

IDS = (f"{number:08x}" for number in count(1))


def offered(outcome: EndOutcome, *, chars: int = 10, taken: int = 0, visible_ms: int = 800, **when: int) -> list[Event]:
    """
    A completion that was asked for, shown and ended.
    """
    id = next(IDS)
    return [
        happened(CompletionRequested, completion_id=id, **when),
        happened(CompletionShown, completion_id=id, chars=chars, lines=1, **when),
        happened(
            CompletionEnded,
            completion_id=id,
            outcome=outcome,
            visible_ms=visible_ms,
            accepted_chars=taken,
            accepted_lines=int(taken > 0),
            **when,
        ),
    ]


def kept(events: list[Event], *, at_s: int, ratio: float) -> Event:
    """
    A look at the completion of these events.
    """
    id = events[-1].body.completion_id  # type: ignore[union-attr]  # Its last event is that of its end.
    return happened(CompletionPersistence, completion_id=id, at_s=at_s, retained_ratio=ratio, deleted=ratio == 0)


def run(tmp_path: Path, events: Sequence[Event], measure: Any) -> Sequence[Mapping[str, Any]]:
    """
    The rows of a measure over these events.
    """
    with opened([str(written(events, tmp_path / "events.jsonl"))], local=Path()) as engine:
        return engine.rows(measure(engine.events))


def test_rates_are_pooled(tmp_path: Path) -> None:
    """
    A day of 1 in 1 and a day of 1 in 9 make 2 in 10, not the mean of 100 % and 11 %.
    """
    events = offered(EndOutcome.ACCEPTED, taken=10, day=0) + offered(EndOutcome.ACCEPTED, taken=10, day=1)
    for _ in range(8):
        events += offered(EndOutcome.REJECTED, day=1)
    row = run(tmp_path, events, acceptance.acceptance)[0]
    by_count = figure(acceptance.RATES[0], row)
    assert (by_count.numerator, by_count.denominator, by_count.value) == (2, 10, 0.2)


def test_acceptance_counts_what_it_says(tmp_path: Path) -> None:
    """
    Each definition of acceptance has its own numerator and denominator.
    """
    events = [
        *offered(EndOutcome.ACCEPTED, chars=30, taken=30),
        *offered(EndOutcome.PARTIAL, chars=40, taken=15),
        *offered(EndOutcome.ACCEPTED, chars=5, taken=5, visible_ms=200),
        *offered(EndOutcome.SUPERSEDED, chars=100, visible_ms=100),
        *offered(EndOutcome.REJECTED, chars=25, visible_ms=750),
    ]
    row = run(tmp_path, events, acceptance.acceptance)[0]
    found = {rate.name: figure(rate, row) for rate in acceptance.RATES}
    assert {name: (made.numerator, made.denominator) for name, made in found.items()} == {
        "acceptance_by_count": (2, 5),
        "acceptance_in_part": (3, 5),
        "acceptance_read": (3, 4),
        "acceptance_by_characters": (50, 200),
        "acceptance_by_lines": (3, 5),
        "explicit_rejection": (1, 5),
        "inferred": (0, 5),
    }


def test_only_what_is_kept_counts(tmp_path: Path) -> None:
    """
    The headline takes the last look of each text, counts nothing for one never looked at, and divides by days of use.
    """
    first = offered(EndOutcome.ACCEPTED, chars=100, taken=100, day=0)
    closed_early = offered(EndOutcome.ACCEPTED, chars=50, taken=50, day=0)
    unseen = offered(EndOutcome.ACCEPTED, chars=70, taken=70, day=1)
    events = [
        *first,
        *closed_early,
        *unseen,
        kept(first, at_s=30, ratio=1),
        kept(first, at_s=600, ratio=0.4),
        kept(closed_early, at_s=30, ratio=0.8),
        happened(SessionTick, active_ms=1, typed_chars=780, deleted_chars=0),
    ]
    row = run(tmp_path, events, lambda t: persistence.retained(persistence.writing(t)))[0]
    found = {rate.name: figure(rate, row) for rate in persistence.RETAINED_RATES}
    assert (found["retained_per_day"].numerator, found["retained_per_day"].denominator) == (80, 2)
    assert (found["retained_share"].numerator, found["retained_share"].denominator) == (80, 220)
    assert (found["ai_share"].numerator, found["ai_share"].denominator) == (220, 1000)


def test_weeks_add_up_to_the_whole(company: Path) -> None:
    """
    Taken, retained and written characters of all weeks are those of the whole.
    """
    with opened([str(company)], local=Path()) as engine:
        written = engine.kept(persistence.writing(engine.events))
        whole = engine.rows(persistence.retained(written))[0]
        weekly = engine.rows(persistence.retained(by_week(written), "week"))
    assert len(weekly) == 3
    for name in ("taken", "accepted_chars", "written_chars", "developer_days", "looked_at"):
        assert sum(row[name] for row in weekly) == whole[name]
    # Each week's sum is rounded to whole characters.
    assert abs(sum(row["retained_chars"] for row in weekly) - whole["retained_chars"]) <= len(weekly)


def test_cohorts(tmp_path: Path) -> None:
    """
    Two begin in the first week, one of them is back two weeks later; one begins in the second.
    """
    taken = EndOutcome.ACCEPTED
    events = [
        *offered(taken, taken=1, person=1, day=0),
        *offered(taken, taken=1, person=2, day=4),
        *offered(taken, taken=1, person=1, day=14),
        *offered(taken, taken=1, person=3, day=7),
        *offered(EndOutcome.REJECTED, person=2, day=14),
    ]
    rows = run(tmp_path, events, lambda t: adoption.cohorts(adoption.person_days(t)))
    assert [tuple(row.values()) for row in rows] == [
        ("2026-05-04", "2026-05-04", 2),
        ("2026-05-04", "2026-05-18", 1),
        ("2026-05-11", "2026-05-11", 1),
    ]


def test_somebody_is_engaged_on_two_days(tmp_path: Path) -> None:
    """
    Two takings on one day are one day; two days in a week make it an engaged one.
    """
    taken = EndOutcome.ACCEPTED
    events = [
        *offered(taken, taken=1, person=1, day=0),
        *offered(taken, taken=1, person=1, day=0),
        *offered(taken, taken=1, person=2, day=0),
        *offered(taken, taken=1, person=2, day=1),
    ]
    row = run(tmp_path, events, lambda t: adoption.funnel(adoption.person_days(t)))[0]
    assert (row["connected"], row["took"], row["engaged_once"], row["developer_weeks"]) == (2, 2, 1, 2)


def test_reasons_and_yield(tmp_path: Path) -> None:
    """
    Silence is counted by its reason.
    """
    events = [
        happened(CompletionSuppressed, completion_id=next(IDS), reason=reason)
        for reason in (SuppressedReason.MID_WORD, SuppressedReason.MID_WORD, SuppressedReason.EXCLUDED)
    ]
    rows = run(tmp_path, events, silence.reasons)
    assert [(row["reason"], row["suppressed"]) for row in rows] == [("mid_word", 2), ("excluded", 1)]


def test_calls_without_a_price_are_told(tmp_path: Path) -> None:
    """
    A call whose price is not known adds nothing to the cost, and is counted.
    """
    events = [
        happened(LlmCall, purpose=Purpose.COMPLETION, cost_usd_micro=1_500),
        happened(LlmCall, purpose=Purpose.REVIEW, cost_usd_micro=2_500),
        happened(LlmCall, purpose=Purpose.COMPLETION),
    ]
    row = run(tmp_path, events, cost.cost)[0]
    assert (row["completion_usd_micro"], row["review_usd_micro"], row["usd_micro"]) == (1_500, 2_500, 4_000)
    assert (row["unpriced"], row["calls"]) == (1, 3)


def test_precision_leaves_out_what_is_not_settled(tmp_path: Path) -> None:
    """
    A stale finding says nothing, and the silent arm is kept apart.
    """
    outcomes = (FindingOutcome.APPLIED, FindingOutcome.DISMISSED_WRONG, FindingOutcome.STALE, FindingOutcome.IGNORED)
    events = [happened(FindingShown, finding_id=f"{n:016x}") for n in range(4)]
    events += [
        happened(FindingEnded, finding_id=f"{n:016x}", outcome=outcome, silent=False)
        for n, outcome in enumerate(outcomes)
    ]
    events.append(happened(FindingEnded, outcome=FindingOutcome.FIXED_LATER, silent=True))
    row = run(tmp_path, events, review.reviews)[0]
    found = {rate.name: figure(rate, row) for rate in review.RATES}
    assert (found["review_precision"].numerator, found["review_precision"].denominator) == (1, 3)
    assert (found["silent_precision"].numerator, found["silent_precision"].denominator) == (1, 1)


def test_the_last_import_counts(tmp_path: Path) -> None:
    """
    A pull request that was imported open and later merged is one, and merged.
    """
    same = "0" * 16
    events = [
        happened(OutcomePullRequest, pull_request_id=same, opened_ts=MONDAY),
        happened(OutcomePullRequest, pull_request_id=same, opened_ts=MONDAY, merged_ts=MONDAY + DAY_MS, day=1),
    ]
    row = run(tmp_path, events, deliveries.pull_requests)[0]
    assert (row["pull_requests"], row["merged"], row["median_hours"]) == (1, 1, 24.0)


def test_only_tickets_of_90_days_ago_can_be_clean(tmp_path: Path) -> None:
    """
    Larson's clock: a ticket that was closed yesterday is not clean yet; an error after 91 days does not count.
    """
    events = [
        happened(OutcomeTicket, ticket_id=f"{n:016x}", started_ts=MONDAY, closed_ts=MONDAY + closed * DAY_MS, **failed)
        for n, (closed, failed) in enumerate(
            [
                (2, {}),
                (100, {}),
                (2, {"production_error_ts": MONDAY + 12 * DAY_MS}),
                (2, {"production_error_ts": MONDAY + 93 * DAY_MS}),
            ]
        )
    ]
    now = MONDAY + 120 * DAY_MS
    row = run(tmp_path, events, lambda t: deliveries.tickets(t, now))[0]
    assert (row["closed"], row["followed_up"], row["clean"], row["failed"]) == (4, 3, 2, 2)
    assert row["median_hours"] == 48.0


@pytest.mark.parametrize("week", [0, 1, 2_939])
def test_weeks_begin_on_monday(week: int) -> None:
    """
    The number of a week stands for its Monday.
    """
    assert deliveries.monday_of(week).weekday() == 0


def test_each_event_counts_once(tmp_path: Path) -> None:
    """
    A copy of an event is told, and left out.
    """
    events = offered(EndOutcome.ACCEPTED, taken=10)
    doubled = [*events, *events, events[0]]

    def once(t: ir.Table) -> ir.Table:
        return acceptance.acceptance(quality.without_duplicates(t))

    assert run(tmp_path, doubled, quality.copies)[0] == {"events": 7, "different": 3}
    assert run(tmp_path, doubled, once) == run(tmp_path, events, acceptance.acceptance)


def test_groups_of_origin_are_pooled(company: Path) -> None:
    """
    Added up by source, people and their counts are those of the whole; nothing is lost where a count is zero.
    """
    with opened([str(company)], local=Path()) as engine:
        whole = engine.rows(acceptance.acceptance(engine.events))[0]
        rows = engine.rows(acceptance.acceptance_by_origin(engine.events))
    sources = acceptance.pooled(rows, "source")
    assert [row["source"] for row in sources] == ["network", "typed_through", "cache"]
    for name, total in whole.items():
        assert sum(row[name] for row in sources) == total
    assert max(row["most"] for row in sources) <= sources[0]["shown"]
