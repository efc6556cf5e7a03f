"""
Read the findings out of a model's reply, however it wrapped them; a broken entry never costs a sound one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lsp_server.review.finding import Category, Claim, Severity
from lsp_server.review.tool import MOST_QUOTED_LINES
from lsp_server.text.positions import encode_utf8, join_surrogates

NOTHING_READABLE = "The reply holds no findings that can be read."


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """
    What a reply claims, in its order, and one sentence on everything in it that is not as it should be.
    """

    claims: tuple[Claim, ...] = ()
    problems: tuple[str, ...] = ()


def parse(reply_text: str) -> Parsed:
    """
    The claims of a reply: input of the tool, or JSON within prose or fences, whole or broken off.
    """
    entries, problems = _entries(join_surrogates(reply_text))
    claims = []
    for number, entry in enumerate(entries, 1):
        claim, found = _claim(entry)
        problems += [f"Finding {number} of the reply: {problem}." for problem in found]
        if claim:
            claims.append(claim)
    return Parsed(claims=tuple(claims), problems=tuple(problems))


def _entries(text: str) -> tuple[list[Any], list[str]]:
    """
    Everything that may be meant as a finding, and what is wrong with the reply as a whole.
    """
    entries: list[Any] = []
    is_readable = is_whole = False
    for value in _json_values(text):
        found = [value] if _looks_like_finding(value) else _listed(value)
        if found is not None:
            entries += found
            is_readable = True
            is_whole = is_whole or (bool(found) and not _looks_like_finding(value))
    if entries and not is_whole and _LIST in text:
        return entries, ["The reply is not whole; the findings in it that are whole were read."]
    return entries, [] if is_readable else [NOTHING_READABLE]


def _json_values(text: str) -> Iterator[Any]:
    """
    The outermost objects and lists in `text`, first to last.
    """
    position = failures = 0
    while (match := _OPENER.search(text, position)) and failures < _MOST_ENDLESS:
        try:
            value, position = _DECODER.raw_decode(text, match.start())
            yield value
        except ValueError:
            position = match.start() + 1
        except RecursionError:
            # Every bracket of such a text would be followed down to the same depth.
            failures += 1
            position = match.start() + 1


def _listed(value: Any) -> list[Any] | None:
    """
    The list of findings that `value` is or holds; None when it is something else.
    """
    for _ in range(4):
        if isinstance(value, Mapping):
            value = next((value[key] for key in ("findings", "input", "parameters") if key in value), None)
        elif isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
            # Models now and then write the list as a string within the JSON.
            value = next(_json_values(value), None)
    is_list_of_findings = isinstance(value, list) and (not value or any(isinstance(entry, Mapping) for entry in value))
    return value if is_list_of_findings else None


def _looks_like_finding(value: Any) -> bool:
    return isinstance(value, Mapping) and "quote" in value


def _claim(entry: Any) -> tuple[Claim | None, list[str]]:
    if not isinstance(entry, Mapping):
        return None, ["it is not an object"]
    problems = [
        problem
        for problem in (
            _problem_of_text(entry, "file"),
            _problem_of_quote(entry),
            _problem_of_choice(entry, "category", Category),
            _problem_of_choice(entry, "severity", Severity),
            _problem_of_confidence(entry),
            _problem_of_text(entry, "message"),
        )
        if problem
    ]
    if problems:
        return None, problems
    claim = Claim(
        file=_sound(entry["file"]).strip(),
        quote=_sound(entry["quote"]),
        category=Category(_choice(entry["category"])),
        severity=Severity(_choice(entry["severity"])),
        confidence=int(entry["confidence"]),
        message=" ".join(_sound(entry["message"]).split()),
        evidence=_optional_text(entry, "evidence") or "",
        replacement=_optional_text(entry, "replacement"),
    )
    return claim, [
        f"its {key} is left out, since it is not text"
        for key in ("evidence", "replacement")
        if not isinstance(entry.get(key), str | None)
    ]


def _problem_of_text(entry: Mapping[str, Any], key: str) -> str | None:
    if key not in entry:
        return f"it has no {key}"
    value = entry[key]
    return None if isinstance(value, str) and value.strip() else f"its {key} is not text, or is empty"


def _problem_of_quote(entry: Mapping[str, Any]) -> str | None:
    if problem := _problem_of_text(entry, "quote"):
        return problem
    lines = entry["quote"].strip().splitlines()
    return f"its quote has more than {MOST_QUOTED_LINES} lines" if len(lines) > MOST_QUOTED_LINES else None


def _problem_of_choice(entry: Mapping[str, Any], key: str, choices: type[Category] | type[Severity]) -> str | None:
    if key not in entry:
        return f"it has no {key}"
    known = isinstance(entry[key], str) and _choice(entry[key]) in list(choices)
    return None if known else f"its {key} is none of {', '.join(choices)}"


def _problem_of_confidence(entry: Mapping[str, Any]) -> str | None:
    if "confidence" not in entry:
        return "it has no confidence"
    value = entry["confidence"]
    # A bool is an int to Python, and a model that writes 87.0 means 87.
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    return None if is_whole and 0 <= value <= 100 else "its confidence is no whole number from 0 to 100"


def _choice(value: str) -> str:
    return value.strip().lower().replace("_", "-")


def _optional_text(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return _sound(value) if isinstance(value, str) else None


def _sound(text: str) -> str:
    """
    `text` as it can be written anywhere: a lone surrogate, which JSON can spell, becomes U+FFFD.
    """
    return encode_utf8(join_surrogates(text)).decode()


_DECODER = json.JSONDecoder(strict=False)
_OPENER = re.compile(r"[{\[]")
_LIST = '"findings"'
_MOST_ENDLESS = 8
