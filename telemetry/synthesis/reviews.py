"""
A day of reviews: their claims, the findings shown or kept silent, and what became of these.
"""

from dataclasses import dataclass

import numpy as np

from telemetry.events_review import DIFF_LINE_FLOORS
from telemetry.synthesis.batch import LEAST_ID, MOST_ID, Batch, Column, Ids, Words
from telemetry.synthesis.company import Flags, Ints
from telemetry.synthesis.completions import MODEL, Day, envelope_of

PER_DAY = 0.8
WITHHELD = ("low_confidence", "quote_not_found", "duplicate", "do_not_report", "not_verified")
CATEGORIES = ("correctness", "null-safety", "async", "error-handling", "security", "api-misuse", "performance")
CATEGORY_SHARES = (0.28, 0.2, 0.16, 0.14, 0.06, 0.1, 0.06)
SEVERITIES = ("info", "warning")
HELPED = ("applied", "edited_applied", "fixed_later")
HELPED_SHARES = (0.5, 0.2, 0.3)
DID_NOT = ("dismissed_wrong", "dismissed_noise", "ignored", "stale")
DID_NOT_SHARES = (0.2, 0.25, 0.45, 0.1)
OUTCOMES = (*HELPED, *DID_NOT)
HOUR_MS = 3_600_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviews:
    """
    The reviews of a day, one element each; `at` is the place in `Day.who`.
    """

    at: Ints
    ts: Ints
    ids: Ints
    findings: Ints
    silent: Ints


def reviews_of(day: Day) -> list[Batch]:
    """
    All events of reviews and of their model calls on one day.
    """
    random = day.random
    at = np.repeat(np.arange(len(day.who)), random.poisson(PER_DAY, len(day.who)))
    count = len(at)
    ts = day.midnight_ms + (9 * HOUR_MS + random.random(count) * 8 * HOUR_MS).astype(np.int64)
    ids = random.integers(LEAST_ID, MOST_ID, count)
    findings = random.poisson(1.6, count)
    silent = random.binomial(findings, day.truth.silent_share)
    withheld = random.poisson(1.1, (count, len(WITHHELD)))
    hunks = random.poisson(5, count)
    clipped, skipped = random.binomial(hunks, 0.05), random.binomial(hunks, 0.04)
    duration = np.round(4_000 * random.lognormal(0, 0.5, count)).astype(np.int64)
    envelope = envelope_of(day, at)
    generated = Batch(
        name="review.generated",
        ts=ts,
        columns={
            **envelope,
            "review_id": Ids(ids),
            "surface": "editor",
            "scope": Words(random.choice(2, count, p=(0.6, 0.4)), ("change", "file")),
            "ending": "complete",
            "files": 1 + random.poisson(1.5, count),
            "diff_lines_bucket": random.choice(DIFF_LINE_FLOORS, count, p=(0.05, 0.25, 0.35, 0.25, 0.08, 0.015, 0.005)),
            "hunks_reviewed": np.maximum(0, hunks - clipped - skipped),
            "hunks_clipped": clipped,
            "hunks_skipped": skipped,
            "claims": findings + withheld.sum(axis=1),
            "claims_shown": findings - silent,
            "claims_silent": silent,
            "claims_withheld": withheld.sum(axis=1),
            "requests": 1,
            "cached_requests": 0,
            "duration_ms": duration,
        },
    )
    calls = _calls(envelope, ts, ids, duration, random)
    reviews = Reviews(at=at, ts=ts, ids=ids, findings=findings, silent=silent)
    kept_back = [_withheld(day, reviews, withheld[:, number], word) for number, word in enumerate(WITHHELD)]
    return [generated, calls, *kept_back, *_findings(day, reviews)]


def _calls(envelope: dict[str, Column], ts: Ints, ids: Ints, duration: Ints, random: np.random.Generator) -> Batch:
    input_tokens = random.integers(3_000, 18_000, len(ts))
    output_tokens = random.integers(100, 900, len(ts))
    return Batch(
        name="llm.call",
        ts=ts,
        columns={
            **envelope,
            "request_id": Ids(ids),
            "purpose": "review",
            "provider": "anthropic",
            "request_model": MODEL,
            "response_model": MODEL,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "cache_read_tokens": 0,
            "cache_creation_tokens": 0,
            "estimated": False,
            "ttft_ms": duration // 4,
            "duration_ms": duration,
            "finish_reason": "tool",
            "cost_usd_micro": input_tokens + 5 * output_tokens,
        },
    )


def _withheld(day: Day, reviews: Reviews, claims: Ints, reason: str) -> Batch:
    some = claims > 0
    columns: dict[str, Column] = {"review_id": Ids(reviews.ids[some]), "reason": reason, "claims": claims[some]}
    envelope = envelope_of(day, reviews.at[some])
    return Batch(name="review.withheld", ts=reviews.ts[some], columns={**envelope, **columns})


def _findings(day: Day, reviews: Reviews) -> list[Batch]:
    random, findings = day.random, reviews.findings
    review = np.repeat(np.arange(len(reviews.at)), findings)
    count = len(review)
    order = np.arange(count) - np.repeat(findings.cumsum() - findings, findings)
    kept_silent = order < reviews.silent[review]
    helped = random.random(count) < np.where(kept_silent, day.truth.silent_precision, day.truth.finding_precision)
    # A finding that nobody saw can only be repaired by chance.
    by_hand = np.where(kept_silent, HELPED.index("fixed_later"), random.choice(len(HELPED), count, p=HELPED_SHARES))
    left = np.where(
        kept_silent, OUTCOMES.index("ignored"), len(HELPED) + random.choice(len(DID_NOT), count, p=DID_NOT_SHARES)
    )
    open_ms = np.round(600_000 * random.lognormal(0, 1, count)).clip(0, 4 * HOUR_MS).astype(np.int64)
    finding = random.integers(LEAST_ID, MOST_ID, count)
    columns: dict[str, Column] = {
        "review_id": Ids(reviews.ids[review]),
        "finding_id": Ids(finding),
        "category": Words(random.choice(len(CATEGORIES), count, p=CATEGORY_SHARES), CATEGORIES),
        "severity": Words(random.choice(2, count, p=(0.3, 0.7)), SEVERITIES),
        "confidence": np.round(random.beta(8, 2, count), 2),
        "origin": Words((random.random(count) < 0.15).astype(np.int8), ("model", "rule")),
        "lines": random.geometric(0.5, count),
        "fixable": random.random(count) < 0.5,
    }
    ended: dict[str, Column] = {
        "review_id": columns["review_id"],
        "finding_id": columns["finding_id"],
        "outcome": Words(np.where(helped, by_hand, left), OUTCOMES),
        "silent": kept_silent,
        "open_ms": open_ms,
    }
    every = np.ones(count, dtype=np.bool_)
    return [
        Batch(name=name, ts=when[mask], columns={**envelope_of(day, reviews.at[review[mask]]), **_masked(given, mask)})
        for name, given, mask, when in (
            ("review.finding_shown", columns, ~kept_silent, reviews.ts[review]),
            ("review.finding_silent", columns, kept_silent, reviews.ts[review]),
            ("review.finding_ended", ended, every, reviews.ts[review] + open_ms),
        )
    ]


def _masked(columns: dict[str, Column], mask: Flags) -> dict[str, Column]:
    return {name: _part(column, mask) for name, column in columns.items()}


def _part(column: Column, mask: Flags) -> Column:
    match column:
        case Words(codes, words):
            return Words(codes[mask], words)
        case Ids(numbers):
            return Ids(numbers[mask])
        case np.ndarray():
            part: Column = column[mask]
            return part
    return column
