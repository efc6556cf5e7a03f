"""
Whose turn it is: the newest request wins, and the client's own cancellation is never swallowed.
"""

import asyncio
from collections.abc import Callable

import pytest

from lsp_server.lsp.turns import Displaced, Turns


async def work(turns: Turns, done: list[str], name: str, uri: str = "a", kind: str = "inline") -> str:
    with turns.take(uri, kind):
        await asyncio.sleep(0.01)
    done.append(name)
    return name


async def test_the_newest_of_a_kind_wins() -> None:
    """
    The older ends where it awaits; other documents and other kinds go on.
    """
    turns, done = Turns(), list[str]()
    tasks = [
        asyncio.ensure_future(work(turns, done, "older")),
        asyncio.ensure_future(work(turns, done, "newer")),
        asyncio.ensure_future(work(turns, done, "elsewhere", uri="b")),
        asyncio.ensure_future(work(turns, done, "otherwise", kind="menu")),
    ]
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(results[0], Displaced)
    assert done == ["newer", "elsewhere", "otherwise"]


@pytest.mark.parametrize(
    "order",
    [
        [lambda turns, task: task.cancel()],
        [lambda turns, task: task.cancel(), lambda turns, task: turns.end("a")],
        [lambda turns, task: turns.end("a"), lambda turns, task: task.cancel()],
    ],
)
async def test_the_clients_cancellation_goes_through(
    order: list[Callable[[Turns, "asyncio.Task[str]"], object]],
) -> None:
    """
    Also when the turn ends at the same moment.
    """
    turns = Turns()
    task = asyncio.ensure_future(work(turns, [], "cancelled"))
    await asyncio.sleep(0)
    for step in order:
        step(turns, task)

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_ending_twice_ends_once() -> None:
    """
    The task is left without a cancellation that nobody asked for.
    """
    turns = Turns()

    async def give_up() -> None:
        with turns.take("a", "inline"):
            turns.end()
            turns.end("a")
            await asyncio.sleep(0.01)

    with pytest.raises(Displaced):
        await give_up()
    task = asyncio.current_task()

    assert task is not None
    assert task.cancelling() == 0
