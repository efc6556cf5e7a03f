"""
Characters, units and lines.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.text.positions import (
    Position,
    PositionEncoding,
    Span,
    column_from_units,
    encode_utf8,
    join_surrogates,
    split_lines,
    units,
)
from tests.support.edits import AWKWARD, ENCODINGS, HALVES, STEADY, lines_naively, texts, width

UTF8, UTF16, UTF32 = PositionEncoding


class TestLines:
    @pytest.mark.parametrize("terminator", ["\n", "\r\n", "\r"])
    def test_ends_a_line_at_the_terminators_that_editors_know(self, terminator: str) -> None:
        """
        Each of the three ends one line and stays with it.
        """
        assert split_lines(f"a{terminator}b") == [f"a{terminator}", "b"]

    @pytest.mark.parametrize("other", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"], ids=ascii)
    def test_ends_no_line_anywhere_else(self, other: str) -> None:
        """
        What `str.splitlines` takes for a terminator besides stays within its line.
        """
        assert split_lines(f"a{other}b") == [f"a{other}b"]

    def test_takes_each_of_mixed_terminators_for_itself(self) -> None:
        r"""
        `\n\r` is two terminators, `\r\n` is one.
        """
        assert split_lines("a\n\rb\r\r\nc") == ["a\n", "\r", "b\r", "\r\n", "c"]

    def test_has_a_last_line_behind_the_last_terminator(self) -> None:
        """
        The last line may be empty, and an empty text is one empty line.
        """
        assert split_lines("a\n") == ["a\n", ""]
        assert split_lines("") == [""]

    @STEADY
    @given(texts((*AWKWARD, "a", "b"), most=40))
    def test_loses_nothing(self, text: str) -> None:
        """
        The lines of any text are those that a plain reading finds.
        """
        assert split_lines(text) == lines_naively(text)
        assert "".join(split_lines(text)) == text


class TestUnits:
    @pytest.mark.parametrize(
        ("text", "utf8", "utf16", "utf32"),
        [
            ("", 0, 0, 0),
            ("plain", 5, 5, 5),
            ("é", 2, 1, 1),
            ("e\u0301", 3, 2, 2),
            ("漢", 3, 1, 1),
            ("😀", 4, 2, 1),
            ("a😀é", 7, 4, 3),
            ("\ud83d", 3, 1, 1),
        ],
        ids=ascii,
    )
    def test_counts_what_the_encoding_counts(self, text: str, utf8: int, utf16: int, utf32: int) -> None:
        """
        Bytes, utf-16 units and code points, for a lone surrogate too.
        """
        assert [units(text, encoding) for encoding in PositionEncoding] == [utf8, utf16, utf32]

    @pytest.mark.parametrize("encoding", PositionEncoding)
    @pytest.mark.parametrize("line", ["", "plain", "naïve 😀"])
    def test_stops_at_the_end_of_the_line(self, line: str, encoding: PositionEncoding) -> None:
        """
        More units than the line has mean its end, fewer than none its start.
        """
        assert column_from_units(line, 1000, encoding) == len(line)
        assert column_from_units(line, -1, encoding) == 0

    @pytest.mark.parametrize(("encoding", "inside"), [(UTF8, (2, 3, 4)), (UTF16, (2,)), (UTF32, ())], ids=str)
    def test_does_not_end_inside_a_character(self, encoding: PositionEncoding, inside: tuple[int, ...]) -> None:
        """
        A column inside an emoji means the place before it.
        """
        for count in inside:
            assert column_from_units("a😀b", count, encoding) == 1
        assert column_from_units("a😀b", units("a😀", encoding), encoding) == 2

    @pytest.mark.parametrize("encoding", PositionEncoding)
    def test_takes_a_lone_half_for_a_character(self, encoding: PositionEncoding) -> None:
        """
        A surrogate that really stands alone in the line is not taken for a pair cut in two.
        """
        line = "é\ud83dx"
        assert column_from_units(line, units("é\ud83d", encoding), encoding) == 2

    @STEADY
    @given(texts((*AWKWARD[3:], *HALVES, "a"), most=20).map(join_surrogates), ENCODINGS, st.integers(0, 60))
    def test_holds_as_many_characters_as_fit(self, line: str, encoding: PositionEncoding, count: int) -> None:
        """
        A column is the number of characters whose units fit into it, one by one.
        """
        fitting, left = 0, count
        for character in line:
            left -= width(character, encoding)
            if left < 0:
                break
            fitting += 1
        assert column_from_units(line, count, encoding) == fitting
        assert units(line[:fitting], encoding) == sum(width(character, encoding) for character in line[:fitting])


class TestBytes:
    def test_writes_sound_utf8_for_any_text(self) -> None:
        """
        A lone surrogate takes the three bytes of U+FFFD, so that nothing behind it moves.
        """
        encoded = encode_utf8("a\ud83db")
        assert encoded.decode() == "a\ufffdb"
        assert len(encoded) == units("a\ud83db", UTF8)

    def test_makes_one_character_of_two_halves(self) -> None:
        """
        Halves in the right order are joined; in the wrong order they stay apart.
        """
        assert join_surrogates("a\ud83d\ude00b") == "a😀b"
        assert join_surrogates("\ude00\ud83d") == "\ude00\ud83d"
        assert join_surrogates("plain 😀") == "plain 😀"


class TestSpan:
    def test_is_half_open(self) -> None:
        """
        A span holds its first offset and not its last.
        """
        span = Span(2, 4)
        assert [offset for offset in range(6) if span.contains(offset)] == [2, 3]
        assert len(span) == 2

    def test_counts_as_one_even_if_empty(self) -> None:
        """
        `span or default` does not drop an empty span.
        """
        assert Span(3, 3)
        assert len(Span(3, 3)) == 0

    def test_positions_are_ordered_as_in_a_text(self) -> None:
        """
        First by line, then by column.
        """
        assert sorted([Position(1, 0), Position(0, 9), Position(0, 2)]) == [
            Position(0, 2),
            Position(0, 9),
            Position(1, 0),
        ]
