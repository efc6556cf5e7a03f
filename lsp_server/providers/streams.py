"""
Read an SDK's event stream as chunks: on time, with one kind of error, and closed the moment nobody listens.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

from lsp_server.providers import errors
from lsp_server.providers.base import Chunk, ProviderError, StopReason, TextDelta, Usage
from lsp_server.providers.errors import Call
from lsp_server.providers.reply import PartialReply


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """
    Patience, in seconds: up to the first content of a reply, thinking included, and then between any two events.
    """

    first_token_s: float
    next_token_s: float


class Events(Protocol):
    """
    A reply as an SDK gives it.
    """

    def __anext__(self) -> Awaitable[Any]: ...

    async def close(self) -> None:
        """
        Close the connection, or give it back when the reply was read to its end.
        """
        ...


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


async def read_chunks(
    send: Callable[[], Awaitable[Events]], reply: PartialReply, call: Call, timeouts: Timeouts
) -> AsyncGenerator[Chunk, None]:
    """
    Send a request and yield its reply.

    Raises:
        ProviderError: for everything that can go wrong.
    """
    first_token_by = asyncio.get_running_loop().time() + timeouts.first_token_s
    events = await _opened(send, call, timeouts, first_token_by)
    try:
        while (event := await _next_event(events, reply, call, timeouts, first_token_by)) is not None:
            if text := _text_of(event, reply, call):
                yield TextDelta(text)
        if reply.stop_reason is None:
            raise errors.interrupted(call)
        if reply.stop_reason is StopReason.REFUSAL:
            raise errors.refused(call)
        if text := reply.left_over():
            yield TextDelta(text)
        yield reply.stop()
    finally:
        await events.close()


async def _opened(
    send: Callable[[], Awaitable[Events]], call: Call, timeouts: Timeouts, first_token_by: float
) -> Events:
    try:
        async with asyncio.timeout_at(first_token_by):
            try:
                return await send()
            except Exception as error:
                if not _was_dropped(error):
                    raise
                # A connection kept from before may have been closed at the other end just now: one fresh try.
                return await send()
    except TimeoutError:
        raise errors.timed_out(call, timeouts.first_token_s, has_begun=False) from None
    except Exception as error:
        raise errors.from_exception(error, call, opened=False) from None


async def _next_event(
    events: Events, reply: PartialReply, call: Call, timeouts: Timeouts, first_token_by: float
) -> Any | None:
    """
    The next event, or None at the end of the stream.
    """
    patience = asyncio.timeout(timeouts.next_token_s) if reply.has_begun else asyncio.timeout_at(first_token_by)
    try:
        async with patience:
            return await events.__anext__()
    except StopAsyncIteration:
        return None
    except TimeoutError:
        seconds = timeouts.next_token_s if reply.has_begun else timeouts.first_token_s
        raise errors.timed_out(call, seconds, has_begun=reply.has_begun) from None
    except Exception as error:
        raise errors.from_exception(error, call, opened=True) from None


def _text_of(event: Any, reply: PartialReply, call: Call) -> str:
    # What a gateway sends need not be what the SDK's types promise.
    try:
        return reply.text_of(event)
    except (AttributeError, TypeError):
        raise errors.interrupted(call) from None


def _was_dropped(error: Exception) -> bool:
    cause = error.__cause__
    return not isinstance(error, ProviderError) and type(cause).__name__ in {
        "RemoteProtocolError",
        "ReadError",
        "WriteError",
    }
