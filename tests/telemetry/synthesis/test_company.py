"""
A synthetic company is labelled, repeatable, obeys the declarations, and measures find the truth that it was made with.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from telemetry.columns import COLUMNS
from telemetry.declaration import declaration_of
from telemetry.envelope import from_json
from telemetry.events import EVENTS
from telemetry.measures import acceptance, persistence, review
from telemetry.sources import opened
from telemetry.synthesis.command import synthesize
from telemetry.synthesis.company import Plan, Truth
from telemetry.synthesis.writing import TRUTH_FILE, write
from tests.support.companies import SMALL

TINY = Plan(engineers=6, weeks=1, seed=11, start=date(2026, 5, 4), truth=Truth(requests_per_day=8))


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """
    What a query over the folder's events gives.
    """
    read = f"read_parquet('{folder}/*/*.parquet', hive_partitioning = true)"
    return duckdb.sql(sql.replace("EVENTS", read)).fetchall()


def test_the_same_seed_gives_the_same_company(tmp_path: Path) -> None:
    """
    Whoever repeats a run gets the same rows; another seed gives others.
    """
    for name, seed in (("one", 11), ("two", 11), ("other", 12)):
        write(Plan(engineers=6, weeks=1, seed=seed, start=TINY.start, truth=TINY.truth), tmp_path / name)
    digest = "SELECT count(*), bit_xor(hash(EVENTS)) FROM EVENTS".replace("hash(EVENTS)", "hash(event_id, ts, chars)")
    assert rows(tmp_path / "one", digest) == rows(tmp_path / "two", digest)
    assert rows(tmp_path / "one", digest) != rows(tmp_path / "other", digest)


def test_every_event_is_declared_and_labelled(tmp_path: Path) -> None:
    """
    Each row reads back as a declared event that says it is synthetic, and all kinds of events but one are there.
    """
    write(TINY, tmp_path)
    found: Counter[str] = Counter()
    names = list(COLUMNS)
    for row in rows(tmp_path, f"SELECT {', '.join(COLUMNS)} FROM EVENTS"):
        event = from_json(as_line(dict(zip(names, row, strict=True))))
        assert event.origin.synthetic
        found[event.name] += 1
    missing = {declaration_of(cls).name for cls in EVENTS} - set(found)
    assert missing <= {"experiment.exposed", "experiment.refused", "feedback.thumb", "survey.answer", "survey.asked"}


def as_line(row: dict[str, Any]) -> str:
    """
    A row of the layout as the line of JSON that it stands for.
    """
    client = {name.removeprefix("client_"): row.pop(name) for name in list(row) if name.startswith("client_")}
    return json.dumps({**row, "client": client, "experiment": json.loads(row["experiment"])})


def test_the_truth_counts_what_was_written(company: Path) -> None:
    """
    `truth.json` is labelled, and its counts are those of the rows.
    """
    truth = json.loads((company / TRUTH_FILE).read_text("utf-8"))
    assert truth["synthetic"] is True
    assert "SYNTHETIC" in truth["notice"]
    assert truth["events"] == dict(rows(company, "SELECT name, count(*) FROM EVENTS GROUP BY name"))
    assert rows(company, "SELECT count(*) - count(DISTINCT event_id) FROM EVENTS") == [(0,)]


def test_days_lie_where_they_belong(company: Path) -> None:
    """
    The folder of a part is the UTC day of all its events.
    """
    wrong = "SELECT count(*) FROM EVENTS WHERE CAST(make_timestamp(ts * 1000) AS DATE) <> day"
    assert rows(company, wrong) == [(0,)]


def test_measures_find_the_truth(company: Path) -> None:
    """
    The shares that the company was made with come back within what chance allows (three standard errors).
    """
    truth = SMALL.truth
    with opened([str(company)], local=Path()) as engine:
        shown = engine.rows(acceptance.acceptance(engine.events))[0]
        kept = engine.rows(persistence.persistence(engine.events))[-1]
        found = engine.rows(review.reviews(engine.events))[0]
    # People differ, so that the mean over shown completions varies with who is most active.
    near(shown["accepted"] / shown["shown"], truth.acceptance + truth.debounce_effect / 2, 24, truth.acceptance_sd)
    near(kept["unchanged"] / kept["measured"], truth.kept_unchanged, kept["measured"], 0.5)
    assert found["claims"] == found["claims_shown"] + found["claims_silent"] + found["claims_withheld"]


def near(found: float, true: float, count: int, deviation: float) -> None:
    """
    Within three standard errors.
    """
    assert abs(found - true) < 3 * deviation / count**0.5


def test_made_up_events_never_get_among_real_ones(tmp_path: Path) -> None:
    """
    A folder with anything in it is refused.
    """
    (tmp_path / "events.parquet").write_bytes(b"")
    done = CliRunner().invoke(synthesize, ["--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "is not empty" in done.output


@pytest.mark.parametrize("option", [["--engineers", "0"], ["--weeks", "-1"], ["--seed", "x"]])
def test_impossible_companies_are_refused(tmp_path: Path, option: list[str]) -> None:
    """
    Bad numbers are named.
    """
    done = CliRunner().invoke(synthesize, [*option, "--out", str(tmp_path / "new")])
    assert done.exit_code == 2
    assert option[0] in done.output
