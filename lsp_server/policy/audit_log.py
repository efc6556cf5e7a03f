"""
The record of what was sent to a model, kept on this machine; read by `pacenotes audit`.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from lsp_server.database import NewerVersion, is_damage, is_sound, open_database, set_aside
from lsp_server.providers.base import Usage

VERSION = 1
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS calls (seq INTEGER PRIMARY KEY, request_id TEXT NOT NULL, at TEXT NOT NULL,"
    " cost_usd REAL NOT NULL DEFAULT 0, sent BLOB NOT NULL, ended TEXT)",
    "CREATE INDEX IF NOT EXISTS calls_by_request ON calls (request_id)",
    "CREATE INDEX IF NOT EXISTS calls_by_time ON calls (at)",
)
TRIM_EVERY = 200

COUNT_EVERY = 5
"""After how many requests of our own it is looked up again what other windows have spent."""

MOST_BYTES = 200 * 1024 * 1024
"""A request of a few thousand tokens takes some kilobytes, packed: this holds a month of one busy engineer."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """
    One request as it goes out. `redactions` counts the secrets that were taken out of it, by kind.
    """

    request_id: str
    at: datetime
    purpose: str
    provider: str
    model: str
    route: str
    files: tuple[str, ...]
    redactions: Mapping[str, int]
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """
    How a request ended: `stop` is the model's reason, `closed` when we had read enough, or empty with an `error`.
    """

    stop: str
    error: str
    usage: Usage
    cost_usd: float
    ttft_ms: float | None
    duration_ms: float
    response_model: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """
    One recorded request; `ended` is empty while it runs, or if the process died before its end.
    """

    sent: Mapping[str, Any]
    ended: Mapping[str, Any] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """
        Everything but the request's own text.
        """
        return {**{name: value for name, value in self.sent.items() if name != "body"}, **self.ended}


class AuditUnavailable(Exception):  # noqa: N818
    """
    The record can't be written or read; `str(error)` is a sentence for the user.
    """


class AuditLog:
    """
    The log; one thread of its own does all work on the disk.

    A damaged file is set aside under a dated name and a fresh one started; `warn` is told.
    """

    def __init__(self, path: Path, *, days: int, now: Callable[[], datetime], warn: Callable[[str], None]) -> None:
        self._path = path
        self._days = days
        self._now = now
        self._warn = warn
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")
        self._connection: sqlite3.Connection | None = None
        self._written = 0
        # By the day: what this process knows to have spent, what of it is on disk, and what others have put there.
        self._own: tuple[str, float] = ("", 0.0)
        self._own_on_disk: tuple[str, float] = ("", 0.0)
        self._others: tuple[str, float] = ("", 0.0)
        self._ended = 0

    def start(self, sent: Sent) -> "Future[int]":
        """
        Record a request that is about to be sent; the result, its number, is there once it is on disk.

        Raises (as the future's exception):
            AuditUnavailable: it could not be recorded.
        """
        return self._thread.submit(self._guarded, lambda: self._start(sent))

    def end(self, number: int, ended: Ended) -> None:
        """
        Record how the request of that number ended.
        """
        today = self._today()
        self._own = (today, _on(today, self._own) + ended.cost_usd)
        self._thread.submit(self._guarded, lambda: self._end(number, ended, today))

    def entries(self, since: datetime | None = None) -> list[Entry]:
        """
        What was sent since then, oldest first.

        Raises:
            AuditUnavailable: the record can't be read.
        """
        query = "SELECT sent, ended FROM calls WHERE at >= ? ORDER BY seq"
        return self._read(query, since.astimezone(UTC).isoformat() if since else "")

    def find(self, request_id: str) -> list[Entry]:
        """
        The requests of one completion or review; usually one, none when it was answered without a model.

        Raises:
            AuditUnavailable: the record can't be read.
        """
        return self._read("SELECT sent, ended FROM calls WHERE request_id = ? ORDER BY seq", request_id)

    def spent_today_usd(self) -> float:
        """
        What was spent since midnight UTC, by this process and, as far as it has looked, by others. Cheap.
        """
        today = self._today()
        return _on(today, self._own) + _on(today, self._others)

    def open(self) -> None:
        """
        Open the file ahead of the first request, in the log's own thread.
        """
        self._thread.submit(self._guarded, self._opened)

    def close(self) -> None:
        """
        Finish writing and close the file.
        """
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _read(self, query: str, value: str) -> list[Entry]:
        if not self._path.exists():
            return []
        rows = self._thread.submit(self._guarded, lambda: self._opened().execute(query, (value,)).fetchall()).result()
        return list(_entries(rows))

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            try:
                return work()
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self._start_afresh()
                return work()
        except (sqlite3.Error, OSError, NewerVersion) as error:
            raise AuditUnavailable(_sentence(self._path, error)) from error

    def _start(self, sent: Sent) -> int:
        document = {
            "id": sent.request_id,
            "at": sent.at.astimezone(UTC).isoformat(),
            "feature": sent.purpose,
            "provider": sent.provider,
            "model": sent.model,
            "route": sent.route,
            "files": list(sent.files),
            "redactions": dict(sent.redactions),
            "body": sent.body,
        }
        packed = zlib.compress(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
        connection = self._opened()
        cursor = connection.execute(
            "INSERT INTO calls (request_id, at, sent) VALUES (?, ?, ?)", (sent.request_id, document["at"], packed)
        )
        self._written += 1
        if self._written % TRIM_EVERY == 0:
            self._trim(connection)
        return cursor.lastrowid or 0

    def _end(self, number: int, ended: Ended, today: str) -> None:
        document = {
            "stop": ended.stop,
            "error": ended.error,
            "inputTokens": ended.usage.input_tokens,
            "outputTokens": ended.usage.output_tokens,
            "cacheReadTokens": ended.usage.cache_read_tokens,
            "cacheWriteTokens": ended.usage.cache_write_tokens,
            "estimated": ended.usage.estimated,
            "costUsd": ended.cost_usd,
            "ttftMs": ended.ttft_ms,
            "durationMs": ended.duration_ms,
            "responseModel": ended.response_model,
        }
        connection = self._opened()
        connection.execute(
            "UPDATE calls SET ended = ?, cost_usd = ? WHERE seq = ?", (json.dumps(document), ended.cost_usd, number)
        )
        self._own_on_disk = (today, _on(today, self._own_on_disk) + ended.cost_usd)
        self._ended += 1
        if self._ended % COUNT_EVERY == 0:
            self._count_others(connection)

    def _count_others(self, connection: sqlite3.Connection) -> None:
        today = self._today()
        query = "SELECT coalesce(sum(cost_usd), 0) FROM calls WHERE at >= ?"
        (spent,) = connection.execute(query, (today,)).fetchone()
        self._others = (today, max(0.0, spent - _on(today, self._own_on_disk)))

    def _today(self) -> str:
        return f"{self._now():%Y-%m-%d}"

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            opened = open_database(self._path, SCHEMA, VERSION, self._now())
            if opened.set_aside:
                self._tell_of(opened.set_aside)
            self._connection = opened.connection
            self._trim(self._connection)
            self._count_others(self._connection)
        return self._connection

    def _trim(self, connection: sqlite3.Connection) -> None:
        before = (self._now() - timedelta(days=self._days)).astimezone(UTC).isoformat()
        connection.execute("DELETE FROM calls WHERE at < ?", (before,))
        (stored,) = connection.execute("SELECT coalesce(sum(length(sent)), 0) FROM calls").fetchone()
        if stored > MOST_BYTES:
            connection.execute(
                "DELETE FROM calls WHERE seq <= (SELECT seq FROM calls ORDER BY seq LIMIT 1"
                " OFFSET (SELECT count(*) / 10 FROM calls))"
            )

    def _start_afresh(self) -> None:
        self._close()
        # Another process may have set the damaged file aside already.
        if not is_sound(self._path):
            self._tell_of(set_aside(self._path, self._now()))

    def _tell_of(self, aside: Path) -> None:
        self._warn(f"The audit log was damaged; it was set aside as {aside.name} and a fresh one started.")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _on(today: str, spent: tuple[str, float]) -> float:
    """
    What of an amount and its day belongs to today.
    """
    return spent[1] if spent[0] == today else 0.0


def _entries(rows: list[tuple[bytes, str | None]]) -> Iterator[Entry]:
    for sent, ended in rows:
        yield Entry(
            sent=json.loads(zlib.decompress(sent).decode("utf-8", "surrogatepass")),
            ended=json.loads(ended) if ended else {},
        )


def _sentence(path: Path, error: Exception) -> str:
    if isinstance(error, NewerVersion):
        return str(error)
    said = error.strerror if isinstance(error, OSError) else str(error)
    return f"The audit log {path} can't be used ({said}): free some space or make it writable."
