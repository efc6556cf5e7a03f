"""
A client of a server process, over real pipes or a socket, that can also send what no client should.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, Queue
from types import TracebackType
from typing import IO, Any, Self

from lsp_server.lsp.framing import Body, Decoder

SERVER = (sys.executable, "-m", "tests.support.scripted_server")
PATIENCE_S = 20.0


class Editor:
    """
    Starts a server and talks to it; leaving the `with` block ends it whatever state it is in.
    """

    def __init__(
        self, command: Sequence[str] = SERVER, *, environ: Mapping[str, str] | None = None, tcp: bool = False
    ) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environ or {})},
        )
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self._stderr: list[bytes] = []
        self._inbox: Queue[dict[str, Any]] = Queue()
        self._waiting: list[dict[str, Any]] = []
        self._last_id = 0
        self._sink: IO[bytes] = self.process.stdin
        source: IO[bytes] = self.process.stdout
        if tcp:
            line = self.process.stderr.readline()
            self._socket = socket.create_connection(("127.0.0.1", int(line.rpartition(b":")[2])))
            source = self._socket.makefile("rb")
            self._sink = self._socket.makefile("wb")
        self._threads = [
            threading.Thread(target=self._receive, args=(source,), daemon=True),
            threading.Thread(target=self._collect, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe
            pipe.close()

    @property
    def stderr(self) -> str:
        """
        What the server has said on stderr so far.
        """
        return b"".join(self._stderr).decode(errors="replace")

    def send(self, data: bytes) -> None:
        """
        Send bytes as they are.
        """
        self._sink.write(data)
        self._sink.flush()

    def message(self, message: Any) -> None:
        """
        Send JSON as one message.
        """
        body = json.dumps(message).encode()
        self.send(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def notify(self, method: str, params: Any = None) -> None:
        """
        Tell something.
        """
        self.message({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any = None) -> int:
        """
        Ask something; gives the id.
        """
        self._last_id += 1
        self.message({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        return self._last_id

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """
        The next message that is wanted; others are kept for later.
        """
        for message in self._waiting:
            if wanted(message):
                self._waiting.remove(message)
                return message
        while True:
            try:
                message = self._inbox.get(timeout=PATIENCE_S)
            except Empty:
                raise AssertionError(f"nothing came; stderr: {self.stderr}") from None
            if wanted(message):
                return message
            self._waiting.append(message)

    def answer(self, id: int | str | None) -> dict[str, Any]:
        """
        The answer to a request.
        """
        return self.until(lambda message: "method" not in message and message["id"] == id)

    def unread(self) -> list[dict[str, Any]]:
        """
        What came so far that nobody has waited for.
        """
        while not self._inbox.empty():
            self._waiting.append(self._inbox.get())
        return self._waiting

    def call(self, method: str, params: Any = None) -> Any:
        """
        Ask, and give the result.
        """
        answer = self.answer(self.request(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def initialize(self, **params: Any) -> Any:
        """
        Shake hands.
        """
        result = self.call("initialize", {"processId": None, "rootUri": None, "capabilities": {}, **params})
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "typescript") -> None:
        """
        Open a document.
        """
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def complete(self, uri: str, line: int, character: int) -> list[dict[str, Any]]:
        """
        The items that are offered at a place.
        """
        position = {"line": line, "character": character}
        params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 2}}
        items: list[dict[str, Any]] = self.call("textDocument/inlineCompletion", params)["items"]
        return items

    def hang_up(self) -> None:
        """
        Close our end of the wire without a word.
        """
        self._sink.close()
        if self._sink is not self.process.stdin:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()

    def shut_down(self) -> int:
        """
        Leave politely; gives the exit code.
        """
        self.call("shutdown")
        self.notify("exit")
        return self.wait()

    def wait(self) -> int:
        """
        Wait for the process to end; gives its exit code.
        """
        return self.process.wait(PATIENCE_S)

    def _receive(self, source: IO[bytes]) -> None:
        decoder = Decoder()
        while chunk := _read(source):
            for frame in decoder.feed(chunk):
                assert isinstance(frame, Body), frame
                self._inbox.put(json.loads(frame.data))

    def _collect(self, pipe: IO[bytes]) -> None:
        while chunk := _read(pipe):
            self._stderr.append(chunk)


def _read(pipe: IO[bytes]) -> bytes:
    try:
        return os.read(pipe.fileno(), 65536)
    except (OSError, ValueError):
        return b""
