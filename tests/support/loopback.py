"""
A small HTTP/1.1 server on a loopback socket that remembers every request and when each connection was seen closed.

It runs on a thread of its own, so that a busy event loop under test, or a subprocess, meets a server as independent
as the real one.
"""

import asyncio
import json
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
}


@dataclass(eq=False)
class Exchange:
    """
    One request as it came over the wire, and what became of it; times are `time.monotonic()`.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    connection: int
    received_at: float
    sent_chunks: int = 0
    closed_at: float | None = None
    finished: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def body(self) -> dict[str, Any]:
        """
        The JSON body.
        """
        body = json.loads(self.raw)
        assert isinstance(body, dict)
        return body

    def wait_closed(self, timeout: float = 10.0) -> float:
        """
        Block until the connection of this request was seen closed; gives that moment.
        """
        assert self.closed.wait(timeout), "the connection stayed open"
        assert self.closed_at is not None
        return self.closed_at


class Responder:
    """
    Writes one response; every method gives the client what was written at once.
    """

    def __init__(self, transport: asyncio.Transport, exchange: Exchange) -> None:
        self._transport = transport
        self._exchange = exchange
        self._chunked = False

    def whole(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """
        A response with a known length.
        """
        self._head(status, {"content-length": str(len(body)), **(headers or {})})
        self._transport.write(body)

    def begin(self, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        """
        The head of a chunked response.
        """
        self._chunked = True
        self._head(200, {"content-type": content_type, "transfer-encoding": "chunked", **(headers or {})})

    def chunk(self, data: bytes) -> None:
        """
        One chunk of the body.
        """
        self._transport.write(b"%x\r\n%s\r\n" % (len(data), data))
        self._exchange.sent_chunks += 1

    def end(self) -> None:
        """
        The regular end of a chunked body.
        """
        self._transport.write(b"0\r\n\r\n")

    def die(self) -> None:
        """
        Drop the connection as a crashed server does.
        """
        self._transport.abort()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", *(f"{k}: {v}" for k, v in headers.items())]
        self._transport.write("\r\n".join([*lines, "", ""]).encode("latin-1"))


class LoopbackServer:
    """
    Serves on 127.0.0.1 until it is closed; subclasses say how to answer.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.exchanges: list[Exchange] = []
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._news = threading.Condition()
        self._open: set[_Connection] = set()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    async def answer(self, exchange: Exchange, responder: Responder) -> None:
        """
        Answer one request; cancelled when the client goes away.
        """
        raise NotImplementedError

    @property
    def url(self) -> str:
        """
        The base address, without a trailing slash.
        """
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """
        The JSON bodies of all requests, in order.
        """
        return [exchange.body for exchange in self.exchanges]

    def wait_for(self, count: int, timeout: float = 30.0) -> Exchange:
        """
        Block until `count` requests have come; gives the last of them.
        """
        with self._news:
            assert self._news.wait_for(lambda: len(self.exchanges) >= count, timeout), "no such request came"
            return self.exchanges[count - 1]

    def refuse_connections(self) -> None:
        """
        Close the listening socket and every connection, as a host without the service.
        """
        self._call(self._stop_listening())

    def accept_connections(self) -> None:
        """
        Listen again, on the same port.
        """
        self._call(self._listen())

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept_connections()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse_connections()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._listener = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for connection in tuple(self._open):
            connection.drop()
        await asyncio.sleep(0)

    def _note(self, exchange: Exchange) -> None:
        with self._news:
            self.exchanges.append(exchange)
            self._news.notify_all()


def serve_alone(server: LoopbackServer) -> None:
    """
    Serve until interrupted; prints the address once it listens.
    """
    # Blocked before the server's thread begins, so that no thread dies of them.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with server:
        print(server.url, flush=True)
        signal.sigwait(ends)


class _Connection(asyncio.Protocol):
    """
    One client connection: splits the bytes into requests and answers them one after another.
    """

    def __init__(self, server: LoopbackServer) -> None:
        self._server = server
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None
        self._exchanges: list[Exchange] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections += 1
        self._number = self._server.connections
        self._server._open.add(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next_request()

    def eof_received(self) -> bool:
        self._gone()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone()
        self._server._open.discard(self)

    def drop(self) -> None:
        self._gone()
        self._transport.abort()

    def _next_request(self) -> None:
        if self._task is not None or b"\r\n\r\n" not in self._buffer:
            return
        head, rest = self._buffer.split(b"\r\n\r\n", 1)
        request_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        method, path, _ = request_line.split(" ", 2)
        exchange = Exchange(method, path, headers, rest[:length], self._number, time.monotonic())
        self._exchanges.append(exchange)
        self._server._note(exchange)
        self._task = self._server._loop.create_task(self._answer(exchange))

    async def _answer(self, exchange: Exchange) -> None:
        await self._server.answer(exchange, Responder(self._transport, exchange))
        exchange.finished.set()
        self._task = None
        self._next_request()

    def _gone(self) -> None:
        for exchange in self._exchanges:
            if exchange.closed_at is None:
                exchange.closed_at = time.monotonic()
                exchange.closed.set()
        if self._task is not None:
            self._task.cancel()
