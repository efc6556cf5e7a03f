"""
Read an SDK's event stream as chunks: on time, with one kind of error, and closed the moment nobody listens.
"""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from lsp_server.providers import errors
from lsp_server.providers.base import Chunk, ProviderError, StopReason, TextDelta, Usage
from lsp_server.providers.errors import Call
from lsp_server.providers.patience import Patience
from lsp_server.providers.reply import PartialReply
from lsp_server.providers.wire import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """
    Patience, in seconds: up to the first content of a reply, thinking included, and then between any two events.
    """

    first_token_s: float
    next_token_s: float


class ChunkStream:
    """
    The chunks of one reply, and at any moment what it has cost so far, for readers that stop early.
    """

    def __init__(self, chunks: AsyncGenerator[Chunk, None], usage: Callable[[], Usage]) -> None:
        self._chunks = chunks
        self._usage = usage

    @property
    def usage(self) -> Usage:
        """
        Tokens so far; estimated until the provider has reported them.
        """
        return self._usage()

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[Chunk]:
        return self._chunks.__anext__()

    async def aclose(self) -> None:
        """
        Stop reading; the connection is closed at once.
        """
        await self._chunks.aclose()


async def failing(error: ProviderError) -> AsyncGenerator[Chunk, None]:
    """
    A reply that is an error from the start.
    """
    nothing: tuple[Chunk, ...] = ()
    for chunk in nothing:
        yield chunk
    raise error


@contextlib.asynccontextmanager
async def closing(stream: AsyncIterator[Chunk]) -> AsyncIterator[AsyncIterator[Chunk]]:
    """
    Close a provider's stream on the way out, however its reader left.
    """
    try:
        yield stream
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


def usage_so_far(stream: object) -> Usage:
    """
    What a stream of any provider has cost up to now.
    """
    usage = getattr(stream, "usage", None)
    return usage if isinstance(usage, Usage) else Usage(estimated=True)


Sending = contextlib.AbstractAsyncContextManager[AsyncIterator[Event]]


class Reading:
    """
    One request on its way and the reply to it.
    """

    def __init__(self, send: Callable[[], Sending], reply: PartialReply, call: Call, timeouts: Timeouts) -> None:
        self._send = send
        self._reply = reply
        self._call = call
        self._timeouts = timeouts

    def stream(self) -> ChunkStream:
        """
        The reply as its reader sees it.
        """
        return ChunkStream(self._chunks(), lambda: self._reply.usage)

    async def _chunks(self) -> AsyncGenerator[Chunk, None]:
        reply = self._reply
        self._patience = Patience()
        self._first_token_by = self._patience.now() + self._timeouts.first_token_s
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self._patience.close)
            events = await self._open(stack)
            while (event := await self._next_event(events)) is not None:
                if text := self._text_of(event):
                    yield TextDelta(text)
            if reply.stop_reason is None:
                raise errors.interrupted(self._call)
            if reply.stop_reason is StopReason.REFUSAL:
                raise errors.refused(self._call)
            if text := reply.left_over():
                yield TextDelta(text)
            yield reply.stop()

    async def _open(self, stack: contextlib.AsyncExitStack) -> AsyncIterator[Event]:
        try:
            return await self._patience.wait(self._send_twice_if_dropped(stack), self._first_token_by)
        except TimeoutError:
            raise errors.timed_out(self._call, self._timeouts.first_token_s, has_begun=False) from None
        except Exception as error:
            raise errors.from_exception(error, self._call, opened=False) from None

    async def _send_twice_if_dropped(self, stack: contextlib.AsyncExitStack) -> AsyncIterator[Event]:
        try:
            return await stack.enter_async_context(self._send())
        except Exception as error:
            if not _was_dropped(error):
                raise
        # A connection kept from before may have been closed at the other end just now: one fresh try.
        return await stack.enter_async_context(self._send())

    async def _next_event(self, events: AsyncIterator[Event]) -> Event | None:
        """
        The next event, or None at the end of the stream.
        """
        seconds = self._timeouts.next_token_s
        until = self._patience.now() + seconds if self._reply.has_begun else self._first_token_by
        try:
            return await self._patience.wait(events.__anext__(), until)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            if not self._reply.has_begun:
                seconds = self._timeouts.first_token_s
            raise errors.timed_out(self._call, seconds, has_begun=self._reply.has_begun) from None
        except Exception as error:
            raise errors.from_exception(error, self._call, opened=True) from None

    def _text_of(self, event: Event) -> str:
        # What a gateway sends need not be what the API's reference says.
        try:
            return self._reply.text_of(event)
        except (AttributeError, KeyError, TypeError):
            raise errors.interrupted(self._call) from None


def _was_dropped(error: Exception) -> bool:
    cause = error.__cause__
    return type(cause).__name__ in {"RemoteProtocolError", "ReadError", "WriteError"}
