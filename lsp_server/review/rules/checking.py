"""
Run the rules over one file and place what they find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from lsp_server.review.finding import Claim, Origin, Placed
from lsp_server.review.rules.code import Code
from lsp_server.review.rules.pack import queries
from lsp_server.review.rules.places import is_left_alone, is_test
from lsp_server.review.rules.rule import Edit, Hit, Rule
from lsp_server.review.rules.soundness import is_sound
from lsp_server.review.rules.waivers import is_allowed
from lsp_server.review.source import Source
from lsp_server.review.tool import MOST_QUOTED_LINES
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_HITS = 100
"""In one file; where there are more, they are the style of the file or the work of a tool."""


def check(source: Source, *, whole_file: bool = False) -> tuple[Placed, ...]:
    """
    What the rules find on the lines that the change added, in order; anywhere in the file with `whole_file`.

    Each is quoted as the whole lines that it stands on, and so has the id that it would have if a model quoted them.
    """
    if is_left_alone(source.path, source.text):
        return ()
    code = Code(source.document.utf8, source.path)
    found: dict[tuple[str, Span], Placed] = {}
    for rule, hit in _hits(source, code):
        for node in (hit.node, *hit.others):
            span = _place(source, node)
            if whole_file or source.touches_added(span):
                if is_allowed(source, rule, span):
                    break
                found.setdefault((rule.id, span), _placed(source, rule, hit, span))
                break
    return tuple(sorted(found.values(), key=lambda placed: (placed.span, placed.claim.rule)))


def _hits(source: Source, code: Code) -> Iterator[tuple[Rule, Hit]]:
    for rule, hit in islice(_suspicions(source, code), MOST_HITS):
        if all(is_sound(node) for node in (hit.node, *hit.others)):
            yield rule, hit


def _suspicions(source: Source, code: Code) -> Iterator[tuple[Rule, Hit]]:
    from tree_sitter import QueryCursor

    query, owners = queries(source.tree.language)
    in_test = is_test(source.path)
    for pattern, captured in QueryCursor(query).matches(source.tree.root):
        rule = owners[pattern]
        if rule.in_tests or not in_test:
            yield from ((rule, hit) for hit in rule.judge(code, _first_of_each(captured)))


def _first_of_each(captured: Mapping[str, Sequence[Node]]) -> Mapping[str, Node]:
    return {name: nodes[0] for name, nodes in captured.items()}


def _place(source: Source, node: Node) -> Span:
    """
    The lines of `node`, as many of them as a quote may have, from the first word to the last.
    """
    document, place = source.document, source.tree.span_of(node)
    first = document.line_of(place.start)
    last = min(document.line_of(max(place.start, place.end - 1)), first + MOST_QUOTED_LINES - 1)
    start, end = document.line_start(first), document.line_end(last)
    text = document.slice(start, end)
    return Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _placed(source: Source, rule: Rule, hit: Hit, span: Span) -> Placed:
    start = source.document.line_start(source.document.line_of(span.start))
    return Placed(
        claim=Claim(
            file=source.path,
            quote=source.document.slice(start, span.end),
            category=rule.category,
            severity=rule.severity,
            confidence=rule.confidence,
            message=hit.message,
            replacement=_mended(source, hit.edits, Span(start, span.end)),
            origin=Origin.RULE,
            rule=rule.id,
        ),
        span=span,
    )


def _mended(source: Source, edits: Sequence[Edit], span: Span) -> str | None:
    """
    The lines of `span` after `edits`, or None without any or if one reaches beyond them.
    """
    document = source.document
    text, end = "", span.end
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        start, stop = document.offset_of_byte(edit.start), document.offset_of_byte(edit.end)
        if start < span.start or stop > span.end:
            return None
        text = edit.text + document.slice(stop, end) + text
        end = start
    return document.slice(span.start, end) + text if edits else None
