"""
Events off the wire, however the network cuts them up.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import pytest
from anthropic import AsyncStream
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.providers.wire import StreamFault, _from_frames, _from_sse
from tests.support.bedrock_runtime import chunk_frame, frame

events = st.fixed_dictionaries({"type": st.sampled_from(["content_block_delta", "ping"]), "text": st.text(max_size=30)})
comments = st.sampled_from(["", ": keep-alive\n", "id: 7\n", "retry: 100\n"])
sizes = st.lists(st.integers(1, 60), min_size=1, max_size=8)
line_ends = st.sampled_from(["\n", "\r\n"])


class Body(httpx2.AsyncByteStream):
    """
    A response body in pieces of given sizes.
    """

    def __init__(self, whole: bytes, piece_sizes: Sequence[int]) -> None:
        self._whole = whole
        self._sizes = piece_sizes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        position, number = 0, 0
        while position < len(self._whole):
            size = self._sizes[number % len(self._sizes)]
            yield self._whole[position : position + size]
            position, number = position + size, number + 1


def response(whole: bytes, piece_sizes: Sequence[int], **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(200, headers=named, stream=Body(whole, piece_sizes))


def sse(documents: Sequence[tuple[str, dict[str, Any]]], line_end: str) -> bytes:
    text = "".join(f"{extra}event: {event['type']}\ndata: {json.dumps(event)}\n\n" for extra, event in documents)
    return text.replace("\n", line_end).encode()


async def read(source: AsyncIterator[Any]) -> list[Any]:
    return [event async for event in source]


@given(documents=st.lists(st.tuples(comments, events), max_size=5), line_end=line_ends, piece_sizes=sizes)
async def test_server_sent_events_survive_any_segmentation(
    documents: list[tuple[str, dict[str, Any]]], line_end: str, piece_sizes: list[int]
) -> None:
    """
    The events are those of the SDK's own decoder, for either kind of line break.
    """
    wire = sse(documents, line_end)
    theirs = [
        json.loads(event.data) async for event in AsyncStream.raw_events(response(wire, piece_sizes)) if event.data
    ]
    assert await read(_from_sse(response(wire, piece_sizes))) == theirs == [event for _, event in documents]


@given(documents=st.lists(events, max_size=5), piece_sizes=sizes)
async def test_frames_survive_any_segmentation(documents: list[dict[str, Any]], piece_sizes: list[int]) -> None:
    """
    The events in frames are read whole.
    """
    wire = b"".join(chunk_frame(event) for event in documents)
    assert await read(_from_frames(response(wire, piece_sizes))) == documents


async def test_a_compressed_body_is_unpacked() -> None:
    """
    A gateway may compress what the service did not.
    """
    import gzip

    wire = gzip.compress(sse([("", {"type": "ping", "text": "a"})], "\n"))
    assert await read(_from_sse(response(wire, [10], content_encoding="gzip"))) == [{"type": "ping", "text": "a"}]


async def test_data_over_several_lines_is_one_document() -> None:
    """
    Data may be spread over lines, with or without a space before it.
    """
    wire = b'event: ping\ndata: {"type":\ndata:"ping"}\n\n'
    assert await read(_from_sse(response(wire, [5]))) == [{"type": "ping"}]


@pytest.mark.parametrize(
    ("source", "wire", "kind"),
    [
        (_from_sse, b'data: {"type": "error", "error": {"type": "overloaded_error"}}\n\n', "overloaded_error"),
        (
            _from_frames,
            frame({":message-type": "exception", ":exception-type": "throttlingException"}, b"{}"),
            "throttl",
        ),
        (_from_frames, frame({":message-type": "error", ":error-code": "InternalError"}, b""), "InternalError"),
    ],
    ids=["event", "exception", "error"],
)
async def test_a_fault_in_the_stream_is_raised_by_its_name(source: Any, wire: bytes, kind: str) -> None:
    """
    What the service reports in mid-stream ends the events.
    """
    with pytest.raises(StreamFault, match=kind):
        await read(source(response(wire, [7])))


@given(noise=st.binary(max_size=200), piece_sizes=sizes)
async def test_noise_is_no_event(noise: bytes, piece_sizes: list[int]) -> None:
    """
    Bytes of any kind give no events, or an ordinary error: never one that stops the server.
    """
    for source in (_from_sse, _from_frames):
        found: list[Any] = []
        with contextlib.suppress(Exception):
            found = await read(source(response(noise, piece_sizes)))
        assert found == []
