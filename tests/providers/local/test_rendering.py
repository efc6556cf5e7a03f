"""
Predicted words as text.
"""

import pytest

from lsp_server.providers.base import CompletionInputs
from lsp_server.providers.local.cursor import PrefixCache, read_cursor
from lsp_server.providers.local.hypothesis import extend, start
from lsp_server.providers.local.lexer import lex
from lsp_server.providers.local.rendering import closing, indentation_unit, render
from lsp_server.providers.local.vocabulary import Vocabulary
from lsp_server.providers.local.workspace_index import build_index
from tests.providers.local.support import inputs_at


def follow(inputs: CompletionInputs, continuation: str) -> tuple[str, str]:
    """
    `continuation` cut into words and written again, and what would close its brackets.
    """
    index = build_index((), Vocabulary())
    cursor = read_cursor(inputs, index, cache=PrefixCache())
    lexed = lex(inputs.prefix + continuation)
    hypothesis = start(cursor)
    before = len(lex(inputs.prefix).words) - bool(cursor.partial)
    for word, spaced in zip(lexed.words[before:], lexed.spaced[before:], strict=True):
        number = index.vocabulary[word]
        hypothesis = extend(cursor, hypothesis, number, spaced, 1.0)
    text = render(cursor, hypothesis, inputs.prefix, len(hypothesis.added))
    return text, closing(cursor, hypothesis, inputs.prefix)


@pytest.mark.parametrize(
    ("marked", "continuation"),
    [
        ("const a = █", "b.c(d, `e${f} g`);"),
        ("const a█", " = { b: 1 };"),
        ("import { a } from './b█", "ar';"),
        ("  foo(() => {█\n  });", "\n    bar();"),
        ("if (a) █", "{\n  b(c, {\n    d,\n  });\n} else {\n  e();\n}"),
        (
            "  it('works', async () => {\n    █\n  });",
            "const a = await b\n      .c()\n      .d();\n    expect(a).toBe(1);",
        ),
        ("function f() {\n\t█\n}", "if (a) {\n\t\tb();\n\t}"),
    ],
)
def test_text_comes_out_as_formatted(marked: str, continuation: str) -> None:
    """
    Words that are cut and written again have the spaces, lines and indentation of the file.
    """
    assert follow(inputs_at(marked), continuation)[0] == continuation


@pytest.mark.parametrize(
    ("marked", "continuation", "expected"),
    [
        ("if (█\n", "a) {\n  b();", "\n}"),
        ("  describe(█\n", "'a', () => {\n    it('b', () => {\n      c();", "\n    })\n  })"),
        ("if (█\n}", "a) {\n  b();", ""),
        ("foo(█);", "a, b", ""),
        ("a█", " = 1;", ""),
    ],
)
def test_what_is_not_closed_below_is_closed(marked: str, continuation: str, expected: str) -> None:
    """
    Brackets that whole lines open are closed on lines of their own, unless the text after the cursor does it.
    """
    assert follow(inputs_at(marked), continuation)[1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "  "), ("a {\n    b {\n        c\n", "    "), ("a {\n\tb\n", "\t"), ("a {\n  b\n    c\n   d\n", "  ")],
)
def test_the_unit_of_indentation_is_that_of_the_file(text: str, expected: str) -> None:
    """
    The narrowest common indentation, or tabs where they are the rule.
    """
    assert indentation_unit(text) == expected
