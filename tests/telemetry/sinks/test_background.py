"""
A running server brings events to their destination by itself.
"""

import threading
from pathlib import Path

import pytest

from telemetry.sinks.background import ExportingSink
from telemetry.store import Store
from tests.support.events import tick
from tests.telemetry.sinks.test_folder import there


def sink(store: Path, target: Path, warn: object, **pauses: float) -> ExportingSink:
    kept = Store(store, warn=pytest.fail, clock=lambda: 1)
    return ExportingSink(kept, store, str(target), sums_only=False, warn=warn, **pauses)  # type: ignore[arg-type] # a test's listener


def test_events_arrive_while_the_server_runs(tmp_path: Path) -> None:
    """
    The ones of the first turn and those of the next.
    """
    exporting = sink(tmp_path / "t.sqlite", tmp_path / "out", pytest.fail, first_after_s=0.01, every_s=0.01)
    for number in range(3):
        exporting.emit(tick(number))
    while not list(tmp_path.glob("out/day=*/*.parquet")):
        threading.Event().wait(0.01)
    exporting.emit(tick(3))
    while there(tmp_path / "out") != (4, 4):
        threading.Event().wait(0.01)
    exporting.close()


def test_a_failing_destination_is_told_of_once(tmp_path: Path) -> None:
    """
    And costs no event: they are still in the store.
    """
    told: list[str] = []
    twice = threading.Event()

    def warn(sentence: str) -> None:
        told.append(sentence)
        twice.set()

    (tmp_path / "file").write_text("")
    exporting = sink(tmp_path / "t.sqlite", tmp_path / "file", warn, first_after_s=0.0, every_s=0.001)
    exporting.emit(tick(1))
    assert twice.wait(10)
    threading.Event().wait(0.1)
    assert exporting.flush()
    exporting.close()
    assert len(told) == 1
    assert "can't be written" in told[0]
