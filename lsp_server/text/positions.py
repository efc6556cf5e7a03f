"""
Convert between characters of a text and the units that an editor counts columns in: utf-8, utf-16 or utf-32.

Our own offsets count code points of a Python string.
A lone surrogate, which JSON can carry, is one code point, one utf-16 unit and three utf-8 bytes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import assert_never

# The editor's three terminators and no others: `str.splitlines` would also split at \x0c, \x85, \u2028 and more.
TERMINATOR = re.compile(r"\r\n|\n|\r")

_SURROGATE = re.compile("[\ud800-\udfff]")


class PositionEncoding(StrEnum):
    """
    What an editor counts columns in, as negotiated when it connects.
    """

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """
    A place as editors say it: both 0-based, `character` in the units of some encoding.
    """

    line: int
    character: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """
    A half-open stretch of a text.
    """

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        return True

    def contains(self, offset: int) -> bool:
        """
        Whether the character at `offset` lies within.
        """
        return self.start <= offset < self.end


def split_lines(text: str) -> list[str]:
    r"""
    The lines of `text` with their terminators, split only at `\n`, `\r\n` and `\r`; joined, they give `text` again.

    There is always a last line without a terminator, which may be empty.
    """
    ends = [0, *(match.end() for match in TERMINATOR.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(ends)]


def units(text: str, encoding: PositionEncoding) -> int:
    """
    How many units `text` is long.
    """
    if encoding is PositionEncoding.UTF32 or text.isascii():
        return len(text)
    if encoding is PositionEncoding.UTF16:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if encoding is PositionEncoding.UTF8:
        return len(text.encode("utf-8", "surrogatepass"))
    assert_never(encoding)


def column_from_units(line: str, count: int, encoding: PositionEncoding) -> int:
    """
    How many characters of `line` lie wholly within its first `count` units; past the end, all of them.
    """
    if count <= 0:
        return 0
    if encoding is PositionEncoding.UTF32 or line.isascii():
        return min(count, len(line))
    # No character is shorter than one unit, so what lies behind this many characters cannot matter.
    reach = line[:count]
    if encoding is PositionEncoding.UTF16:
        return _characters_in_utf16(reach, count)
    if encoding is PositionEncoding.UTF8:
        return characters_in_utf8(reach.encode("utf-8", "surrogatepass"), count)
    assert_never(encoding)


def characters_in_utf8(data: bytes, count: int) -> int:
    """
    How many characters lie wholly within the first `count` bytes of `data`.
    """
    if count >= len(data):
        return len(data.decode("utf-8", "surrogatepass"))
    while count > 0 and data[count] & 0xC0 == 0x80:
        count -= 1
    return len(data[:count].decode("utf-8", "surrogatepass"))


def encode_utf8(text: str) -> bytes:
    """
    `text` as sound utf-8, in which a lone surrogate becomes U+FFFD: like itself it takes three bytes.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


def join_surrogates(text: str) -> str:
    """
    Make one character of each high surrogate that a low one follows, as when an editor sends the halves separately.
    """
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _characters_in_utf16(reach: str, count: int) -> int:
    data = reach.encode("utf-16-le", "surrogatepass")
    whole = data[: 2 * count].decode("utf-16-le", "surrogatepass")
    # A cut through a pair leaves a half behind that the line itself does not hold.
    return len(whole) - (whole[-1] != reach[len(whole) - 1])
