"""
Go on offering a completion while the engineer types it, or accepts it piece by piece.
"""

from dataclasses import replace

from lsp_server.completion.brackets import Scan, scan
from lsp_server.completion.place import place_of
from lsp_server.completion.postprocess import Draft, drop_rest_of_line
from lsp_server.completion.request import Completion, CompletionRequest, NoCompletionReason, Source, Timings
from lsp_server.providers.base import Usage
from lsp_server.text.document import Document
from lsp_server.text.positions import Span

_CLOSERS = ")]}\"'`>"

MOST_CLOSERS = 3
"""How many characters an editor may have added by itself behind what was typed, such as `"` and `)`."""


def typed_plainly(previous: Completion | None, document: Document, offset: int) -> Completion | None:
    """
    Shorten the previous completion by what has been typed since, if just that was typed as offered.

    Deleting some of that gives it back. It takes no look at the syntax.
    """
    if previous is None or previous.document.uri != document.uri:
        return None
    rest = _rest_of(previous, document, offset)
    if rest is None or not rest.strip() or _added_behind(previous, document, offset) != "":
        return None
    return _shortened(previous, document, offset, Draft(rest, previous.span.end - previous.offset))


def typed_through(previous: Completion | None, request: CompletionRequest) -> Completion | None:
    """
    The same, also when the editor has closed by itself what was typed.
    """
    document, offset = request.document, request.offset
    if previous is None or previous.document.uri != document.uri:
        return None
    rest, added = _rest_of(previous, document, offset), _added_behind(previous, document, offset)
    if not added:
        return typed_plainly(previous, document, offset)
    if rest is None or not rest.strip():
        return None
    fitted = drop_rest_of_line(Draft(rest.replace("\r\n", "\n")), place_of(request), request)
    if isinstance(fitted, NoCompletionReason) or not fitted.text.strip():
        return None
    return _shortened(previous, document, offset, replace(fitted, text=fitted.text.replace("\n", document.eol)))


def _shortened(previous: Completion, document: Document, offset: int, draft: Draft) -> Completion:
    return replace(
        previous,
        document=document,
        text=draft.text,
        span=Span(offset, offset + draft.swallowed),
        offset=offset,
        source=Source.TYPED_THROUGH,
        timings=Timings(),
        usage=Usage(),
    )


def _rest_of(previous: Completion, now: Document, offset: int) -> str | None:
    """
    What is left of the text, or nothing if something else was typed or changed before it.
    """
    start, before = previous.span.start, previous.document
    if offset < start or now.slice(0, start) != before.slice(0, start):
        return None
    typed = now.slice(start, offset)
    if previous.text.startswith(typed):
        return previous.text[len(typed) :]
    # After a line break the editor indents by itself, and not always as the completion does.
    unindented = typed.rstrip(" \t")
    if unindented.endswith("\n") and previous.text.startswith(unindented):
        return previous.text[len(unindented) :].lstrip(" \t")
    return None


def _added_behind(previous: Completion, document: Document, offset: int) -> str | None:
    """
    The closers that the editor has added behind the cursor; `None` if anything else changed there.
    """
    behind = previous.document.slice(previous.offset, previous.document.length)
    now = document.slice(offset, document.length)
    added = now[: len(now) - len(behind)]
    if len(added) > MOST_CLOSERS or added.strip(_CLOSERS) or not now.endswith(behind):
        return None
    typed = document.slice(previous.span.start, offset)
    closes_what_was_typed = not scan(typed + added, Scan(), jsx=False).closings
    return added if closes_what_was_typed else None
