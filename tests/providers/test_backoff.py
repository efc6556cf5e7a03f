"""
A provider that failed is left alone for a while.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.providers import base
from lsp_server.providers.backoff import PAUSES, BackingOffProvider, Pause
from lsp_server.providers.base import BackingOff, ProviderError
from tests.support.prompts import completion_prompt, inputs, read, review_prompt
from tests.support.scripted_vendor import ScriptedVendor


class TurnedClock:
    """
    A clock that goes when it is turned.
    """

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


OVERLOADED = base.Overloaded("Anthropic is overloaded.")


async def fail(provider: BackingOffProvider, kind: type[ProviderError]) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await read(provider.stream(completion_prompt()))
    assert type(raised.value) is kind
    return raised.value


@pytest.mark.parametrize("kind", PAUSES, ids=lambda kind: kind.__name__)
async def test_after_a_failure_nothing_is_sent_until_the_pause_is_over(kind: type[ProviderError]) -> None:
    """
    Each kind of failure has its pause, in which automatic completions are not even asked for.
    """
    clock, inner = TurnedClock(), ScriptedVendor(kind("It failed."), "answer")
    provider = BackingOffProvider(inner, clock)
    await fail(provider, kind)
    clock.now += PAUSES[kind].first_s - 0.5
    error = await fail(provider, BackingOff)
    assert str(error).startswith("It failed.")
    assert error.retry_after_s == pytest.approx(0.5)
    assert len(inner.prompts) == 1
    clock.now += 0.5
    assert (await read(provider.stream(completion_prompt())))[0] == "answer"


async def test_each_failure_in_a_row_doubles_the_pause() -> None:
    """
    Two, four, eight seconds, and never more than the longest.
    """
    clock = TurnedClock()
    provider = BackingOffProvider(ScriptedVendor(OVERLOADED), clock)
    waits = []
    for _ in range(7):
        await fail(provider, base.Overloaded)
        waits.append((await fail(provider, BackingOff)).retry_after_s)
        clock.now += 60
    assert waits == [2, 4, 8, 16, 30, 30, 30]


@given(first=st.floats(0.1, 10), longest=st.floats(10, 1000), failures=st.integers(1, 10_000))
def test_a_pause_is_never_shorter_than_the_first_nor_longer_than_the_longest(
    first: float, longest: float, failures: int
) -> None:
    """
    However many failures, the pause stays within its bounds.
    """
    assert first <= Pause(first, longest).after(failures) <= longest


async def test_the_service_may_ask_for_a_longer_pause() -> None:
    """
    `retry-after` is honoured when it is longer than our own pause.
    """
    clock = TurnedClock()
    limited = base.RateLimited("Too many requests.", retry_after_s=40)
    provider = BackingOffProvider(ScriptedVendor(limited, "answer"), clock)
    await fail(provider, base.RateLimited)
    clock.now += 39
    await fail(provider, BackingOff)
    clock.now += 1
    await read(provider.stream(completion_prompt()))


async def test_a_success_forgets_earlier_failures() -> None:
    """
    After an answer the next failure counts as the first.
    """
    clock = TurnedClock()
    provider = BackingOffProvider(ScriptedVendor(OVERLOADED, OVERLOADED, "answer", OVERLOADED), clock)
    for _ in range(2):
        await fail(provider, base.Overloaded)
        clock.now += 60
    await read(provider.stream(completion_prompt()))
    await fail(provider, base.Overloaded)
    assert (await fail(provider, BackingOff)).retry_after_s == 2


async def test_a_reply_that_was_cut_early_is_a_success() -> None:
    """
    Most completions are closed by their reader before the model ends.
    """
    clock, inner = TurnedClock(), ScriptedVendor(OVERLOADED, "answer", OVERLOADED)
    provider = BackingOffProvider(inner, clock)
    await fail(provider, base.Overloaded)
    clock.now += 60
    stream = provider.stream(completion_prompt())
    await anext(stream)
    await stream.aclose()
    assert inner.closed_early == 1
    await fail(provider, base.Overloaded)
    assert (await fail(provider, BackingOff)).retry_after_s == 2


async def test_failures_of_requests_under_way_count_once() -> None:
    """
    Three requests that fail together are one failure, not three.
    """
    clock = TurnedClock()
    provider = BackingOffProvider(ScriptedVendor(OVERLOADED), clock)
    streams = [provider.stream(completion_prompt()) for _ in range(3)]
    for number, stream in enumerate(streams):
        clock.now = 1000 - number
        with pytest.raises(base.Overloaded):
            await anext(stream)
    clock.now = 1000
    assert (await fail(provider, BackingOff)).retry_after_s == 2


@pytest.mark.parametrize(
    "prompt", [completion_prompt(inputs=inputs(automatic=False)), review_prompt()], ids=["by hand", "review"]
)
async def test_what_was_asked_for_by_hand_goes_through(prompt: base.Prompt) -> None:
    """
    Only automatic completions are held back; an answer ends the pause for them too.
    """
    inner = ScriptedVendor(OVERLOADED, "answer")
    provider = BackingOffProvider(inner, TurnedClock())
    await fail(provider, base.Overloaded)
    await fail(provider, BackingOff)
    assert (await read(provider.stream(prompt)))[0] == "answer"
    assert (await read(provider.stream(completion_prompt())))[0] == "answer"


async def test_a_missing_credential_needs_no_pause() -> None:
    """
    Where nothing is sent there is nobody to leave alone, and its own sentence helps more.
    """
    provider = BackingOffProvider(ScriptedVendor(base.NotConfigured("Set a key.")), TurnedClock())
    await fail(provider, base.NotConfigured)
    await fail(provider, base.NotConfigured)


async def test_the_rest_is_the_inner_provider() -> None:
    """
    Name, model, request, warm-up and end are passed on.
    """
    inner = ScriptedVendor("answer", name="bedrock", model="m")
    provider = BackingOffProvider(inner, TurnedClock())
    prompt = completion_prompt()
    assert (provider.name, provider.model_for(prompt.purpose)) == ("bedrock", "m")
    assert provider.wire_request(prompt) == inner.wire_request(prompt)
    await provider.warm_up()
    await provider.aclose()
    assert (inner.is_warm, inner.is_closed) == (True, True)
