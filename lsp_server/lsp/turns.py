"""
Of the requests of one kind for one document, only the newest is worth answering.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any


class Displaced(Exception):  # noqa: N818 - No error: somebody else is being served in its place.
    """
    A newer request has taken the place of this one, or nobody wants it any more.
    """


class Turns:
    """
    The requests that are being answered.
    """

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], _Turn] = {}

    @contextlib.contextmanager
    def take(self, uri: str, kind: str) -> Iterator[None]:
        """
        Let the body be the only one of its kind for a document: it ends the one before it, and the next one ends it.

        Raises:
            Displaced: in the body, wherever it awaits.
        """
        if older := self._taken.get((uri, kind)):
            older.end()
        task = asyncio.current_task()
        assert task is not None
        mine = self._taken[uri, kind] = _Turn(task)
        try:
            yield
        except asyncio.CancelledError:
            # Our own cancellation goes no further; the client's does, even when both came.
            if mine.is_over and task.uncancel() == 0:
                raise Displaced from None
            raise
        finally:
            if self._taken.get((uri, kind)) is mine:
                del self._taken[uri, kind]

    def end(self, uri: str | None = None) -> None:
        """
        End what is being answered for a document, or for all of them.
        """
        for (document, _), turn in self._taken.items():
            if uri in (None, document):
                turn.end()


class _Turn:
    def __init__(self, task: asyncio.Task[Any]) -> None:
        self.is_over = False
        self._task = task

    def end(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._task.cancel()
