"""
What one completion costs the server's process, from the request to the text that fits, against the bare SDK call.

    python -m tests.benchmarks.bench_engine [--context-tokens 0]

Both sides meet the same stand-in without delays, in turns within one run. Ours parses the edit, gathers context from
the index of the bundled project, redacts, audits, caches, cuts and filters; every request is a new one, on a line that
somebody types on, so that its context is kept. Without context the rest stands alone.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from lsp_server.backend import Backend
from lsp_server.completion import engine
from lsp_server.completion.request import Completion, CompletionRequest, TriggerKind
from lsp_server.completion.stock import Stock
from lsp_server.files import uri_of
from lsp_server.settings import ProviderChoice, Settings
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding
from lsp_server.workspace import Folder, Workspace
from tests.benchmarks.bench_overhead import Action, overhead, stand_in

BUNDLED = Path(__file__).parents[2] / "lsp_server" / "demo" / "workspace"
FILE = "src/leaderboard.ts"
LINE = 13
"""The line that each request types a fresh name into, in the body of a function."""


@contextlib.asynccontextmanager
async def whole_engine(url: str, directory: Path, context_tokens: int = 2000) -> AsyncIterator[Action]:
    """
    Type a character, and ask for a completion there.
    """
    root = directory / "workspace"
    shutil.copytree(BUNDLED, root)
    settings = Settings(
        provider=ProviderChoice.ANTHROPIC,
        anthropic_base_url=url,
        storage_directory=str(directory / "storage"),
        completion_debounce_ms=0,
        completion_context_tokens=context_tokens,
    )
    workspace = Workspace([Folder(uri=uri_of(root), name="bench", path=str(root))])
    document = Document.create(uri_of(root / FILE), "typescript", 1, (root / FILE).read_text())
    workspace.open(document)
    backend = Backend(
        settings, workspace.snapshot().folders, workspace.snapshot, environ=os.environ, on_call=ignore, warn=print
    )
    await backend.warm_up()
    await backend.ready()
    stock = Stock(time.monotonic)
    asked = 0

    async def call() -> None:
        nonlocal asked
        asked += 1
        line = f"  const fresh{asked} = "
        whole_line = (Position(LINE, 0), Position(LINE, 200))
        workspace.change(document.uri, [ContentChange(whole_line, line)], asked, PositionEncoding.UTF16)
        now, tree = workspace.snapshot().document(document.uri), workspace.tree(document.uri)
        assert now is not None
        assert tree is not None
        outcome = await engine.complete(
            CompletionRequest(
                id=f"{asked:032x}",
                document=now,
                tree=tree,
                offset=now.offset_at(Position(LINE, len(line)), PositionEncoding.UTF16),
                path=FILE,
                trigger_kind=TriggerKind.AUTOMATIC,
            ),
            previous=None,
            provider=backend.provider,
            gather=backend.gather,
            settings=settings,
            clock=time.monotonic,
            stock=stock,
        )
        assert isinstance(outcome, Completion), outcome

    yield call
    await stock.aclose()
    await backend.aclose()


def ignore(call: object) -> None:
    """
    Take no notice of a call.
    """


async def measure(context_tokens: int) -> None:
    """
    Print the ratio as JSON.
    """
    with stand_in() as url, tempfile.TemporaryDirectory() as directory:
        async with whole_engine(url, Path(directory), context_tokens) as complete:
            print(json.dumps(asdict(await overhead(complete, url))))


if __name__ == "__main__":
    os.environ.setdefault("ANTHROPIC_API_KEY", "sk-ant-bench")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--context-tokens", type=int, default=2000)
    asyncio.run(measure(parser.parse_args().context_tokens))
