"""
What is still open at the cursor, read backwards from the text, so that half-typed code does not matter.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

REACH = 6000
MAX_OPEN = 12

_PAIRS = {")": "(", "]": "[", "}": "{"}
_NO_COMMENT = tuple(":\"'`\\/")
"""Behind one of these, `//` begins no comment."""
_MARKS = re.compile(r"[()\[\]{}\"'`,]")
_AT_ONCE = 500


class Bracket(NamedTuple):
    """
    An open bracket, where it stands, how many commas follow it at its own level, and the text before it.
    """

    kind: str
    offset: int
    commas: int
    before: str


def open_brackets(before: str, most: int = MAX_OPEN) -> tuple[Bracket, ...]:
    """
    The brackets that are open at the end of `before`, innermost first, `most` of them.
    """
    start = max(0, len(before) - REACH)
    text = _without_comments(before[start:])
    found: list[Bracket] = []
    closing: list[str] = []
    commas, seen = 0, len(text)
    for at, char in _marks_backwards(text):
        if at >= seen:
            continue
        if char == ",":
            commas += not closing
        elif char in "\"'`":
            seen = _string_start(text, at, char)
        elif char in ")]}":
            closing.append(_PAIRS[char])
        elif not closing:
            found.append(Bracket(char, start + at, commas, text[max(0, at - 300) : at]))
            commas = 0
            if len(found) == most:
                break
        elif closing[-1] == char:
            closing.pop()
        elif char == "{":
            # A brace counts for more than what was left open inside it.
            while closing and closing.pop() != "{":
                pass
    return tuple(found)


def chain_before(text: str) -> str:
    """
    The expression that ends at the end of `text`: names, calls, indexes and `new`, with their brackets balanced.
    """
    end = len(text.rstrip())
    at = end
    while at > 0:
        char = text[at - 1]
        if char.isalnum() or char in "_$.!?":
            at -= 1
        elif char in ")]":
            opened = _matching(text, at - 1)
            if opened is None:
                break
            at = opened
        elif char == ">" and text[at - 2 : at] != "=>":
            opened = _generic_start(text, at - 1)
            if opened is None:
                break
            at = opened
        elif char.isspace() and _continues(text, at, end):
            at -= 1
        else:
            break
    chain = text[at:end].strip()
    lead = re.search(r"(?:\bnew|\bawait)\s+$", text[max(0, at - 12) : at])
    return f"{lead[0].strip()} {chain}" if lead else chain


def _without_comments(text: str) -> str:
    # Line comments as blanks, so that all else keeps its place.
    at = text.find("//")
    parts: list[str] = []
    done = 0
    while at >= 0:
        if at and text[at - 1] in _NO_COMMENT:
            at = text.find("//", at + 1)
            continue
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        parts += (text[done:at], " " * (end - at))
        done = end
        at = text.find("//", end)
    return "".join((*parts, text[done:])) if parts else text


def _marks_backwards(text: str) -> Iterator[tuple[int, str]]:
    # What is asked for mostly stands near the end.
    end = len(text)
    while end > 0:
        start = max(0, end - _AT_ONCE)
        yield from reversed([(found.start(), found[0]) for found in _MARKS.finditer(text, start, end)])
        end = start


def _continues(text: str, at: int, end: int) -> bool:
    # A chain may be broken over lines before a dot.
    after = text[at:end].lstrip()
    return after.startswith((".", "?.")) and not text[:at].rstrip().endswith((";", "{", ",", "="))


def _string_start(text: str, at: int, quote: str) -> int:
    begin = text.rfind(quote, 0, at)
    line = text.rfind("\n", 0, at)
    if begin < 0 or (begin < line and quote != "`"):
        return at
    return begin


def _matching(text: str, at: int) -> int | None:
    depth = 0
    lowest = max(0, at - 2000)
    while at >= lowest:
        char = text[at]
        if char in "\"'`":
            at = _string_start(text, at, char)
        elif char in ")]}":
            depth += 1
        elif char in "([{":
            depth -= 1
            if depth == 0:
                return at
        at -= 1
    return None


def _generic_start(text: str, at: int) -> int | None:
    depth = 0
    for place in range(at, max(-1, at - 200), -1):
        char = text[place]
        if char == ">" and text[place - 1 : place] != "=":
            depth += 1
        elif char == "<":
            depth -= 1
            if depth == 0:
                return place
        elif char in ";{}\n":
            return None
    return None
