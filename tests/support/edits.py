"""
Edits as an editor sends them: made up at random, and applied the slow and obvious way.
"""

import re
from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st

from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding

STEADY = settings(derandomize=True, deadline=None, database=None, max_examples=200)
"""The same examples in every run."""

ENCODINGS = st.sampled_from(PositionEncoding)

AWKWARD = ("\n", "\r", "\r\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "é", "e\u0301", "漢", "😀", "👩‍👩‍👧")
"""What desynchronises editors and servers: terminators, things that only look like them, characters of many units."""

HALVES = ("\ud83d", "\ude00")
"""Each is half of 😀; JSON can carry one without the other."""


def texts(pieces: Sequence[str], *, most: int) -> st.SearchStrategy[str]:
    """
    Texts put together from some pieces.
    """
    return st.lists(st.sampled_from(pieces), max_size=most).map("".join)


def changes(inserted: st.SearchStrategy[str], *, lines: int = 12) -> st.SearchStrategy[ContentChange]:
    """
    Changes of any kind: ranges that are reversed, negative or past the end, and the whole text.
    """
    positions = st.builds(Position, st.integers(-1, lines), st.integers(-1, 20))
    ranges = st.tuples(positions, positions)
    return st.builds(ContentChange, st.one_of(ranges, ranges, ranges, st.none()), inserted)


def document_of(text: str, language_id: str = "typescript") -> Document:
    """
    `text` as it was opened.
    """
    return Document.create("file:///a.ts", language_id, 1, text)


def apply_naively(text: str, change: ContentChange, encoding: PositionEncoding) -> str:
    """
    What `text` is after `change`.
    """
    if change.range is None:
        return joined(change.text)
    start, end = sorted(offset_naively(text, position, encoding) for position in change.range)
    return joined(text[:start] + change.text + text[end:])


def offset_naively(text: str, position: Position, encoding: PositionEncoding) -> int:
    """
    The offset that `position` means in `text`.
    """
    if position.line < 0:
        return 0
    lines = lines_naively(text)
    if position.line >= len(lines):
        return len(text)
    offset = sum(map(len, lines[: position.line]))
    left = position.character
    for character in lines[position.line].rstrip("\r\n"):
        left -= width(character, encoding)
        if left < 0:
            break
        offset += 1
    return offset


def lines_naively(text: str) -> list[str]:
    """
    The lines of `text` with their terminators.
    """
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)", text) + re.findall(r"[^\r\n]*\Z", text)[:1]


def width(character: str, encoding: PositionEncoding) -> int:
    """
    How many units `character` takes.
    """
    match encoding:
        case PositionEncoding.UTF8:
            return len(character.encode("utf-8", "surrogatepass"))
        case PositionEncoding.UTF16:
            return 2 if character > "\uffff" else 1
        case PositionEncoding.UTF32:
            return 1


def joined(text: str) -> str:
    """
    `text` with each pair of halves made one character.
    """
    return text.replace("".join(HALVES), "😀")


def point_naively(text: str, offset: int) -> tuple[int, int]:
    r"""
    The row and the byte column of `offset`, where only `\n` makes a new row.
    """
    row = text[:offset].split("\n")
    return len(row) - 1, len(bytes_naively(row[-1]))


def bytes_naively(text: str) -> bytes:
    """
    `text` as utf-8, with U+FFFD in the place of halves.
    """
    return b"".join("\ufffd".encode() if character in HALVES else character.encode() for character in text)
