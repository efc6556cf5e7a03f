"""
What is still open at the cursor, read backwards from the text, so that half-typed code does not matter.
"""

import re
from typing import NamedTuple

REACH = 6000
MAX_OPEN = 12

_PAIRS = {")": "(", "]": "[", "}": "{"}
_LINE_COMMENT = re.compile(r"(?<![:\"'`\\/])//[^\n]*")
_MARKS = re.compile(r"[()\[\]{}\"'`\n,]")


class Bracket(NamedTuple):
    """
    An open bracket, where it stands, how many commas follow it at its own level, and the text before it.
    """

    kind: str
    offset: int
    commas: int
    before: str


def open_brackets(before: str) -> tuple[Bracket, ...]:
    """
    The brackets that are open at the end of `before`, innermost first.
    """
    start = max(0, len(before) - REACH)
    text = _LINE_COMMENT.sub(lambda found: " " * len(found[0]), before[start:])
    found: list[Bracket] = []
    closing: list[str] = []
    commas = 0
    at = len(text)
    while at > 0 and len(found) < MAX_OPEN:
        at -= 1
        char = text[at]
        if char in "\"'`":
            at = _string_start(text, at, char)
        elif char in ")]}":
            closing.append(_PAIRS[char])
        elif char in "([{":
            if not closing:
                found.append(Bracket(char, start + at, commas, text[max(0, at - 300) : at]))
                commas = 0
            elif closing[-1] == char:
                closing.pop()
            elif char == "{":
                # A brace counts for more than what was left open inside it.
                while closing and closing.pop() != "{":
                    pass
        elif char == "," and not closing:
            commas += 1
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
