"""
Where the engineer has been: the last cursor in each file and the latest edits, as regions for the retrievers.
"""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from lsp_server.context.question import Region

KEPT = 16


class Visits:
    """
    Remembers where in each file the cursor was last. Any thread may call.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def note(self, path: str, line: int) -> None:
        """
        The cursor is at `line` of the file now.
        """
        with self._lock:
            self._lines[path] = line
            self._lines.move_to_end(path)
            while len(self._lines) > KEPT:
                self._lines.popitem(last=False)

    def files(self) -> tuple[str, ...]:
        """
        The files that were visited, the latest first.
        """
        with self._lock:
            return tuple(reversed(self._lines))

    def regions(self, edits: Iterable[tuple[str, int]]) -> tuple[Region, ...]:
        """
        What was edited and where the cursor was, edits first; `edits` are paths and lines, the latest first.
        """
        with self._lock:
            visited = tuple(reversed(self._lines.items()))
        found = dict.fromkeys(Region(path, line, edited=True) for path, line in edits)
        found.update(dict.fromkeys(Region(path, line, edited=False) for path, line in visited))
        return tuple(found)
