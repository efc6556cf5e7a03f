"""
Events come from wherever they lie, and whatever is wrong with a source is told in one sentence.
"""

import json
from pathlib import Path

import duckdb
import pytest

from telemetry.engines import EngineError
from telemetry.envelope import to_json
from telemetry.events import SessionTick
from telemetry.measures.quality import coverage
from telemetry.sinks.folder import Folder
from telemetry.sources import SourceError, opened
from telemetry.store import Store
from tests.support.days import MONDAY, happened, written
from tests.support.events import tick


def count(*sources: Path | str, local: Path = Path()) -> int:
    """
    How many events there are.
    """
    with opened([str(source) for source in sources], local=local) as engine:
        return int(engine.rows(coverage(engine.events, MONDAY))[0]["events"])


def refusal(*sources: Path | str) -> str:
    """
    What is said of sources that can't be used.
    """
    with pytest.raises(SourceError) as refused:
        count(*sources)
    said = str(refused.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


def test_the_store_of_this_machine(tmp_path: Path) -> None:
    """
    Without a source, what the local store has kept is read; a store that isn't there is empty.
    """
    store = Store(tmp_path / "telemetry.sqlite", warn=print, clock=lambda: 1)
    for number in range(5):
        store.emit(tick(number))
    assert store.flush()
    store.close()
    assert count(local=tmp_path / "telemetry.sqlite") == 5
    assert count(local=tmp_path / "none.sqlite") == 0


def test_several_sources_are_one(tmp_path: Path, company: Path) -> None:
    """
    A folder of Parquet, a file of JSON lines and a single part add up.
    """
    lines = written([happened(SessionTick), happened(SessionTick)], tmp_path / "two.jsonl")
    part = next(company.glob("*/*.parquet"))
    assert count(company, lines, part) == count(company) + 2 + count(part)


def test_an_empty_file_is_no_event(tmp_path: Path) -> None:
    """
    A file of no lines is a source without events.
    """
    assert count(written([], tmp_path / "none.jsonl")) == 0


def test_parts_of_an_older_schema(tmp_path: Path) -> None:
    """
    A part without the newer columns is read; its events lack what it lacks, and are real ones.
    """
    part = tmp_path / "part.parquet"
    columns = "'1.0' AS schema, 'session.started' AS name, 'aaaaaaaa' AS event_id, 1::BIGINT AS ts, 'x' AS dev_id"
    duckdb.sql(f"COPY (SELECT {columns}) TO '{part}' (FORMAT parquet)")
    with opened([str(part)], local=Path()) as engine:
        row = engine.rows(coverage(engine.events, MONDAY))[0]
    assert (row["events"], row["synthetic"]) == (1, 0)


def test_lines_of_the_first_schema(tmp_path: Path) -> None:
    """
    Events that an older Pacenotes has kept, before there was `synthetic`, are read as real ones.
    """
    file = written([happened(SessionTick)], tmp_path / "old.jsonl")
    old = file.read_text().replace('"schema":"1.1"', '"schema":"1.0"').replace('"synthetic":false,', "")
    assert "synthetic" not in old
    file.write_text(old)
    with opened([str(file)], local=Path()) as engine:
        row = engine.rows(coverage(engine.events, MONDAY))[0]
    assert (row["events"], row["synthetic"]) == (1, 0)


def test_bad_sources_get_one_sentence(tmp_path: Path, company: Path) -> None:
    """
    Missing, empty, foreign, damaged and cut-off sources are each named with what is wrong.
    """
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("const password = load();")
    (tmp_path / "broken.jsonl").write_text('{"schema": "1.1", "name"\n')
    (tmp_path / "foreign.jsonl").write_text('{"level": "info"}\n')
    (tmp_path / "wrong.jsonl").write_text(
        '{"schema": "1.1", "name": "x", "event_id": "1", "dev_id": "2", "ts": "soon"}\n'
    )
    duckdb.sql(f"COPY (SELECT 1 AS a) TO '{tmp_path}/other.parquet' (FORMAT parquet)")
    whole = next(company.glob("*/*.parquet")).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "broken.sqlite").write_bytes(b"not a database at all" * 100)

    assert "There is nothing at" in refusal(tmp_path / "gone")
    assert "There are no events in" in refusal(tmp_path / "empty")
    assert "is no source of events" in refusal(tmp_path / "notes.txt")
    assert "does not hold events" in refusal(tmp_path / "broken.jsonl")
    assert "does not hold events" in refusal(tmp_path / "foreign.jsonl")
    assert "does not hold events" in refusal(tmp_path / "wrong.jsonl")
    assert "no column schema" in refusal(tmp_path / "other.parquet")
    assert "damaged or cut off" in refusal(tmp_path / "cut.parquet")
    assert "cut.parquet is damaged" in refusal(company, tmp_path / "cut.parquet")
    refusal(tmp_path / "broken.sqlite")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("ts::VARCHAR AS ts", "column ts is VARCHAR where BIGINT is needed"),
        ("'many' AS chars", "column chars is VARCHAR where BIGINT is needed"),
        ("NULL::VARCHAR AS name", "of its rows lack their name"),
        ("CASE WHEN ts % 2 = 0 THEN event_id END AS event_id", "of its rows lack their event_id"),
        ("NULL::BIGINT AS ts", "of its rows lack their ts"),
    ],
)
def test_parquet_that_others_wrote(tmp_path: Path, company: Path, change: str, sentence: str) -> None:
    """
    A column of another type, or without a value that every event has, is told by its name.
    """
    part, file = next(company.glob("*/*.parquet")), tmp_path / "changed.parquet"
    duckdb.sql(f"COPY (SELECT * REPLACE ({change}) FROM '{part}') TO '{file}' (FORMAT parquet)")
    assert sentence in refusal(file)


def test_daily_sums_are_no_events(tmp_path: Path) -> None:
    """
    Alone or among events: they are told by name, with why they are not enough.
    """
    events = [json.loads(to_json(happened(SessionTick, day=day))) for day in range(2)]
    Folder(tmp_path / "both", sums_only=True).deliver(events, batch="a")
    assert "daily sums of an export with --aggregate-only" in refusal(tmp_path / "both")
    Folder(tmp_path / "both").deliver(events, batch="a")
    assert "Leave the folder `sums` out" in refusal(tmp_path / "both")


def test_a_bucket_is_no_folder() -> None:
    """
    The sentence says how to get it here.
    """
    assert "aws s3 sync" in refusal("s3://metrics/pacenotes")


def test_events_of_a_newer_schema(tmp_path: Path) -> None:
    """
    They are not guessed at.
    """
    newer = tmp_path / "newer.jsonl"
    text = written([happened(SessionTick)], newer).read_text().replace('"schema":"1.1"', '"schema":"2.0"')
    newer.write_text(text)
    assert "schema 2.0" in refusal(newer)


@pytest.mark.parametrize("engine", ["trino", "clickhouse"])
def test_engines_whose_driver_is_missing(engine: str) -> None:
    """
    The sentence says what to install.
    """
    with pytest.raises(EngineError) as refused:
        count(f"{engine}://nobody@127.0.0.1:1/none")
    assert f"pip install 'pacenotes[{engine}]'" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_engine_stands_alone(tmp_path: Path) -> None:
    """
    Events of an engine and of files are not mixed.
    """
    assert "stands alone" in refusal("postgres://nobody@127.0.0.1:1/none", tmp_path)
