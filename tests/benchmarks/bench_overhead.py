"""
What a completion costs this process beyond the bare SDK call for the same reply, in CPU.

Both sides meet the same stand-in, a process of its own without delays, in turns within one run:

    python -m tests.benchmarks.bench_overhead

The side that is measured is any async callable, so that a benchmark of the whole engine can hand in its own:

    await overhead(lambda: engine_answers(request), url)
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lsp_server.backend import recorded, utc_now, wrapped
from lsp_server.policy.audit_log import AuditLog
from lsp_server.providers.base import Message, Prompt, Purpose, TextBlock
from lsp_server.providers.choose import build
from lsp_server.providers.local.corpus import WorkspaceCorpus
from lsp_server.settings import ProviderChoice, Settings
from lsp_server.storage import locate

Action = Callable[[], Awaitable[object]]

MODEL = "claude-haiku-5-5"
REPLY = "items.filter((item) => item.done).map((item) => item.title);"
CONTEXT = "export function total(items: readonly Item[]): number;\n" * 140


@dataclass(frozen=True, kw_only=True)
class Overhead:
    """
    Medians of CPU milliseconds for one call, and how many times the bare call the measured one costs.
    """

    bare_ms: float
    measured_ms: float
    ratio: float
    rounds: int
    calls: int


async def overhead(measured: Action, url: str, *, rounds: int = 9, calls: int = 40) -> Overhead:
    """
    The cost of `measured`, which must ask the stand-in at `url` once, against the bare SDK call.
    """
    async with bare_call(url) as bare:
        for action in (bare, measured):
            await cpu_ms(action, 10)
        costs = [(await cpu_ms(bare, calls), await cpu_ms(measured, calls)) for _ in range(rounds)]
    bare_ms, measured_ms = (statistics.median(side) for side in zip(*costs, strict=True))
    ratio = statistics.median(ours / theirs for theirs, ours in costs)
    return Overhead(bare_ms=bare_ms, measured_ms=measured_ms, ratio=ratio, rounds=rounds, calls=calls)


async def cpu_ms(action: Action, calls: int) -> float:
    """
    CPU of this process for one call, the work of its threads included.
    """
    gc.collect()
    before = time.process_time()
    for _ in range(calls):
        await action()
    return (time.process_time() - before) / calls * 1000


@contextlib.asynccontextmanager
async def bare_call(url: str) -> AsyncIterator[Action]:
    """
    The SDK as its documentation shows it, reading the whole reply.
    """
    import anthropic

    client = anthropic.AsyncAnthropic(api_key="sk-ant-bench", base_url=url, max_retries=0)

    async def call() -> str:
        text = ""
        stream = await client.messages.create(
            model=MODEL,
            max_tokens=256,
            system="You complete TypeScript.",
            messages=[{"role": "user", "content": CONTEXT}],
            thinking={"type": "disabled"},
            stream=True,
        )
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                text += event.delta.text
        return text

    yield call
    await client.close()


@contextlib.asynccontextmanager
async def provider_stack(url: str, directory: Path) -> AsyncIterator[Action]:
    """
    The same question through our provider in all its wrappers, never twice the same so that the cache does not answer.
    """
    settings = Settings(
        provider=ProviderChoice.ANTHROPIC, anthropic_base_url=url, storage_directory=str(directory), cache_size_mb=100
    )
    storage = locate(settings.storage_directory)
    provider = wrapped(
        recorded(
            build(settings, os.environ, WorkspaceCorpus(tuple)).provider,
            audit_log=AuditLog(storage.audit, days=1, now=utc_now, warn=print),
            on_call=lambda call: None,
        ),
        settings=settings,
        storage=storage,
        why_excluded=lambda path: None,
        warn=print,
    )
    asked = 0

    async def call() -> str:
        nonlocal asked
        asked += 1
        prompt = Prompt(
            purpose=Purpose.COMPLETION,
            system=(TextBlock("You complete TypeScript.", stable=True),),
            messages=(Message("user", (TextBlock(CONTEXT, stable=True), TextBlock(f"// {asked}"))),),
            max_tokens=256,
            fingerprint="bench",
        )
        text = ""
        async for chunk in provider.stream(prompt):
            text += getattr(chunk, "text", "")
        return text

    await provider.warm_up()
    yield call
    await provider.aclose()


@contextlib.contextmanager
def stand_in(text: str = REPLY, *, chunk: int = 3) -> Iterator[str]:
    """
    The stand-in in a process of its own, so that its CPU is not counted; gives its address.
    """
    command = [sys.executable, "-m", "tests.support.messages_api", "--text", text, "--chunk", str(chunk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def measure(options: Any) -> Overhead:
    """
    The provider stack against the bare call.
    """
    with stand_in(chunk=options.chunk) as url, tempfile.TemporaryDirectory() as directory:
        async with provider_stack(url, Path(directory)) as stack:
            return await overhead(stack, url, rounds=options.rounds, calls=options.calls)


def main() -> None:
    """
    Measure and print as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--chunk", type=int, default=3, help="characters in a token event")
    options = parser.parse_args()
    os.environ.setdefault("ANTHROPIC_API_KEY", "sk-ant-bench")
    print(json.dumps(asdict(asyncio.run(measure(options)))))


if __name__ == "__main__":
    main()
