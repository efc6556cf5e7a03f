"""
Everything that can go wrong between us and a model, over real sockets and by every route.
"""

import re
from dataclasses import dataclass

import pytest

from lsp_server.providers import base
from lsp_server.providers.base import MessageStop, ProviderError, StopReason, TextDelta
from lsp_server.providers.streams import Timeouts
from tests.providers.routes import SECRET, connected
from tests.support.prompts import completion_prompt, read, review_prompt
from tests.support.replies import Reply, failure, refusal

SHORT = Timeouts(first_token_s=0.3, next_token_s=0.3)
PATIENT = Timeouts(first_token_s=20, next_token_s=20)
TEXT = "items.reduce(sum, 0);"


@dataclass(frozen=True)
class Fault:
    """
    A scripted reply and the error that it must become.
    """

    reply: Reply
    error: type[ProviderError]
    says: str
    timeouts: Timeouts = PATIENT
    retry_after_s: float | None = None


FAULTS = {
    "400": Fault(failure(400), base.RequestRejected, "rejected the request"),
    "401": Fault(failure(401), base.NotAuthorised, "refused the credential"),
    "402": Fault(failure(402), base.NotAuthorised, "no credit left"),
    "403": Fault(failure(403), base.NotAuthorised, "does not let this credential use"),
    "404": Fault(failure(404), base.RequestRejected, "does not know"),
    "413": Fault(failure(413), base.RequestRejected, "too large"),
    "422": Fault(failure(422), base.RequestRejected, "rejected the request"),
    "429": Fault(failure(429), base.RateLimited, "too many requests"),
    "429 with retry-after": Fault(failure(429, retry_after=7), base.RateLimited, "too many requests", retry_after_s=7),
    "500": Fault(failure(500), base.Overloaded, "failing or overloaded"),
    "503": Fault(failure(503, retry_after=2), base.Overloaded, "failing or overloaded", retry_after_s=2),
    "529": Fault(failure(529), base.Overloaded, "failing or overloaded"),
    "slow first token": Fault(Reply(text=TEXT, first_token_s=5), base.TimedOut, "no answer for 0.3 s", SHORT),
    "slow head": Fault(Reply(text=TEXT, headers_s=5), base.TimedOut, "no answer for 0.3 s", SHORT),
    "slow token": Fault(Reply(text=TEXT, token_s=5), base.TimedOut, "stopped in the middle", SHORT),
    "death before the first token": Fault(Reply(text=TEXT, die_after=0), base.Interrupted, "broke off"),
    "death mid-stream": Fault(Reply(text=TEXT, die_after=2), base.Interrupted, "broke off"),
    "garbage": Fault(Reply(text=TEXT, garbage_after=2), base.Interrupted, "could not be read"),
    "a gateway's page": Fault(Reply(html=True), base.Interrupted, "could not be read"),
    "refusal": Fault(refusal(), base.Refused, "declined"),
    "refusal mid-stream": Fault(Reply(text=TEXT, stop_reason="refusal"), base.Refused, "declined"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_one_clear_error_and_the_next_request_is_answered(route: str, name: str) -> None:
    """
    Whatever happens becomes the right kind of error with one sentence, and leaves the provider in working order.
    """
    fault = FAULTS[name]
    async with connected(route, [fault.reply, TEXT], timeouts=fault.timeouts) as to:
        with pytest.raises(ProviderError) as raised:
            await read(to.provider.stream(completion_prompt()))
        check_sentence(raised.value, fault)
        assert await read_text(to.provider) == TEXT


def check_sentence(error: ProviderError, fault: Fault) -> None:
    sentence = str(error)
    assert type(error) is fault.error, sentence
    assert fault.says in sentence
    assert error.retry_after_s == fault.retry_after_s
    assert re.fullmatch(r"[^\n{}]+\.", sentence), "one sentence, with nothing left to fill in"
    assert SECRET not in sentence
    assert "const total" not in sentence, "no text of the request"
    assert "scripted failure" not in sentence, "no text of the service"


async def read_text(provider: base.Provider) -> str:
    return (await read(provider.stream(completion_prompt())))[0]


async def test_an_error_in_the_stream_is_as_good_as_a_status(route: str) -> None:
    """
    An overload or throttling that the service reports after half a reply is named as such.
    """
    expected = base.RateLimited if route == "bedrock-invoke" else base.Overloaded
    async with connected(route, [Reply(text=TEXT, error_after=2), TEXT]) as to:
        with pytest.raises(expected):
            await read(to.provider.stream(completion_prompt()))
        assert await read_text(to.provider) == TEXT


async def test_a_refused_connection_names_what_to_check_and_is_over_when_the_service_is_back(route: str) -> None:
    """
    Nobody listening is `Unreachable`; once somebody does, the same provider answers.
    """
    async with connected(route, TEXT) as to:
        to.server.refuse_connections()
        with pytest.raises(base.Unreachable, match=r"can't be reached; check the network"):
            await read(to.provider.stream(completion_prompt()))
        to.server.accept_connections()
        assert await read_text(to.provider) == TEXT


async def test_a_connection_dropped_before_the_answer_is_opened_once_more(route: str) -> None:
    """
    A kept connection that the other end has just given up costs one fresh try; a second drop is an error.
    """
    dropped = Reply(drop=True)
    async with connected(route, [TEXT, dropped, TEXT, dropped, dropped, TEXT]) as to:
        assert await read_text(to.provider) == TEXT
        assert await read_text(to.provider) == TEXT
        assert len(to.server.exchanges) == 3
        with pytest.raises(base.Unreachable):
            await read_text(to.provider)
        assert len(to.server.exchanges) == 5
        assert await read_text(to.provider) == TEXT


async def test_pings_are_no_answer(route: str) -> None:
    """
    A service that only says it is alive runs out of our patience all the same.
    """
    async with connected(route, Reply(text=TEXT, first_token_s=5, ping_s=0.05), timeouts=SHORT) as to:
        with pytest.raises(base.TimedOut):
            await read(to.provider.stream(completion_prompt()))


async def test_an_empty_reply_is_a_reply(route: str) -> None:
    """
    Nothing to say is no error.
    """
    async with connected(route, "") as to:
        text, end = await read(to.provider.stream(completion_prompt()))
        assert text == ""
        assert end.reason is StopReason.END
        assert end.usage.input_tokens > 0


async def test_thinking_is_not_part_of_the_reply(route: str) -> None:
    """
    A thinking block that comes first is skipped, and only the text is given.
    """
    async with connected(route, Reply(thinking="First consider the types.", text=TEXT)) as to:
        assert await read_text(to.provider) == TEXT


async def test_a_thought_counts_as_a_sign_of_life(route: str) -> None:
    """
    While thoughts come in, the first token is not overdue.
    """
    slow_thinker = Reply(thinking="a" * 40, text=TEXT, chunk=4, token_s=0.05)
    async with connected(route, slow_thinker, timeouts=Timeouts(first_token_s=0.4, next_token_s=5)) as to:
        assert await read_text(to.provider) == TEXT


@pytest.mark.parametrize(
    ("reply", "reason", "text"),
    [
        (Reply(text="a" * 1000), StopReason.MAX_TOKENS, "a" * 256),
        (Reply(text="a</completion>b"), StopReason.STOP_SEQUENCE, "a"),
        (Reply(text="a", stop_reason="pause_turn"), StopReason.END, "a"),
        (Reply(text="a", stop_reason="model_context_window_exceeded"), StopReason.MAX_TOKENS, "a"),
    ],
)
async def test_why_a_reply_ended_is_said(route: str, reply: Reply, reason: StopReason, text: str) -> None:
    """
    The token limit, a stop sequence and a plain end are told apart.
    """
    async with connected(route, reply) as to:
        found, end = await read(to.provider.stream(completion_prompt()))
        assert (found, end.reason) == (text, reason)


async def test_usage_is_reported_with_cached_tokens(route: str) -> None:
    """
    The end of a reply says what it cost, cache reads and writes apart.
    """
    usage = {"cache_creation_input_tokens": 3, "cache_read_input_tokens": 5, "output_tokens": 7, "input_tokens": 11}
    async with connected(route, Reply(text=TEXT, usage=usage)) as to:
        _, end = await read(to.provider.stream(completion_prompt()))
        assert end.usage == base.Usage(
            input_tokens=11, output_tokens=7, cache_read_tokens=5, cache_write_tokens=3, estimated=False
        )


async def test_a_tool_reply_is_its_input_as_json(route: str) -> None:
    """
    A forced tool's input comes as JSON text.
    """
    async with connected(route, Reply(tool_input={"findings": []})) as to:
        text, end = await read(to.provider.stream(review_prompt()))
        assert (text, end.reason) == ('{"findings": []}', StopReason.TOOL)


async def test_prose_before_a_tool_call_is_dropped(route: str) -> None:
    """
    What a model says before it calls the tool is not part of the JSON.
    """
    async with connected(route, Reply(text="Let me report.", tool_input={"findings": []})) as to:
        text, _ = await read(to.provider.stream(review_prompt()))
        assert text == '{"findings": []}'


async def test_prose_in_place_of_a_tool_call_is_passed_on(route: str) -> None:
    """
    A model that answers without the tool is quoted, and its end shows that no tool was called.
    """
    async with connected(route, Reply(text="All is well.")) as to:
        text, end = await read(to.provider.stream(review_prompt()))
        assert (text, end.reason) == ("All is well.", StopReason.END)


async def test_a_prefilled_reply_reads_like_any_other(route: str) -> None:
    """
    The beginning that was put into the model's mouth is given back with its first words.
    """
    model = "claude-haiku-4-5-20251001"
    if route != "anthropic":
        model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    async with connected(route, TEXT, model=model) as to:
        text, _ = await read(to.provider.stream(completion_prompt()))
        assert text == "<completion>" + TEXT


async def test_a_review_waits_for_a_busy_service(route: str) -> None:
    """
    Only completions give up at the first failure.
    """
    async with connected(route, [failure(529, retry_after=0.01), Reply(tool_input={"findings": []})]) as to:
        text, _ = await read(to.provider.stream(review_prompt()))
        assert text == '{"findings": []}'
        assert len(to.server.exchanges) == 2


async def test_what_is_sent_is_what_was_announced(route: str) -> None:
    """
    The audit's view of a request is the body on the wire, byte for byte as JSON.
    """
    async with connected(route, TEXT) as to:
        for prompt in (completion_prompt(), review_prompt()):
            await read(to.provider.stream(prompt))
            assert to.server.bodies[-1] == to.provider.wire_request(prompt).body


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
async def test_every_model_is_asked_in_a_way_it_accepts(route: str) -> None:
    """
    The stand-in, which refuses what the real service refuses, takes the requests for every model with a row.
    """
    from lsp_server.providers.capabilities import MODELS

    for row in MODELS:
        async with connected(route, "ok", model=row.model) as to:
            for prompt in (completion_prompt(), review_prompt()):
                text, _ = await read(to.provider.stream(prompt))
                assert text.endswith("ok"), row.model


async def test_a_stop_ends_the_stream(route: str) -> None:
    """
    The stop is the last chunk, and there is exactly one.
    """
    async with connected(route, TEXT) as to:
        chunks = [chunk async for chunk in to.provider.stream(completion_prompt())]
    assert [type(chunk) for chunk in chunks] == [TextDelta] * (len(chunks) - 1) + [MessageStop]
