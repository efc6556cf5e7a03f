"""
What happens beside completions and reviews: sessions, surveys, thumbs, assignments, pull requests and tickets.
"""

import numpy as np

from telemetry.synthesis.batch import LEAST_ID, NULL, Batch, Column, Ids, Words, ids
from telemetry.synthesis.company import EDITORS, Flags, Ints, People, Plan
from telemetry.synthesis.completions import Day, envelope_of

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WORKING_DAYS = 5
TICKS = 7
ROLLOUT = "rollout"
QUESTIONS = ("faster", "trust", "flow", "keep")
MINUTES = (0, 1, 15, 30, 60, 120, 240)


def sessions_of(day: Day) -> list[Batch]:
    """
    One session a person a day: its start, a tick an hour, its end.
    """
    people, random = day.people, day.random
    at = np.arange(len(day.who))
    start = day.midnight_ms + 7 * HOUR_MS + random.integers(0, HOUR_MS, len(at))
    envelope = envelope_of(day, at)
    typed = random.poisson(np.repeat(people.typed_per_day[day.who] / (TICKS + 1), TICKS + 1))
    typed = typed.reshape(len(at), TICKS + 1)
    active = random.integers(HOUR_MS // 6, HOUR_MS, typed.shape)

    def counts(tick: int) -> dict[str, Column]:
        return {
            "active_ms": active[:, tick],
            "typed_chars": typed[:, tick],
            "deleted_chars": typed[:, tick] // 6,
        }

    started = Batch(name="session.started", ts=start, columns={**envelope, "telemetry_level": "all", "opt_in": False})
    ticks = [
        Batch(name="session.tick", ts=start + (tick + 1) * HOUR_MS, columns={**envelope, **counts(tick)})
        for tick in range(TICKS)
    ]
    end = start + (TICKS + 1) * HOUR_MS
    return [started, *ticks, Batch(name="session.ended", ts=end, columns={**envelope, **counts(TICKS)})]


def survey_of(day: Day) -> list[Batch]:
    """
    The weekly question, put to a fifth of those who work that day, and the answers of some.
    """
    random = day.random
    asked = np.flatnonzero(random.random(len(day.who)) < 0.2)
    answers = asked[random.random(len(asked)) < day.truth.survey_response]
    question = int(random.integers(0, len(QUESTIONS)))
    ts = day.midnight_ms + 15 * HOUR_MS + random.integers(0, HOUR_MS, len(day.who))
    agreement = np.clip(np.round(3.6 + random.normal(0, 0.9, len(answers))), 1, 5).astype(np.int64)
    saves = random.random(len(answers)) < 0.8
    minutes = random.choice(MINUTES, len(answers), p=(0.1, 0.15, 0.2, 0.25, 0.2, 0.08, 0.02))
    thumbs = asked[random.random(len(asked)) < 0.1]
    return [
        Batch(
            name="survey.asked",
            ts=ts[asked],
            columns={**envelope_of(day, asked), "question": QUESTIONS[question]},
        ),
        Batch(
            name="survey.answer",
            ts=ts[answers] + 20_000,
            columns={
                **envelope_of(day, answers),
                "question": QUESTIONS[question],
                "agreement": agreement,
                "minutes_saved_bucket": np.where(saves, minutes, NULL),
                "minutes_lost_bucket": np.where(~saves, minutes, NULL),
            },
        ),
        Batch(
            name="feedback.thumb",
            ts=ts[thumbs] + 40_000,
            columns={
                **envelope_of(day, thumbs),
                "target": "completion",
                "thumb": Words((random.random(len(thumbs)) < 0.3).astype(np.int8), ("up", "down")),
                "reason": "not_said",
            },
        ),
    ]


def assignments_of(people: People, plan: Plan, start_ms: int) -> Batch:
    """
    Everybody's wave of the staged roll-out, on the first day.
    """
    count = plan.engineers
    return Batch(
        name="experiment.assigned",
        ts=np.full(count, start_ms),
        columns={
            **_person(people, np.arange(count)),
            "experiment_id": ROLLOUT,
            "arm": Words(people.wave - 1, tuple(f"wave-{n + 1}" for n in range(int(people.wave.max())))),
            "unit": "user",
            "wave": people.wave,
        },
    )


def deliveries_of(day: Day, treated: Flags) -> list[Batch]:
    """
    The pull requests merged and the tickets closed on one working day; having the tool changes both as `Truth` says.

    `treated` tells for everybody whether they have it.
    """
    people, truth, random = day.people, day.truth, day.random
    rate = people.merged_per_week * np.where(treated, 1 + truth.merged_effect, 1.0)
    who = np.repeat(np.arange(len(rate)), random.poisson(rate / WORKING_DAYS))
    merged = day.midnight_ms + random.integers(8 * HOUR_MS, 18 * HOUR_MS, len(who))
    lead = np.round(26 * HOUR_MS * random.lognormal(0, 0.9, len(who))).astype(np.int64)
    reverted = random.random(len(who)) < 0.03
    pull_requests = Batch(
        name="outcome.pull_request",
        ts=merged,
        columns={
            **_person(people, who),
            "pull_request_id": ids(random, len(who)),
            "source": "synthetic",
            "pull_request_state": "merged",
            "opened_ts": merged - lead,
            "reviewed_ts": merged - lead // 2,
            "merged_ts": merged,
            "reverted_ts": np.where(reverted, merged + 2 * DAY_MS, NULL),
            "lines_added": np.round(60 * random.lognormal(0, 1, len(who))).astype(np.int64),
            "lines_deleted": np.round(20 * random.lognormal(0, 1, len(who))).astype(np.int64),
        },
    )
    return [pull_requests, _tickets(day, who, merged, treated[who])]


def _tickets(day: Day, who: Ints, closed: Ints, treated: Flags) -> Batch:
    people, truth, random = day.people, day.truth, day.random
    some = random.random(len(who)) < 0.7
    who, closed, treated = who[some], closed[some], treated[some]
    started = closed - np.round(60 * HOUR_MS * random.lognormal(0, 0.8, len(who))).astype(np.int64)
    hazard = truth.production_error * np.where(treated, 1 + truth.production_error_effect, 1.0)
    failed = random.random(len(who)) < hazard
    return Batch(
        name="outcome.ticket",
        ts=closed,
        columns={
            **_person(people, who),
            "ticket_id": ids(random, len(who)),
            "source": "synthetic",
            "ticket_kind": Words(random.choice(2, len(who), p=(0.75, 0.25)), ("feature", "defect")),
            "ticket_state": "closed",
            "opened_ts": started - 5 * DAY_MS,
            "started_ts": started,
            "closed_ts": closed,
            "reopened_ts": np.where(random.random(len(who)) < 0.04, closed + 3 * DAY_MS, NULL),
            "production_error_ts": np.where(failed, closed + 12 * DAY_MS, NULL),
        },
    )


def _person(people: People, who: Ints) -> dict[str, Column]:
    return {
        "dev_id": Words(who, people.dev_ids),
        "session_id": Ids(LEAST_ID + who),
        "client_editor": Words(people.editor[who], EDITORS),
        "experiment": "[]",
    }
