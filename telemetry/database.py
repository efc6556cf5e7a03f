"""
The file that events are kept in: one private SQLite database that several processes write to, replaced when broken.

It runs in WAL mode with `synchronous=NORMAL`. A commit is then in the operating system's hands before it returns, so
that no `kill -9` can undo it; only a power cut can take the last commits, and even that leaves the file sound. `FULL`
would also outlive the power cut, at a disk flush for each commit (1.3 ms against 0.1 ms, measured): more than a count
of keystrokes is worth.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from telemetry.locking import alone

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
BUSY_S = 10.0
"""How long a writer waits for the others; each holds the lock for a millisecond or so."""

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        event_id TEXT NOT NULL UNIQUE,
        ts INTEGER NOT NULL,
        line TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS events_by_time ON events (ts)",
    f"PRAGMA user_version = {VERSION}",
)

CORRUPT_CODES = (11, 26)
"""SQLITE_CORRUPT and SQLITE_NOTADB."""


class StoreError(Exception):
    """
    The store can't be used; the message is one sentence for the user.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """
    An event as it is kept.
    """

    event_id: str
    ts: int
    line: str


class Database:
    """
    An open store, to be used by the thread that opened it.
    """

    def __init__(self, path: Path, connection: "sqlite3.Connection") -> None:
        self.path = path
        self._connection = connection
        self._file = path.stat().st_ino

    def insert(self, rows: Sequence[Row]) -> None:
        """
        Keep the rows: when this returns they are committed. One whose id is known already is left out.
        """
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO events (event_id, ts, line) VALUES (?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
                [(row.event_id, row.ts, row.line) for row in rows],
            )

    def trim(self, *, before_ms: int, most_bytes: int) -> None:
        """
        Delete what is older than `before_ms`, then the oldest until the rest fits into `most_bytes`.
        """
        with self._transaction():
            self._connection.execute("DELETE FROM events WHERE ts < ?", (before_ms,))
            while self._used_bytes() > most_bytes and self._delete_oldest_tenth():
                pass
        self._connection.execute("PRAGMA incremental_vacuum").fetchall()

    def is_current(self) -> bool:
        """
        Whether this is still the file that stands at the path, and has not been moved or deleted.
        """
        try:
            return self.path.stat().st_ino == self._file
        except OSError:
            return False

    def close(self) -> None:
        """
        Let go of the file.
        """
        with contextlib.suppress(Exception):
            self._connection.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        # IMMEDIATE takes the write lock at once, where waiting for it is possible; later it would fail outright.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(Exception):
                self._connection.execute("ROLLBACK")
            raise

    def _used_bytes(self) -> int:
        return (self._number("page_count") - self._number("freelist_count")) * self._number("page_size")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    def _delete_oldest_tenth(self) -> bool:
        (count,) = self._connection.execute("SELECT count(*) FROM events").fetchone()
        self._connection.execute(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT ?)", (count // 10 + 1,)
        )
        return bool(count)


def open_for_writing(path: Path, now_ms: int) -> tuple[Database, Path | None]:
    """
    Open the store, making it if there is none; a broken one is set aside under a dated name, which is returned.

    Raises:
        StoreError: it is of a later version.
        OSError, sqlite3.Error: the disk is full, the folder read-only, and the like.
    """
    import sqlite3

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One process at a time opens or replaces the file; the others then find a sound one.
    with alone(path):
        try:
            return Database(path, _connect(path)), None
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
        aside = _set_aside(path, now_ms)
        return Database(path, _connect(path)), aside


def replace_corrupt(path: Path, now_ms: int) -> Path | None:
    """
    Set the store aside if it is as broken as it seemed; None if another process has done so already.
    """
    with alone(path):
        return None if _is_sound(path) else _set_aside(path, now_ms)


def is_corrupt(error: Exception) -> bool:
    """
    Whether SQLite complains of the file's contents, rather than of the disk or another process.
    """
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in CORRUPT_CODES


def read_after(path: Path, seq: int, since_ms: int, limit: int) -> list[tuple[int, str]]:
    """
    The next rows in the order of writing, as their number and line; none if there is no store yet.

    Raises:
        StoreError: it can't be read.
    """
    import sqlite3

    if not path.exists():
        return []
    try:
        with contextlib.closing(_connect_for_reading(path)) as connection:
            _refuse_newer(path, connection)
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
                return []
            return connection.execute(
                "SELECT seq, line FROM events WHERE seq > ? AND ts >= ? ORDER BY seq LIMIT ?", (seq, since_ms, limit)
            ).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"The telemetry store {path} can't be read: {error}.") from error


def _connect(path: Path) -> "sqlite3.Connection":
    import sqlite3

    # SQLite gives its companion files the same mode as the file itself.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        _refuse_newer(path, connection)
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")
        _make_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: "sqlite3.Connection") -> None:
    if connection.execute("PRAGMA user_version").fetchone() == (VERSION,):
        return
    for statement in SCHEMA:
        connection.execute(statement)


def _connect_for_reading(path: Path) -> "sqlite3.Connection":
    import sqlite3

    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
        return connection
    except sqlite3.OperationalError:
        # A store that this user may only read, such as a backup.
        connection.close()
        return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    except BaseException:
        connection.close()
        raise


def _refuse_newer(path: Path, connection: "sqlite3.Connection") -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StoreError(f"The telemetry store {path} was written by a newer Pacenotes; update this one to use it.")


def _is_sound(path: Path) -> bool:
    import sqlite3

    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_S)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        return not is_corrupt(error)


def _set_aside(path: Path, now_ms: int) -> Path:
    date = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    names = (f"{path.stem}.corrupt-{date}{extra}{path.suffix}" for extra in ("", *(f"-{n}" for n in range(2, 1000))))
    aside = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for companion in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(aside.with_name(aside.name + companion))
    return aside
