"""
Match paths against `.gitignore` patterns as git does, in time linear in the path whatever the pattern is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    One line of an ignore file. `expression` matches a name, or a whole path relative to the file when `anchored`.
    """

    text: str
    expression: str
    anchored: bool
    negated: bool
    folders_only: bool


Filter = re.Pattern[str] | None
"""What no entry matches is None."""


@dataclass(frozen=True, kw_only=True)
class IgnoreFile:
    """
    The patterns of one place. `base` is the folder they are relative to: empty for the top, else ending in a slash.
    """

    source: str
    base: str
    patterns: tuple[Pattern, ...]
    ignore_case: bool = False

    def last_match(self, path: str, *, is_folder: bool) -> Pattern | None:
        """
        The pattern that decides about this one entry, which lies under `base`; its folders are not looked at.
        """
        relative = path[len(self.base) :]
        name = relative.rpartition("/")[2]
        names, paths = self._folder_filters if is_folder else self._file_filters
        if not ((names and names.fullmatch(name)) or (paths and paths.fullmatch(relative))):
            return None
        for pattern, expression in reversed(self._compiled):
            if pattern.folders_only and not is_folder:
                continue
            if expression.fullmatch(relative if pattern.anchored else name):
                return pattern
        return None

    @cached_property
    def _folder_filters(self) -> tuple[Filter, Filter]:
        return self._filters(self.patterns)

    @cached_property
    def _file_filters(self) -> tuple[Filter, Filter]:
        return self._filters([pattern for pattern in self.patterns if not pattern.folders_only])

    def _filters(self, patterns: Sequence[Pattern]) -> tuple[Filter, Filter]:
        # One expression for all: nearly every entry of a workspace is decided by these two.
        names = [pattern.expression for pattern in patterns if not pattern.anchored]
        paths = [pattern.expression for pattern in patterns if pattern.anchored]
        return self._compile(names) if names else None, self._compile(paths) if paths else None

    @cached_property
    def _compiled(self) -> list[tuple[Pattern, re.Pattern[str]]]:
        return [(pattern, self._compile([pattern.expression])) for pattern in self.patterns]

    def _compile(self, expressions: Sequence[str]) -> re.Pattern[str]:
        flags = re.DOTALL | (re.IGNORECASE if self.ignore_case else re.NOFLAG)
        return re.compile("|".join(f"(?:{expression})" for expression in expressions), flags)


def parse_ignore_file(lines: Iterable[str], *, source: str, base: str = "", ignore_case: bool = False) -> IgnoreFile:
    """
    Read the lines of an ignore file; a line that git would not understand matches nothing.
    """
    patterns = tuple(pattern for line in lines if (pattern := parse_pattern(line)))
    return IgnoreFile(source=source, base=base, patterns=patterns, ignore_case=ignore_case)


@lru_cache(maxsize=4096)
def parse_pattern(line: str) -> Pattern | None:
    """
    Read one line of an ignore file; blank lines and comments are none. The packages of a repository repeat each other.
    """
    text = _without_trailing_spaces(line.rstrip("\r\n"))
    if text.startswith("#") or not text:
        return None
    negated = text.startswith("!")
    body = text[1:] if negated else text
    folders_only = body.endswith("/")
    body = body.removesuffix("/")
    if not body.strip("/"):
        return None
    anchored = "/" in body
    segments = body.removeprefix("/").split("/")
    expression = _path_expression(segments) if anchored else _segment_expression(segments[0])
    return Pattern(text, expression, anchored, negated, folders_only)


NOTHING = "(?!)"
ANY_DEPTH = "(?:[^/]+/)*?"


def _without_trailing_spaces(line: str) -> str:
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return line[: len(bare) + 1] if backslashes % 2 and len(bare) < len(line) else bare


def _path_expression(segments: Sequence[str]) -> str:
    """
    A whole path. Between two `**` the first place that fits is as good as any other, so it is never given up again.
    """
    if "" in segments:
        return NOTHING
    stretches: list[list[str]] = [[]]
    for segment in segments:
        if len(segment) > 1 and not segment.strip("*"):
            stretches.append([])
        else:
            stretches[-1].append(_segment_expression(segment))
    if len(stretches) == 1:
        return "/".join(stretches[0])
    first, *middle, last = ["/".join(stretch) for stretch in stretches]
    head = f"{first}/" if first else ""
    between = "".join(f"(?>{ANY_DEPTH}{stretch}/)" for stretch in middle if stretch)
    return head + between + (f"{ANY_DEPTH}{last}" if last else ".+")


def _segment_expression(segment: str) -> str:
    """
    One name. Of all but the last `*` the shortest match is as good as any other, so it is never given up again.
    """
    runs = _literal_runs(segment)
    if runs is None:
        return NOTHING
    first, *others = runs
    middle = "".join(f"(?>[^/]*?{run})" for run in others[:-1] if run)
    return first + middle + (f"[^/]*{others[-1]}" if others else "")


def _literal_runs(segment: str) -> list[str] | None:
    """
    The expressions of what stands between the stars, or None when a bracket or backslash is left open.
    """
    runs = [""]
    position = 0
    while position < len(segment):
        character = segment[position]
        position += 1
        if character == "*":
            runs.append("")
        elif character == "?":
            runs[-1] += "[^/]"
        elif character == "[":
            expression, position = _character_class(segment, position)
            if not expression:
                return None
            runs[-1] += expression
        elif character == "\\":
            if position == len(segment):
                return None
            runs[-1] += re.escape(segment[position])
            position += 1
        else:
            runs[-1] += re.escape(character)
    return runs


NAMED_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r"\ \t",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
    "punct": r"!-\/:-@\[-`{-~",
}


def _character_class(segment: str, position: int) -> tuple[str, int]:
    """
    The class whose `[` stands before `position`, and the position after it; an empty text when it is left open.
    """
    negated = segment[position : position + 1] in ("!", "^")
    position += negated
    members = ""
    first = True
    while first or segment[position : position + 1] != "]":
        first = False
        if position >= len(segment):
            return "", position
        named = re.compile(r"\[:(\w+):\]").match(segment, position)
        if named:
            if named[1] not in NAMED_CLASSES:
                return "", position
            members += NAMED_CLASSES[named[1]]
            position = named.end()
            continue
        low, position = _class_member(segment, position)
        if segment[position : position + 1] == "-" and segment[position + 1 : position + 2] not in ("]", ""):
            high, position = _class_member(segment, position + 1)
            members += f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""
        members += re.escape(low)
    return f"(?!/)[{'^' if negated else ''}{members}]", position + 1


def _class_member(segment: str, position: int) -> tuple[str, int]:
    escaped = segment[position] == "\\" and position + 1 < len(segment)
    position += escaped
    return segment[position], position + 1
