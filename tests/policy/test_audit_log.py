"""
The record of what was sent survives crashes, damage, other processes and a full disk.
"""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lsp_server.policy.audit_log import COUNT_EVERY, AuditLog, AuditUnavailable, Ended, Sent
from lsp_server.providers.base import Usage

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BODY = {"model": "m", "messages": [{"role": "user", "content": "const é = '😀\ud800';"}]}


class Logs:
    """
    Logs over one file, with a clock to set and the warnings of all of them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = NOON
        self.warnings: list[str] = []
        self._open: list[AuditLog] = []

    def open(self, *, days: int = 30) -> AuditLog:
        """
        Another log over the file, as another window has it.
        """
        self._open.append(AuditLog(self.path, days=days, now=lambda: self.now, warn=self.warnings.append))
        return self._open[-1]

    def reopen(self) -> AuditLog:
        """
        Close all and open one.
        """
        self.close()
        return self.open()

    def close(self) -> None:
        while self._open:
            self._open.pop().close()


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    found = Logs(tmp_path / "state" / "audit.sqlite")
    yield found
    found.close()


def sent(request_id: str = "r1", at: datetime = NOON, **changes: Any) -> Sent:
    given: dict[str, Any] = {
        "request_id": request_id,
        "at": at,
        "purpose": "completion",
        "provider": "anthropic",
        "model": "claude-haiku-5-5",
        "route": "messages",
        "files": ("src/a.ts",),
        "redactions": {"github-token": 1},
        "body": BODY,
    }
    return Sent(**given | changes)


def ended(**changes: Any) -> Ended:
    given: dict[str, Any] = {
        "stop": "end",
        "error": "",
        "usage": Usage(input_tokens=100, output_tokens=10),
        "cost_usd": 0.25,
        "ttft_ms": 12.5,
        "duration_ms": 30.0,
        "response_model": "claude-haiku-5-5-1",
    }
    return Ended(**given | changes)


def start(log: AuditLog, *requests: Sent) -> list[int]:
    return [log.start(request).result(10) for request in requests]


def ids(log: AuditLog, since: datetime | None = None) -> list[str]:
    return [entry.sent["id"] for entry in log.entries(since)]


class TestRecord:
    def test_what_was_sent_and_how_it_ended(self, logs: Logs) -> None:
        """
        The exact body comes back, in any script, and the summary leaves it out.
        """
        log = logs.open()
        (number,) = start(log, sent())
        log.end(number, ended())

        (entry,) = logs.reopen().find("r1")

        assert entry.sent["body"] == BODY
        assert entry.summary() == {
            "id": "r1",
            "at": "2026-11-22T12:00:00+00:00",
            "feature": "completion",
            "provider": "anthropic",
            "model": "claude-haiku-5-5",
            "route": "messages",
            "files": ["src/a.ts"],
            "redactions": {"github-token": 1},
            "stop": "end",
            "error": "",
            "inputTokens": 100,
            "outputTokens": 10,
            "cacheReadTokens": 0,
            "cacheWriteTokens": 0,
            "estimated": False,
            "costUsd": 0.25,
            "ttftMs": 12.5,
            "durationMs": 30.0,
            "responseModel": "claude-haiku-5-5-1",
        }

    def test_a_request_without_an_end_is_listed(self, logs: Logs) -> None:
        """
        What was sent before a crash was still sent.
        """
        start(logs.open(), sent())

        (entry,) = logs.reopen().entries()

        assert entry.ended == {}

    def test_several_requests_of_one_id(self, logs: Logs) -> None:
        """
        A review sends many; all are shown, and those of others are not.
        """
        log = logs.open()
        start(log, sent("r1"), sent("r2"), sent("r1"))

        assert len(log.find("r1")) == 2
        assert log.find("r3") == []

    def test_since(self, logs: Logs) -> None:
        """
        In whatever zone the moment is given.
        """
        log = logs.open()
        start(log, *(sent(f"r{hour}", NOON + timedelta(hours=hour)) for hour in range(4)))

        since = (NOON + timedelta(hours=2)).astimezone(tz=None)

        assert ids(log, since) == ["r2", "r3"]
        assert ids(log) == ["r0", "r1", "r2", "r3"]

    def test_nothing_recorded_is_nothing_made(self, logs: Logs) -> None:
        """
        Reading leaves no file behind.
        """
        assert logs.open().entries() == []
        assert not logs.path.exists()

    def test_only_the_user_can_read_it(self, logs: Logs) -> None:
        """
        The folder, the file and its companions, even where they stood open before.
        """
        logs.path.parent.mkdir(mode=0o755)
        start(logs.open(), sent())

        files = list(logs.path.parent.iterdir())
        assert len(files) == 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(logs.path.parent.stat().st_mode) == 0o700


class TestMoney:
    def test_todays_calls_add_up(self, logs: Logs) -> None:
        """
        Those of this process, and those that others had made when it began.
        """
        log = logs.open()
        for number in start(log, sent(), sent(), sent("old", NOON - timedelta(days=1))):
            log.end(number, ended())
        assert log.spent_today_usd() == 0.75

        again = logs.reopen()
        start(again, sent())

        assert again.spent_today_usd() == 0.5

    def test_what_another_window_spends_counts_here_too(self, logs: Logs) -> None:
        """
        A few requests later at the latest, and what is our own only once.
        """
        here, there = logs.open(), logs.open()
        for log in (there, here):
            for number in start(log, *[sent()] * COUNT_EVERY):
                log.end(number, ended())
            # What has been started is on disk, and so is all that came before it.
            start(log, sent())

        assert here.spent_today_usd() == 0.25 * 2 * COUNT_EVERY

    def test_a_new_day_begins_at_nothing(self, logs: Logs) -> None:
        """
        At midnight UTC.
        """
        log = logs.open()
        (number,) = start(log, sent())
        log.end(number, ended())
        logs.now = NOON + timedelta(hours=12)

        assert log.spent_today_usd() == 0.0


class TestRetention:
    def test_old_requests_are_deleted(self, logs: Logs) -> None:
        """
        When the log is opened, by the days of the setting.
        """
        log = logs.open()
        start(log, *(sent(f"r{days}", NOON - timedelta(days=days)) for days in (40, 20, 0)))
        logs.close()

        assert ids(logs.open(days=30)) == ["r20", "r0"]

    def test_while_it_stays_open_too(self, logs: Logs) -> None:
        """
        A server that runs for months deletes as it writes.
        """
        log = logs.open(days=1)
        start(log, sent("old"))
        logs.now = NOON + timedelta(days=2)
        start(log, *(sent("new", logs.now) for _ in range(250)))

        assert set(ids(log)) == {"new"}


class TestTrouble:
    def test_a_damaged_file_is_set_aside(self, logs: Logs) -> None:
        """
        Under a dated name, with one warning, and the record goes on.
        """
        logs.path.parent.mkdir()
        logs.path.write_bytes(b"not a database" * 100)
        log = logs.open()
        start(log, sent())

        (aside,) = logs.path.parent.glob("*damaged-20261122T120000*")
        assert aside.read_bytes() == b"not a database" * 100
        assert logs.warnings == [
            f"The audit log was damaged; it was set aside as {aside.name} and a fresh one started."
        ]
        assert ids(log) == ["r1"]

    def test_damage_that_shows_later(self, logs: Logs) -> None:
        """
        A page overwritten behind our back costs the old record, not the new request.
        """
        log = logs.open()
        start(log, *(sent(f"r{n}", body={"text": os.urandom(3000).hex()}) for n in range(20)))
        logs.close()
        with logs.path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096 * 3)
        again = logs.open()
        start(again, sent("new"))

        assert "new" in ids(again)
        assert len(list(logs.path.parent.glob("*damaged*.sqlite"))) == 1

    def test_damage_that_another_window_has_seen_to(self, logs: Logs) -> None:
        """
        The fresh file of another window is not set aside with the damaged one.
        """
        log = logs.open()
        start(log, *(sent(f"r{n}", body={"text": os.urandom(3000).hex()}) for n in range(20)))
        logs.open().entries()
        for file in logs.path.parent.iterdir():
            moved = file.rename(file.with_name(file.name.replace("audit", "moved")))
            moved.write_bytes(b"\xff" * moved.stat().st_size)
        start(logs.open(), sent("fresh"))
        start(log, sent("after"))

        assert ids(log) == ["fresh", "after"]
        assert logs.warnings == []

    def test_no_place_to_write(self, logs: Logs) -> None:
        """
        A clear sentence, and no crash.
        """
        logs.path.parent.write_text("a file where the folder should be")
        log = logs.open()

        with pytest.raises(AuditUnavailable, match=r"audit\.sqlite can't be used \(.*\): free some space"):
            start(log, sent())

    def test_the_record_of_a_newer_version_is_left_alone(self, logs: Logs) -> None:
        """
        An older Pacenotes neither reads nor sets it aside.
        """
        import sqlite3

        logs.path.parent.mkdir()
        with sqlite3.connect(logs.path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()

        with pytest.raises(AuditUnavailable, match="written by a newer Pacenotes"):
            start(logs.open(), sent())
        assert [file.name for file in logs.path.parent.iterdir() if "damaged" in file.name] == []

    def test_a_full_disk(self, logs: Logs) -> None:
        """
        Each request that can't be recorded says so in one sentence; when there is room again, recording goes on.
        """
        script = """
            import resource, signal, sys
            from datetime import UTC, datetime
            from pathlib import Path
            from lsp_server.policy.audit_log import AuditLog, AuditUnavailable
            from tests.policy.test_audit_log import sent, start

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            log = AuditLog(Path(sys.argv[1]), days=30, now=lambda: datetime.now(UTC), warn=print)
            start(log, sent("first"))
            unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, unlimited[1]))
            for _ in range(3):
                try:
                    start(log, sent("lost", body={"text": __import__("os").urandom(50_000).hex()}))
                except AuditUnavailable as error:
                    print("said", error)
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
            start(log, sent("second"))
            print([entry.sent["id"] for entry in log.entries()])
            log.close()
        """
        run = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(logs.path)], capture_output=True, text=True, check=False
        )

        assert (run.returncode, run.stderr) == (0, "")
        said = run.stdout.splitlines()
        assert len(said) == 4
        assert all("free some space or make it writable." in line for line in said[:3])
        assert said[3] == "['first', 'second']"


class TestSharing:
    def test_two_windows_write_at_once(self, logs: Logs) -> None:
        """
        Nothing is lost and nobody fails.
        """
        first, second = logs.open(), logs.open()
        with ThreadPoolExecutor(2) as windows:
            done = [windows.submit(start, log, *(sent() for _ in range(60))) for log in (first, second)]
            assert [len(each.result(60)) for each in done] == [60, 60]

        assert len(first.entries()) == len(second.entries()) == 120

    def test_what_was_acknowledged_survives_a_kill(self, logs: Logs) -> None:
        """
        A request whose number was given out is on disk, whatever happens to the process next.
        """
        script = """
            import sys
            from datetime import UTC, datetime
            from pathlib import Path
            from lsp_server.policy.audit_log import AuditLog
            from tests.policy.test_audit_log import sent, start

            log = AuditLog(Path(sys.argv[1]), days=3000, now=lambda: datetime.now(UTC), warn=print)
            for number in range(1_000_000):
                start(log, sent(f"r{number}"))
                print(f"r{number}", flush=True)
        """
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(logs.path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(25)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().split("\n")[:-1]
        process.wait()

        assert set(acknowledged) <= set(ids(logs.open(days=3000)))


def test_an_entry_is_one_json_document(logs: Logs) -> None:
    """
    As `pacenotes audit --json` prints it.
    """
    log = logs.open()
    (number,) = start(log, sent())
    log.end(number, ended())

    (entry,) = log.entries()

    assert json.loads(json.dumps(entry.summary())) == entry.summary()
