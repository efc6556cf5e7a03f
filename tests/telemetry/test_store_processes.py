"""
What the store has acknowledged outlives `kill -9`, and several servers share one store.
"""

import random
import resource
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from telemetry.envelope import from_json
from telemetry.events import SessionTick
from telemetry.store import read


def start(path: Path, first: int, count: int, batch: int, **options: object) -> "subprocess.Popen[str]":
    """
    A process that writes events and prints the numbers of those that are safe.
    """
    command = [sys.executable, "-m", "tests.support.event_writer", *map(str, (path, first, count, batch))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload, no-any-return]  # Options vary.


def acknowledged(lines: list[str]) -> set[int]:
    """
    The numbers that were said to be safe, in lines that were written to their end.
    """
    return {
        int(word) for line in lines if line.startswith("safe:") and line.endswith("\n") for word in line.split()[1:]
    }


def numbers(path: Path) -> list[int]:
    """
    The numbers of the events in the store.
    """
    bodies = [from_json(line).body for line in read(path)]
    return [body.active_ms for body in bodies if isinstance(body, SessionTick)]


@pytest.mark.parametrize("batch", [1, 7, 50])
def test_kill_9_loses_nothing_acknowledged(tmp_path: Path, batch: int) -> None:
    """
    A writer that is killed at a random moment, again and again, leaves every event that it had acknowledged, once.
    """
    path, moments = tmp_path / "telemetry.sqlite", random.Random(batch)
    safe: set[int] = set()
    for run in range(3):
        process = start(path, run * 1_000_000, 1_000_000, batch)
        assert process.stdout is not None
        before = list(islice(process.stdout, moments.randrange(1, 120)))
        process.kill()
        after = process.stdout.readlines()
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        safe |= acknowledged(before + after)
    kept = numbers(path)
    assert len(set(kept)) == len(kept)
    assert safe
    assert safe <= set(kept)


def test_eight_servers_share_a_store(tmp_path: Path) -> None:
    """
    Eight processes that start at once on a store that isn't there yet, some with the same events, lose none.
    """
    path = tmp_path / "state" / "telemetry.sqlite"
    processes = [start(path, run * 90, 100, 5) for run in range(8)]
    outputs = [process.communicate(timeout=100)[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0] * 8
    assert [output[-1] for output in outputs] == ["lost: 0"] * 8
    assert not [line for output in outputs for line in output if line.startswith("warning:")]
    assert sorted(numbers(path)) == list(range(730))


def test_servers_that_find_the_store_damaged_agree_on_a_fresh_one(tmp_path: Path) -> None:
    """
    One process sets the damaged file aside, and all write to the fresh one.
    """
    path = tmp_path / "telemetry.sqlite"
    path.write_bytes(b"rubbish " * 2_000)
    processes = [start(path, run * 100, 100, 10) for run in range(4)]
    outputs = [process.communicate(timeout=100)[0].splitlines() for process in processes]
    assert [output[-1] for output in outputs] == ["lost: 0"] * 4
    assert sorted(numbers(path)) == list(range(400))
    assert len(list(tmp_path.glob("telemetry.corrupt-*.sqlite"))) == 1
    assert sum(line.startswith("warning:") for output in outputs for line in output) == 1


def test_a_full_disk_is_said_once_and_survived(tmp_path: Path) -> None:
    """
    When files can grow no more, the writer says so once, counts what is lost, and goes on to its end.
    """
    path = tmp_path / "telemetry.sqlite"

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    process = start(path, 0, 1_000, 10, preexec_fn=little_room)
    output = process.communicate(timeout=100)[0].splitlines(keepends=True)
    assert process.returncode == 0
    said = [line for line in output if line.startswith("warning:")]
    assert len(said) == 1
    assert "can't be written" in said[0]
    safe = acknowledged(output)
    assert 0 < len(safe) < 1_000
    assert output[-1] == f"lost: {1_000 - len(safe)}\n"
    assert set(numbers(path)) >= safe
