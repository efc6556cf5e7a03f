"""
Find private keys in PEM form, also when only one end of them is in sight.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

KIND = "private-key"

BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
END = re.compile(r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
HEADERS = re.compile(r"""(?:(?:\\[nrt]|[\s"'`,+])*+[A-Z][A-Za-z-]{2,30}: [^\n"'`\\]{0,200})*""")
LINE = re.compile("[A-Za-z0-9+/=]+")
# Between the lines: line ends, also escaped ones, and what joins string literals.
GAP = re.compile(r"""(?:\\[nrt]|[\s"'`,+])*+""")
GAP_REVERSED = re.compile(r"""(?:[nrt]\\|[\s"'`,+])*+""")
FULL_LINE = 40
LONGEST = 16_384


def find_private_keys(text: str) -> Iterator[tuple[int, int]]:
    """
    The spans of what stands between `BEGIN` and `END`, or beside the one of them that is there.
    """
    for begin in BEGIN.finditer(text) if "-----BEGIN " in text else ():
        headers = HEADERS.match(text, begin.end())
        body = _lines(text, headers.end() if headers else begin.end(), GAP)
        if body.has_full_line or END.match(text, body.next):
            yield body.start, body.end
    for end in END.finditer(text) if "-----END " in text else ():
        body = _lines(text[max(0, end.start() - LONGEST) : end.start()][::-1], 0, GAP_REVERSED)
        if body.has_full_line:
            yield end.start() - body.end, end.start() - body.start


class _Lines(NamedTuple):
    """
    Lines of a key from `start` to `end`, in the direction of reading; `next` is behind the gap after them.
    """

    start: int
    end: int
    next: int
    has_full_line: bool


def _lines(text: str, position: int, gap: re.Pattern[str]) -> _Lines:
    """
    The lines of a key from `position` on: full ones, and at either end a shorter one.
    """
    start = end = position = _after(gap, text, position)
    has_full_line = False
    while line := LINE.match(text, position):
        is_full = line.end() - line.start() >= FULL_LINE
        is_first = end == start
        has_full_line |= is_full
        end = line.end()
        position = _after(gap, text, end)
        if not (is_full or is_first):
            break
    return _Lines(start, end, position, has_full_line)


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
