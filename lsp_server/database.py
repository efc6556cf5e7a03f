"""
Open a private SQLite file that several processes share, or a fresh one in place of a file that is damaged.
"""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lsp_server.storage import make_private

BUSY_S = 2.0
PRIVATE_FILE = 0o600
DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


class NewerVersion(Exception):  # noqa: N818
    """
    The file was written by a later version of Pacenotes; `str(error)` is a sentence for the user.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """
    A connection, and where a damaged file went if there was one.
    """

    connection: sqlite3.Connection
    set_aside: Path | None = None


def open_database(path: Path, schema: Sequence[str], version: int, now: datetime) -> Opened:
    """
    Open the database at `path` in WAL mode, with the tables of `schema`; statements outside transactions commit.

    Raises:
        NewerVersion: it belongs to a later version.
        OSError, sqlite3.Error: the folder can't be written, the disk is full, and the like.
    """
    make_private(path.parent)
    try:
        return Opened(connection=_connect(path, schema, version))
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    aside = set_aside(path, now)
    return Opened(connection=_connect(path, schema, version), set_aside=aside)


def is_damage(error: Exception) -> bool:
    """
    Whether SQLite complains of the file's contents rather than of the disk or another process.
    """
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def is_sound(path: Path) -> bool:
    """
    Whether the file can be read from end to end; one that is not there is.
    """
    if not path.exists():
        return True
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_S)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        return not is_damage(error)


def set_aside(path: Path, now: datetime) -> Path:
    """
    Move a damaged database out of the way, with its companion files; nothing is lost and nothing overwritten.
    """
    stamp = f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S%f}-{os.getpid()}"
    for companion in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(path.with_name(stamp + path.suffix + companion))
    return path.with_name(stamp + path.suffix)


def _connect(path: Path, schema: Sequence[str], version: int) -> sqlite3.Connection:
    # SQLite gives its companion files the mode of the file itself.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found > version:
            raise NewerVersion(f"{path} was written by a newer Pacenotes; update this one to use it.")
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")
        if found < version:
            for statement in schema:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version:d}")
    except BaseException:
        connection.close()
        raise
    return connection
