"""
Every request is on record before it is sent, and afterwards with its cost and its end, however it ended.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from lsp_server.policy.audit import IN_PROCESS, AuditedProvider, CallRecord
from lsp_server.policy.audit_log import AuditLog
from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    NotAllowed,
    Overloaded,
    Prompt,
    Provider,
    StopReason,
    TextDelta,
    Usage,
    WireRequest,
)
from lsp_server.providers.capabilities import cost_usd
from lsp_server.providers.streams import ChunkStream
from tests.support.prompts import completion_prompt, read
from tests.support.scripted_vendor import USAGE, ScriptedVendor

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROMPT = completion_prompt("const key = '<redacted:jwt>';", request_id="r1", files=("src/a.ts",))


class Audited:
    """
    A vendor under audit, its log, and the calls that were told of. Each look at the clock takes a second.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.calls: list[CallRecord] = []
        self.log = AuditLog(path, days=30, now=lambda: NOON, warn=pytest.fail)

    def round_(self, vendor: Provider) -> AuditedProvider:
        seconds = count()
        return AuditedProvider(
            vendor,
            self.log,
            cost_usd=cost_usd,
            clock=lambda: float(next(seconds)),
            now=lambda: NOON,
            on_call=self.calls.append,
        )


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Audited]:
    found = Audited(tmp_path / "audit.sqlite")
    yield found
    found.log.close()


class WaitingVendor(ScriptedVendor):
    """
    Gives its first words, then waits for ever; counts what it has cost so far.
    """

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words
        self.waits = asyncio.Event()

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:  # type: ignore[override]  # a stream that knows its cost
        return ChunkStream(self._chunks(), lambda: Usage(input_tokens=7, output_tokens=3, estimated=True))

    async def _chunks(self) -> AsyncGenerator[Chunk, None]:
        for word in self.words:
            yield TextDelta(word)
        self.waits.set()
        await asyncio.Event().wait()


class LocalVendor(ScriptedVendor):
    """
    Sends nothing anywhere.
    """

    def wire_request(self, prompt: Prompt) -> WireRequest:
        return WireRequest(provider="local", model="local", route=IN_PROCESS, body={"note": "stays here"})


async def test_a_reply_read_to_its_end(audited: Audited) -> None:
    """
    The request, exactly, with tokens, cost, times, files and what was taken out of it.
    """
    text, _ = await read(audited.round_(ScriptedVendor("done")).stream(PROMPT))

    (call,) = audited.calls
    (entry,) = audited.log.find("r1")
    assert text == "done"
    assert entry.sent["body"] == {"messages": ["const key = '<redacted:jwt>';"], "max_tokens": 64}
    assert entry.summary() == {
        "id": "r1",
        "at": "2026-11-22T12:00:00+00:00",
        "feature": "completion",
        "provider": "anthropic",
        "model": "claude-haiku-5-5",
        "route": "scripted",
        "files": ["src/a.ts"],
        "redactions": {"jwt": 1},
        "stop": "end",
        "error": "",
        "inputTokens": 100,
        "outputTokens": 10,
        "cacheReadTokens": 0,
        "cacheWriteTokens": 0,
        "estimated": False,
        "costUsd": cost_usd(USAGE, "claude-haiku-5-5"),
        "ttftMs": call.ttft_ms,
        "durationMs": call.duration_ms,
        "responseModel": "claude-haiku-5-5",
    }
    assert (call.request_id, call.usage, call.redactions, call.ttft_ms) == ("r1", USAGE, {"jwt": 1}, 1000.0)


async def test_on_record_before_it_is_sent(audited: Audited) -> None:
    """
    When the vendor is asked, the request is on disk already.
    """
    seen: list[int] = []

    class Looking(ScriptedVendor):
        async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
            other = AuditLog(audited.path, days=30, now=lambda: NOON, warn=pytest.fail)
            seen.append(len(await asyncio.to_thread(other.find, "r1")))
            other.close()
            yield MessageStop(reason=StopReason.END)

    await read(audited.round_(Looking()).stream(PROMPT))

    assert seen == [1]


async def test_a_failure(audited: Audited) -> None:
    """
    Its kind is recorded, and it goes on to whoever asked.
    """
    with pytest.raises(Overloaded):
        await read(audited.round_(ScriptedVendor(Overloaded("The model is busy."))).stream(PROMPT))

    (entry,) = audited.log.find("r1")
    assert (entry.ended["error"], entry.ended["stop"], entry.ended["ttftMs"]) == ("overloaded", "", None)
    assert audited.calls[0].error_kind == "overloaded"


async def test_a_reader_that_has_read_enough(audited: Audited) -> None:
    """
    What it cost so far is recorded as estimated.
    """
    stream = audited.round_(WaitingVendor("const", " a")).stream(PROMPT)
    await anext(stream)
    await stream.aclose()

    (entry,) = audited.log.find("r1")
    assert (entry.ended["stop"], entry.ended["estimated"]) == ("closed", True)
    assert (entry.ended["inputTokens"], entry.ended["outputTokens"]) == (7, 3)
    assert entry.ended["costUsd"] > 0


async def test_a_request_cancelled_before_its_first_word(audited: Audited) -> None:
    """
    It was sent and will be billed, so it is recorded as cancelled with an estimate.
    """
    vendor = WaitingVendor()
    reading = asyncio.ensure_future(read(audited.round_(vendor).stream(PROMPT)))
    await vendor.waits.wait()
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading

    (entry,) = audited.log.find("r1")
    assert (entry.ended["stop"], entry.ended["estimated"], entry.ended["inputTokens"]) == ("cancelled", True, 7)


async def test_what_can_not_be_recorded_is_not_sent(tmp_path: Path) -> None:
    """
    Rather no completion than one without a record.
    """
    (tmp_path / "file").write_text("")
    audited = Audited(tmp_path / "file" / "audit.sqlite")
    vendor = ScriptedVendor("x")

    with pytest.raises(NotAllowed, match="Nothing was sent, since it could not be recorded first"):
        await read(audited.round_(vendor).stream(PROMPT))

    assert vendor.prompts == []
    audited.log.close()


async def test_what_stays_in_this_process_needs_no_record(tmp_path: Path) -> None:
    """
    The local provider answers even when the log can't be written, and costs nothing.
    """
    (tmp_path / "file").write_text("")
    audited = Audited(tmp_path / "file" / "audit.sqlite")

    text, _ = await read(audited.round_(LocalVendor("x")).stream(PROMPT))

    assert (text, audited.calls[0].cost_usd) == ("x", 0.0)
    audited.log.close()


async def test_many_at_once_are_kept_apart(audited: Audited) -> None:
    """
    Each end finds its own beginning.
    """
    provider = audited.round_(ScriptedVendor("x"))
    prompts = [completion_prompt(f"const a{n} = ", request_id=f"r{n}") for n in range(20)]

    await asyncio.gather(*(read(provider.stream(prompt)) for prompt in prompts))

    for number in range(20):
        (entry,) = audited.log.find(f"r{number}")
        assert entry.sent["body"]["messages"] == [f"const a{number} = "]
        assert entry.ended["stop"] == "end"
