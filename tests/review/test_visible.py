"""
What cannot be seen is shown, and what can be is left alone.
"""

import sys
import unicodedata

import pytest

from lsp_server.review.visible import has_hidden, show_hidden


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb", "a\\u{200B}b"),
        ("\u202eabc", "\\u{202E}abc"),
        ("x\U000e0041", "x\\u{E0041}"),
        ("\x1b[31m", "\\u{1B}[31m"),
        ("a\ufeff", "a\\u{FEFF}"),
        ("a\u200db", "a\\u{200D}b"),
        ("a\ufe0f", "a\\u{FE0F}"),
        ("\x00", "\\u{0000}"),
    ],
)
def test_hidden_characters_are_written_out(text: str, shown: str) -> None:
    """
    Zero-width, bidirectional, control and tag characters stand there by their numbers.
    """
    assert show_hidden(text) == shown.replace("{1B}", "{001B}")


@pytest.mark.parametrize("text", ["a\tb\r\nc", "👩‍👩‍👧 ❤️ 1️⃣ 🏳️‍🌈", "é e\u0301 漢字 עברית", "\ufeffimport a"])
def test_what_is_seen_stays(text: str) -> None:
    """
    Line ends, emoji of several parts, accents, other scripts and a byte order mark in its place are themselves.
    """
    assert show_hidden(text) == text
    assert not has_hidden(text)


def test_every_format_control_is_shown() -> None:
    """
    Of all that Unicode calls control, format, private separator or half a pair, only marks that show stay.
    """
    kept = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp", "Cs") and not has_hidden(f"a{chr(code)}b")
    ]
    assert {unicodedata.bidirectional(chr(code)) for code in kept} <= {"AN", "L", "B", "S", "ON", "AL", "NSM"}
    assert all(0x600 <= code <= 0x8E2 or chr(code) in "\t\n\r" or 0x110BD <= code <= 0x1343F for code in kept), kept
