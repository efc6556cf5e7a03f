"""
Write a synthetic company to a folder: a part a day in the common layout, and the truth beside it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from telemetry.columns import DAY, quoted
from telemetry.synthesis.batch import LEAST_ID, MOST_ID, Batch, joined, select_of
from telemetry.synthesis.company import People, Plan, people_of
from telemetry.synthesis.completions import Day, completions_of
from telemetry.synthesis.reviews import reviews_of
from telemetry.synthesis.weeks import assignments_of, deliveries_of, sessions_of, survey_of

if TYPE_CHECKING:
    import duckdb

TRUTH_FILE = "truth.json"
NOTICE = "SYNTHETIC: a generator made these events up. Nobody did any of this."
AT_WORK, ON_WEEKENDS = 0.9, 0.02
SATURDAY = 5
SURVEY_DAY = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """
    What was written: events by name, and the folder's parts.
    """

    events: dict[str, int]
    parts: int


def write(plan: Plan, folder: Path, *, told: Callable[[date], None] = lambda _: None) -> Written:
    """
    Generate the company and write it; `told` hears of each day that is done.

    Raises:
        OSError: the folder can't be made or written.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    people, counts, parts = people_of(plan), dict[str, int](), 0
    with duckdb.connect() as connection:
        for number, (day, batches) in enumerate(_days(plan, people)):
            filled = [batch for batch in batches if len(batch.ts)]
            for batch in filled:
                counts[batch.name] = counts.get(batch.name, 0) + len(batch.ts)
            if filled:
                random = np.random.default_rng((plan.seed, 1 + number, 1))
                _write_part(connection, folder / f"{DAY}={day.isoformat()}", filled, random)
                parts += 1
            told(day)
    truth = {"synthetic": True, "notice": NOTICE, "plan": _plain(plan), "events": counts}
    (folder / TRUTH_FILE).write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    return Written(events=counts, parts=parts)


def _days(plan: Plan, people: People) -> Iterator[tuple[date, list[Batch]]]:
    """
    Each day with what happened on it. Whatever goes on past midnight is left out, so that a day stands by itself.
    """
    for number, day in enumerate(plan.days):
        random = np.random.default_rng((plan.seed, 1 + number))
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
        week = number // 7
        at_work = ON_WEEKENDS if day.weekday() >= SATURDAY else AT_WORK
        present = random.random(plan.engineers) < at_work * people.days_used
        have_it = (people.access_week <= week) & (week < people.leaves_week)
        who = np.flatnonzero(present & have_it)
        work = Day(
            people=people,
            truth=plan.truth,
            who=who,
            sessions=random.integers(LEAST_ID, MOST_ID, len(who)),
            midnight_ms=midnight,
            random=random,
        )
        batches = [*sessions_of(work), *completions_of(work), *reviews_of(work)]
        if number % 7 == SURVEY_DAY:
            batches += survey_of(work)
        if number == 0:
            batches.append(assignments_of(people, plan, midnight))
        if day.weekday() < SATURDAY:
            batches += deliveries_of(work, have_it)
        yield day, batches


def _write_part(
    connection: "duckdb.DuckDBPyConnection", folder: Path, batches: list[Batch], random: np.random.Generator
) -> None:
    folder.mkdir(exist_ok=True)
    table = joined(batches, random)
    connection.register("batches", table.arrays)
    part = quoted(str(folder / "part-0.parquet"))
    connection.execute(f"COPY ({select_of(table, 'batches')}) TO {part} (FORMAT parquet, COMPRESSION zstd)")
    connection.unregister("batches")


def _plain(plan: Plan) -> dict[str, Any]:
    return {**asdict(plan), "start": plan.start.isoformat()}
