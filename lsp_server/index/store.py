"""
The index on disk: one SQLite file that several processes may share, and that is thrown away when it can't be trusted.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from lsp_server.index.blocks import Blocks
from lsp_server.index.record import ENCODER, VERSION, FileRecord, from_json
from lsp_server.index.symbols import Summary
from lsp_server.index.windows import WindowIndex

WAIT_MS = 2000

_SCHEMA = (
    """
create table if not exists files (
  path text primary key,
  modified_ns integer not null,
  size integer not null,
  summary text not null,
  record text not null,
  terms blob not null,
  sizes blob not null
)
""",
    """
create table if not exists search (
  number integer primary key,
  files text not null,
  common_names text not null,
  first blob not null,
  terms blob not null,
  starts blob not null,
  blocks blob not null,
  lengths blob not null
)
""",
)
_SELECTED = (
    "select path, modified_ns, size, summary, record, terms, sizes from files limit 1",
    "select number, files, common_names, first, terms, starts, blocks, lengths from search where 0",
)


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


class StoredSearch(NamedTuple):
    """
    The sorted index of code, and the state of the files it was made of.
    """

    stamps: Mapping[str, Stamp]
    common_names: tuple[str, ...]
    windows: WindowIndex


class Store:
    """
    The files of an index. Reading and writing never raise: what can't be stored is worked out again another time.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._connection = self._opened()

    def load(self) -> Iterator[tuple[str, Stamp, Summary]]:
        """
        The summary of every file.
        """
        rows = self._read("select path, modified_ns, size, summary from files")
        for (path, modified_ns, size, _), summary in zip(rows, _summaries([row[3] for row in rows]), strict=True):
            if summary is not None:
                yield path, Stamp(modified_ns, size), summary

    def blocks(self, path: str) -> Blocks | None:
        """
        The blocks of a file, or None.
        """
        for terms, sizes in self._read("select terms, sizes from files where path = ?", path):
            with suppress(ValueError, TypeError):
                blocks = Blocks(np.frombuffer(terms, np.uint32), np.frombuffer(sizes, np.uint32))
                if int(blocks.sizes.sum()) == len(blocks.terms):
                    return blocks
        return None

    def record(self, path: str, stamp: Stamp) -> FileRecord | None:
        """
        The record of a file in the state that `stamp` says, or None.
        """
        statement = "select record from files where path = ? and modified_ns = ? and size = ?"
        for (text,) in self._read(statement, path, *stamp):
            with suppress(ValueError, TypeError):
                return from_json(text)
        return None

    def search(self) -> StoredSearch | None:
        """
        The sorted index of code as it was kept last, or None.
        """
        for files, common_names, *arrays in self._read(
            "select files, common_names, first, terms, starts, blocks, lengths from search"
        ):
            with suppress(ValueError, TypeError):
                return _search(json.loads(files), json.loads(common_names), arrays)
        return None

    def put_search(self, search: StoredSearch) -> None:
        """
        Keep the sorted index of code.
        """
        index = search.windows
        files = [(path, *search.stamps.get(path, Stamp(0, -1))) for path in index.paths]
        texts = [json.dumps(value, ensure_ascii=False) for value in (files, search.common_names)]
        arrays = (index.first, index.terms, index.starts, index.blocks, index.lengths)
        row = (1, *texts, *(array.tobytes() for array in arrays))
        self._write("insert or replace into search values (?, ?, ?, ?, ?, ?, ?, ?)", [row])

    def put(self, files: Iterable[StoredFile]) -> None:
        """
        Keep files, in one transaction.
        """
        rows = [
            (
                file.path,
                *file.stamp,
                ENCODER.encode(file.summary),
                file.record,
                file.blocks.terms.tobytes(),
                file.blocks.sizes.tobytes(),
            )
            for file in files
        ]
        self._write("insert or replace into files values (?, ?, ?, ?, ?, ?, ?)", rows)

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

    def _read(self, statement: str, *values: str | int) -> list[tuple[Any, ...]]:
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
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute(f"pragma user_version = {VERSION}")
        for statement in _SELECTED:
            connection.execute(statement).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _summaries(texts: Sequence[str]) -> Iterable[Summary | None]:
    # One call for all of them is much cheaper than one each; a bad one among them is not worth a trap of its own.
    try:
        return [_summary(value) for value in json.loads(f"[{','.join(texts)}]")]
    except (ValueError, TypeError):
        return [_summary_or_none(text) for text in texts]


def _summary_or_none(text: str) -> Summary | None:
    with suppress(ValueError, TypeError):
        return _summary(json.loads(text))
    return None


def _summary(value: Any) -> Summary:
    symbols, imported, members = value
    return Summary(tuple(map(tuple, symbols)), tuple(map(tuple, imported)), tuple(map(tuple, members)))


def _search(files: Sequence[Any], common_names: Sequence[str], arrays: Sequence[bytes]) -> StoredSearch:
    first, terms, starts, blocks, lengths = arrays
    index = WindowIndex(
        paths=[path for path, _, _ in files],
        first=np.frombuffer(first, np.int64),
        terms=np.frombuffer(terms, np.uint32),
        starts=np.frombuffer(starts, np.int64),
        blocks=np.frombuffer(blocks, np.uint32),
        lengths=np.frombuffer(lengths, np.float32),
    )
    sizes = (len(index.first), len(index.starts), int(index.starts[-1]), int(index.first[-1]))
    if sizes != (len(files) + 1, len(index.terms) + 1, len(index.blocks), len(index.lengths)):
        raise ValueError("the arrays do not fit each other")
    return StoredSearch({path: Stamp(ns, size) for path, ns, size in files}, tuple(common_names), index)
