"""
How a local name came to be, read off the text before the cursor: annotated, initialised, destructured, iterated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lsp_server.context.brackets import chain_before, open_brackets
from lsp_server.context.types import matching

REACH = 60_000
MAX_OCCURRENCES = 40

_ITERATED = "map filter forEach find findIndex some every flatMap reduce sort findLast toSorted subscribe pipe then"
ITERATIONS = frozenset(_ITERATED.split())
"""Methods whose callback is given an element of the receiver."""

_DECLARING = ("const", "let", "var")
_IN_PARAMETERS = re.compile(r"[(,{;]\s*(?:(?:public|private|protected|readonly|override|\.\.\.)\s*)*$")
_IN_PATTERN = re.compile(r"[{,]\s*(?:[\w$]+\s*:\s*)?$")
_CALLBACK_HEAD = re.compile(r"(?:\(|,|^|=>\s*|=\s*)\s*(?:async\s*)?\(?\s*$")
_CALLBACK_TAIL = re.compile(r"\s*(?:,[^()]*)?\)?\s*=>")
_LITERAL = re.compile(r"(?:[(,=:\[?]|return|=>)\s*$")
_ALIAS = re.compile(r"\btype\s+[\w$<>, ]+=\s*$")


class Origin(StrEnum):
    """
    What `Binding.text` is.
    """

    TYPE = "type"
    VALUE = "value"
    ELEMENT_OF = "element_of"
    PARAMETER_OF = "parameter_of"


@dataclass(frozen=True, slots=True)
class Binding:
    """
    Where a name gets its type from; `key` is the property taken out of it, `argument` and `number` the callback's place
    in a call and the name's place in the callback.
    """

    origin: Origin
    text: str
    key: str = ""
    argument: int = 0
    number: int = 0


def bindings(name: str, before: str) -> Iterator[Binding]:
    """
    What may have bound `name`, the nearest first; the caller stops at the first that leads somewhere.
    """
    for at in _occurrences(name, before):
        head = before[max(0, at - 200) : at]
        tail = before[at + len(name) : at + len(name) + 600]
        declared = _is_declared(head)
        yield from _at(name, before, at, head, tail) if not declared else _declared(tail)
        if declared:
            return


def annotation_at(text: str) -> str:
    """
    The type at the start of `text`, up to where a declaration goes on.
    """
    depth = 0
    for at, char in enumerate(text):
        if char in "([{<":
            depth += 1
        elif char in ")]}" or (char == ">" and text[at - 1 : at] != "="):
            if depth == 0:
                return text[:at].strip()
            depth -= 1
        elif depth == 0 and _ends_annotation(text, at, char):
            return text[:at].strip()
    return text.strip()


def expression_at(text: str) -> str:
    """
    The expression at the start of `text`, up to where the statement goes on.
    """
    depth = 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            if depth == 0:
                return text[:at].strip()
            depth -= 1
        elif depth == 0 and _ends_expression(text, at, char):
            return text[:at].strip()
    return text.strip()


def _occurrences(name: str, before: str) -> Iterator[int]:
    # The nearest first: mostly it is the one.
    lowest, end = max(0, len(before) - REACH), len(before)
    found = 0
    while found < MAX_OCCURRENCES:
        at = before.rfind(name, lowest, end)
        if at < 0:
            return
        end = at + len(name) - 1
        left, right = before[at - 1 : at], before[at + len(name) : at + len(name) + 1]
        if not (_is_word(left) or left in ("$", ".") or _is_word(right) or right == "$"):
            found += 1
            yield at


def _is_word(char: str) -> bool:
    return char == "_" or char.isalnum()


def _is_declared(head: str) -> bool:
    lead = head.rstrip()
    word = next((word for word in _DECLARING if lead.endswith(word)), "")
    return bool(word) and len(lead) < len(head) and not _is_word(lead[-len(word) - 1 : -len(word)])


def _declared(tail: str) -> Iterator[Binding]:
    annotated = re.match(r"\s*[?!]?\s*:\s*", tail)
    if annotated:
        yield Binding(Origin.TYPE, annotation_at(tail[annotated.end() :]))
        return
    loop = re.match(r"\s+of\s+", tail)
    if loop:
        yield Binding(Origin.ELEMENT_OF, expression_at(tail[loop.end() :]))
        return
    assigned = re.match(r"\s*=(?![=>])\s*", tail)
    if assigned:
        yield _value(expression_at(tail[assigned.end() :]))


def _at(name: str, before: str, at: int, head: str, tail: str) -> Iterator[Binding]:
    annotated = re.match(r"\s*[?!]?\s*:\s*", tail)
    if annotated and _IN_PARAMETERS.search(head) and not _in_literal(before, at):
        yield Binding(Origin.TYPE, annotation_at(tail[annotated.end() :]))
        return
    if _IN_PATTERN.search(head):
        yield from _destructured(name, before, at, head)
    if _CALLBACK_HEAD.search(head) and _CALLBACK_TAIL.match(tail):
        yield from _callback(before, at)


def _value(text: str, key: str = "") -> Binding:
    cast = re.search(r"\s(?:as|satisfies)\s+([^;]+)$", text)
    if cast and cast[1].strip() != "const":
        return Binding(Origin.TYPE, cast[1].strip(), key)
    return Binding(Origin.VALUE, text, key)


def _destructured(name: str, before: str, at: int, head: str) -> Iterator[Binding]:
    start = before.rfind("{", max(0, at - 1500), at)
    if start < 0:
        return
    renamed = re.search(r"([\w$]+)\s*:\s*$", head)
    key = renamed[1] if renamed else name
    end = matching(before[start : start + 3000], 0) + start
    rest = before[end + 1 : end + 600]
    assigned = re.match(r"\s*=(?!>)\s*", rest)
    annotated = re.match(r"\s*:\s*", rest)
    if assigned and re.search(r"\b(?:const|let|var)\s*$", before[max(0, start - 10) : start]):
        yield _value(expression_at(rest[assigned.end() :]), key)
    elif annotated:
        yield Binding(Origin.TYPE, annotation_at(rest[annotated.end() :]), key)


def _callback(before: str, at: int) -> Iterator[Binding]:
    number = 0
    for bracket in open_brackets(before[max(0, at - REACH) : at], 2):
        if bracket.kind != "(":
            return
        callee = chain_before(bracket.before)
        if not callee:
            # The bracket of the callback's own parameters.
            number = bracket.commas
            continue
        receiver, _, method = callee.rpartition(".")
        if receiver and method in ITERATIONS:
            yield Binding(Origin.ELEMENT_OF, receiver)
        else:
            yield Binding(Origin.PARAMETER_OF, callee, "", bracket.commas, number)
        return


def _in_literal(before: str, at: int) -> bool:
    # `{ name: value }` in an expression is no annotation.
    brackets = open_brackets(before[max(0, at - 3000) : at], 1)
    if not brackets or brackets[0].kind != "{":
        return False
    opened = brackets[0].before
    return bool(_LITERAL.search(opened)) and not _ALIAS.search(opened)


def _ends_annotation(text: str, at: int, char: str) -> bool:
    if char in ",;" or (char == "=" and text[at + 1 : at + 2] != ">"):
        return True
    return char == "\n" and bool(text[:at].strip()) and not text[at:].lstrip().startswith(("|", "&"))


def _ends_expression(text: str, at: int, char: str) -> bool:
    if char in ",;":
        return True
    return char == "\n" and not text[at:].lstrip().startswith((".", "?.", "as "))
