"""
A long session: what it leaves behind in memory and sockets, in two windows that share one cache.

    python -m tests.benchmarks.bench_session [--keys 20000]

Two servers over one state folder; in each the same stretch is typed as fast as it answers, and deleted again. Memory is
compared with that after a tenth of the keys, when everything that is made once has been made.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.oracle import Oracle, Pace
from tests.support.replay import Wire
from tests.support.workplace import make_workplace

BUNDLED = Path(__file__).parents[2] / "lsp_server" / "demo" / "workspace" / "src"
SERVER = (sys.executable, "-m", "lsp_server", "serve")
FILE = BUNDLED / "penalty.ts"
STRETCH = 400
ANSWER_WITHIN_S = 60


class Window:
    """
    One editor window, in which a stretch of a file is typed again and again.
    """

    def __init__(self, wire: Wire, uri: str, truth: str) -> None:
        self.answers: list[float] = []
        self.offered = 0
        self.wrong = 0
        self._wire = wire
        self._uri = uri
        self._truth = truth
        self._start = truth.index("\n", len(truth) // 4) + 1
        self._version = 1
        self._at = self._start
        self._ask = 0

    def open(self) -> None:
        """
        Open the document up to the stretch.
        """
        text = self._truth[: self._start]
        document = {"uri": self._uri, "languageId": "typescript", "version": 1, "text": text}
        self._wire.notify("textDocument/didOpen", {"textDocument": document})

    async def key(self) -> None:
        """
        Type the next character and see what is offered, or begin again; every seventh request is cancelled.
        """
        end = min(self._start + STRETCH, len(self._truth))
        if self._at == end:
            self._change(self._start, end, "")
            self._at = self._start
        self._change(self._at, self._at, self._truth[self._at])
        self._at += 1
        self._ask += 1
        place = {"textDocument": {"uri": self._uri}, "position": self._place(self._at), "context": {"triggerKind": 2}}
        started = time.perf_counter()
        number, answer = self._wire.ask("textDocument/inlineCompletion", place)
        if self._ask % 7 == 0:
            self._wire.notify("$/cancelRequest", {"id": number})
        result = await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        self.answers.append(time.perf_counter() - started)
        if result and result["items"]:
            self.offered += 1
            self.wrong += not self._truth.startswith(result["items"][0]["insertText"], self._at)

    def _change(self, start: int, end: int, text: str) -> None:
        self._version += 1
        change = {"range": {"start": self._place(start), "end": self._place(end)}, "text": text}
        document = {"uri": self._uri, "version": self._version}
        self._wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def _place(self, offset: int) -> dict[str, int]:
        line_start = self._truth.rfind("\n", 0, offset) + 1
        return {"line": self._truth.count("\n", 0, offset), "character": offset - line_start}


async def session(keys: int) -> dict[str, Any]:
    """
    The figures of both windows.
    """
    truth = FILE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder, Oracle([truth], Pace(first_token_s=0, tokens_per_s=5000)) as oracle:
        place = make_workplace(Path(folder), ANTHROPIC_API_KEY="sk-ant-bench", ANTHROPIC_BASE_URL=oracle.url)
        wires = [Wire(), Wire()]
        for wire in wires:
            await wire.start(SERVER, place.environ, place.workspace)
        windows = [Window(wire, (place.workspace / f"{n}.ts").as_uri(), truth) for n, wire in enumerate(wires)]
        for window in windows:
            window.open()
        for number in range(keys):
            await asyncio.gather(*(window.key() for window in windows))
            if number == keys // 10:
                before = [(wire.resident_kb(), wire.open_sockets()) for wire in wires]
        await asyncio.sleep(2)
        after = [(wire.resident_kb(), wire.open_sockets()) for wire in wires]
        for wire in wires:
            await wire.stop()
    return {
        "keys": keys,
        "requests": len(oracle.exchanges),
        "growth": [round(b[0] / a[0] - 1, 4) for a, b in zip(before, after, strict=True)],
        "resident_mb": [round(a[0] / 1024, 1) for a in after],
        "sockets_before_after": [(a[1], b[1]) for a, b in zip(before, after, strict=True)],
        "answer_p50_ms": round(1000 * statistics.median(windows[0].answers), 2),
        "offered": [window.offered for window in windows],
        "wrong": [window.wrong for window in windows],
    }


def main() -> None:
    """
    Run and print as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=20_000)
    print(json.dumps(asyncio.run(session(parser.parse_args().keys))))


if __name__ == "__main__":
    main()
