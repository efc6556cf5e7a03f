"""
Write predicted words as text, spaced and indented like the file round the cursor.
"""

import re
from collections import Counter

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.hypothesis import Hypothesis
from lsp_server.providers.local.vocabulary import NEWLINE_ID


def render(cursor: Cursor, hypothesis: Hypothesis, prefix: str, count: int) -> str:
    """
    The first `count` words of `hypothesis` as they would follow `prefix`.
    """
    words = [cursor.words[word] for word in hypothesis.added[:count]]
    if not words:
        return ""
    parts = [_first(cursor, words[0], hypothesis.spaced[0])]
    depth = 0
    for number in range(1, count):
        previous, word = words[number - 1], words[number]
        depth += _change(previous)
        if hypothesis.added[number - 1] == NEWLINE_ID:
            parts.append(indentation(prefix, depth - (_change(word) < 0) + word.startswith(_CONTINUES)))
        elif hypothesis.spaced[number]:
            parts.append(" ")
        parts.append(word)
    return "".join(parts)


def indentation(prefix: str, depth: int) -> str:
    """
    The white space that begins a line `depth` levels deeper than the last line of `prefix`.
    """
    line = prefix[prefix.rfind("\n") + 1 :]
    current = line[: len(line) - len(line.lstrip())]
    unit = indentation_unit(prefix)
    if depth >= 0:
        return current + unit * depth
    return current[: max(0, len(current) + depth * len(unit))]


def indentation_unit(text: str) -> str:
    """
    What one level of indentation is in `text`.
    """
    widths = Counter(_INDENTED.findall(text[-20_000:]))
    if not widths:
        return "  "
    tabs = sum(count for white, count in widths.items() if white.startswith("\t"))
    if tabs * 2 > widths.total():
        return "\t"
    narrow = [len(white) for white, count in widths.items() if len(white) >= 2 and count * 20 >= widths.total()]
    return " " * min(narrow, default=2)


_INDENTED = re.compile(r"^([ \t]+)\S", re.MULTILINE)
_CONTINUES = (".", "?.", "&&", "||", "??", "?", ":", "|")


def _first(cursor: Cursor, word: str, spaced: bool) -> str:
    if cursor.rest_closes_string:
        word = word[:-1]
    if cursor.partial:
        return word[len(cursor.partial) :]
    if spaced and not cursor.typed_space and cursor.line_length:
        return f" {word}"
    return word


def _change(word: str) -> int:
    return (word in ("(", "[", "{")) - (word in (")", "]", "}"))
