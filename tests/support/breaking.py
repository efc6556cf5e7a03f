"""
Replacements as models spoil them: cut off, put out of shape, indented wrongly.
"""

import re
from collections.abc import Callable, Mapping
from random import Random

Break = Callable[[list[str], Random], str | None]
"""Spoils the lines of a sound replacement; None where there is nothing to spoil."""


def _without_character(lines: list[str], random: Random) -> str | None:
    text = "\n".join(lines)
    places = [found.start() for found in re.finditer(r"[(){}\[\]<>\"'`=]", text)]
    if not places:
        return None
    place = random.choice(places)
    return text[:place] + text[place + 1 :]


def _with_character(lines: list[str], random: Random) -> str | None:
    text = "\n".join(lines)
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice("(){}[]'\"`;,<=") + text[place:]


def _cut_off(lines: list[str], random: Random) -> str | None:
    text = "\n".join(lines).rstrip()
    return text[: random.randrange(1, len(text))] if len(text) > 2 else None


def _elided(lines: list[str], random: Random) -> str | None:
    if len(lines) < 2:
        return None
    at = random.randrange(1, len(lines))
    mark = random.choice(
        ("...", "    // ...", "// rest of the code", "/* ... existing code ... */", "  // … unchanged")
    )
    return "\n".join([*lines[:at], mark, *lines[at + 1 :]])


def _moved(by: Callable[[str], str]) -> Break:
    def move(lines: list[str], random: Random) -> str | None:
        del random
        moved = [by(line) if line.strip() else line for line in lines]
        return "\n".join(moved) if moved != lines and "".join(lines).strip() else None

    return move


def _one_moved(lines: list[str], random: Random) -> str | None:
    said = [row for row, line in enumerate(lines) if line.strip()]
    if len(said) < 2:
        return None
    row = random.choice(said)
    return "\n".join([*lines[:row], "   " + lines[row], *lines[row + 1 :]])


def _hidden(lines: list[str], random: Random) -> str | None:
    text = "\n".join(lines)
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(("\u200b", "\u202e", "\u2066", "\x1b", "\ufeff", "\U000e0041")) + text[place:]


BROKEN: Mapping[str, Break] = {
    "without a character": _without_character,
    "with a character": _with_character,
    "cut off": _cut_off,
    "elided": _elided,
    "misindented, deeper": _moved(lambda line: "  " + line),
    "misindented, at the margin": _moved(str.lstrip),
    "misindented, in tabs": _moved(lambda line: "\t" + line),
    "misindented, one line": _one_moved,
    "hidden character": _hidden,
}
