"""
A document as an editor has it open: immutable, and changed by making the next one from it.

Offsets count code points; editors' positions come with the encoding they are meant in.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lsp_server.text.blocks import Blocks, blocks_of
from lsp_server.text.difference import common_ends
from lsp_server.text.positions import (
    Position,
    PositionEncoding,
    column_from_units,
    join_surrogates,
    units,
)

Point = tuple[int, int]
"""A place as tree-sitter says it: rows end at `\\n` alone, and columns count bytes."""


@dataclass(frozen=True, slots=True)
class ContentChange:
    """
    What an editor says has changed: `text` replaces `range`, or everything if there is none.
    """

    range: tuple[Position, Position] | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TextEdit:
    """
    One change as applied: `text` replaced `removed` at `start` of the document just before.

    `new_end` and its kin are places in the document just after.
    """

    start: int
    old_end: int
    new_end: int
    text: str
    removed: str
    start_byte: int
    old_end_byte: int
    new_end_byte: int
    start_point: Point
    old_end_point: Point
    new_end_point: Point


@dataclass(frozen=True, eq=False)
class Document:
    """
    One version of one text.
    """

    uri: str
    language_id: str
    version: int
    blocks: Blocks

    @classmethod
    def create(cls, uri: str, language_id: str, version: int, text: str) -> "Document":
        """
        A document as it was opened.
        """
        return cls(uri, language_id, version, blocks_of(join_surrogates(text)))

    def apply(
        self, changes: Sequence[ContentChange], version: int, encoding: PositionEncoding
    ) -> tuple["Document", tuple[TextEdit, ...]]:
        """
        The document after `changes`, each in the coordinates that the one before it left, and what each did.
        """
        document, edits = self, []
        for change in changes:
            document, edit = document._apply_one(change, encoding)
            edits.append(edit)
        return Document(self.uri, self.language_id, version, document.blocks), tuple(edits)

    @cached_property
    def text(self) -> str:
        """
        All of it as one string.
        """
        return "".join(block.text for block in self.blocks.row)

    @cached_property
    def utf8(self) -> bytes:
        """
        All of it as bytes; a lone surrogate stands as U+FFFD.
        """
        return b"".join(block.utf8 for block in self.blocks.row)

    @cached_property
    def eol(self) -> str:
        r"""
        What most lines end with: `\n` or `\r\n`.
        """
        pairs = sum(block.text.count("\r\n") for block in self.blocks.row)
        return "\r\n" if 2 * pairs > self.line_count - 1 else "\n"

    @property
    def length(self) -> int:
        """
        How many characters it has.
        """
        return self.blocks.starts[-1]

    @property
    def line_count(self) -> int:
        """
        How many lines it has; the last one has no terminator and may be empty.
        """
        return self.blocks.lines_before[-1] + 1

    def line(self, number: int) -> str:
        """
        A line without its terminator.
        """
        return self.slice(self.line_start(number), self.line_end(number))

    def line_of(self, offset: int) -> int:
        """
        The number of the line that `offset` is on.
        """
        index = self.blocks.at(offset)
        within = offset - self.blocks.starts[index]
        return self.blocks.lines_before[index] + bisect_right(self.blocks.row[index].ends, within)

    def line_start(self, number: int) -> int:
        """
        The offset that a line begins at.
        """
        if number <= 0:
            return 0
        if number >= self.line_count:
            return self.length
        index = bisect_right(self.blocks.lines_before, number - 1) - 1
        behind = self.blocks.row[index].ends[number - 1 - self.blocks.lines_before[index]]
        return self.blocks.starts[index] + behind

    def line_end(self, number: int) -> int:
        """
        The offset behind a line's last character, before its terminator.
        """
        if number + 1 >= self.line_count:
            return self.length
        end = self.line_start(number + 1)
        return end - 2 if self.slice(end - 2, end) == "\r\n" else end - 1

    def slice(self, start: int, end: int) -> str:
        """
        The text from `start` to `end`.
        """
        return self.blocks.slice(max(0, start), min(end, self.length))

    def line_prefix(self, offset: int) -> str:
        """
        What stands on the line before `offset`.
        """
        return self.slice(self.line_start(self.line_of(offset)), offset)

    def line_suffix(self, offset: int) -> str:
        """
        What stands on the line from `offset` on.
        """
        return self.slice(offset, self.line_end(self.line_of(offset)))

    def offset_at(self, position: Position, encoding: PositionEncoding) -> int:
        """
        The offset of an editor's position; past a line's end it is that end, past the last line the text's.

        A column in the middle of a character means the place before it.
        """
        if position.line < 0:
            return 0
        start, end = self.line_start(position.line), self.line_end(position.line)
        if self.blocks.row[self.blocks.at(start)].ascii:
            return min(start + max(0, position.character), end)
        return start + column_from_units(self.slice(start, end), position.character, encoding)

    def position_at(self, offset: int, encoding: PositionEncoding) -> Position:
        r"""
        The editor's position of `offset`; editors know no place inside `\r\n`, so there it is the place before.
        """
        offset = min(max(0, offset), self.length)
        number = self.line_of(offset)
        start, end = self.line_start(number), self.line_end(number)
        return Position(number, units(self.slice(start, min(offset, end)), encoding))

    def byte_offset(self, offset: int) -> int:
        """
        Where the character at `offset` begins in `utf8`.
        """
        index = self.blocks.at(offset)
        return self.blocks.byte_starts[index] + self.blocks.row[index].bytes_before(offset - self.blocks.starts[index])

    def offset_of_byte(self, byte: int) -> int:
        """
        The offset of the character that holds `byte` of `utf8`.
        """
        index = self.blocks.at_byte(byte)
        return self.blocks.starts[index] + self.blocks.row[index].characters_before(
            byte - self.blocks.byte_starts[index]
        )

    def bytes_from(self, byte: int) -> bytes:
        """
        Some of `utf8` from `byte` on, without putting all of it together; nothing at the end.
        """
        index = self.blocks.at_byte(byte)
        return self.blocks.row[index].utf8[byte - self.blocks.byte_starts[index] :]

    @property
    def byte_length(self) -> int:
        """
        How long `utf8` is.
        """
        return self.blocks.byte_starts[-1]

    def point_of(self, offset: int) -> Point:
        """
        The place of `offset` as tree-sitter says it.
        """
        index = self.blocks.at(offset)
        within = offset - self.blocks.starts[index]
        text = self.blocks.row[index].text
        row = self.blocks.newlines_before[index] + text.count("\n", 0, within)
        start = self.blocks.starts[index] + text.rfind("\n", 0, within) + 1
        # Rows may begin blocks earlier, when the lines in between end with lone `\r`.
        while index > 0 and start == self.blocks.starts[index]:
            index -= 1
            text = self.blocks.row[index].text
            start = self.blocks.starts[index] + text.rfind("\n") + 1
        return row, self.byte_offset(offset) - self.byte_offset(start)

    def _apply_one(self, change: ContentChange, encoding: PositionEncoding) -> tuple["Document", TextEdit]:
        text = join_surrogates(change.text)
        if change.range is None:
            return self._replace(*_difference(self.text, text))
        start, end = sorted(self.offset_at(position, encoding) for position in change.range)
        return self._replace(*self._with_halves(start, end, text))

    def _with_halves(self, start: int, end: int, text: str) -> tuple[int, int, str]:
        """
        Widen an edit that brings the halves of a surrogate pair together, so that it makes them one character.
        """
        before, after = self.slice(start - 1, start), self.slice(end, end + 1)
        joined = join_surrogates(before + text + after)
        if len(joined) == len(before + text + after):
            return start, end, text
        left = 0 if joined.startswith(before) else len(before)
        right = 0 if joined.endswith(after) else len(after)
        return start - left, end + right, joined[len(before) - left : len(joined) - len(after) + right]

    def _replace(self, start: int, end: int, text: str) -> tuple["Document", TextEdit]:
        blocks = self.blocks.replace(start, end, text)
        after = Document(self.uri, self.language_id, self.version, blocks)
        new_end = start + len(text)
        edit = TextEdit(
            start=start,
            old_end=end,
            new_end=new_end,
            text=text,
            removed=self.slice(start, end),
            start_byte=self.byte_offset(start),
            old_end_byte=self.byte_offset(end),
            new_end_byte=after.byte_offset(new_end),
            start_point=self.point_of(start),
            old_end_point=self.point_of(end),
            new_end_point=after.point_of(new_end),
        )
        return after, edit


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """
    The shortest single replacement that turns `old` into `new`, for editors that send the whole text each time.
    """
    head, tail = common_ends(old, new)
    return head, len(old) - tail, new[head : len(new) - tail]
