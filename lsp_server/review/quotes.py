"""
What a model may have meant by a quote: it adds line numbers and diff markers, and has seen neither secrets nor hidden
characters as they are.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from lsp_server.policy.redaction import PLACEHOLDER
from lsp_server.review.lexemes import WILDCARD

Undress = Callable[[str], str | None]
"""Takes what was added to a quote off again; None for a quote that does not have it."""


def readings(quote: str) -> tuple[str, ...]:
    """
    `quote` as it stands and without what may have been added to it, the most literal one first.
    """
    found = [one for undress in UNDRESSED if (one := undress(quote)) is not None]
    return tuple(dict.fromkeys((*found, *map(revealed, found))))


def without_fence(text: str) -> str:
    """
    `text` without a Markdown fence around all of it.
    """
    fenced = _FENCED.fullmatch(text)
    return fenced[1] if fenced else text


def without_numbers(text: str) -> str | None:
    """
    `text` without the numbers of its lines; None unless every line that says anything has one and they rise.
    """
    found = [(line, _NUMBERED.fullmatch(line)) for line in _lines(without_fence(text))]
    numbers = [int(match[1]) for _, match in found if match]
    if not numbers or any(line.strip() and not match for line, match in found):
        return None
    if any(after <= before for before, after in pairwise(numbers)):
        return None
    return "\n".join(match[2] if match else "" for _, match in found)


def without_markers(text: str) -> str | None:
    """
    The new side of a piece of a diff: each line begins with `+`, `-` or a blank, and some line was added.
    """
    lines = _lines(without_fence(text))
    if not any(line.startswith("+") for line in lines) or any(line[:1] not in ("+", "-", " ", "") for line in lines):
        return None
    return "\n".join(line[1:] for line in lines if not line.startswith("-"))


def removed_lines(text: str) -> str | None:
    """
    The old side of a piece of a diff that adds nothing; None if `text` is no such thing.
    """
    lines = [line for line in _lines(without_fence(text)) if line.strip()]
    if not any(line.startswith("-") for line in lines) or any(line[:1] not in ("-", " ") for line in lines):
        return None
    return "\n".join(line[1:] for line in lines if line.startswith("-"))


def segments(text: str) -> tuple[str, ...]:
    """
    `text` cut where lines of it say that something was left out; what says nothing is no segment.
    """
    parts: list[list[str]] = [[]]
    for line in _lines(text):
        if is_elision(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return tuple("\n".join(part) for part in parts if "".join(part).strip())


def is_elision(line: str) -> bool:
    """
    Whether all that `line` says is that something was left out.
    """
    return _ELISION.fullmatch(line) is not None


def revealed(text: str) -> str:
    """
    `text` with hidden characters as themselves again and a wildcard for each secret that was not shown.
    """
    if "<redacted:" in text:
        text = PLACEHOLDER.sub(WILDCARD, text)
    return _SHOWN.sub(_hidden, text) if "\\u{" in text else text


def _hidden(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= 0x10FFFF else found[0]


def _numbers_then_markers(text: str) -> str | None:
    rest = without_numbers(text)
    return None if rest is None else without_markers(rest)


def _markers_then_numbers(text: str) -> str | None:
    rest = without_markers(text)
    return None if rest is None else without_numbers(rest)


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


UNDRESSED: tuple[Undress, ...] = (
    without_fence,
    without_numbers,
    without_markers,
    _numbers_then_markers,
    _markers_then_numbers,
)
_FENCED = re.compile(r"\s*```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```\s*", re.DOTALL)
_NUMBERED = re.compile(r"[ \t]*L?(\d{1,6})(?:\t|[ ]*[:|│→][ \t]?|[ ]{1,2}|$)(.*)")
_SHOWN = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")
# `...options` is code; `...` alone, or in a comment with or without words, is not.
_ELISION = re.compile(
    r"[ \t]*(?:(?:\.{3,}|…)[ \t]*"
    r"|(?://|\{?/\*+|#|<!--)[ \t]*(?:\.{3,}|…)[^\n]*"
    r"|(?://|\{?/\*+|#|<!--)[ \t]*(?:(?:the )?(?:rest|remainder) of"
    r"|(?:existing|remaining|other|previous|unchanged|same) (?:code|lines|logic|implementation|methods|as before)"
    r")[^\n]*)",
    re.IGNORECASE,
)
