"""
A time limit that is cheap to set anew for every event of a stream.

`asyncio.timeout` makes and cancels a timer each time; here one timer watches the whole stream and is moved only when it
goes off.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Patience:
    """
    Waits for things in the running task, each with its own limit.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._due = 0.0
        self._ran_out = False

    def now(self) -> float:
        """
        The time by which limits are set.
        """
        return self._loop.time()

    async def wait(self, awaitable: Awaitable[T], until: float) -> T:
        """
        The result of `awaitable`.

        Raises:
            TimeoutError: it had not come by `until`.
        """
        task = self._task = asyncio.current_task()
        assert task is not None
        already_cancelled = task.cancelling()
        self._due = until
        if self._timer is None or until < self._timer.when():
            self._watch(until)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if self._ran_out and task.uncancel() <= already_cancelled:
                raise TimeoutError from None
            raise
        finally:
            self._task = None

    def close(self) -> None:
        """
        Stop watching.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self, until: float) -> None:
        self.close()
        self._timer = self._loop.call_at(until, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if self._loop.time() < self._due:
            self._watch(self._due)
        else:
            self._ran_out = True
            self._task.cancel()
