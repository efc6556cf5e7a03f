"""
Cutting TypeScript into words.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.providers.local.lexer import NEWLINE, Ending, lex, relex

PIECES = st.sampled_from(
    [*"abc \n\t'\"`$}{()[]<>/*=.;:\\#@0", "${", "//", "/*", "*/", "=>", "const ", "return ", "\r\n", "é", "1.5e3", "</"]
)
SOURCE = st.lists(PIECES, max_size=60).map("".join)
LEFT_OUT = re.compile(r"(?:\s|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))*")


def words(text: str) -> list[str]:
    return lex(text).words


@given(SOURCE)
def test_only_white_space_and_comments_are_left_out(text: str) -> None:
    """
    Words and what stands between them make up the whole text again, however broken it is.
    """
    lexed = lex(text)
    end = 0
    for word, start in zip(lexed.words, lexed.starts, strict=True):
        assert LEFT_OUT.fullmatch(text, end, start)
        assert text.startswith(word, start)
        end = start + len(word)
    assert LEFT_OUT.fullmatch(text, end)


@given(SOURCE, SOURCE, SOURCE)
def test_lexing_again_after_an_edit_equals_lexing_afresh(start: str, one: str, other: str) -> None:
    """
    What is taken over from the text before never shows.
    """
    assert relex(start + one, start + other, lex(start + other)) == lex(start + one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const x = `a${b + `c${d}`}e`;", ["const", "x", "=", "`a${", "b", "+", "`c${", "d", "}`", "}e`", ";"]),
        ("a / b / c", ["a", "/", "b", "/", "c"]),
        ("x = /a[/]b/g.test(y)", ["x", "=", "/a[/]b/g", ".", "test", "(", "y", ")"]),
        ("Map<string, Set<number>>", ["Map", "<", "string", ",", "Set", "<", "number", ">", ">"]),
        ("<a b={1}>it's</a>", ["<", "a", "b", "=", "{", "1", "}", ">", "it", "'s</a>"]),
        ("0xFFn + 1_000.5e-3", ["0xFFn", "+", "1_000.5e-3"]),
        ("a?.b ?? c?.5:1", ["a", "?.", "b", "??", "c", "?", ".5", ":", "1"]),
        ("x // y\n\n\n/* z */\nw", ["x", NEWLINE, "w"]),
        ("'a\\'b' \"c", ["'a\\'b'", '"c']),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    """
    Templates nest, a slash after a value divides, type arguments close one by one, comments vanish.
    """
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const use", Ending.WORD),
        ("const ", Ending.CODE),
        ("import 'zo", Ending.STRING),
        ("import 'zod'", Ending.CODE),
        ("`a ${b", Ending.WORD),
        ("`a ", Ending.STRING),
        ("x // why", Ending.COMMENT),
        ("x // why\n", Ending.CODE),
        ("/* half", Ending.COMMENT),
        ("/* whole */", Ending.CODE),
        ("/** doc\n * more", Ending.COMMENT),
        ("", Ending.CODE),
    ],
)
def test_what_the_end_stands_in(text: str, expected: Ending) -> None:
    """
    The last thing typed may be half a word, an open string or a comment.
    """
    assert lex(text).ending is expected
