"""
Cut the client's bytes into messages; what is malformed is named, skipped, and costs no message after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BODY = 256 * 1024 * 1024
"""The longest message that is read; an editor's largest is a whole document, escaped as JSON."""

MAX_LINE = 4 * 1024
"""A header line that has not ended after this many bytes is none."""

MAX_FIELDS = 16


@dataclass(frozen=True, slots=True)
class Body:
    """
    The content of one message, not yet read as JSON.
    """

    data: bytes


@dataclass(frozen=True, slots=True)
class Malformed:
    """
    Bytes that are no message, and why in one sentence.
    """

    reason: str


Frame = Body | Malformed


class Decoder:
    """
    Turns chunks of any size into frames.

    Header names count in any case and spacing, and their lines may end without a carriage return.
    After bytes that make no sense, reading goes on at the next thing that looks like a `Content-Length` header.
    """

    def __init__(self, max_body: int = MAX_BODY) -> None:
        self._max_body = max_body
        self._buffer = bytearray()
        self._fields: dict[bytes, bytes] = {}
        self._wanted: int | None = None
        self._lost = False

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """
        Take the next bytes and give the frames that they complete.
        """
        self._buffer += chunk
        while True:
            if self._lost and not self._find_next_header():
                return
            if self._wanted is None and (problem := self._read_header()):
                self._fields, self._lost = {}, True
                yield Malformed(problem)
                continue
            if self._wanted is None or len(self._buffer) < self._wanted:
                return
            yield self._take_body(self._wanted)

    def _find_next_header(self) -> bool:
        # JSON has no line ends inside strings, so nothing that a message says can look like this.
        match = _LENGTH_LINE.search(self._buffer)
        if match is None:
            del self._buffer[:-MAX_LINE]
            return False
        del self._buffer[: match.start()]
        self._lost = False
        return True

    def _read_header(self) -> str | None:
        """
        Read lines up to the empty one, as far as they have come; give the reason when they make no sense.
        """
        while (end := self._buffer.find(b"\n", 0, MAX_LINE)) >= 0:
            line = bytes(self._buffer[:end]).strip()
            if line and not _FIELD.fullmatch(line):
                # The line stays: the next header may begin in the middle of it.
                return "Expected a Content-Length header."
            del self._buffer[: end + 1]
            if line:
                name, _, value = line.partition(b":")
                self._fields[name.strip().lower()] = value.strip()
            elif self._fields:
                return self._accept(self._fields)
            if len(self._fields) > MAX_FIELDS:
                return "The header does not end."
        return "Expected a Content-Length header." if len(self._buffer) >= MAX_LINE else None

    def _accept(self, fields: dict[bytes, bytes]) -> str | None:
        length = fields.get(b"content-length")
        if length is None:
            return "The header has no Content-Length."
        if not _NUMBER.fullmatch(length):
            return "Content-Length is not a sensible number."
        if int(length) > self._max_body:
            return f"Content-Length is over the {self._max_body} bytes that are read."
        charset = _CHARSET.search(fields.get(b"content-type", b""))
        if charset and charset[1].lower() not in (b"utf-8", b"utf8"):
            return "Content-Type names a charset other than utf-8."
        self._fields, self._wanted = {}, int(length)
        return None

    def _take_body(self, length: int) -> Body:
        body = Body(bytes(self._buffer[:length]))
        del self._buffer[:length]
        self._wanted = None
        return body


_NUMBER = re.compile(rb"[0-9]{1,18}")
_CHARSET = re.compile(rb"charset[ \t]*=[ \t]*\"?([\w-]+)", re.IGNORECASE)
_LENGTH_LINE = re.compile(rb"content-length[ \t]{0,8}:[ \t]{0,8}[0-9]{1,18}[ \t]{0,8}\r?\n", re.IGNORECASE)
# A name that merely ends in `content-length` is one header stuck to the rest of something else.
_FIELD = re.compile(rb"(?![\w-]+content-length[ \t]*:)[A-Za-z][\w-]*[ \t]*:.*", re.IGNORECASE)
