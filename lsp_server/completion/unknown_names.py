"""
Find the names that a completion uses though nobody knows them: a model has probably made them up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.completion.insertion import with_text
from lsp_server.completion.postprocess import Draft
from lsp_server.completion.request import CompletionRequest, NoCompletionReason
from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from tree_sitter import Node

IsKnown = Callable[[str], bool]
"""Whether a name stands anywhere in the workspace, in what the model was shown, or in the language."""

SHORTEST = 4
"""Fewer characters before an unknown name are not worth a look."""


@dataclass(frozen=True, slots=True)
class UnknownName:
    """
    A name, and its offset in the completion.
    """

    name: str
    offset: int


def cut_at_unknown_name(draft: Draft, request: CompletionRequest, is_known: IsKnown) -> Draft | NoCompletionReason:
    """
    A draft up to the first name that nobody knows; all of it without any.

    Names are looked at before the syntax, which takes longer and is seldom needed.
    """
    unknown = [name for name in _NAME.findall(draft.text) if not is_known(name)]
    if not unknown:
        return draft
    outside = _outside(request)
    if all(stands_in(name, outside) for name in unknown):
        return draft
    written = with_text(request, Span(request.offset, request.offset + draft.swallowed), draft.text)
    found = unknown_names(written.tree, Span(request.offset, written.offset), is_known)
    text = known_part(draft.text, found)
    if not found or text == draft.text:
        return draft
    # What stands behind the cursor may only be replaced by a text that says it again to its end.
    return Draft(text) if text and not draft.swallowed else NoCompletionReason.UNKNOWN_NAME


def unknown_names(tree: SyntaxTree, span: Span, is_known: IsKnown) -> tuple[UnknownName, ...]:
    """
    The unknown names in `span` of a document with the completion in it, first to last.

    A name is excused that is declared there, or that the document has outside of `span`; so are attributes with a dash.
    """
    start, end = tree.document.byte_offset(span.start), tree.document.byte_offset(span.end)
    names = [node for node in _within(tree.root, start, end) if node.type in _NAMES]
    declared = {tree.text_of(node) for node in names if _is_declared(node)}
    outside = f"{tree.document.slice(0, span.start)}\0{tree.document.slice(span.end, tree.document.length)}"
    found = []
    for node in names:
        name = tree.text_of(node)
        if "-" not in name and name not in declared and not is_known(name) and not stands_in(name, outside):
            found.append(UnknownName(name, max(0, tree.span_of(node).start - span.start)))
    return tuple(found)


def known_part(text: str, names: tuple[UnknownName, ...]) -> str:
    """
    The whole lines of a completion before the first unknown name, else its first line up to there; nothing if that is
    next to nothing.
    """
    if not names:
        return text
    before = text[: names[0].offset]
    lines = before.rpartition("\n")[0]
    part = (lines if lines.strip() else before).rstrip()
    return part if len(part.strip()) >= SHORTEST else ""


def stands_in(name: str, text: str) -> bool:
    """
    Whether the text has the name as a word of its own.
    """
    return name in text and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) is not None


_NAME = re.compile(r"(?<![\w$])#?[A-Za-z_$][\w$]*")


def _outside(request: CompletionRequest) -> str:
    document, offset = request.document, request.offset
    return f"{document.slice(0, offset)}\0{document.slice(offset, document.length)}"


def _within(root: Node, start: int, end: int) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.end_byte <= start or node.start_byte >= end:
            continue
        if not node.child_count:
            yield node
        waiting.extend(reversed(node.children))


def _is_declared(node: Node) -> bool:
    """
    Whether the name is brought in here rather than used: declared, bound, imported, or the key of a literal.
    """
    holder = node.parent
    if holder is None or holder.type in _BINDING:
        return True
    return any(holder.child_by_field_name(field) == node for field in _DECLARING.get(holder.type, ("name", "pattern")))


_NAMES = frozenset(("identifier", "property_identifier", "private_property_identifier", "type_identifier"))
"""Others are bindings of patterns, and words in strings, comments and the text of elements."""

_BINDING = frozenset(
    (
        "array_pattern",
        "object_pattern",
        "rest_pattern",
        "import_specifier",
        "import_clause",
        "namespace_import",
        "formal_parameters",
        "labeled_statement",
        "enum_body",
        "ERROR",
    )
)
_DECLARING = {
    "pair": ("key",),
    "pair_pattern": ("key", "value"),
    "assignment_pattern": ("left",),
    "arrow_function": ("parameter",),
    "catch_clause": ("parameter",),
    "for_in_statement": ("left",),
    "jsx_opening_element": (),
    "jsx_closing_element": (),
    "jsx_self_closing_element": (),
}
"""By what holds the name: the fields that declare it. Elsewhere these are `name` and `pattern`."""
