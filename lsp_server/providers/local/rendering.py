"""
Write predicted words as text, spaced and indented like the file round the cursor.
"""

import re
from collections import Counter

from lsp_server.providers.local.cursor import FULL_BRACKETS, Cursor
from lsp_server.providers.local.hypothesis import Hypothesis
from lsp_server.providers.local.lexer import NEWLINE, lex


def render(cursor: Cursor, hypothesis: Hypothesis, prefix: str, count: int) -> str:
    """
    The first `count` words of `hypothesis` as they would follow `prefix`.
    """
    if not count:
        return ""
    words = [cursor.words[word] for word in hypothesis.added[:count]]
    parts = [_first(cursor, words[0], hypothesis.spaced[0])]
    levels = _levels_before(prefix)
    level = 0
    for number in range(1, count):
        previous, word = words[number - 1], words[number]
        _follow(levels, level, previous)
        if previous == NEWLINE:
            level = _level(levels, word)
            parts.append(indentation(prefix, level))
        elif hypothesis.spaced[number]:
            parts.append(" ")
        parts.append(word)
    return "".join(parts)


def closing(cursor: Cursor, hypothesis: Hypothesis, prefix: str) -> str:
    """
    What closes the brackets that were opened from the line of the cursor on, as far as the text after it does not.
    """
    levels = _levels_before(prefix)
    level, previous = 0, ""
    for word in (cursor.words[word] for word in hypothesis.added):
        if previous == NEWLINE:
            level = _level(levels, word)
        _follow(levels, level, word)
        previous = word
    standing = [bracket.closer for bracket in hypothesis.brackets if bracket.closer in FULL_BRACKETS]
    missing = min(len(levels), len(standing) - (cursor.owed or 0))
    if missing <= 0:
        return ""
    text, line = "", None
    for closer in standing[: -missing - 1 : -1]:
        opened_at = levels.pop()
        text += closer if opened_at == line else f"\n{indentation(prefix, opened_at)}{closer}"
        line = opened_at
    return text


def _levels_before(prefix: str) -> list[int]:
    """
    A level for each bracket that the line of the cursor has opened so far.
    """
    levels: list[int] = []
    for word in lex(prefix[prefix.rfind("\n") + 1 :]).words:
        if word in FULL_BRACKETS and not levels:
            continue
        _follow(levels, 0, word)
    return levels


def _follow(levels: list[int], level: int, word: str) -> None:
    """
    Keep the levels of the lines on which the open brackets stand; closing what was open before goes below 0.
    """
    if word in ("(", "[", "{"):
        levels.append(level)
    elif word in FULL_BRACKETS and levels:
        levels.pop()


def _level(levels: list[int], word: str) -> int:
    """
    How deep a line is that begins with `word`.
    """
    if word in FULL_BRACKETS:
        return levels[-1] if levels else -1
    return (levels[-1] + 1 if levels else 0) + word.startswith(_CONTINUES)


def indentation(prefix: str, depth: int) -> str:
    """
    The white space that begins a line `depth` levels deeper than the last line of `prefix`.
    """
    line = prefix[prefix.rfind("\n") + 1 :]
    current = line[: len(line) - len(line.lstrip())]
    unit = indentation_unit(f"{prefix}.")
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
