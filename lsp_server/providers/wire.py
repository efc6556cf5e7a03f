"""
The events of a streamed reply as JSON, off either wire: server-sent events, or frames of an AWS event stream.

The SDKs would build a typed object for each event, at several times the cost of reading its JSON.
"""

import base64
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from lsp_server.providers.base import Purpose

if TYPE_CHECKING:
    import httpx2

Event = Mapping[str, Any]

# A review can wait for a busy service; a completion that comes a second late is for text that has changed since.
RETRIES = 2


class StreamFault(Exception):  # noqa: N818  # It is one of the service, not of ours.
    """
    What the service reports in the middle of a stream; `kind` is its own name for it.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@contextlib.asynccontextmanager
async def server_sent_events(
    client: Any, model: str, body: Mapping[str, Any], purpose: Purpose
) -> AsyncIterator[AsyncIterator[Event]]:
    """
    Send `body` by an SDK's client; gives the reply's events, and closes the connection on the way out.
    """
    sending = _sending(client, model, body, purpose)
    async with sending as response, contextlib.aclosing(_from_sse(response)) as events:
        yield events


@contextlib.asynccontextmanager
async def framed_events(
    client: Any, model: str, body: Mapping[str, Any], purpose: Purpose
) -> AsyncIterator[AsyncIterator[Event]]:
    """
    The same for a reply in frames.
    """
    sending = _sending(client, model, body, purpose)
    async with sending as response, contextlib.aclosing(_from_frames(response)) as events:
        yield events


@contextlib.asynccontextmanager
async def _sending(
    client: Any, model: str, body: Mapping[str, Any], purpose: Purpose
) -> AsyncIterator["httpx2.Response"]:
    """
    Send exactly `body`: what the SDK checks by name it gets by name, all else it passes on as it is.
    """
    if purpose is not Purpose.COMPLETION:
        client = client.with_options(max_retries=RETRIES)
    rest = {name: value for name, value in body.items() if name not in {"max_tokens", "messages", "model", "stream"}}
    async with client.messages.with_streaming_response.create(
        model=model, max_tokens=body["max_tokens"], messages=body["messages"], stream=True, extra_body=rest
    ) as response:
        yield response.http_response


def _bytes_of(response: "httpx2.Response") -> AsyncIterable[bytes]:
    """
    The body as it comes in; the layers that decode and cut it up anew are left out where they have nothing to do.
    """
    if "content-encoding" in response.headers or not isinstance(response.stream, AsyncIterable):
        return response.aiter_bytes()
    return response.stream


async def _from_sse(response: "httpx2.Response") -> AsyncGenerator[Event, None]:
    rest = b""
    async for data in _bytes_of(response):
        # No line break stands within the JSON, where it is escaped.
        *blocks, rest = (rest + data).replace(b"\r\n", b"\n").split(b"\n\n")
        for block in blocks:
            if document := _data_of(block):
                event: Event = json.loads(document)
                if event["type"] == "error":
                    raise StreamFault(str(event["error"]["type"]))
                yield event


def _data_of(block: bytes) -> bytes:
    """
    The data of one server-sent event, without its name, which the data repeats, and without comments.
    """
    return b"\n".join(line[len(b"data:") :] for line in block.split(b"\n") if line.startswith(b"data:"))


async def _from_frames(response: "httpx2.Response") -> AsyncGenerator[Event, None]:
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    async for data in _bytes_of(response):
        buffer.add_data(data)
        for frame in buffer:
            if frame.headers.get(":message-type") != "event":
                raise StreamFault(str(frame.headers.get(":exception-type") or frame.headers.get(":error-code")))
            payload = json.loads(frame.payload)
            if "bytes" in payload:
                yield json.loads(base64.b64decode(payload["bytes"]))
