"""
The decoder: sound messages come through whole in chunks of any size, and nonsense costs no message after it.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.lsp.framing import MAX_LINE, Body, Decoder, Frame, Malformed

HELLO = b'{"hello":1}'
WORLD = b'{"world":2}'


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def decode(data: bytes, chunk: int | None = None) -> list[Frame]:
    decoder = Decoder(max_body=1000)
    size = chunk or max(1, len(data))
    return [frame for at in range(0, len(data), size) for frame in decoder.feed(data[at : at + size])]


def bodies(data: bytes, chunk: int | None = None) -> list[bytes]:
    return [frame.data for frame in decode(data, chunk) if isinstance(frame, Body)]


@given(st.lists(st.binary(max_size=60), max_size=6), st.integers(1, 50))
def test_any_chunking_gives_the_same_messages(contents: list[bytes], chunk: int) -> None:
    """
    Whatever is sent, in chunks of whatever size, arrives once and in order.
    """
    data = b"".join(framed(content) for content in contents)

    assert bodies(data, chunk) == contents


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 11\r\n\r\n",
        b"CONTENT-LENGTH:11\r\n\r\n",
        b"Content-Length :  11  \r\n\r\n",
        b" Content-Length:\t11\r\n\r\n",
        b"Content-Length: 11\n\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 11\r\n\r\n",
        b"Content-Length: 11\r\nContent-Type: application/vscode-jsonrpc;charset=UTF8\r\n\r\n",
        b"Content-Length: 11\r\nX-Whatever: yes: even this\r\n\r\n",
        b"\r\n\r\nContent-Length: 11\r\n\r\n",
        b"Content-Length: 0011\r\n\r\n",
    ],
)
def test_headers_are_read_in_any_case_and_spacing(header: bytes) -> None:
    """
    A client's way of writing headers never matters.
    """
    assert decode(header + HELLO + framed(WORLD)) == [Body(HELLO), Body(WORLD)]


MALFORMED = {
    "negative length": b"Content-Length: -5\r\n\r\n",
    "fractional length": b"Content-Length: 1.5\r\n\r\n",
    "wordy length": b"Content-Length: eleven\r\n\r\n",
    "empty length": b"Content-Length:\r\n\r\n",
    "length over the limit": b"Content-Length: 1001\r\n\r\n",
    "astronomic length": b"Content-Length: 99999999999999999999999999\r\n\r\n",
    "length with digits of another script": "Content-Length: ٥\r\n\r\n".encode(),
    "other charset": b"Content-Length: 11\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n",
    "no length": b"Content-Type: application/vscode-jsonrpc\r\n\r\n",
    "a line of prose": b"Hello, server!\r\n",
    "a bare message": b'{"jsonrpc":"2.0"}\n',
    "the rest of a longer message": b'tail of a string"}',
    "a word stuck to the next header": b"word",
    "binary": bytes(range(256)),
    "a header without end": b"".join(b"X%d: y\r\n" % n for n in range(40)),
    "a line without end": b"x" * (2 * MAX_LINE) + b"\r\n",
    "a length in endless space": b"Content-Length: " + b" " * MAX_LINE + b"5\r\n\r\n",
    "an HTTP request": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("chunk", [None, 1, 7])
@pytest.mark.parametrize("nonsense", MALFORMED.values(), ids=MALFORMED.keys())
def test_nonsense_is_named_and_the_next_message_is_read(nonsense: bytes, chunk: int | None) -> None:
    """
    Each kind of nonsense is reported, and the messages on either side of it come through.
    """
    frames = decode(framed(HELLO) + nonsense + framed(WORLD), chunk)

    assert [frame for frame in frames if isinstance(frame, Body)] == [Body(HELLO), Body(WORLD)]
    assert [frame for frame in frames if isinstance(frame, Malformed)]


@given(st.binary(max_size=300), st.integers(1, 40))
def test_hostile_bytes_never_stop_the_decoder(nonsense: bytes, chunk: int) -> None:
    """
    After any bytes that do not themselves announce a message, a sound message is found again.
    """
    before = nonsense.lower().replace(b"content-length", b"")

    assert bodies(before + b"\r\n\r\n" + framed(HELLO), chunk)[-1:] == [HELLO]


def test_memory_stays_bounded_while_lost() -> None:
    """
    A stream of nonsense is not kept.
    """
    decoder = Decoder(max_body=1000)
    for _ in range(100):
        list(decoder.feed(b"x" * 10_000))

    assert len(decoder._buffer) <= MAX_LINE
