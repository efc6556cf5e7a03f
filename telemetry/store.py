"""
Keep events on this machine: what has been flushed is safe from `kill -9`, and emitting never waits for the disk.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from telemetry.database import Database, Row, StoreError, is_corrupt, open_for_writing, read_after, replace_corrupt
from telemetry.envelope import Event, to_json
from telemetry.recorder import now_ms

DAY_MS = 24 * 60 * 60 * 1000
TRIM_EVERY_MS = 60 * 60 * 1000
TRIM_EVERY_EVENTS = 1_000
READ_AT_ONCE = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """
    How much is kept: events waiting for the disk, bytes on it, days.
    """

    waiting: int = 10_000
    megabytes: float = 256
    days: int = 400


class Store:
    """
    The sink on disk. One thread writes; it starts with the first event.

    An event that can't be kept is dropped and counted, and the next one that is kept tells how many went before it.
    `warn` gets one sentence the first time that happens, and one for each broken file set aside.
    It is called in the writer's thread.
    """

    def __init__(
        self,
        path: Path,
        *,
        warn: Callable[[str], None],
        limits: Limits = Limits(),
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._path = path
        self._warn = warn
        self._limits = limits
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._handed = self._settled = self._lost = self._lost_at_flush = self._gap = 0
        self._database: Database | None = None
        self._trimmed_at = 0
        self._since_trim = 0
        self._warned = False

    @property
    def lost(self) -> int:
        """
        How many events could not be kept so far.
        """
        return self._lost

    def emit(self, event: Event) -> None:
        """
        Hand an event to the writer. When too many wait, the oldest is dropped; after `close`, this one is.
        """
        with self._changed:
            self._handed += 1
            if self._closed:
                self._count_lost(1)
                return
            if len(self._waiting) >= self._limits.waiting:
                self._waiting.popleft()
                self._count_lost(1)
            self._waiting.append(event)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="telemetry", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """
        Wait until every event handed over so far is committed. False when some were lost since the last flush.
        """
        with self._changed:
            target = self._handed
            in_time = self._changed.wait_for(lambda: self._settled >= target, timeout_s)
            none_lost = self._lost == self._lost_at_flush
            self._lost_at_flush = self._lost
            return in_time and none_lost

    def close(self, timeout_s: float = 5.0) -> None:
        """
        Write what waits, then let go of the file.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _write_all(self) -> None:
        while batch := self._next_batch():
            kept = self._keep(batch)
            with self._changed:
                if kept:
                    self._settled += len(batch)
                else:
                    self._count_lost(len(batch))
                    self._gap += batch[0].stamp.dropped_before
                self._changed.notify_all()
        self._let_go()

    def _next_batch(self) -> list[Event]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            batch = list(self._waiting)
            self._waiting.clear()
            if batch and self._gap:
                batch[0] = batch[0].after_loss_of(self._gap)
                self._gap = 0
            return batch

    def _count_lost(self, events: int) -> None:
        self._settled += events
        self._lost += events
        self._gap += events

    def _keep(self, batch: list[Event]) -> bool:
        rows = [Row(event.stamp.event_id, event.stamp.ts, to_json(event)) for event in batch]
        try:
            self._insert(rows)
        except Exception as error:  # Whatever the disk does, the writer must live on, or `flush` would hang.
            self._let_go()
            self._warn_once(error)
            return False
        # The events are safe by now; a failure to clean up shows again when the next ones are written.
        with contextlib.suppress(Exception):
            self._trim_now_and_then(len(rows))
        return True

    def _insert(self, rows: list[Row]) -> None:
        import sqlite3

        try:
            self._opened().insert(rows)
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            self._let_go()
            self._tell_of(replace_corrupt(self._path, self._clock()))
            self._opened().insert(rows)

    def _opened(self) -> Database:
        if self._database is not None and not self._database.is_current():
            self._let_go()
        if self._database is None:
            self._database, aside = open_for_writing(self._path, self._clock())
            self._tell_of(aside)
        return self._database

    def _trim_now_and_then(self, written: int) -> None:
        self._since_trim += written
        now = self._clock()
        if self._since_trim < TRIM_EVERY_EVENTS and now - self._trimmed_at < TRIM_EVERY_MS:
            return
        self._since_trim, self._trimmed_at = 0, now
        most = int(self._limits.megabytes * 1024 * 1024)
        self._opened().trim(before_ms=now - self._limits.days * DAY_MS, most_bytes=most)

    def _let_go(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _tell_of(self, aside: Path | None) -> None:
        if aside is not None:
            self._say(f"The telemetry store was damaged; it was set aside as {aside} and a fresh one was started.")

    def _warn_once(self, error: Exception) -> None:
        if self._warned:
            return
        self._warned = True
        told = isinstance(error, StoreError)
        reason = f"Telemetry can't be written to {self._path} ({error}); events are dropped until it can."
        self._say(str(error) if told else reason)

    def _say(self, sentence: str) -> None:
        # A listener that fails, such as a closed connection, must not end the writer.
        with contextlib.suppress(Exception):
            self._warn(sentence)


def read(path: Path, *, since_ms: int = 0, follow: Callable[[], bool] | None = None) -> Iterator[str]:
    """
    The stored events, each as its line of JSON, in the order of writing.

    With `follow`, it is called when there are no more, and the store is looked at again as long as it says so.

    Raises:
        StoreError: the store can't be read.
    """
    seq = 0
    while True:
        rows = read_after(path, seq, since_ms, READ_AT_ONCE)
        yield from (line for _, line in rows)
        if rows:
            seq = rows[-1][0]
        elif not (follow and follow()):
            return
