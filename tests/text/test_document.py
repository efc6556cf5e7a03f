"""
Documents: edits as editors mean them, places in every coordinate, blocks that are shared.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.text.blocks import LINES_PER_BLOCK
from lsp_server.text.document import ContentChange, Document, TextEdit
from lsp_server.text.positions import Position, PositionEncoding, join_surrogates
from tests.support.edits import (
    AWKWARD,
    ENCODINGS,
    HALVES,
    STEADY,
    apply_naively,
    bytes_naively,
    changes,
    document_of,
    lines_naively,
    offset_naively,
    point_naively,
    texts,
)
from tests.support.marked import parse_marked

UTF8, UTF16, UTF32 = PositionEncoding

PIECES = (*AWKWARD, *HALVES, "a", "bc", " ", "line of code;\n")


def replace(
    document: Document,
    start: tuple[int, int],
    end: tuple[int, int],
    text: str,
    encoding: PositionEncoding = UTF16,
) -> tuple[Document, TextEdit]:
    """
    Make one change between two positions.
    """
    change = ContentChange((Position(*start), Position(*end)), text)
    after, edits = document.apply([change], document.version + 1, encoding)
    (edit,) = edits
    return after, edit


def check_position(marked: str, position: tuple[int, int], encoding: PositionEncoding) -> None:
    """
    The cursor is at `position`, and the other way round.
    """
    source = parse_marked(marked)
    document = document_of(source.text)
    assert document.position_at(source.offset, encoding) == Position(*position)
    assert document.offset_at(Position(*position), encoding) == source.offset


class TestPlaces:
    @pytest.mark.parametrize(
        ("marked", "utf8", "utf16", "utf32"),
        [
            ("█", (0, 0), (0, 0), (0, 0)),
            ("a\n█b", (1, 0), (1, 0), (1, 0)),
            ("a\r\nb█", (1, 1), (1, 1), (1, 1)),
            ("a\rb\u2028c█", (1, 5), (1, 3), (1, 3)),
            ("// 😀 é█", (0, 10), (0, 7), (0, 6)),
            ("x\x0c\x85\n\tlet█", (1, 4), (1, 4), (1, 4)),
            ("last\n█", (1, 0), (1, 0), (1, 0)),
        ],
        ids=ascii,
    )
    def test_says_places_as_the_editor_does(
        self, marked: str, utf8: tuple[int, int], utf16: tuple[int, int], utf32: tuple[int, int]
    ) -> None:
        """
        The same cursor in the three encodings, there and back.
        """
        check_position(marked, utf8, UTF8)
        check_position(marked, utf16, UTF16)
        check_position(marked, utf32, UTF32)

    @pytest.mark.parametrize("encoding", PositionEncoding)
    @pytest.mark.parametrize(
        ("position", "marked"),
        [
            ((0, 99), "né█\r\nb"),
            ((1, 99), "né\r\nb█"),
            ((99, 0), "né\r\nb█"),
            ((99, 99), "né\r\nb█"),
            ((-1, 5), "█né\r\nb"),
            ((1, -5), "né\r\n█b"),
        ],
    )
    def test_clamps_places_that_do_not_exist(
        self, position: tuple[int, int], marked: str, encoding: PositionEncoding
    ) -> None:
        """
        Past a line's end is that end, before its terminator; past the last line is the end of the text.
        """
        source = parse_marked(marked)
        assert document_of(source.text).offset_at(Position(*position), encoding) == source.offset

    def test_has_no_position_inside_a_terminator(self) -> None:
        r"""
        The offset between `\r` and `\n` is told as the end of the line.
        """
        document = document_of("ab\r\nc")
        assert document.position_at(3, UTF16) == Position(0, 2)
        assert document.line_of(3) == 0

    def test_gives_lines_without_terminators(self) -> None:
        """
        Lines, their bounds, and what is left and right of a place on them.
        """
        document = document_of("one\r\ntwo\rthree\n")
        assert [document.line(number) for number in range(document.line_count)] == ["one", "two", "three", ""]
        assert [document.line_start(number) for number in range(4)] == [0, 5, 9, 15]
        assert [document.line_end(number) for number in range(4)] == [3, 8, 14, 15]
        assert document.line_prefix(6) == "t"
        assert document.line_suffix(6) == "wo"

    def test_slices_stay_within_the_text(self) -> None:
        """
        A slice that reaches beyond either end is cut there.
        """
        document = document_of("abc")
        assert document.slice(-5, 2) == "ab"
        assert document.slice(1, 99) == "bc"
        assert document.slice(2, 1) == ""

    def test_knows_bytes(self) -> None:
        """
        Byte offsets go both ways; one inside a character means that character.
        """
        document = document_of("é😀x")
        assert [document.byte_offset(offset) for offset in range(4)] == [0, 2, 6, 7]
        assert [document.offset_of_byte(byte) for byte in range(8)] == [0, 0, 1, 1, 1, 1, 2, 3]
        assert document.utf8 == "é😀x".encode()
        assert document.byte_length == 7

    def test_gives_its_bytes_in_pieces(self) -> None:
        """
        From any byte on there is some more, until the end.
        """
        document = document_of("naïve 😀;\r\n" * 2000)
        place, pieces = 0, []
        while piece := document.bytes_from(place):
            pieces.append(piece)
            place += len(piece)
        assert len(pieces) > 1
        assert b"".join(pieces) == document.utf8
        assert document.bytes_from(7) == pieces[0][7:]
        assert document_of("").bytes_from(0) == b""

    @pytest.mark.parametrize(
        ("text", "eol"), [("", "\n"), ("a\nb\n", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\r\nb\n", "\n")]
    )
    def test_ends_lines_as_most_of_its_lines_end(self, text: str, eol: str) -> None:
        r"""
        `\r\n` only where it is the commoner one.
        """
        assert document_of(text).eol == eol


class TestEdits:
    def test_replaces_a_range(self) -> None:
        """
        The new document has the new text and version; the old one is as it was.
        """
        before = document_of("let a = 1;\n")
        after, edit = replace(before, (0, 8), (0, 9), "20")
        assert (before.text, before.version) == ("let a = 1;\n", 1)
        assert (after.text, after.version) == ("let a = 20;\n", 2)
        assert (edit.start, edit.old_end, edit.new_end) == (8, 9, 10)
        assert (edit.removed, edit.text) == ("1", "20")

    def test_makes_changes_one_after_another(self) -> None:
        """
        The second change is meant in the text that the first one left.
        """
        changes = [
            ContentChange((Position(0, 0), Position(0, 0)), "one\n"),
            ContentChange((Position(1, 0), Position(1, 1)), "two"),
        ]
        after, edits = document_of("x").apply(changes, 7, UTF16)
        assert after.text == "one\ntwo"
        assert [edit.start for edit in edits] == [0, 4]

    def test_takes_a_reversed_range_for_the_same_range(self) -> None:
        """
        Some editors put the end of a selection first.
        """
        after, _ = replace(document_of("abcd"), (0, 3), (0, 1), "-")
        assert after.text == "a-d"

    def test_an_edit_past_the_end_is_made_at_the_end(self) -> None:
        """
        A range that begins behind the text appends to it.
        """
        after, _ = replace(document_of("abc\n"), (9, 9), (12, 0), "d")
        assert after.text == "abc\nd"

    @pytest.mark.parametrize("encoding", PositionEncoding)
    def test_counts_columns_in_the_given_encoding(self, encoding: PositionEncoding) -> None:
        """
        The character behind an emoji is the one that is replaced.
        """
        column = {UTF8: 4, UTF16: 2, UTF32: 1}[encoding]
        after, _ = replace(document_of("😀ab"), (0, column), (0, column + 1), "-", encoding)
        assert after.text == "😀-b"

    def test_a_place_inside_a_character_is_before_it(self) -> None:
        """
        Half an emoji is never removed.
        """
        assert replace(document_of("a😀b"), (0, 2), (0, 3), "-")[0].text == "a-b"
        assert replace(document_of("a😀b"), (0, 1), (0, 2), "-")[0].text == "a-😀b"

    def test_typing_a_return_before_a_newline_makes_one_terminator(self) -> None:
        r"""
        A `\r` that comes to stand before `\n` joins it, and the next line keeps its number.
        """
        after, _ = replace(document_of("a\nb"), (0, 1), (0, 1), "\r")
        assert after.line_count == 2
        assert after.line(1) == "b"

    def test_deleting_what_parts_them_makes_one_terminator(self) -> None:
        r"""
        `\r` and `\n` become one terminator when what stood between them goes.
        """
        after, _ = replace(document_of("a\rx\nb"), (1, 0), (1, 1), "")
        assert after.text == "a\r\nb"
        assert after.line_count == 2

    def test_joins_terminators_across_blocks(self) -> None:
        r"""
        The same where the `\r` ends a block of lines and the `\n` begins the next.
        """
        lines = "".join(f"line {number}\r" for number in range(4 * LINES_PER_BLOCK))
        before = document_of(lines + "x\n" + lines)
        boundary = len(lines)
        assert boundary in before.blocks.starts, "the test is meant for the edge of a block"
        after, _ = replace(before, (4 * LINES_PER_BLOCK, 0), (4 * LINES_PER_BLOCK, 1), "")
        assert after.text == lines + "\n" + lines
        assert after.line_count == before.line_count - 1

    def test_joins_terminators_with_the_block_behind(self) -> None:
        r"""
        The same where the edit itself puts a `\r` at the end of a block.
        """
        lines = "".join(f"line {number};\n" for number in range(4 * LINES_PER_BLOCK))
        before = document_of(lines + "\n" + lines)
        assert len(lines) in before.blocks.starts, "the test is meant for the edge of a block"
        last = 4 * LINES_PER_BLOCK - 1
        after, _ = replace(before, (last, 99), (last + 1, 0), "\r")
        assert after.text == lines[:-1] + "\r\n" + lines
        assert after.line_count == before.line_count - 1

    def test_tells_rows_and_byte_columns_as_tree_sitter_counts_them(self) -> None:
        r"""
        Only `\n` makes a row, columns are bytes, and what lies behind the edit is told in the new text.
        """
        _, edit = replace(document_of("é\r😀x\ny"), (1, 2), (1, 3), "a\nbé")
        assert (edit.start_byte, edit.old_end_byte, edit.new_end_byte) == (7, 8, 12)
        assert (edit.start_point, edit.old_end_point, edit.new_end_point) == ((0, 7), (0, 8), (1, 3))

    def test_counts_columns_across_blocks_without_newlines(self) -> None:
        r"""
        A row that lone `\r`s carry on over several blocks begins where the last `\n` was.
        """
        text = "first\n" + "a\r" * (3 * LINES_PER_BLOCK) + "b"
        document = document_of(text)
        assert len(document.blocks.row) > 1
        assert document.point_of(len(text)) == (1, len(text) - len("first\n"))

    def test_makes_the_smallest_edit_of_a_whole_new_text(self) -> None:
        """
        An editor that sends everything each time still yields the one character that was typed.
        """
        after, (edit,) = document_of("let a = 1;\nlet b;\n").apply(
            [ContentChange(None, "let a = 12;\nlet b;\n")], 2, UTF16
        )
        assert after.text == "let a = 12;\nlet b;\n"
        assert (edit.start, edit.removed, edit.text) == (9, "", "2")

    def test_makes_an_empty_edit_of_the_same_text(self) -> None:
        """
        Sending the same text again changes nothing but the version.
        """
        after, (edit,) = document_of("same").apply([ContentChange(None, "same")], 5, UTF16)
        assert (after.text, after.version) == ("same", 5)
        assert (edit.removed, edit.text) == ("", "")

    def test_joins_the_halves_of_a_character_that_come_apart(self) -> None:
        """
        An emoji that is sent in two halves is one character in the end, and the edit says so.
        """
        half, _ = replace(document_of("ab"), (0, 1), (0, 1), "\ud83d")
        whole, edit = replace(half, (0, 2), (0, 2), "\ude00")
        assert whole.text == "a😀b"
        assert (edit.start, edit.removed, edit.text) == (1, "\ud83d", "😀")

    def test_joins_a_half_with_one_that_follows(self) -> None:
        """
        The edit takes in the half that was there, and nothing on its other side.
        """
        after, edit = replace(document_of("a\ude00b"), (0, 1), (0, 1), "\ud83d")
        assert after.text == "a😀b"
        assert (edit.start, edit.removed, edit.text) == (1, "\ude00", "😀")

    def test_joins_halves_that_a_deletion_brings_together(self) -> None:
        """
        The same when what stood between them goes.
        """
        after, edit = replace(document_of("\ud83dx\ude00"), (0, 1), (0, 2), "")
        assert after.text == "😀"
        assert (edit.removed, edit.text) == ("\ud83dx\ude00", "😀")

    def test_survives_a_half_that_stays_alone(self) -> None:
        """
        Text that no encoding can carry is kept, and written as U+FFFD.
        """
        after, _ = replace(document_of(""), (0, 0), (0, 0), "x\ude00y")
        assert after.text == "x\ude00y"
        assert after.utf8 == "x\ufffdy".encode()
        assert after.position_at(2, UTF8) == Position(0, 4)


class TestBlocks:
    TEXT = "".join(f"line {number};\n" for number in range(20 * LINES_PER_BLOCK))

    def test_an_edit_shares_all_blocks_but_its_own(self) -> None:
        """
        A keystroke in a long document rebuilds one block.
        """
        before = document_of(self.TEXT)
        after, _ = replace(before, (5000, 4), (5000, 4), "x")
        kept = set(map(id, before.blocks.row)) & set(map(id, after.blocks.row))
        assert len(kept) == len(before.blocks.row) - 1

    def test_a_block_that_grows_is_cut(self) -> None:
        """
        Pasting a long text into one line makes blocks of the usual size.
        """
        after, _ = replace(document_of(self.TEXT), (100, 0), (100, 0), self.TEXT)
        assert max(len(block.ends) for block in after.blocks.row) <= 2 * LINES_PER_BLOCK

    def test_deleting_leaves_no_crumbs(self) -> None:
        """
        Blocks of which hardly anything is left are joined with their neighbours.
        """
        document = document_of(self.TEXT)
        for number in reversed(range(20)):
            first = number * LINES_PER_BLOCK
            document, _ = replace(document, (first + 1, 0), (first + LINES_PER_BLOCK, 0), "")
        assert document.line_count == 21
        assert len(document.blocks.row) <= 2

    def test_one_endless_line_is_one_block(self) -> None:
        """
        A minified file is edited like any other.
        """
        after, _ = replace(document_of("a;" * 200_000), (0, 200_000), (0, 200_001), "b")
        assert len(after.blocks.row) == 1
        assert after.slice(199_998, 200_003) == "a;b;a"

    def test_an_empty_document_can_be_edited(self) -> None:
        """
        From nothing to something and back.
        """
        written, _ = replace(document_of(""), (0, 0), (0, 0), "a\n")
        emptied, _ = replace(written, (0, 0), (5, 0), "")
        assert (written.text, emptied.text, emptied.line_count) == ("a\n", "", 1)


class TestAnySequenceOfEdits:
    @STEADY
    @given(
        texts(PIECES, most=60),
        st.lists(changes(texts(PIECES, most=8)), min_size=1, max_size=6),
        ENCODINGS,
    )
    def test_leaves_the_text_that_the_editor_has(
        self, text: str, changes: list[ContentChange], encoding: PositionEncoding
    ) -> None:
        """
        Whatever is sent, in any encoding, the document is what a plain reading of the protocol makes of it.
        """
        document, expected = document_of(text), join_surrogates(text)
        for version, change in enumerate(changes):
            before = expected
            expected = apply_naively(expected, change, encoding)
            document, (edit,) = document.apply([change], version, encoding)
            check_document(document, expected)
            check_edit(edit, before, expected)

    @STEADY
    @given(
        texts(("a longer line\n", "bb\r", "😀 and so on\r\n", "\r", "\n", "ccc"), most=12).map(lambda unit: unit * 300),
        st.lists(changes(texts(("\r", "\n", "x", "x\n" * 400), most=3), lines=5000), min_size=1, max_size=4),
        ENCODINGS,
    )
    def test_holds_over_many_blocks(self, text: str, changes: list[ContentChange], encoding: PositionEncoding) -> None:
        """
        The same for long documents, where edits meet the edges of blocks.
        """
        document, expected = document_of(text), text
        for version, change in enumerate(changes):
            before = expected
            expected = apply_naively(expected, change, encoding)
            document, (edit,) = document.apply([change], version, encoding)
            check_document(document, expected)
            check_edit(edit, before, expected)

    @STEADY
    @given(texts(PIECES, most=40), ENCODINGS)
    def test_every_place_goes_there_and_back(self, text: str, encoding: PositionEncoding) -> None:
        """
        Offsets, positions and bytes name the same places.
        """
        document = document_of(text)
        for offset in range(document.length + 1):
            position = document.position_at(offset, encoding)
            inside_terminator = document.slice(offset - 1, offset + 1) == "\r\n"
            assert document.offset_at(position, encoding) == offset - inside_terminator
            assert document.offset_at(position, encoding) == offset_naively(document.text, position, encoding)
            assert document.offset_of_byte(document.byte_offset(offset)) == offset
            assert document.point_of(offset) == point_naively(document.text, offset)


def check_document(document: Document, expected: str) -> None:
    """
    The document is the same as one opened afresh with the text expected.
    """
    assert document.text == expected
    assert document.utf8 == bytes_naively(expected)
    assert document.length == len(expected)
    lines = lines_naively(expected)
    assert document.line_count == len(lines)
    for number in {0, len(lines) // 3, len(lines) - 2, len(lines) - 1}:
        if number >= 0:
            assert document.line(number) == lines[number].rstrip("\r\n")
    for block, follower in zip(document.blocks.row, document.blocks.row[1:], strict=False):
        assert block.text.endswith(("\r", "\n"))
        assert not (block.text.endswith("\r") and follower.text.startswith("\n"))


def check_edit(edit: TextEdit, before: str, after: str) -> None:
    """
    The edit turns one text into the other, and says where in every coordinate.
    """
    assert before[: edit.start] + edit.text + before[edit.old_end :] == after
    assert before[edit.start : edit.old_end] == edit.removed
    assert after[edit.start : edit.new_end] == edit.text
    for text, offset, byte, point in (
        (before, edit.start, edit.start_byte, edit.start_point),
        (before, edit.old_end, edit.old_end_byte, edit.old_end_point),
        (after, edit.new_end, edit.new_end_byte, edit.new_end_point),
    ):
        assert byte == len(bytes_naively(text[:offset]))
        assert point == point_naively(text, offset)
