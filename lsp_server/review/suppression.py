"""
Comments that silence findings: `// pacenotes-ignore[category]: reason`, above the code or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.review.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

MARK = "pacenotes-ignore"


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """
    One comment, at the 1-based `line`, and what it silences: findings that touch the lines `targets`.

    `names` are categories and ids of rules. `flaw` says why it silences nothing, such as that it gives no reason.
    """

    file: str
    line: int
    targets: range
    names: tuple[str, ...]
    reason: str
    is_new: bool
    flaw: str = ""

    def silences(self, lines: range, category: str, rule: str) -> bool:
        """
        Whether it silences a finding on `lines`.
        """
        touches = lines.start < self.targets.stop and self.targets.start < lines.stop
        return not self.flaw and touches and (category in self.names or (rule != "" and rule in self.names))

    @property
    def shown(self) -> str:
        """
        Where it stands and what it names.
        """
        return f"{self.file}:{self.line}: {MARK}[{', '.join(self.names)}]"


def suppressions_in(source: Source) -> tuple[Suppression, ...]:
    """
    Every suppression comment of a file, first to last; the mark within a string is none.
    """
    if MARK not in source.text:
        return ()
    return tuple(_suppression(source, node, found) for node, found in _marked_comments(source))


def _marked_comments(source: Source) -> Iterator[tuple[Node, re.Match[str]]]:
    for mark in re.finditer(re.escape(MARK), source.text):
        node = source.tree.node_at(mark.start())
        if node.type in ("comment", "html_comment"):
            found = _COMMENT.fullmatch(source.tree.text_of(node))
            if found and source.tree.span_of(node).start + found.start("mark") == mark.start():
                yield node, found


def _suppression(source: Source, comment: Node, found: re.Match[str]) -> Suppression:
    span = source.tree.span_of(comment)
    line = source.document.line_of(span.start) + 1
    names = tuple(name.strip().lower() for name in (found["names"] or "").split(",") if name.strip())
    reason = " ".join((found["reason"] or "").split())
    flaw = ""
    if not names:
        flaw = "names no category"
    elif not reason:
        flaw = "gives no reason"
    return Suppression(
        file=source.path,
        line=line,
        targets=_targets(source, comment),
        names=names,
        reason=reason,
        is_new=line in source.added_lines,
        flaw=flaw,
    )


def _targets(source: Source, comment: Node) -> range:
    """
    The lines that a comment is about: its own if code stands before it, else those of the next statement.
    """
    span = source.tree.span_of(comment)
    own = source.document.line_of(span.start)
    if source.document.line_prefix(span.start).strip(" \t{"):
        return range(own + 1, own + 2)
    if _CODE_BEHIND.search(source.document.line_suffix(span.end)):
        return _statement(source, source.document.line_of(span.end), span.end)
    for number in range(source.document.line_of(span.end) + 1, source.document.line_count):
        text = source.document.line(number)
        if text.strip() and not _is_comment(source, number, text):
            return _statement(source, number, source.document.line_start(number))
    return range(own + 1, own + 2)


def _statement(source: Source, number: int, offset: int) -> range:
    """
    The lines of what begins at the first code behind `offset`, as far as the first block within it.

    So a comment still holds when a formatter breaks the line below it, and never for a whole function.
    """
    rest = source.document.line_suffix(offset)
    start = offset + len(rest) - len(rest.lstrip())
    starting = [node for node in source.tree.path_at(start)[1:] if source.tree.span_of(node).start == start]
    if not starting:
        return range(number + 1, number + 2)
    last = source.document.line_of(max(start, source.tree.span_of(starting[0]).end - 1))
    return range(number + 1, min(last, _first_block(source, starting[0], last)) + 2)


def _first_block(source: Source, node: Node, last: int) -> int:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type in _BLOCKS:
            return source.document.line_of(source.tree.span_of(one).start)
        waiting.extend(reversed(one.children))
    return last


def _is_comment(source: Source, number: int, text: str) -> bool:
    first = source.document.line_start(number) + len(text) - len(text.lstrip(" \t{"))
    node = source.tree.node_at(first)
    return node.type in ("comment", "html_comment")


_COMMENT = re.compile(
    r"(?://+|/\*+|<!--)\s*(?P<mark>pacenotes-ignore)\s*(?:\[(?P<names>[^\]\n]*)\])?\s*(?::\s*(?P<reason>.*?))?\s*(?:\*+/|-->)?",
    re.DOTALL,
)
_CODE_BEHIND = re.compile(r"[^\s}]")
_BLOCKS = frozenset({"class_body", "enum_body", "interface_body", "statement_block", "switch_body"})
