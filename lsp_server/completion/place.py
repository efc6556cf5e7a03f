"""
What the code round a cursor says about a completion there: its line, its open brackets, and where it has to end.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from lsp_server.completion.brackets import CLOSER_OF, Open, Scan, scan
from lsp_server.completion.request import CompletionRequest, Extent
from lsp_server.syntax.regions import Region, region_at
from lsp_server.text.indentation import indent_of

REACH = 6000
"""How many characters before and after the cursor are looked at; brackets opened further away hardly matter."""

LINES_AT_ONCE = 16
"""How many lines are read in one go, and what they opened remembered."""

_ONLY_CLOSERS = re.compile(r"\s*(?:[)>}\]\"'`]|/>|</[\w$.:-]*>)*\s*[:{;,]?\s*")
_RUNNING_TEXT = ("`", "/*", '"', "'", "//", ">")
CLOSERS = ("}", ")", "]", "</", "/>", ">", "`")
_NEVER_OUTERMOST = (*CLOSERS, "case ", "default:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """
    One cursor, looked at once.
    """

    before: str
    """The cursor's line up to the cursor."""
    after: str
    """The rest of that line."""
    above: tuple[str, ...]
    """The lines before the cursor's, nearest last, as far as they matter."""
    below: tuple[str, ...]
    """The lines after the cursor's, likewise."""
    eol: str
    region: Region
    extent: Extent
    scan: Scan
    """What is open at the cursor."""
    floor: int
    """How many of the open brackets stay open when that which the cursor is in is complete."""
    closed_below: tuple[bool, ...]
    """For each open bracket, whether a later line of the document closes it."""
    depth_after_line: int
    """How many of the open brackets the rest of the line leaves open."""
    jsx: bool

    @property
    def in_code(self) -> bool:
        """
        Whether code is to be written here, not prose.
        """
        return self.region is Region.CODE

    @property
    def on_fresh_line(self) -> bool:
        """
        Whether nothing but white space stands before the cursor.
        """
        return not self.before.strip()

    def has_closer(self, depth: int) -> bool:
        """
        Whether the closer that leaves `depth` brackets open stands on a later line, or is further out than we know.
        """
        return depth < 0 or (depth < self.scan.depth and self.closed_below[depth])

    @property
    def indent(self) -> int:
        """
        By how much the cursor's line is indented.
        """
        return indent_of(self.before)


def place_of(request: CompletionRequest) -> Place:
    """
    Look at the cursor of `request`.
    """
    document, offset = request.document, request.offset
    line = document.line_of(offset)
    start, end = document.line_start(line), document.line_end(line)
    before, after = document.slice(start, offset), document.slice(offset, end)
    above = _lines(document.slice(start - REACH, start))[:-1]
    below = _lines(document.slice(end, end + REACH))[1:]
    if start > REACH:
        # The first of them is cut anywhere.
        above = above[1:]
    jsx = document.language_id in ("typescriptreact", "javascriptreact", "javascript")
    region = region_at(request.tree, offset)
    home = _scan_above(above, line - len(above), _code_check(request, line - len(above), above), jsx=jsx)
    at_cursor = scan(before, home, jsx=jsx)
    whole = end + REACH >= document.length
    rest = scan(after + "\n", at_cursor, jsx=jsx)
    closed = _closed_below(_without_template(rest, home), tuple(below), at_cursor, whole=whole, jsx=jsx)
    return Place(
        before=before,
        after=after,
        above=tuple(above),
        below=tuple(below),
        eol=document.eol,
        region=region,
        extent=_extent(region, after, home),
        scan=at_cursor,
        floor=_floor(before, below, home, at_cursor, closed),
        closed_below=closed,
        depth_after_line=min(rest.depth, at_cursor.depth),
        jsx=jsx,
    )


def is_only_closers(rest: str) -> bool:
    """
    Whether the rest of a line holds nothing but what closes or separates.
    """
    return _ONLY_CLOSERS.fullmatch(rest) is not None


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _extent(region: Region, after: str, home: Scan) -> Extent:
    """
    In prose, or with more code on the line, only this line is ours.
    """
    if region is Region.COMMENT or home.mode == "`" or not is_only_closers(after):
        return Extent.LINE
    return Extent.BLOCK


def _scan_above(lines: list[str], first_line: int, is_code: Callable[[int], bool], *, jsx: bool) -> Scan:
    """
    What is open where the cursor's line begins, read from the nearest line that nothing encloses.

    `first_line` is the number of the first of `lines` in the document.
    """
    first, least = 0, -1
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        indent = indent_of(line)
        if not line.strip() or 0 <= least <= indent or line.lstrip().startswith((*_NEVER_OUTERMOST, "*")):
            continue
        if is_code(number):
            first, least = number, indent
        if least == 0:
            break
    state = Scan()
    while first < len(lines):
        # The same stretches again and again, as long as nobody types in them.
        end = min(len(lines), first + LINES_AT_ONCE - (first_line + first) % LINES_AT_ONCE)
        state = _scan_stretch("".join(line + "\n" for line in lines[first:end]), state, jsx=jsx)
        first = end
    return state


