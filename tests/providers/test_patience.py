"""
Limits on waiting, many to a stream, with one timer.
"""

import asyncio

import pytest

from lsp_server.providers.patience import Patience

SOON = 0.02


async def never() -> None:
    await asyncio.Event().wait()


async def test_what_comes_in_time_is_given() -> None:
    """
    A result in time is passed on, whether at once or later.
    """
    patience = Patience()
    assert await patience.wait(asyncio.sleep(0, "at once"), patience.now() + 60) == "at once"
    assert await patience.wait(asyncio.sleep(0.001, "later"), patience.now() + 60) == "later"
    patience.close()


async def test_what_does_not_come_is_given_up() -> None:
    """
    Past the limit the wait ends, and what was waited for is cancelled.
    """
    patience = Patience()
    cancelled = asyncio.Event()

    async def stubborn() -> None:
        try:
            await never()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        await patience.wait(stubborn(), patience.now() + SOON)
    assert cancelled.is_set()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "the task is as it was before"


async def test_a_limit_that_has_passed_lets_only_what_is_ready_through() -> None:
    """
    Nothing is waited for any longer.
    """
    patience = Patience()
    with pytest.raises(TimeoutError):
        await patience.wait(never(), patience.now() - 1)


async def test_each_wait_has_its_own_limit() -> None:
    """
    A later limit is kept though the timer was set for an earlier one, and the other way round.
    """
    patience = Patience()
    for _ in range(3):
        assert await patience.wait(asyncio.sleep(SOON * 3, "late"), patience.now() + 60) == "late"
        await patience.wait(asyncio.sleep(0), patience.now() + SOON)
    with pytest.raises(TimeoutError):
        await patience.wait(never(), patience.now() + SOON)


async def test_time_between_waits_does_not_count() -> None:
    """
    While the reader does something else nothing is overdue.
    """
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    patience = Patience()
    await patience.wait(asyncio.sleep(0), patience.now() + SOON)
    await asyncio.sleep(SOON * 3)
    assert unheard == []
    assert await patience.wait(asyncio.sleep(0, "then"), patience.now() + 60) == "then"
    patience.close()


async def test_a_cancelled_reader_stays_cancelled() -> None:
    """
    Being cancelled from outside is no timeout.
    """

    async def reader() -> None:
        patience = Patience()
        await patience.wait(never(), patience.now() + 60)

    task = asyncio.create_task(reader())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_reader_cancelled_as_its_time_runs_out_stays_cancelled() -> None:
    """
    When both happen at once, being cancelled wins.
    """
    limit_reached = asyncio.Event()

    async def reader() -> None:
        patience = Patience()
        try:
            await patience.wait(stubborn(), patience.now() + SOON)
        finally:
            patience.close()

    async def stubborn() -> None:
        try:
            await never()
        except asyncio.CancelledError:
            limit_reached.set()
            await asyncio.sleep(0)
            raise

    task = asyncio.create_task(reader())
    await limit_reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_is_passed_on() -> None:
    """
    What was waited for may fail in its own way.
    """
    patience = Patience()

    async def failing() -> None:
        raise KeyError("type")

    with pytest.raises(KeyError):
        await patience.wait(failing(), patience.now() + 60)
    patience.close()
