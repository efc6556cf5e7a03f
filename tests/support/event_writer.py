"""
A process that writes events to a store and says which of them are safe: `python -m tests.support.event_writer`.

Arguments: the store, the first event's number, how many events, how many in a batch.
After each batch it prints the numbers that `flush` has acknowledged; at the end, how many events were lost.
"""

import sys
from pathlib import Path

from telemetry.store import Store
from tests.support.events import tick


def main(path: str, first: str, count: str, batch: str) -> None:
    """
    Write, flush, say so, and go on.
    """
    store = Store(Path(path), warn=lambda sentence: print("warning:", sentence, flush=True), clock=lambda: 1)
    numbers = range(int(first), int(first) + int(count))
    for start in numbers[:: int(batch)]:
        part = range(start, min(start + int(batch), numbers.stop))
        for number in part:
            store.emit(tick(number))
        if store.flush(60):
            print("safe:", *part, flush=True)
    store.close()
    print("lost:", store.lost, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
