"""
The stand-in's event-stream frames, read by the library that reads AWS's own.
"""

import json
from collections.abc import Sequence

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bedrock_runtime import chunk_frame, frame

names = st.text(st.characters(codec="ascii"), min_size=1, max_size=20)
headers = st.dictionaries(names, names, max_size=5)
messages = st.lists(st.tuples(headers, st.binary(max_size=200)), min_size=1, max_size=5)


@given(messages=messages, sizes=st.lists(st.integers(1, 50), min_size=1))
def test_frames_survive_any_segmentation(messages: Sequence[tuple[dict[str, str], bytes]], sizes: list[int]) -> None:
    """
    Headers and payload come through whole, wherever the network cuts the bytes.
    """
    wire = b"".join(frame(given_headers, payload) for given_headers, payload in messages)
    buffer = EventStreamBuffer()
    found = []
    position = 0
    while position < len(wire):
        size = sizes[position % len(sizes)]
        buffer.add_data(wire[position : position + size])
        position += size
        found += [(event.headers, event.payload) for event in buffer]
    assert found == list(messages)


@given(payload=st.binary(min_size=1, max_size=100), data=st.data())
def test_one_wrong_bit_is_noticed(payload: bytes, data: st.DataObject) -> None:
    """
    The checksums cover every byte of headers and payload.
    """
    wire = bytearray(frame({":event-type": "chunk"}, payload))
    position = data.draw(st.integers(12, len(wire) - 1))
    wire[position] ^= 1 << data.draw(st.integers(0, 7))
    buffer = EventStreamBuffer()
    buffer.add_data(bytes(wire))
    with pytest.raises(ChecksumMismatch):
        next(iter(buffer))


@given(text=st.text(max_size=100))
def test_an_event_is_wrapped_as_bedrock_does(text: str) -> None:
    """
    A model's event is base64 within JSON within a frame.
    """
    import base64

    event = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}
    buffer = EventStreamBuffer()
    buffer.add_data(chunk_frame(event))
    payload = json.loads(next(iter(buffer)).payload)
    assert json.loads(base64.b64decode(payload["bytes"])) == event
