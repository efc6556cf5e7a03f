"""
Put what happened into an envelope and hand it to a sink.
"""

import os
import time
from collections.abc import Callable

from telemetry.envelope import NO_SUBJECT, Event, Origin, Stamp, Subject, uuid7
from telemetry.events import Body
from telemetry.sink import Sink
from telemetry.vocabulary import Basis


def now_ms() -> int:
    """
    The time in milliseconds since 1970, UTC.
    """
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """
    A fresh UUIDv7.
    """
    return uuid7(now_ms(), int.from_bytes(os.urandom(10)))


class Recorder:
    """
    Records the events of one session.
    """

    def __init__(
        self,
        origin: Origin,
        sink: Sink,
        *,
        clock: Callable[[], int] = now_ms,
        ids: Callable[[], str] = new_id,
    ) -> None:
        self.origin = origin
        self.sink = sink
        self._clock = clock
        self._ids = ids

    def record(self, body: Body, subject: Subject = NO_SUBJECT, basis: Basis = Basis.CLIENT) -> None:
        """
        Record that this happened now.
        """
        stamp = Stamp(event_id=self._ids(), ts=self._clock(), basis=basis, dropped_before=0)
        self.sink.emit(Event(stamp=stamp, origin=self.origin, subject=subject, body=body))
