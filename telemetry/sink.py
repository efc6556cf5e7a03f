"""
Where events go: the seam, and the two sinks that need no disk.
"""

from typing import Protocol

from telemetry.envelope import Event


class Sink(Protocol):
    """
    Takes events. None of its methods raises, whatever the disk or the network does.
    """

    def emit(self, event: Event) -> None:
        """
        Hand an event over; returns at once.
        """
        ...

    def flush(self, timeout_s: float = 5.0) -> bool:
        """
        Wait until all that was handed over is safe. False when it isn't, or not in time.
        """
        ...

    def close(self, timeout_s: float = 5.0) -> None:
        """
        Flush, then take no more.
        """
        ...


class MemorySink:
    """
    Keeps events in a list, for tests and previews.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        """
        Keep it.
        """
        self.events.append(event)

    def flush(self, timeout_s: float = 5.0) -> bool:  # There is nothing to wait for.
        """
        True: a list is all there is.
        """
        return True

    def close(self, timeout_s: float = 5.0) -> None:
        """
        Nothing to do.
        """


class NullSink:
    """
    Forgets events, when nobody has agreed to their being kept.
    """

    def emit(self, event: Event) -> None:
        """
        Forget it.
        """

    def flush(self, timeout_s: float = 5.0) -> bool:  # There is nothing to wait for.
        """
        True: nothing was promised.
        """
        return True

    def close(self, timeout_s: float = 5.0) -> None:
        """
        Nothing to do.
        """
