"""
Where events go: the seam, and the sink that forgets them.
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
