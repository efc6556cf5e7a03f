"""
The index on disk: one SQLite file that several processes may share, and that is thrown away when it can't be trusted.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from lsp_server.index.record import VERSION, FileRecord, from_json
from lsp_server.index.symbols import Summary
from lsp_server.index.windows import Blocks

WAIT_MS = 2000

_SCHEMA = """
create table if not exists files (
  path text primary key,
  stamp text not null,
  summary text not null,
  record text not null,
  terms blob not null,
  sizes blob not null
)
"""


class Stamp(NamedTuple):
    """
    What tells that a file has changed: when it was modified, and its size.
    """

    modified_ns: int
    size: int


class StoredFile(NamedTuple):
    """
    A file as the index keeps it; `record` is its JSON.
    """

    path: str
    stamp: Stamp
    summary: Summary
    record: str
    blocks: Blocks


class Store:
    """
    The files of an index. Reading and writing never raise: what can't be stored is worked out again another time.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._connection = self._opened()

    def load(self) -> Iterator[tuple[str, Stamp, Summary, Blocks]]:
        """
        Every file without its record.
        """
        for row in self._read("select path, stamp, summary, terms, sizes from files"):
            path, stamp, summary, terms, sizes = row
            with suppress(ValueError, TypeError):
                blocks = Blocks(np.frombuffer(terms, np.uint32), np.frombuffer(sizes, np.uint32))
                if int(blocks.sizes.sum()) == len(blocks.terms):
                    yield path, Stamp(*json.loads(stamp)), _summary(summary), blocks

    def record(self, path: str, stamp: Stamp) -> FileRecord | None:
        """
        The record of a file in the state that `stamp` says, or None.
        """
        for (text,) in self._read("select record from files where path = ? and stamp = ?", path, json.dumps(stamp)):
            with suppress(ValueError, TypeError):
                return from_json(text)
        return None

    def put(self, files: Iterable[StoredFile]) -> None:
        """
        Keep files, in one transaction.
        """
        rows = [
            (
                file.path,
                json.dumps(file.stamp),
                json.dumps(file.summary, ensure_ascii=False, separators=(",", ":")),
                file.record,
                file.blocks.terms.tobytes(),
                file.blocks.sizes.tobytes(),
            )
            for file in files
        ]
        self._write("insert or replace into files values (?, ?, ?, ?, ?, ?)", rows)

    def remove(self, paths: Iterable[str]) -> None:
        """
        Forget files, in one transaction.
        """
        self._write("delete from files where path = ?", [(path,) for path in paths])

    def close(self) -> None:
        """
        Let go of the file.
        """
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def _read(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.DatabaseError:
                self._start_over()
                return []

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        with self._lock:
            try:
                with self._connection:
                    self._connection.executemany(statement, rows)
            except sqlite3.OperationalError:
                return  # Locked for too long, or the disk is full: the next start works it out again.
            except sqlite3.DatabaseError:
                self._start_over()

    def _opened(self) -> sqlite3.Connection:
        for _ in range(2):
            try:
                return _open(self._path)
            except (sqlite3.Error, OSError):
                self._delete()
        return _open(None)

    def _start_over(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
        self._delete()
        self._connection = self._opened()

    def _delete(self) -> None:
        if self._path is not None:
            for ending in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    connection = sqlite3.connect(path or ":memory:", timeout=WAIT_MS / 1000, check_same_thread=False)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = off")
        found = connection.execute("pragma user_version").fetchone()[0]
        if found not in (0, VERSION):
            raise sqlite3.DatabaseError("made by another version")
        connection.execute(_SCHEMA)
        connection.execute(f"pragma user_version = {VERSION}")
        connection.execute("select path, stamp, summary, record, terms, sizes from files limit 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _summary(text: str) -> Summary:
    symbols, imported, members = json.loads(text)
    return Summary(
        tuple((name, kind, line) for name, kind, line in symbols),
        tuple((specifier, name) for specifier, name in imported),
        tuple((name, owner, line) for name, owner, line in members),
    )