@lru_cache(maxsize=64)
def _scan_stretch(text: str, state: Scan, *, jsx: bool) -> Scan:
    return scan(text, state, jsx=jsx)


def _code_check(request: CompletionRequest, first: int, lines: list[str]) -> Callable[[int], bool]:
    """
    Tells of each of `lines`, which begin with the document's `first`, whether it is code or the content of a template.
    """
    if not any("`" in line or "/*" in line for line in lines):
        return lambda _number: True

    def is_code(number: int) -> bool:
        start = request.document.line_start(first + number)
        return region_at(request.tree, start) in (Region.CODE, Region.JSX_TEXT)

    return is_code


def _floor(before: str, below: list[str], home: Scan, at_cursor: Scan, closed: tuple[bool, ...]) -> int:
    """
    An item of a list, a statement of a block: its own brackets are to be closed. In an empty body, the body's as well.

    An argument list that nothing closes has to be completed too, an unfinished block is the engineer's to go on with.
    """
    floor = _floor_of_item(before, below, home, at_cursor, closed)
    while floor and at_cursor.open[floor - 1].bracket in ("(", "[") and not closed[floor - 1]:
        floor -= 1
    return floor


def _floor_of_item(before: str, below: list[str], home: Scan, at_cursor: Scan, closed: tuple[bool, ...]) -> int:
    if not before.strip():
        return home.depth - 1 if home.just_opened and not _has_content(home.open[-1], below) else home.depth
    if at_cursor.just_opened and closed[-1] and _has_content(at_cursor.open[-1], below):
        return at_cursor.depth
    return max(0, min([home.depth, at_cursor.depth, *(closing.depth for closing in at_cursor.closings)]))


def _has_content(opened: Open, below: list[str]) -> bool:
    following = next((line for line in below if line.strip()), "")
    return indent_of(following) > opened.indent and not following.lstrip().startswith(CLOSERS)


@lru_cache(maxsize=64)
def _closed_below(state: Scan, below: tuple[str, ...], at_cursor: Scan, *, whole: bool, jsx: bool) -> tuple[bool, ...]:
    """
    Which of the brackets open at the cursor later lines close, as their indentation shows.

    In a file that is being written brackets lack their closers, and what follows closes others than it seems to.
    """
    closed = [False] * at_cursor.depth
    remaining = min(state.depth, at_cursor.depth)
    for line in below:
        state = _without_abandoned(state, line)
        remaining = min(remaining, state.depth)
        state, depths = _close_by(line, state, jsx=jsx)
        for depth in depths:
            if 0 <= depth < remaining:
                closed[depth] = True
                if at_cursor.open[depth].indent == indent_of(line):
                    # Outside of a pair that stands as it should, the document is trusted to be sound.
                    return tuple([True] * depth + closed[depth:])
            remaining = min(remaining, max(depth, 0))
        if remaining == 0:
            return tuple(closed)
    # So it is beyond our reach.
    return tuple([not whole] * remaining + closed[remaining:])


def _without_template(state: Scan, home: Scan) -> Scan:
    """
    A template begun on the cursor's line ends there, although all that follows could be read as its content.
    """
    for depth in range(home.depth, state.depth):
        if state.open[depth].bracket == "`":
            return Scan(state.open[:depth])
    return state


def _without_abandoned(state: Scan, line: str) -> Scan:
    """
    What can still be open when `line` follows: nothing that a line no deeper than itself, and no closer, has left.
    """
    content = line.lstrip()
    while state.mode in ("<", ">") and _is_outside_of_tag(content, indent_of(line), state.open[-1]):
        state = Scan(state.open[:-1])
    if not content or state.mode in _RUNNING_TEXT or content.startswith(_NEVER_OUTERMOST):
        return state
    depth = state.depth
    while depth and state.open[depth - 1].indent >= indent_of(line):
        depth -= 1
    return state if depth == state.depth else Scan(state.open[:depth])


def _is_outside_of_tag(content: str, indent: int, tag: Open) -> bool:
    if tag.bracket == "<" and content.startswith("<"):
        return True
    return content.startswith((")", "]", "}")) and indent < tag.indent


def _close_by(line: str, state: Scan, *, jsx: bool) -> tuple[Scan, list[int]]:
    """
    Go on through `line`; which of the brackets open before it does it close?

    A closer that begins a line belongs to what was opened at the same indentation or further out.
    """
    after = scan(line + "\n", state, jsx=jsx)
    first = next(iter(after.closings), None)
    if first is None or line[: first.start].strip():
        return after, [closing.depth for closing in after.closings]
    owner = first.depth
    while owner >= 0 and (
        state.open[owner].indent > first.start
        or CLOSER_OF[state.open[owner].bracket] != CLOSER_OF[state.open[first.depth].bracket]
    ):
        owner -= 1
    if owner not in (first.depth, -1):
        after = scan(line[first.end :] + "\n", Scan(state.open[:owner]), jsx=jsx)
        return after, [owner, *(closing.depth for closing in after.closings)]
    return after, [closing.depth for closing in after.closings]
