"""
A question that was asked before is answered from disk.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lsp_server.providers import base
from lsp_server.providers.base import MessageStop, StopReason, TextDelta, Usage
from lsp_server.providers.caching import KEPT_IN_MEMORY, CachingProvider
from tests.providers.routes import connected
from tests.support.prompts import completion_prompt, inputs, read
from tests.support.replies import Reply
from tests.support.scripted_vendor import ScriptedVendor


def now() -> datetime:
    return datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)


@contextlib.asynccontextmanager
async def caching(
    inner: base.Provider, directory: Path, warnings: list[str] | None = None
) -> AsyncIterator[CachingProvider]:
    warn = ([] if warnings is None else warnings).append
    provider = CachingProvider(inner, directory, size_bytes=10_000_000, now=now, warn=warn)
    try:
        yield provider
    finally:
        await provider.aclose()


async def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    """
    The second answer is the first one, free and marked as cached.
    """
    inner = ScriptedVendor("items.length")
    async with caching(inner, tmp_path) as provider:
        assert await read(provider.stream(completion_prompt())) == (
            "items.length",
            MessageStop(
                reason=StopReason.END, usage=Usage(input_tokens=100, output_tokens=10), model="claude-haiku-5-5"
            ),
        )
        assert await read(provider.stream(completion_prompt())) == (
            "items.length",
            MessageStop(reason=StopReason.END, usage=Usage(), model="claude-haiku-5-5", cached=True),
        )
    assert len(inner.prompts) == 1


async def test_another_process_need_not_ask_again(tmp_path: Path) -> None:
    """
    Replies outlast the process that asked for them.
    """
    for answer in ("items.length", "never asked for"):
        async with caching(ScriptedVendor(answer), tmp_path) as provider:
            assert (await read(provider.stream(completion_prompt())))[0] == "items.length"


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (base.Message("user", (base.TextBlock("const sum = "),)),)},
        {"max_tokens": 65},
        {"fingerprint": "f2"},
        {"inputs": inputs(multiline=True)},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_whatever_shapes_the_answer_is_part_of_the_question(tmp_path: Path, change: dict[str, Any]) -> None:
    """
    Another text, limit, wording or extent is another question.
    """
    async with caching(ScriptedVendor("first", "second"), tmp_path) as provider:
        await read(provider.stream(completion_prompt(inputs=inputs())))
        assert (await read(provider.stream(completion_prompt(**{"inputs": inputs(), **change}))))[0] == "second"


@pytest.mark.parametrize("other", [{"model": "claude-haiku-4-5"}, {"name": "bedrock"}], ids=["model", "provider"])
async def test_answers_of_one_model_are_not_those_of_another(tmp_path: Path, other: dict[str, str]) -> None:
    """
    Model and provider are part of the question.
    """
    async with caching(ScriptedVendor("first"), tmp_path) as provider:
        await read(provider.stream(completion_prompt()))
    async with caching(ScriptedVendor("second", **other), tmp_path) as provider:
        assert (await read(provider.stream(completion_prompt())))[0] == "second"


async def test_the_request_id_is_no_part_of_the_question(tmp_path: Path) -> None:
    """
    The same text typed again a minute later is the same question.
    """
    inner = ScriptedVendor("first", "second")
    async with caching(inner, tmp_path) as provider:
        await read(provider.stream(completion_prompt(request_id="1")))
        assert (await read(provider.stream(completion_prompt(request_id="2"))))[0] == "first"


async def test_the_local_provider_is_always_asked(tmp_path: Path) -> None:
    """
    What costs nothing and learns all the time is not cached.
    """
    inner = ScriptedVendor("first", "second", name="local")
    async with caching(inner, tmp_path) as provider:
        await provider.warm_up()
        await read(provider.stream(completion_prompt()))
        assert not await provider.has_reply(completion_prompt())
        assert (await read(provider.stream(completion_prompt())))[0] == "second"
    assert list(tmp_path.iterdir()) == []


REFUSAL = [TextDelta("I can"), MessageStop(reason=StopReason.REFUSAL)]


@pytest.mark.parametrize(
    "first", [base.Overloaded("Overloaded."), base.Refused("Declined."), REFUSAL], ids=["error", "refusal", "refused"]
)
async def test_failures_and_refusals_are_not_kept(tmp_path: Path, first: Any) -> None:
    """
    Only an answer is worth keeping.
    """
    async with caching(ScriptedVendor(first, "answer"), tmp_path) as provider:
        with contextlib.suppress(base.ProviderError):
            await read(provider.stream(completion_prompt()))
        assert (await read(provider.stream(completion_prompt())))[0] == "answer"


async def test_an_empty_answer_is_kept(tmp_path: Path) -> None:
    """
    That there is nothing to complete is an answer too.
    """
    inner = ScriptedVendor("", "late idea")
    async with caching(inner, tmp_path) as provider:
        await read(provider.stream(completion_prompt()))
        text, end = await read(provider.stream(completion_prompt()))
    assert (text, end.cached, len(inner.prompts)) == ("", True, 1)


STREAM = (TextDelta("if (a) {\n"), TextDelta("  b();\n}"), TextDelta("\nmore"), MessageStop(reason=StopReason.END))


async def read_up_to(provider: base.Provider, enough: str) -> str:
    """
    Read as the engine does: until there is enough, then close.
    """
    stream = provider.stream(completion_prompt())
    text = ""
    async for chunk in stream:
        if isinstance(chunk, MessageStop):
            break
        text += chunk.text
        if enough in text:
            break
    await stream.aclose()  # type: ignore[attr-defined]  # Every provider's stream has it.
    return text


async def test_an_answer_that_was_cut_is_replayed_to_the_same_cut(tmp_path: Path) -> None:
    """
    What a reader took before it had enough is what it gets the next time, without asking.
    """
    inner = ScriptedVendor(STREAM)
    async with caching(inner, tmp_path) as provider:
        assert await read_up_to(provider, "}") == "if (a) {\n  b();\n}"
        assert inner.closed_early == 1
        assert await read_up_to(provider, "}") == "if (a) {\n  b();\n}"
    async with caching(inner, tmp_path) as provider:
        assert await read_up_to(provider, "}") == "if (a) {\n  b();\n}"
    assert len(inner.prompts) == 1


async def test_a_reader_that_wants_more_than_was_kept_is_asked_for_anew(tmp_path: Path) -> None:
    """
    A cut answer that is not enough ends there, and is forgotten.
    """
    inner = ScriptedVendor(STREAM)
    async with caching(inner, tmp_path) as provider:
        await read_up_to(provider, "{")
        assert await read_up_to(provider, "}") == "if (a) {\n"
        assert await read_up_to(provider, "more") == "if (a) {\n  b();\n}\nmore"
        assert await read_up_to(provider, "more") == "if (a) {\n  b();\n}\nmore"
    assert len(inner.prompts) == 2


async def test_leaving_at_the_stop_keeps_the_whole_answer(tmp_path: Path) -> None:
    """
    A reader that closes the stream once it has seen the end has seen all of it.
    """
    inner = ScriptedVendor(STREAM)
    async with caching(inner, tmp_path) as provider:
        await read_up_to(provider, "nothing like this")
        for _ in range(2):
            text, end = await read(provider.stream(completion_prompt()))
            assert (text, end.cached) == ("if (a) {\n  b();\n}\nmore", True)
    assert len(inner.prompts) == 1


async def test_a_cancelled_answer_is_not_kept(tmp_path: Path) -> None:
    """
    Where the engineer typed on in mid-answer, nothing was cut by intent.
    """
    async with connected("anthropic", [Reply(text="const a", token_s=0.2), "const b"]) as to:
        provider = CachingProvider(to.provider, tmp_path, size_bytes=1_000_000, now=now, warn=print)
        first_chunk = asyncio.Event()

        async def reader() -> None:
            async for _ in provider.stream(completion_prompt()):
                first_chunk.set()

        task = asyncio.create_task(reader())
        await first_chunk.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await read(provider.stream(completion_prompt())))[0] == "const b"
        await provider.aclose()


async def test_closing_the_stream_closes_the_connection_beneath(tmp_path: Path) -> None:
    """
    The cache between reader and vendor does not keep the connection open.
    """
    async with connected("anthropic", Reply(text="const a = 1;" * 50, token_s=0.02)) as to:
        provider = CachingProvider(to.provider, tmp_path, size_bytes=1_000_000, now=now, warn=print)
        await read_up_to(provider, "c")
        await asyncio.to_thread(to.server.exchanges[0].wait_closed)
        assert not to.server.exchanges[0].finished.is_set()
        await provider.aclose()


async def test_a_question_can_be_looked_up_without_asking(tmp_path: Path) -> None:
    """
    Whether an answer is there is known before it is needed.
    """
    inner = ScriptedVendor("answer")
    async with caching(inner, tmp_path) as provider:
        for _ in range(2):
            assert not await provider.has_reply(completion_prompt())
        await read(provider.stream(completion_prompt()))
        assert await provider.has_reply(completion_prompt())
        assert (await read(provider.stream(completion_prompt())))[1].cached
    assert len(inner.prompts) == 1


async def test_memory_holds_only_so_many(tmp_path: Path) -> None:
    """
    Older answers leave memory and are found on disk again.
    """
    inner = ScriptedVendor("answer")
    async with caching(inner, tmp_path) as provider:
        for number in range(KEPT_IN_MEMORY + 1):
            await read(provider.stream(completion_prompt(f"// {number}")))
        assert (await read(provider.stream(completion_prompt("// 0"))))[1].cached
    assert len(inner.prompts) == KEPT_IN_MEMORY + 1


async def test_no_question_is_on_disk(tmp_path: Path) -> None:
    """
    The cache holds answers under hashes, never the text that was sent.
    """
    async with caching(ScriptedVendor("answer"), tmp_path) as provider:
        await read(provider.stream(completion_prompt("const launchCode = ")))
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert stored
    assert b"launchCode" not in stored


async def test_a_cache_that_fails_does_not_cost_the_answer(tmp_path: Path) -> None:
    """
    Where nothing can be stored the provider answers all the same, and says so once.
    """
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    warnings: list[str] = []
    async with caching(ScriptedVendor("first", "second"), blocked / "replies", warnings) as provider:
        for text in ("// 1", "// 2"):
            await read(provider.stream(completion_prompt(text)))
    assert len(warnings) == 1
    assert "can't be cached" in warnings[0]


ASKING = """
import asyncio, json, sys
from datetime import UTC, datetime
from pathlib import Path
from lsp_server.providers.caching import CachingProvider
from tests.support.prompts import completion_prompt, read
from tests.support.scripted_vendor import ScriptedVendor

async def main() -> None:
    inner = ScriptedVendor("answer")
    cache = CachingProvider(inner, Path(sys.argv[1]), size_bytes=10**7, now=lambda: datetime.now(UTC), warn=print)
    sys.stdin.readline()
    texts = [(await read(cache.stream(completion_prompt(f"// {n}"))))[0] for n in range(150)]
    await cache.aclose()
    print(json.dumps({"right": texts.count("answer"), "asked": len(inner.prompts)}))

asyncio.run(main())
"""


def test_two_processes_share_a_cache(tmp_path: Path) -> None:
    """
    Two windows that ask the same at the same time both get every answer, and what was stored serves a third.
    """
    start = [sys.executable, "-c", ASKING, str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [
        subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    reports = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert [report["right"] for report in reports] == [150, 150]
    third = subprocess.run(start, input="go\n", capture_output=True, text=True, env=environ, timeout=60, check=True)
    assert json.loads(third.stdout) == {"right": 150, "asked": 0}
