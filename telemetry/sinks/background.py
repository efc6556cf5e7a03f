"""
Bring events to their destination while a server runs, without anybody waiting for it.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from telemetry.database import StoreError
from telemetry.envelope import Event
from telemetry.sink import Sink
from telemetry.sinks.destination import ExportFailed, destination_of
from telemetry.sinks.export import export

FIRST_AFTER_S = 60.0
EVERY_S = 60.0 * 60.0


class ExportingSink:
    """
    A sink whose store is exported now and then: a minute after the first event, then every hour.

    A destination that fails is tried again at the next turn; `warn` hears of it once until it works again.
    """

    def __init__(
        self,
        kept: Sink,
        store: Path,
        target: str,
        *,
        sums_only: bool,
        warn: Callable[[str], None],
        first_after_s: float = FIRST_AFTER_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._kept = kept
        self._store = store
        self._target = target
        self._sums_only = sums_only
        self._warn = warn
        self._pauses = (first_after_s, every_s)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._warned = False

    def emit(self, event: Event) -> None:
        """
        Keep it; the first one starts the clock.
        """
        self._kept.emit(event)
        if self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._run, name="telemetry-export", daemon=True)
            self._thread.start()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """
        Wait until all events are safe on this machine.
        """
        return self._kept.flush(timeout_s)

    def close(self, timeout_s: float = 5.0) -> None:
        """
        Close the store; what was not exported yet is exported by the next session.
        """
        self._stopped.set()
        self._kept.close(timeout_s)

    def _run(self) -> None:
        first, every = self._pauses
        pause = first
        while not self._stopped.wait(pause):
            pause = every
            self._export()

    def _export(self) -> None:
        self._kept.flush()
        try:
            destination = destination_of(self._target, sums_only=self._sums_only)
            export(self._store, destination, progress_file=self._store.with_name("exports.json"))
            self._warned = False
        except (ExportFailed, StoreError, OSError) as error:
            if not self._warned:
                self._warned = True
                self._warn(f"Telemetry could not be exported: {error}")
