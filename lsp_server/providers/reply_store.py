"""
Replies kept on disk, in one folder that several processes may share and nobody needs to trust.

diskcache would unpickle a row that says so, whoever wrote it; this store reads nothing but JSON text. Import this
module late: diskcache costs a tenth of a second.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import diskcache
from diskcache.core import DBNAME, MODE_RAW

from lsp_server.database import set_aside
from lsp_server.providers.base import StopReason
from lsp_server.providers.caching import StoredReply
from lsp_server.storage import make_private

SCHEMA = 1
BUSY_TIMEOUT_S = 2.0
LARGEST_REPLY = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """
    How much the store holds.
    """

    directory: Path
    replies: int
    size_bytes: int


class ReplyStore:
    """
    The store; to be used by one thread.

    A damaged store is set aside under a dated name and a fresh one started. Where nothing can be written, on a full or
    read-only disk, the store keeps nothing from then on. `warn` is told of either, once.
    """

    def __init__(
        self, directory: Path, *, size_bytes: int, now: Callable[[], datetime], warn: Callable[[str], None]
    ) -> None:
        self._directory = directory
        self._size_bytes = size_bytes
        self._now = now
        self._warn = warn
        self._cache: diskcache.Cache | None = None
        self._is_off = False

    def get(self, key: str) -> StoredReply | None:
        """
        The reply stored under `key`.
        """
        return self._using(lambda cache: read(cache, key))

    def put_all(self, replies: Mapping[str, StoredReply]) -> None:
        """
        Store `replies`, pushing out the oldest ones when there is no room.
        """
        self._using(lambda cache: write(cache, replies))

    def forget(self, key: str) -> None:
        """
        Drop one reply.
        """
        self._using(lambda cache: cache.delete(key))

    def clear(self) -> int:
        """
        Drop all replies; gives their number.
        """
        return self._using(lambda cache: int(cache.clear())) or 0

    def contents(self) -> Contents:
        """
        How much is stored.
        """
        counted = self._using(lambda cache: (len(cache), int(cache.volume()))) or (0, 0)
        return Contents(directory=self._directory, replies=counted[0], size_bytes=counted[1])

    def close(self) -> None:
        """
        Close the files.
        """
        if self._cache is not None:
            self._cache.close()
            self._cache = None

    def _using(self, work: Callable[[diskcache.Cache], T]) -> T | None:
        """
        Do something with the open store; None when that was not possible.
        """
        if self._is_off:
            return None
        try:
            return work(self._opened())
        except diskcache.Timeout:
            # Another process is writing: a reply lost to the cache is only asked for again.
            return None
        except (sqlite3.Error, OSError) as error:
            self._recover(error)
            return None

    def _opened(self) -> diskcache.Cache:
        if self._cache is None:
            make_private(self._directory)
            self._cache = open_cache(self._directory, self._size_bytes)
        return self._cache

    def _recover(self, error: sqlite3.Error | OSError) -> None:
        self.close()
        if is_busy(error):
            return
        if is_damage(error):
            self._set_aside()
            return
        self._is_off = True
        self._warn(f"Replies can't be cached in {self._directory} and are not kept; free some space there.")

    def _set_aside(self) -> None:
        if is_sound(self._directory, self._size_bytes):
            # Another process has just started afresh.
            return
        try:
            aside = set_aside(self._directory / DBNAME, self._now())
        except OSError as error:
            self._is_off = True
            self._warn(f"The reply cache in {self._directory} is damaged and can't be moved: {error.strerror}.")
            return
        self._warn(f"The reply cache was damaged; it was set aside as {aside} and a fresh one started.")


class PlainDisk(diskcache.JSONDisk):  # type: ignore[misc]  # diskcache has no types.
    """
    Reads and removes only what we write: JSON in the database itself, no pickles and no other files.
    """

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """
        The stored document, or None for a row that we did not write.
        """
        if mode != MODE_RAW or filename is not None or not isinstance(value, bytes):
            return None
        try:
            return json.loads(zlib.decompress(value))
        except (ValueError, zlib.error):
            return None

    def get(self, key: Any, raw: bool) -> Any:
        """
        The key of a row, for which diskcache may unpickle too.
        """
        return super().get(key, raw) if raw else None

    def remove(self, file_path: str) -> None:
        """
        Remove nothing: our rows have no files, whatever a row claims.
        """


def open_cache(directory: Path, size_bytes: int) -> diskcache.Cache:
    """
    Open the store, always in the same way: what is left out here would come from the database or from defaults.
    """
    try:
        return diskcache.Cache(
            str(directory),
            disk=PlainDisk,
            timeout=BUSY_TIMEOUT_S,
            size_limit=size_bytes,
            cull_limit=10,
            eviction_policy="least-recently-stored",
            statistics=0,
            tag_index=0,
            disk_min_file_size=2 * LARGEST_REPLY,
            disk_compress_level=1,
            # A file that another process cuts short under a memory map kills the process that reads it.
            sqlite_mmap_size=0,
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # Rows of settings that diskcache can't digest.
        raise sqlite3.DatabaseError("file is not a database") from error


def write(cache: diskcache.Cache, replies: Mapping[str, StoredReply]) -> None:
    """
    All of `replies` in one go, but for such as are too long to be of use again.
    """
    with cache.transact():
        for key, reply in replies.items():
            if len(reply.text) <= LARGEST_REPLY:
                cache.set(key, {"schema": SCHEMA, **asdict(reply)})


def read(cache: diskcache.Cache, key: str) -> StoredReply | None:
    """
    One reply; a row of any other make is deleted.
    """
    stored = cache.get(key, default=MISSING)
    if stored is MISSING:
        return None
    try:
        if stored["schema"] != SCHEMA or not isinstance(stored["text"], str):
            raise ValueError(stored["schema"])
        reason = stored["reason"]
        return StoredReply(
            text=stored["text"], reason=None if reason is None else StopReason(reason), model=str(stored["model"])
        )
    except (KeyError, TypeError, ValueError):
        cache.delete(key)
        return None


MISSING = object()


def is_busy(error: Exception) -> bool:
    """
    Whether another process merely holds the lock.
    """
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_damage(error: Exception) -> bool:
    """
    Whether the database is not one, or no longer whole.
    """
    name = getattr(error, "sqlite_errorname", "")
    unusable = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
    return isinstance(error, sqlite3.Error) and not name.startswith(unusable)


def is_sound(directory: Path, size_bytes: int) -> bool:
    """
    Whether the store opens and all its pages hold together.
    """
    try:
        cache = open_cache(directory, size_bytes)
        try:
            verdict = cache._sql("PRAGMA quick_check(1)").fetchone()
            cache._sql("SELECT key, mode, value FROM Cache LIMIT 1").fetchall()
        finally:
            cache.close()
    except (sqlite3.Error, OSError):
        return False
    return bool(verdict == ("ok",))
