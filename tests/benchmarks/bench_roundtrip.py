"""
A keystroke as offered and its answer, ours, against the empty round trip of a minimal pygls server.

Run with `python -m tests.benchmarks.bench_roundtrip [ROUNDS]`. The two servers take turns within one run.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from lsp_server.lsp.framing import Body, Decoder
from tests.support.messages_api import API_KEY, MessagesApi

MINIMAL = (sys.executable, "-m", "tests.benchmarks.minimal_server")
OURS = (sys.executable, "-m", "lsp_server", "serve")
LIMIT = 2.0
BLOCK = 50
URI = "file:///work/a.ts"
LINES = "".join(f"export function f{n}(a: number): number {{\n  return a + {n};\n}}\n" for n in range(100))
AT = {"line": 300, "character": 14}


class LeanClient:
    """
    Costs next to nothing: one write, one read.
    """

    def __init__(self, command: tuple[str, ...], **environ: str) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **environ},
        )
        self._decoder = Decoder()
        self._ids = itertools.count(1)

    def call(self, method: str, params: Any, *, after: tuple[str, Any] | None = None) -> Any:
        """
        Send a request, with a notification before it in the same breath, and wait for the answer.
        """
        id = next(self._ids)
        messages = [{"jsonrpc": "2.0", "id": id, "method": method, "params": params}]
        if after:
            messages.insert(0, {"jsonrpc": "2.0", "method": after[0], "params": after[1]})
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"".join(map(framed, messages)))
        while True:
            for frame in self._decoder.feed(os.read(self.process.stdout.fileno(), 65536)):
                assert isinstance(frame, Body)
                answer = json.loads(frame.data)
                if answer.get("id") == id and "method" not in answer:
                    return answer["result"]

    def stop(self) -> None:
        """
        End the server.
        """
        self.process.kill()
        self.process.wait()


def framed(message: Any) -> bytes:
    """
    A message as it goes over the wire.
    """
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def typist(client: LeanClient) -> Callable[[], None]:
    """
    Types the next character as offered, or takes it back, and has the rest offered.
    """
    document = {"uri": URI, "languageId": "typescript", "version": 1, "text": LINES + "const count = \n"}
    options = {"pacenotes": {"completion": {"debounceMs": 0}}}
    client.call("initialize", {"processId": None, "capabilities": {}, "initializationOptions": options})
    asked = {"textDocument": {"uri": URI}, "context": {"triggerKind": 2}}
    opened = ("textDocument/didOpen", {"textDocument": document})
    (item,) = client.call("textDocument/inlineCompletion", {**asked, "position": AT}, after=opened)["items"]
    text = item["insertText"]
    turns = itertools.cycle((True, False))
    behind = {"line": AT["line"], "character": AT["character"] + 1}

    def keystroke() -> None:
        typed = next(turns)
        change = {"range": {"start": AT, "end": AT if typed else behind}, "text": text[0] if typed else ""}
        changed = ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]})
        params = {**asked, "position": behind if typed else AT}
        (rest,) = client.call("textDocument/inlineCompletion", params, after=changed)["items"]
        assert rest["insertText"] == (text[1:] if typed else text)

    return keystroke


def milliseconds(action: Callable[[], object]) -> float:
    """
    How long it takes.
    """
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


def main(rounds: int = 20) -> int:
    """
    Print the medians and their ratio; 1 when the ratio is over the limit.
    """
    with tempfile.TemporaryDirectory() as state, MessagesApi("items.length;") as api:
        minimal = LeanClient(MINIMAL)
        ours = LeanClient(
            OURS,
            PACENOTES_PROVIDER="anthropic",
            PACENOTES_STORAGE_DIRECTORY=state,
            ANTHROPIC_BASE_URL=api.url,
            ANTHROPIC_API_KEY=API_KEY,
        )
        try:
            minimal.call("initialize", {"processId": None, "capabilities": {}})
            keystroke = typist(ours)
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(rounds):
                times[0].extend(milliseconds(lambda: minimal.call("bench/ping", {})) for _ in range(BLOCK))
                times[1].extend(milliseconds(keystroke) for _ in range(BLOCK))
            assert len(api.exchanges) == 1, "a keystroke as offered asks nobody"
        finally:
            minimal.stop()
            ours.stop()
    for name, taken in zip(("empty pygls", "typed through"), times, strict=True):
        p95 = statistics.quantiles(taken, n=20)[-1]
        print(f"{name:14} p50 {statistics.median(taken):6.3f} ms, min {min(taken):6.3f} ms, p95 {p95:6.3f} ms")
    ratio = statistics.median(times[1]) / statistics.median(times[0])
    print(f"ratio          {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
