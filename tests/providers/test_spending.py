"""
Budget, limit, fallback and probe: what is not sent, what is sent instead, and that it is said.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from lsp_server.providers import base
from lsp_server.providers.backoff import BackingOffProvider
from lsp_server.providers.base import (
    BackingOff,
    BudgetSpent,
    Chunk,
    MessageStop,
    Prompt,
    ProviderError,
    StopReason,
    TextDelta,
)
from lsp_server.providers.budget import LONGEST_SPACE_S, BudgetedProvider
from lsp_server.providers.fallback import FallbackProvider
from lsp_server.providers.limits import LimitedProvider
from tests.support.clock import ManualClock
from tests.support.prompts import completion_prompt, inputs, read, review_prompt
from tests.support.scripted_vendor import ScriptedVendor

NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
BY_HAND = completion_prompt(inputs=inputs(automatic=False))


class Purse:
    """
    What was spent, and a provider that may spend a dollar a day.
    """

    def __init__(self) -> None:
        self.spent = 0.0
        self.clock = ManualClock()
        self.vendor = ScriptedVendor("answer")
        self.provider = BudgetedProvider(
            self.vendor, limit_usd=1.0, spent_usd=lambda: self.spent, clock=self.clock, now=lambda: NOON
        )

    async def ask(self, prompt: Prompt) -> str:
        """
        The answer, or why there is none.
        """
        try:
            return (await read(self.provider.stream(prompt)))[0]
        except BudgetSpent as error:
            return str(error)


async def test_within_the_budget_nothing_is_held_back() -> None:
    """
    Up to four fifths of it.
    """
    purse = Purse()
    purse.spent = 0.79

    assert [await purse.ask(completion_prompt()) for _ in range(3)] == ["answer"] * 3


async def test_towards_the_end_completions_come_more_seldom() -> None:
    """
    Those asked for by hand, and reviews, as always.
    """
    purse = Purse()
    purse.spent = 0.9
    assert await purse.ask(completion_prompt()) == "answer"
    assert "90% of today's budget of $1 is spent" in await purse.ask(completion_prompt())
    assert await purse.ask(BY_HAND) == await purse.ask(review_prompt()) == "answer"
    purse.clock.advance(LONGEST_SPACE_S / 2 + 1)
    assert await purse.ask(completion_prompt()) == "answer"


async def test_nothing_is_sent_when_it_is_spent() -> None:
    """
    For whatever purpose; the sentence says until when, and what allows more.
    """
    purse = Purse()
    purse.spent = 1.0
    said = await purse.ask(completion_prompt())

    assert "until midnight UTC, in 11 h 30 min" in said
    assert "`budget.dailyUsd`" in said
    assert said == await purse.ask(BY_HAND) == await purse.ask(review_prompt())
    assert purse.vendor.prompts == []
    purse.spent = 0.0
    assert await purse.ask(completion_prompt()) == "answer"


async def test_only_so_many_at_a_time() -> None:
    """
    The others wait; those of another purpose do not.
    """
    gate = asyncio.Event()

    class Slow(ScriptedVendor):
        async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
            self.prompts.append(prompt)
            await gate.wait()
            yield TextDelta("a")
            yield base.MessageStop(reason=base.StopReason.END)

    vendor = Slow()
    provider = LimitedProvider(vendor, most=2)
    tasks = [asyncio.create_task(read(provider.stream(review_prompt()))) for _ in range(5)]
    tasks.append(asyncio.create_task(read(provider.stream(completion_prompt()))))
    await asyncio.sleep(0.001)
    assert len(vendor.prompts) == 3
    tasks[4].cancel()
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert len(vendor.prompts) == 5


@pytest.mark.parametrize("kind", [base.Unreachable, base.RateLimited, base.BackingOff, base.NotAuthorised, BudgetSpent])
async def test_another_provider_completes_meanwhile(kind: type[ProviderError]) -> None:
    """
    It is named, and so is the reason.
    """
    first, second = ScriptedVendor(kind("It failed.")), ScriptedVendor("b;", name="local", model="m")
    chunks = [chunk async for chunk in FallbackProvider(first, [second]).stream(completion_prompt())]

    assert isinstance(chunks[0], TextDelta)
    assert chunks[0].text == "b;"
    assert chunks[0].origin == base.Origin(
        provider="local", model="m", note="It failed. Meanwhile completions come from `local`.", error_kind=kind.kind
    )


async def test_the_first_failure_is_told_when_all_fail() -> None:
    """
    It is the one that somebody can mend.
    """
    chain = FallbackProvider(ScriptedVendor(base.RateLimited("One.")), [ScriptedVendor(base.Overloaded("Two."))])

    with pytest.raises(base.RateLimited, match="One"):
        await read(chain.stream(completion_prompt()))


async def test_the_failure_stands_when_nobody_has_anything_to_say() -> None:
    """
    Silence in place of an answer would pass for one.
    """
    others = [ScriptedVendor([MessageStop(reason=StopReason.END)]), ScriptedVendor(base.Overloaded("Two."))]
    chain = FallbackProvider(ScriptedVendor(base.RateLimited("One.")), others)

    with pytest.raises(base.RateLimited, match="One"):
        await read(chain.stream(completion_prompt()))

    assert all(other.prompts for other in others)


@pytest.mark.parametrize("kind", [base.NotAllowed, base.Refused])
async def test_what_must_not_be_sent_is_sent_to_nobody(kind: type[ProviderError]) -> None:
    """
    Another provider is no way round.
    """
    other = ScriptedVendor("b;")
    with pytest.raises(kind):
        await read(FallbackProvider(ScriptedVendor(kind("No.")), [other]).stream(completion_prompt()))

    assert other.prompts == []


async def test_nobody_goes_on_with_what_another_has_begun() -> None:
    """
    Nor is anything but a completion passed on.
    """

    class Dying(ScriptedVendor):
        async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
            yield TextDelta("a")
            raise base.Interrupted("It broke off.")

    other = ScriptedVendor("b;")
    chain = FallbackProvider(Dying(), [other])
    with pytest.raises(base.Interrupted):
        await read(chain.stream(completion_prompt()))
    with pytest.raises(base.Interrupted):
        await read(chain.stream(review_prompt()))

    assert other.prompts == []


async def test_a_minute_without_the_provider() -> None:
    """
    A key a tenth of a second: no more than one try after each pause, and back at once when it answers again.
    """
    clock = ManualClock()
    vendor = ScriptedVendor(*[base.Unreachable("No connection.")] * 5, "answer")
    provider = BackingOffProvider(vendor, clock)
    tries, answered_at = [], 0.0
    for _ in range(700):
        before = len(vendor.prompts)
        try:
            await read(provider.stream(completion_prompt()))
            answered_at = answered_at or clock.now
        except ProviderError:
            pass
        tries += [clock.now] * (len(vendor.prompts) - before) if not answered_at else []
        clock.advance(0.1)

    assert len(tries) == 5
    assert all(later - earlier >= 2 for earlier, later in pairwise(tries))
    assert answered_at - tries[-1] <= 31


async def test_one_probe_at_a_time() -> None:
    """
    While it is under way the others wait; one that nobody waited for to the end tells nothing, and costs a pause.
    """
    clock, gate = ManualClock(), asyncio.Event()

    class Hanging(ScriptedVendor):
        async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
            self.prompts.append(prompt)
            if len(self.prompts) == 1:
                raise base.Overloaded("Busy.")
            await gate.wait()
            yield TextDelta("a")
            yield base.MessageStop(reason=base.StopReason.END)

    vendor = Hanging()
    provider = BackingOffProvider(vendor, clock)
    with pytest.raises(base.Overloaded):
        await read(provider.stream(completion_prompt()))
    clock.advance(3)
    probe = asyncio.create_task(read(provider.stream(completion_prompt())))
    await asyncio.sleep(0)
    for _ in range(5):
        with pytest.raises(BackingOff, match="a try is under way"):
            await read(provider.stream(completion_prompt()))
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    with pytest.raises(BackingOff):
        await read(provider.stream(completion_prompt()))
    clock.advance(3)
    gate.set()

    assert (await read(provider.stream(completion_prompt())))[0] == "a"
    assert len(vendor.prompts) == 3
