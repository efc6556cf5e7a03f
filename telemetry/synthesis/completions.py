"""
A day of completions: requested, suppressed or returned, shown, ended, and looked at again.
"""

from dataclasses import dataclass

import numpy as np

from telemetry.events import CHECKPOINTS_S, PREFIX_FLOORS
from telemetry.synthesis.batch import LEAST_ID, MOST_ID, NULL, Batch, Column, Ids, Words
from telemetry.synthesis.company import EDITORS, LANGUAGES, Flags, Floats, Ints, People, Truth

SUPPRESSED = (0.26, 0.74)
REASONS = {
    "cancelled": 0.34,
    "mid_word": 0.17,
    "inside_comment": 0.1,
    "inside_string": 0.09,
    "empty_reply": 0.09,
    "repeats_suffix": 0.08,
    "adds_parse_errors": 0.05,
    "excluded": 0.04,
    "provider_failed": 0.03,
    "budget_spent": 0.01,
}
CALLED = ("empty_reply", "repeats_suffix", "adds_parse_errors", "provider_failed")
"""Reasons that a model was paid for."""
SOURCES = {"network": 0.6, "cache": 0.12, "typed_through": 0.28}
LATENCY_MS = {"network": 380.0, "cache": 6.0, "typed_through": 1.5}
INTENTS = ("function_body", "block", "expression", "arguments", "jsx", "type_body", "top_level")
NOT_TAKEN = {"rejected": 0.12, "typed_through": 0.2, "superseded": 0.5, "expired": 0.18}
CAUSES = {
    "accepted": "inserted",
    "partial": "inserted",
    "rejected": "dismissed",
    "typed_through": "typed_as_offered",
    "superseded": "newer_completion",
    "expired": "moved_away",
}
OUTCOMES = tuple(CAUSES)
MODEL = "claude-haiku-4-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """
    Who works on a day, in a company of which this is true.

    `who` holds the numbers of people, once each; `sessions` is one id for each of them.
    """

    people: People
    truth: Truth
    who: Ints
    sessions: Ints
    midnight_ms: int
    random: np.random.Generator


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """
    Requests of a day, one element each; `at` is the place in `Day.who`.
    """

    at: Ints
    ts: Ints
    ids: Ints
    language: Ints
    test_file: Flags


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """
    What was shown of what was asked for; the arrays are as long as those of `Asked`.
    """

    shown: Flags
    ts: Ints
    chars: Ints
    lines: Ints


def completions_of(day: Day) -> list[Batch]:
    """
    All events of completions and of their model calls on one day.
    """
    asked, random = _requests(day), day.random
    returned = random.random(len(asked.ts)) >= SUPPRESSED[0]
    reason = random.choice(len(REASONS), len(asked.ts), p=list(REASONS.values()))
    source = random.choice(len(SOURCES), len(asked.ts), p=list(SOURCES.values()))
    median = np.array(list(LATENCY_MS.values()))[source]
    latency = np.round(median * random.lognormal(0, 0.45, len(asked.ts))).astype(np.int64)
    lines = np.where(random.random(len(asked.ts)) < 0.7, 1, random.geometric(0.3, len(asked.ts)))
    chars = np.maximum(1, np.round(28 * lines * random.lognormal(-0.2, 0.6, len(asked.ts)))).astype(np.int64)
    shown = returned & (random.random(len(asked.ts)) < 0.91)
    called = np.where(returned, source == 0, np.isin(reason, [list(REASONS).index(word) for word in CALLED]))
    prefix = random.choice(PREFIX_FLOORS, len(asked.ts), p=(0.01, 0.02, 0.07, 0.2, 0.45, 0.2, 0.05))

    def common(mask: Flags) -> dict[str, Column]:
        return {**envelope_of(day, asked.at[mask]), **_subject(asked, mask)}

    def ids(mask: Flags) -> dict[str, Column]:
        return {**common(mask), "completion_id": Ids(asked.ids[mask])}

    requested = np.ones(len(asked.ts), dtype=np.bool_)
    return [
        Batch(
            name="completion.requested",
            ts=asked.ts,
            columns={
                **ids(requested),
                "trigger": Words((random.random(len(asked.ts)) < 0.03).astype(np.int8), ("auto", "manual")),
                "prefix_chars_bucket": prefix,
                "intent": Words(random.integers(0, len(INTENTS), len(asked.ts)), INTENTS),
            },
        ),
        Batch(
            name="completion.suppressed",
            ts=(asked.ts + latency)[~returned],
            columns={
                **ids(~returned),
                "reason": Words(reason[~returned], tuple(REASONS)),
                "error": Words(
                    np.where(reason[~returned] == list(REASONS).index("provider_failed"), 0, NULL), ("overloaded",)
                ),
                "latency_ms": latency[~returned],
            },
        ),
        Batch(
            name="completion.returned",
            ts=(asked.ts + latency)[returned],
            columns={
                **ids(returned),
                "source": Words(source[returned], tuple(SOURCES)),
                "extent": Words((lines[returned] > 1).astype(np.int8), ("line", "block")),
                "provider": "anthropic",
                "model": MODEL,
                "chars": chars[returned],
                "lines": lines[returned],
                "ctx_tokens": random.integers(0, 2_000, int(returned.sum())),
                "latency_ms": latency[returned],
                "first_token_ms": np.where(source[returned] == 0, (latency[returned] * 0.7).astype(np.int64), NULL),
            },
        ),
        Batch(
            name="completion.shown",
            ts=(asked.ts + latency + 8)[shown],
            columns={
                **ids(shown),
                "chars": chars[shown],
                "lines": lines[shown],
                "latency_ms": latency[shown] + 8,
            },
        ),
        *_ends(day, asked, Offered(shown=shown, ts=asked.ts + latency + 8, chars=chars, lines=lines)),
        _calls(common(called), asked.ts[called], asked.ids[called], latency[called], random),
    ]


def _requests(day: Day) -> Asked:
    people, random = day.people, day.random
    # A day's number of requests is over-dispersed: some days are for meetings.
    per_person = random.poisson(people.requests_per_day[day.who] * random.gamma(4, 0.25, len(day.who)))
    at = np.repeat(np.arange(len(day.who)), per_person)
    count = len(at)
    ts = day.midnight_ms + (7 * 3600_000 + random.random(count) * 11 * 3600_000).astype(np.int64)
    cumulative = people.language_shares[day.who].cumsum(axis=1)[at]
    return Asked(
        at=at,
        ts=ts,
        ids=random.integers(LEAST_ID, MOST_ID, count),
        language=(random.random(count)[:, None] > cumulative[:, :-1]).sum(axis=1),
        test_file=random.random(count) < 0.18,
    )


def _ends(day: Day, asked: Asked, offered: Offered) -> list[Batch]:
    """
    What became of what was shown, and of what was taken of it after a while.
    """
    shown, random = offered.shown, day.random
    count = int(shown.sum())
    luck = random.random(count)
    chance = day.people.acceptance[day.who[asked.at[shown]]]
    not_taken = 2 + random.choice(len(NOT_TAKEN), count, p=list(NOT_TAKEN.values()))
    outcome = np.where(luck < chance, 0, np.where(luck < chance + day.truth.partial, 1, not_taken))
    visible = np.round(np.where(outcome < 2, 1_500, 700) * random.lognormal(0, 0.7, count)).astype(np.int64)
    share = np.where(outcome == 0, 1.0, np.where(outcome == 1, random.random(count), 0.0))
    accepted_chars = np.ceil(offered.chars[shown] * share).astype(np.int64)
    accepted_lines = np.ceil(offered.lines[shown] * share).astype(np.int64)
    envelope = {**envelope_of(day, asked.at[shown]), **_subject(asked, shown)}
    ended_ts = offered.ts[shown] + visible
    ended = Batch(
        name="completion.ended",
        ts=ended_ts,
        columns={
            **envelope,
            "completion_id": Ids(asked.ids[shown]),
            "outcome": Words(outcome, OUTCOMES),
            "cause": Words(outcome, tuple(CAUSES.values())),
            "visible_ms": visible,
            "accepted_chars": accepted_chars,
            "accepted_lines": accepted_lines,
        },
    )
    taken = np.flatnonzero(shown)[outcome < 2]
    return [ended, *_persistence(day, asked, taken, ended_ts[outcome < 2])]


def _persistence(day: Day, asked: Asked, taken: Ints, taken_ts: Ints) -> list[Batch]:
    truth, random, count = day.truth, day.random, len(taken)
    fate = random.random(count)
    final = np.where(fate < truth.kept_unchanged, 1.0, random.beta(5, 2, count))
    deleted_at = np.where(
        fate >= truth.kept_unchanged + truth.kept_changed, random.exponential(150, count).clip(1, 599), np.inf
    )
    # Whoever closes a document does so at a time that has nothing to do with the text.
    closed_at = np.where(random.random(count) < truth.session_lost, random.random(count) * 600, np.inf)
    batches = []
    for seconds in CHECKPOINTS_S:
        ratio = _ratio_at(seconds, final, deleted_at)
        seen = closed_at > seconds
        at = asked.at[taken[seen]]
        batches.append(
            Batch(
                name="completion.persistence",
                ts=taken_ts[seen] + seconds * 1_000,
                columns={
                    **envelope_of(day, at),
                    "lang": Words(asked.language[taken[seen]], LANGUAGES),
                    "test_file": asked.test_file[taken[seen]],
                    "completion_id": Ids(asked.ids[taken[seen]]),
                    "at_s": seconds,
                    "retained_ratio": ratio[seen],
                    "deleted": ratio[seen] == 0,
                },
            )
        )
    return batches


def _ratio_at(seconds: int, final: Floats, deleted_at: Floats) -> Floats:
    """
    A text is changed little by little until ten minutes are over, or deleted at once.
    """
    changed = 1 - (1 - final) * min(1.0, seconds / 600) ** 0.5
    return np.where(deleted_at <= seconds, 0.0, np.round(changed, 4))


def _calls(envelope: dict[str, Column], ts: Ints, ids: Ints, latency: Ints, random: np.random.Generator) -> Batch:
    count = len(ts)
    duration = latency + random.integers(20, 200, count)
    input_tokens = random.integers(600, 3_000, count)
    output_tokens = random.integers(5, 90, count)
    return Batch(
        name="llm.call",
        ts=ts + duration,
        columns={
            **envelope,
            "request_id": Ids(ids),
            "purpose": "completion",
            "provider": "anthropic",
            "request_model": MODEL,
            "response_model": MODEL,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "cache_read_tokens": 0,
            "cache_creation_tokens": 0,
            "estimated": random.random(count) < 0.4,
            "ttft_ms": (latency * 0.7).astype(np.int64),
            "duration_ms": duration,
            "finish_reason": "stop_sequence",
            # A dollar and five dollars for a million tokens in and out.
            "cost_usd_micro": input_tokens + 5 * output_tokens,
        },
    )


def envelope_of(day: Day, at: Ints) -> dict[str, Column]:
    """
    Who it was, in which session and arm, and with which editor; `at` is the place in `Day.who`.
    """
    people, who = day.people, day.who[at]
    return {
        "dev_id": Words(who, people.dev_ids),
        "session_id": Ids(day.sessions[at]),
        "repo_id": Words(people.team[who], people.repo_ids),
        "client_editor": Words(people.editor[who], EDITORS),
        "client_editor_version": "1.140.0",
        "client_plugin_version": "0.1.0",
        "client_server_version": "0.1.0",
        "experiment": Words(people.in_short_arm[who].astype(np.int8), ARMS),
    }


ARMS = tuple(f'[{{"id":"debounce","arm":"{arm}","unit":"user"}}]' for arm in ("long", "short"))


def _subject(asked: Asked, mask: Flags) -> dict[str, Column]:
    return {"lang": Words(asked.language[mask], LANGUAGES), "test_file": asked.test_file[mask]}
