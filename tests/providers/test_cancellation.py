"""
A reply that nobody waits for any longer closes its connection at once.
"""

import asyncio
import time

import pytest

from lsp_server.providers.base import TextDelta, Usage
from lsp_server.providers.streams import usage_so_far
from tests.providers.routes import Connected, connected
from tests.support.prompts import completion_prompt, read
from tests.support.replies import Reply

AT_ONCE_S = 0.05

# Any one of them may be held up by whatever else this machine does; all of them only by us.
TRIES = 3
SLOW_TOKENS = Reply(text="const a = 1;" * 50, token_s=0.02)
SLOW_FIRST_TOKEN = Reply(text="const a = 1;", first_token_s=30)
SLOW_HEAD = Reply(text="const a = 1;", headers_s=30)


async def closed_after(to: Connected, moment: float) -> float:
    """
    How long after `moment` the stand-in saw the connection of the last request closed.
    """
    exchange = to.server.exchanges[-1]
    return await asyncio.to_thread(exchange.wait_closed) - moment


async def test_closing_the_stream_closes_the_connection(route: str) -> None:
    """
    A reader that has read enough closes the stream, and the service sees it at once.
    """
    async with connected(route, SLOW_TOKENS) as to:
        taken = []
        for _ in range(TRIES):
            stream = to.provider.stream(completion_prompt())
            assert isinstance(await anext(stream), TextDelta)
            moment = time.monotonic()
            await stream.aclose()  # type: ignore[attr-defined]  # Every provider's stream has it.
            taken.append(await closed_after(to, moment))
        assert min(taken) < AT_ONCE_S
        assert not any(exchange.finished.is_set() for exchange in to.server.exchanges)


@pytest.mark.parametrize("reply", [SLOW_TOKENS, SLOW_FIRST_TOKEN, SLOW_HEAD], ids=["stream", "first token", "head"])
async def test_cancelling_closes_the_connection(route: str, reply: Reply) -> None:
    """
    A cancelled reader closes the connection at once, even before anything has come.
    """
    async with connected(route, reply) as to:
        taken = []
        for number in range(TRIES):
            task = asyncio.create_task(read(to.provider.stream(completion_prompt())))
            await asyncio.to_thread(to.server.wait_for, number + 1)
            moment = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            taken.append(await closed_after(to, moment))
        assert min(taken) < AT_ONCE_S
        assert not any(exchange.finished.is_set() for exchange in to.server.exchanges)


async def test_cancelling_before_the_client_exists_asks_nothing(route: str) -> None:
    """
    Who gives up while the SDK is still being imported costs nothing.
    """
    async with connected(route, SLOW_HEAD) as to:
        stream = to.provider.stream(completion_prompt())
        task = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert to.server.exchanges == []


async def test_an_early_stop_is_charged_by_estimate(route: str) -> None:
    """
    What a reply has cost so far is known at any moment: input as reported at its start, output estimated.
    """
    usage = {"input_tokens": 900, "cache_read_input_tokens": 100, "output_tokens": 1}
    async with connected(route, Reply(text="x" * 400, chunk=40, usage=usage, token_s=0.01)) as to:
        stream = to.provider.stream(completion_prompt())
        for _ in range(3):
            await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]  # Every provider's stream has it.
        spent = usage_so_far(stream)
        assert (spent.output_tokens, spent.estimated) == (30, True)
        assert spent.input_tokens > 0


async def test_usage_is_estimated_from_the_prompt_while_nothing_has_come(route: str) -> None:
    """
    Before the service has counted, four characters are a token.
    """
    async with connected(route, SLOW_HEAD) as to:
        stream = to.provider.stream(completion_prompt("x" * 400))
        assert usage_so_far(stream) == Usage(input_tokens=106, estimated=True)


async def test_many_replies_at_once_do_not_disturb_each_other(route: str) -> None:
    """
    Streams of one provider are independent: closing every other one leaves the rest whole.
    """
    async with connected(route, Reply(text="const a = 1;", token_s=0.01)) as to:

        async def read_some(number: int) -> str:
            stream = to.provider.stream(completion_prompt(f"// {number}"))
            text = ""
            async for chunk in stream:
                if isinstance(chunk, TextDelta):
                    text += chunk.text
                    if number % 2:
                        await stream.aclose()  # type: ignore[attr-defined]  # Every provider's stream has it.
            return text

        texts = await asyncio.gather(*(read_some(number) for number in range(10)))
    assert texts == ["const a = 1;", "cons"] * 5
