"""
Cut a change into units of review: hunks with what must be seen to judge them.

A unit depends on its own file alone, so that nothing elsewhere in a change makes it another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

from lsp_server.review.change import Hunk
from lsp_server.review.source import Source
from lsp_server.review.symbols import FUNCTIONS, symbol_at
from lsp_server.review.view import View, view_of

if TYPE_CHECKING:
    from tree_sitter import Node

NEAR = 3
"""Lines shown on either side of what was changed."""
MOST_FUNCTION_LINES = 120
MOST_HEAD_LINES = 40
LARGEST_PIECE = 6_000
LARGEST_UNIT = 9_000
"""In characters: from there on, what touches is shown apart all the same."""
GENEROSITY = 10
"""How many times the size of what was changed a whole function may take around it, besides `ALLOWANCE` characters."""
ALLOWANCE = 1_000

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_TEST = re.compile(r"(^|/)(__tests__|__mocks__|tests?|fixtures?|e2e)/|\.(test|spec|stories|bench)\.\w+$")


class Detail(StrEnum):
    """
    How much is shown around what was changed.
    """

    FULL = "full"
    LEAN = "lean"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """
    Changed lines of one hunk, all of them or as many as fit: 1-based, both included; none for a pure deletion.
    """

    hunk: int
    first: int
    last: int

    @property
    def lines(self) -> range:
        """
        The added lines.
        """
        return range(self.first, self.last + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """
    What is judged together: `shown` are the lines of the file that must be seen, `names` what its added lines use.

    `symbols` are the declarations whose heads have changed.
    """

    view: View
    pieces: tuple[Piece, ...]
    shown: tuple[int, ...]
    names: tuple[str, ...]
    symbols: tuple[str, ...]
    changed_lines: int

    @property
    def path(self) -> str:
        """
        The file it is part of.
        """
        return self.view.path

    @property
    def text(self) -> str:
        """
        What a model is shown of it.
        """
        return self.view.render(self.shown)

    @property
    def is_test(self) -> bool:
        """
        Whether it tests other code.
        """
        return is_test(self.path)

    @property
    def is_clipped(self) -> bool:
        """
        Whether part of an added line is not shown.
        """
        return any(not self.view.clipped.isdisjoint(piece.lines) for piece in self.pieces)


def is_test(path: str) -> bool:
    """
    Whether a file tests other code, by its name.
    """
    return _TEST.search(path) is not None


def units_of(source: Source, detail: Detail = Detail.FULL) -> tuple[Unit, ...]:
    """
    The units of a file, first to last; together they hold every hunk of it.
    """
    view = view_of(source)
    around = _Around(source, view, detail)
    pieces = [piece for number, hunk in enumerate(source.change.hunks) for piece in _pieces(hunk, number, view, around)]
    groups: list[list[tuple[Piece, _Core]]] = []
    for piece in pieces:
        core = around.core_of(piece)
        if groups and _belong_together(groups[-1], core, view):
            groups[-1].append((piece, core))
        else:
            groups.append([(piece, core)])
    return tuple(_unit(group, source, view, around) for group in groups)


@dataclass(frozen=True, slots=True)
class _Core:
    """
    The stretch of lines around a piece, and the heads of what encloses it.
    """

    first: int
    last: int
    heads: frozenset[int]


def _belong_together(group: list[tuple[Piece, _Core]], core: _Core, view: View) -> bool:
    first = min(other.first for _, other in group)
    last = max(other.last for _, other in group)
    if core.first > last + 1:
        return False
    return view.size(min(first, core.first), max(last, core.last)) <= LARGEST_UNIT or core.last <= last


def _unit(group: list[tuple[Piece, _Core]], source: Source, view: View, around: _Around) -> Unit:
    pieces = tuple(piece for piece, _ in group)
    shown = {line for _, core in group for line in (*range(core.first, core.last + 1), *core.heads)}
    added = [line for piece in pieces for line in piece.lines]
    words = dict.fromkeys(word for line in added for word in _WORD.findall(view.lines[line - 1]))
    # What was removed counts once, with the first piece of its hunk.
    removed = sum(
        len(source.change.hunks[piece.hunk].removed)
        for piece in pieces
        if piece.first in (source.change.hunks[piece.hunk].new_start, source.change.hunks[piece.hunk].new_start + 1)
    )
    return Unit(
        view=view,
        pieces=pieces,
        shown=tuple(sorted(shown)),
        names=tuple(words),
        symbols=around.changed_symbols(pieces),
        changed_lines=len(added) + removed,
    )


def _pieces(hunk: Hunk, number: int, view: View, around: _Around) -> Iterator[Piece]:
    """
    The hunk in pieces that each leave room for what surrounds it, cut between declarations where possible.
    """
    if not hunk.new_count:
        yield Piece(hunk=number, first=hunk.new_start + 1, last=hunk.new_start)
        return
    first, end = hunk.new_start, hunk.new_start + hunk.new_count
    while first < end:
        sizes = accumulate(len(line) + 2 for line in view.lines[first - 1 : end - 1])
        fitting = sum(1 for size in sizes if size <= LARGEST_PIECE)
        behind = min(end, first + max(1, fitting))
        if behind < end:
            behind = around.border(first, behind)
        yield Piece(hunk=number, first=first, last=behind - 1)
        first = behind


class _Around:
    """
    Finds what encloses lines of one file.
    """

    def __init__(self, source: Source, view: View, detail: Detail) -> None:
        self._source = source
        self._view = view
        self._is_lean = detail is Detail.LEAN or is_test(source.path)
        top = source.tree.root.children
        self._borders = (_lines_of(top), _lines_of(child for node in top for child in _within(node)))

    def border(self, first: int, behind: int) -> int:
        """
        The last line in the second half of `first` to `behind` where a declaration begins, or else a statement.
        """
        middle = (first + behind) // 2
        for borders in self._borders:
            if found := next((line for line in range(behind, middle, -1) if line in borders), 0):
                return found
        return behind

    def core_of(self, piece: Piece) -> _Core:
        """
        What must be seen around a piece.
        """
        enclosing = self._enclosing(piece)
        heads = frozenset(line for node in enclosing for line in self._head(node))
        around = self._whole_function(piece, enclosing)
        # What was removed from the end of a file stood before a line that is no longer there.
        first, last = piece.first, max(piece.first, piece.last)
        if around:
            first, last = min(first, around.start), max(last, around.stop - 1)
        else:
            # Never beyond what encloses it, so that a unit depends on little else.
            borders = _lines(enclosing[-1]) if enclosing else range(1, len(self._view.lines) + 1)
            first = min(first, max(borders.start, piece.first - NEAR))
            last = max(last, min(borders.stop - 1, piece.last + NEAR))
        return _Core(first, last, heads - set(range(first, last + 1)))

    def changed_symbols(self, pieces: Iterable[Piece]) -> tuple[str, ...]:
        """
        The declarations whose heads the pieces have changed.
        """
        document = self._source.document
        found: dict[str, None] = {}
        for line in (line - 1 for piece in pieces for line in piece.lines):
            text = document.line(line)
            # Its end too, since a declaration may begin behind `export`.
            for column in (len(text) - len(text.lstrip()), max(0, len(text.rstrip()) - 1)):
                symbol = symbol_at(self._source.tree, document.line_start(line) + column)
                start = document.line_of(symbol.span.start)
                if symbol.name and start <= line <= self._head_end(symbol.span.start):
                    found[symbol.name] = None
        return tuple(found)

    def _head_end(self, start: int) -> int:
        node = next((node for node in reversed(self._source.tree.path_at(start)) if _body_of(node) is not None), None)
        body = _body_of(node) if node else None
        return body.start_point.row if body else -1

    def _enclosing(self, piece: Piece) -> list[Node]:
        """
        The functions and declarations that a piece lies in and that begin before it, the outermost first.
        """
        document = self._source.document
        line = min(piece.first, len(self._view.lines)) - 1
        if line < 0:
            return []
        text = document.line(line)
        offset = document.line_start(line) + len(text) - len(text.lstrip())
        path = self._source.tree.path_at(offset)
        return [node for node in path if node.type in _ENCLOSING and node.start_point.row < piece.first - 1]

    def _head(self, node: Node) -> range:
        """
        The lines of a declaration down to where its body begins.
        """
        start = _statement_of(node).start_point.row + 1
        body = _body_of(node)
        end = body.start_point.row + 1 if body else start
        return range(start, min(end, start + MOST_HEAD_LINES - 1) + 1)

    def _whole_function(self, piece: Piece, enclosing: list[Node]) -> range | None:
        """
        The lines of the widest function around a piece that is short enough to be shown whole.
        """
        if self._is_lean:
            return None
        budget = ALLOWANCE + GENEROSITY * self._view.size(piece.first, piece.last)
        for node in enclosing:
            lines = _lines(node)
            fits = len(lines) <= MOST_FUNCTION_LINES and self._view.size(lines.start, lines.stop - 1) <= budget
            if node.type in FUNCTIONS and fits:
                return lines
        return None


def _lines(node: Node) -> range:
    """
    The lines of a declaration, from the statement that it is the value of.
    """
    return range(_statement_of(node).start_point.row + 1, node.end_point.row + 2)


def _body_of(node: Node) -> Node | None:
    value = node.child_by_field_name("value")
    if value is not None and value.type in FUNCTIONS:
        return value.child_by_field_name("body")
    return node.child_by_field_name("body") or value


def _statement_of(node: Node) -> Node:
    """
    The declaration that a function is the value of, since its name is part of the signature.
    """
    while (
        node.parent is not None
        and node.parent.type in _CARRIERS
        and node.start_point.row - node.parent.start_point.row < 4
    ):
        node = node.parent
    return node


def _lines_of(nodes: Iterable[Node]) -> frozenset[int]:
    return frozenset(node.start_point.row + 1 for node in nodes)


def _within(node: Node) -> list[Node]:
    """
    The members or statements of a declaration at the top level.
    """
    holder = node.child_by_field_name("declaration") or node
    body = holder.child_by_field_name("body")
    return body.children if body else []


_ENCLOSING = FUNCTIONS | {
    "abstract_class_declaration",
    "class",
    "class_declaration",
    "enum_declaration",
    "interface_declaration",
    "internal_module",
    "module",
    "type_alias_declaration",
}
_CARRIERS = frozenset(
    {
        "variable_declarator",
        "lexical_declaration",
        "variable_declaration",
        "export_statement",
        "public_field_definition",
        "field_definition",
        "pair",
        "assignment_expression",
    }
)
