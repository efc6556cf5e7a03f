"""
Give a completion the document's indentation: its tabs or spaces, and its depth.
"""

import re

from lsp_server.completion.brackets import scan
from lsp_server.completion.place import Place
from lsp_server.text.indentation import indent_of, unit_of

_CONTINUES = re.compile(r"\.(?!\.)|[?:&|+=]")

DEFAULT_WIDTH = 4
"""What a tab stands for when the text alone does not tell."""


def match_indentation(text: str, place: Place) -> str:
    """
    `text` with its lines, but for the first, indented as the document would indent them.
    """
    first, newline, rest = text.partition("\n")
    if not newline:
        return text
    free = _lines_in_code(text, place)
    lines = _with_same_characters(rest.split("\n"), free, place)
    return "\n".join((first, *_not_further_out(lines, free, text, place)))


def _lines_in_code(text: str, place: Place) -> list[bool]:
    """
    For each line but the first, whether its indentation is layout, and not the content of a template.
    """
    state, free = place.scan, []
    for line in text.split("\n")[:-1]:
        state = scan(line + "\n", state, jsx=place.jsx)
        free.append(all(item.bracket != "`" for item in state.open))
    return free


def _with_same_characters(lines: list[str], free: list[bool], place: Place) -> list[str]:
    """
    Spaces become tabs, or tabs spaces, where the document has only the other.
    """
    wanted = unit_of((*place.above, place.before + ".", *place.below))
    given = unit_of(line for line, is_free in zip(lines, free, strict=True) if is_free)
    if not wanted or not given or wanted[0] == given[0]:
        return lines
    if given == "\t":
        step = wanted
        return [_reindented(line, len(_lead(line)), step) if ok else line for line, ok in zip(lines, free, strict=True)]
    width = _narrowest(lines) or DEFAULT_WIDTH
    return [
        _reindented(line, len(_lead(line)) // width, wanted) if ok else line
        for line, ok in zip(lines, free, strict=True)
    ]


def _not_further_out(lines: list[str], free: list[bool], text: str, place: Place) -> list[str]:
    """
    Move all lines in when a model began its reply at the margin, as if the cursor's line were not indented.
    """
    own = place.before[: place.indent] if place.before.strip() else place.before
    code = [line for line, is_free in zip(lines, free, strict=True) if is_free and line.strip()]
    least = min(map(indent_of, code), default=len(own))
    goes_on = bool(code) and indent_of(code[0]) == least and _CONTINUES.match(code[0].lstrip()) is not None
    begins_at_margin = least < len(own) or (least == len(own) and goes_on)
    if not begins_at_margin or least in _closed_indents(text, place):
        return lines
    return [own + line if is_free and line.strip() else line for line, is_free in zip(lines, free, strict=True)]


def _closed_indents(text: str, place: Place) -> set[int]:
    """
    How far out a line may rightly stand because it closes what was opened as far out.
    """
    closings = scan(text, place.scan, jsx=place.jsx).closings
    return {place.scan.open[c.depth].indent for c in closings if c.depth >= 0}


def _narrowest(lines: list[str]) -> int:
    return min((indent_of(line) for line in lines if line.startswith("  ")), default=0)


def _lead(line: str) -> str:
    return line[: indent_of(line)]


def _reindented(line: str, steps: int, unit: str) -> str:
    return unit * steps + line.lstrip() if line.strip() else line
