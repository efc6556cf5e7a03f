"""
A sink in memory.
"""

from telemetry.envelope import Event


class MemorySink:
    """
    Keeps events in a list.
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
