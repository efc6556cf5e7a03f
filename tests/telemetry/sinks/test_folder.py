"""
Exports to a folder: whole, once, and in the layout that reports read.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from telemetry import columns
from telemetry.commands import telemetry
from telemetry.sinks.destination import ExportFailed, destination_of
from telemetry.sinks.export import export, progress_of
from telemetry.store import Store
from tests.support.events import tick

DAY_MS = 24 * 60 * 60 * 1000


def fill(path: Path, numbers: range, *, days: int = 3) -> None:
    """
    Write so many events, spread over days.
    """
    store = Store(path, warn=pytest.fail, clock=lambda: 1)
    for number in numbers:
        store.emit(tick(number, ts=number % days * DAY_MS + number))
    assert store.flush(60)
    store.close()


def there(folder: Path, values: str = "count(*), count(DISTINCT event_id)") -> tuple[Any, ...]:
    source = f"read_parquet('{folder}/day=*/*.parquet', hive_partitioning = true)"
    found = duckdb.sql(f"SELECT {values} FROM {source}").fetchone()
    assert found is not None
    return found


def test_a_folder_has_every_event_once(tmp_path: Path) -> None:
    """
    In batches of 30, over three days, and with every declared column.
    """
    store, folder = tmp_path / "t.sqlite", tmp_path / "out"
    fill(store, range(100))
    target = destination_of(str(folder))
    assert export(store, target, progress_file=tmp_path / "exports.json", batch_size=30) == 100
    assert there(folder) == (100, 100)
    assert there(folder, "sum(active_ms), min(day), max(day)")[0] == sum(range(100))
    names = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{next(folder.rglob('*.parquet'))}')").fetchall()
    assert [name for name, *_ in names if name != "day"] == list(columns.COLUMNS)


def test_a_second_export_sends_what_is_new(tmp_path: Path) -> None:
    """
    And nothing when nothing is.
    """
    store, folder, progress = tmp_path / "t.sqlite", tmp_path / "out", tmp_path / "exports.json"
    fill(store, range(10))
    assert export(store, destination_of(str(folder)), progress_file=progress) == 10
    assert export(store, destination_of(str(folder)), progress_file=progress) == 0
    fill(store, range(10, 15))
    assert export(store, destination_of(str(folder)), progress_file=progress) == 5
    assert there(folder) == (15, 15)


class Dies:
    """
    A destination that stores a batch and then fails to say so, every other time.
    """

    name = "dies"

    def __init__(self, folder: Path) -> None:
        self._folder = destination_of(str(folder))
        self._calls = 0

    def deliver(self, events: Sequence[Mapping[str, Any]], *, batch: str) -> None:
        self._folder.deliver(events, batch=batch)
        self._calls += 1
        if self._calls % 2:
            raise ExportFailed("The connection broke after the last byte.")


def test_a_batch_that_was_stored_but_not_acknowledged_is_stored_once(tmp_path: Path) -> None:
    """
    It is sent again with the same name, although new events have come since.
    """
    store, folder = tmp_path / "t.sqlite", tmp_path / "out"
    target, total = Dies(folder), 0
    for attempt in range(6):
        fill(store, range(attempt * 10, attempt * 10 + 10))
        try:
            total += export(store, target, progress_file=tmp_path / "exports.json")
        except ExportFailed:
            continue
    export(store, target, progress_file=tmp_path / "exports.json")
    assert there(folder) == (60, 60)


def test_a_fresh_store_is_exported_from_its_beginning(tmp_path: Path) -> None:
    """
    A store that was set aside as damaged counts its rows from 1 again.
    """
    store, folder, progress = tmp_path / "t.sqlite", tmp_path / "out", tmp_path / "exports.json"
    fill(store, range(10))
    export(store, destination_of(str(folder)), progress_file=progress)
    for file in tmp_path.glob("t.sqlite*"):
        file.unlink()
    fill(store, range(100, 120))
    assert export(store, destination_of(str(folder)), progress_file=progress) == 20
    assert there(folder) == (30, 30)


def test_kill_9_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """
    An export that is killed again and again arrives at every event, once.
    """
    store, folder = tmp_path / "t.sqlite", tmp_path / "out"
    fill(store, range(600), days=2)
    command = [sys.executable, "-m", "tests.support.exporter", str(store), str(folder), "25"]
    for _ in range(4):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.stdout.close()
        assert process.wait() in (-signal.SIGKILL, 0)
    assert subprocess.run(command, check=False).returncode == 0
    assert there(folder) == (600, 600)
    assert next(iter(progress_of(store.with_name("exports.json")).values())).exported == 600


def test_sums_only(tmp_path: Path) -> None:
    """
    In the aggregate-only mode no file holds an event.
    """
    store, folder = tmp_path / "t.sqlite", tmp_path / "out"
    fill(store, range(30))
    export(store, destination_of(str(folder), sums_only=True), progress_file=tmp_path / "exports.json")
    files = [file.relative_to(folder).parts[0] for file in folder.rglob("*.parquet")]
    assert files == ["sums"] * 3
    source = f"read_parquet('{folder}/sums/*/*.parquet')"
    rows = duckdb.sql(f"SELECT sum(events), count(*) FROM {source}").fetchall()
    assert rows == [(30, 3)]


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("ftp://host/x", "can't be exported to ftp"), ("s3://", "names no bucket"), ("otlp://", "names no collector")],
)
def test_no_such_destination(target: str, sentence: str) -> None:
    """
    One sentence says what may be given.
    """
    with pytest.raises(ExportFailed, match=sentence):
        destination_of(target)


def run(store: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(telemetry, arguments, obj=lambda: store, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_on_the_command_line(tmp_path: Path) -> None:
    """
    Export, show what is kept and where it went, purge.
    """
    store = tmp_path / "t.sqlite"
    assert "No events are kept yet" in run(store, "show")[1]
    fill(store, range(20))
    assert "20 events exported to file://" in run(store, "export", "--to", str(tmp_path / "out"))[1]
    assert "already" in run(store, "export", "--to", str(tmp_path / "out"))[1]
    shown = json.loads(run(store, "show", "--json")[1])
    assert shown["events"] == {"session.tick": 20}
    assert list(shown["exported"].values()) == [20]
    assert run(store, "purge")[0] == 2
    assert "Aborted" in run(store, "purge", "--all", stdin="n\n")[1]
    assert run(store, "purge", "--before", "1970-01-02", "--yes")[0] == 0
    assert json.loads(run(store, "show", "--json")[1])["events"] == {"session.tick": 13}
    assert run(store, "purge", "--all", "--yes")[0] == 0
    assert json.loads(run(store, "show", "--json")[1])["events"] == {}


def test_a_folder_that_can_t_be_written(tmp_path: Path) -> None:
    """
    One sentence, exit code 2, and the events are still to be sent.
    """
    store = tmp_path / "t.sqlite"
    fill(store, range(5))
    (tmp_path / "file").write_text("")
    code, output = run(store, "export", "--to", str(tmp_path / "file"))
    assert code == 2
    assert "can't be written" in output
    assert "5 events exported" in run(store, "export", "--to", str(tmp_path / "out"))[1]
