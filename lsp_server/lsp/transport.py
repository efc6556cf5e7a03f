"""
Carry messages between one client and the server, over stdio or a loopback socket, until either side leaves.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import RawIOBase
from typing import Any, Protocol

from lsp_server.lsp.framing import Body, Decoder

CHUNK = 64 * 1024
CHUNKS_WAITING = 64
PARENT_POLL_S = 2.0
LEAVE_WITHIN_S = 1.0

logger = logging.getLogger(__name__)


class UnusableAddress(ValueError):  # noqa: N818 - Named as the sentence it says, like the providers' errors.
    """
    An address that we can't or won't listen on; `str(error)` is one sentence that says why.
    """


@dataclass(frozen=True, slots=True)
class Wire:
    """
    The two directions of a connection, unbuffered.
    """

    source: RawIOBase
    target: RawIOBase


class Peer(Protocol):
    """
    The server's side of the conversation. All of it happens on the event loop.
    """

    @property
    def parent(self) -> int | None:
        """
        The process that must not be outlived, once it is known.
        """
        ...

    @property
    def exit_code(self) -> int:
        """
        What to exit with if the client is gone now.
        """
        ...

    def connect(self, writer: "Writer", leave: Callable[[], None]) -> None:
        """
        Send through `writer` from now on, and call `leave` when the client says that it is done.
        """
        ...

    def receive(self, body: bytes) -> None:
        """
        Handle one message.
        """
        ...

    def refuse(self, reason: str) -> None:
        """
        Tell the client about bytes that were no message.
        """
        ...

    async def close(self) -> None:
        """
        Save what must not be lost.
        """
        ...


class Writer:
    """
    The only writer to a wire: any thread may use it, and messages never mix.
    """

    def __init__(self, target: RawIOBase, on_gone: Callable[[], None]) -> None:
        self._target = target
        self._on_gone = on_gone
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        """
        Send all of `data`, or report that the client is gone.
        """
        rest = memoryview(data)
        with self._lock:
            try:
                while rest:
                    rest = rest[self._target.write(rest) or 0 :]
            except (OSError, ValueError):
                self._on_gone()


def stdio() -> Wire:
    """
    Take the process's stdin and stdout for the wire: stray prints go to stderr, and child processes find no input.
    """
    wire = Wire(os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0))
    if sys.platform != "win32":
        os.set_blocking(wire.source.fileno(), True)
        os.set_blocking(wire.target.fileno(), True)
    _withdraw_stdio()
    return wire


def tcp(address: str) -> Wire:
    """
    Wait for one client at `HOST:PORT` of this machine; stderr says where, as port 0 takes any free one.

    Prints and child processes are kept from stdin and stdout as well.

    Raises:
        UnusableAddress: the address is malformed, not of this machine alone, or taken.
    """
    host, port = _parse(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as listener:
            sys.stderr.write(f"Listening on {host}:{listener.getsockname()[1]}\n")
            sys.stderr.flush()
            client, _ = listener.accept()
    except OSError as error:
        raise UnusableAddress(f"Cannot listen on {address}: {error.strerror or error}.") from error
    _withdraw_stdio()
    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Wire(client.makefile("rb", buffering=0), client.makefile("wb", buffering=0))


def run(peer: Peer, wire: Wire) -> int:
    """
    Converse until the client leaves or dies, close in order, and return the exit code of the protocol.
    """
    with asyncio.Runner() as runner:
        code = runner.run(_converse(peer, wire))
        # All that is worth keeping is saved by now. An import or an SDK call that hangs in a thread must not
        # keep the server of a closed editor alive.
        watchdog = threading.Timer(LEAVE_WITHIN_S, os._exit, (code,))
        watchdog.daemon = True
        watchdog.start()
    return code


def _withdraw_stdio() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2 if sys.stderr else nothing, 1)
    os.close(nothing)
    sys.stdout = sys.stderr


async def _converse(peer: Peer, wire: Wire) -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_in_one_line)
    left = asyncio.Event()
    decoder = Decoder()

    def deliver(chunk: bytes) -> None:
        if not chunk:
            left.set()
        for frame in decoder.feed(chunk):
            if isinstance(frame, Body):
                peer.receive(frame.data)
            else:
                peer.refuse(frame.reason)

    def client_gone() -> None:
        _tell(loop, left.set)

    def readable() -> None:
        chunk = _chunk_of(wire.source)
        if not chunk:
            loop.remove_reader(wire.source)
        deliver(chunk)

    peer.connect(Writer(wire.target, client_gone), left.set)
    try:
        loop.add_reader(wire.source, readable)
    except (NotImplementedError, OSError):
        # Windows, or a file in place of a pipe.
        threading.Thread(target=_read, args=(wire.source, loop, deliver), name="wire", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, left.set)
    # A client that was killed may have left its end of the pipe open in another child.
    while not left.is_set() and (peer.parent is None or _is_alive(peer.parent)):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(left.wait(), PARENT_POLL_S)
    await peer.close()
    return peer.exit_code


def _chunk_of(source: RawIOBase) -> bytes:
    """
    What has come, at least something; nothing when no more will.
    """
    try:
        return source.read(CHUNK) or b""
    except (OSError, ValueError):
        return b""


def _read(source: RawIOBase, loop: asyncio.AbstractEventLoop, deliver: Callable[[bytes], None]) -> None:
    """
    Hand over what comes, one hop per chunk; a client that sends faster than we handle has to wait.
    """
    slots = threading.Semaphore(CHUNKS_WAITING)

    def deliver_and_release(chunk: bytes) -> None:
        slots.release()
        deliver(chunk)

    while slots.acquire():
        chunk = _chunk_of(source)
        if not _tell(loop, deliver_and_release, chunk) or not chunk:
            return


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: object) -> bool:
    """
    Call on the loop from another thread; `False` when the loop has closed and nobody is left to tell.
    """
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        return False
    return True


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # There, the only signal that Python can send kills. The closed pipe has to do.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _log_in_one_line(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    logger.error("%s (%s)", context.get("message"), type(error).__name__ if error else "no exception")


def _parse(address: str) -> tuple[str, int]:
    import ipaddress

    host, colon, port = address.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UnusableAddress(f"`{address}` is not HOST:PORT, such as 127.0.0.1:7658.")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host, int(port)
    except ValueError:
        pass
    raise UnusableAddress(f"`{host}` is not an address of this machine alone; use 127.0.0.1.")
