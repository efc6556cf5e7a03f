"""
The answer to a keystroke as offered, ours, against the empty round trip of a minimal pygls server.

Run with `python -m tests.benchmarks.bench_roundtrip [ROUNDS]`. The two servers take turns within one run.
The time of the change itself is shown as well, on top of the answer's.
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
URI = "file:///project/a.ts"
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


class Typist:
    """
    Types the next character as offered, or takes it back, and has the rest offered.
    """

    def __init__(self, client: LeanClient) -> None:
        self._client = client
        self._turns = itertools.cycle((True, False))
        document = {"uri": URI, "languageId": "typescript", "version": 1, "text": LINES + "const count = \n"}
        options = {"pacenotes": {"completion": {"debounceMs": 0}}}
        client.call("initialize", {"processId": None, "capabilities": {}, "initializationOptions": options})
        opened = ("textDocument/didOpen", {"textDocument": document})
        (item,) = client.call("textDocument/inlineCompletion", asked(AT), after=opened)["items"]
        self._text: str = item["insertText"]

    def keystroke(self) -> None:
        """
        The change and the request in one breath, as editors send them.
        """
        changed, place, rest = self._next()
        self._check(self._client.call("textDocument/inlineCompletion", asked(place), after=changed), rest)

    def answer_alone(self) -> float:
        """
        The request when the change has been dealt with; gives the milliseconds that it took.
        """
        changed, place, rest = self._next()
        self._client.call("textDocument/completion", {"textDocument": {"uri": URI}, "position": AT}, after=changed)
        started = time.perf_counter()
        answer = self._client.call("textDocument/inlineCompletion", asked(place))
        taken = 1000 * (time.perf_counter() - started)
        self._check(answer, rest)
        return taken

    def _next(self) -> tuple[tuple[str, Any], dict[str, int], str]:
        typed = next(self._turns)
        behind = {"line": AT["line"], "character": AT["character"] + 1}
        change = {"range": {"start": AT, "end": AT if typed else behind}, "text": self._text[0] if typed else ""}
        changed = ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]})
        return changed, behind if typed else AT, self._text[1:] if typed else self._text

    @staticmethod
    def _check(answer: Any, rest: str) -> None:
        assert [item["insertText"] for item in answer["items"]] == [rest]


def asked(place: dict[str, int]) -> dict[str, Any]:
    """
    A request for a completion, by the editor.
    """
    return {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": 2}}


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
            typist = Typist(ours)
            times: tuple[list[float], ...] = ([], [], [])
            empty, alone, whole = times
            for _ in range(rounds):
                empty.extend(milliseconds(lambda: minimal.call("bench/ping", {})) for _ in range(BLOCK))
                alone.extend(typist.answer_alone() for _ in range(BLOCK))
                whole.extend(milliseconds(typist.keystroke) for _ in range(BLOCK))
            assert len(api.exchanges) == 1, "a keystroke as offered asks nobody"
        finally:
            minimal.stop()
            ours.stop()
    medians = [statistics.median(taken) for taken in times]
    for name, taken, median in zip(("empty pygls", "typed through", "and its change"), times, medians, strict=True):
        p95 = statistics.quantiles(taken, n=20)[-1]
        print(
            f"{name:14} p50 {median:6.3f} ms, min {min(taken):6.3f} ms, p95 {p95:6.3f} ms, "
            f"p50 {median / medians[0]:.2f} times the empty one"
        )
    print(f"ratio of the answer {medians[1] / medians[0]:.2f} (limit {LIMIT})")
    return int(medians[1] / medians[0] > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
