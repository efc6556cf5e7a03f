"""
Go on offering a completion while the engineer types it, or accepts it piece by piece.
"""

from dataclasses import replace

from lsp_server.completion.brackets import Scan, scan
from lsp_server.completion.place import place_of
from lsp_server.completion.postprocess import Draft, drop_rest_of_line
from lsp_server.completion.request import Completion, CompletionRequest, NoCompletionReason, Source, Timings
from lsp_server.providers.base import Usage
from lsp_server.text.positions import Span

_CLOSERS = ")]}\"'`>"

MOST_CLOSERS = 3
"""How many characters an editor may have added by itself behind what was typed, such as `"` and `)`."""


def typed_through(previous: Completion | None, request: CompletionRequest) -> Completion | None:
    """
    Shorten the previous completion by what has been typed since, if it was typed as offered.

    Deleting some of that gives it back.
    """
    if previous is None or previous.document.uri != request.document.uri:
        return None
    rest, added = _rest_of(previous, request), _added_behind(previous, request)
    if rest is None or added is None or not rest.strip():
        return None
    draft = Draft(rest, previous.span.end - previous.offset)
    if added:
        fitted = drop_rest_of_line(Draft(rest.replace("\r\n", "\n")), place_of(request), request)
        if isinstance(fitted, NoCompletionReason) or not fitted.text.strip():
            return None
        draft = replace(fitted, text=fitted.text.replace("\n", request.document.eol))
    return replace(
        previous,
        document=request.document,
        text=draft.text,
        span=Span(request.offset, request.offset + draft.swallowed),
        offset=request.offset,
        source=Source.TYPED_THROUGH,
        timings=Timings(),
        usage=Usage(),
    )


def _rest_of(previous: Completion, request: CompletionRequest) -> str | None:
    """
    What is left of the text, or nothing if something else was typed or changed before it.
    """
    start, before, now = previous.span.start, previous.document, request.document
    if request.offset < start or now.slice(0, start) != before.slice(0, start):
        return None
    typed = now.slice(start, request.offset)
    if previous.text.startswith(typed):
        return previous.text[len(typed) :]
    # After a line break the editor indents by itself, and not always as the completion does.
    unindented = typed.rstrip(" \t")
    if unindented.endswith("\n") and previous.text.startswith(unindented):
        return previous.text[len(unindented) :].lstrip(" \t")
    return None


def _added_behind(previous: Completion, request: CompletionRequest) -> str | None:
    """
    The closers that the editor has added behind the cursor; `None` if anything else changed there.
    """
    behind = previous.document.slice(previous.offset, previous.document.length)
    now = request.document.slice(request.offset, request.document.length)
    added = now[: len(now) - len(behind)]
    if len(added) > MOST_CLOSERS or added.strip(_CLOSERS) or not now.endswith(behind):
        return None
    typed = request.document.slice(previous.span.start, request.offset)
    closes_what_was_typed = not scan(typed + added, Scan(), jsx=False).closings
    return added if closes_what_was_typed else None
