"""
Complete as if the entry highlighted in the editor's own menu had been taken, and offer both together.
"""

from dataclasses import replace

from lsp_server.completion.insertion import with_text
from lsp_server.completion.request import Completion, CompletionRequest, NoCompletionReason
from lsp_server.text.positions import Span


def with_selection(request: CompletionRequest) -> CompletionRequest | NoCompletionReason:
    """
    The request as it would be with the highlighted entry in the text.

    An editor shows only what extends the entry, so one that does not extend what was typed leaves nothing to offer.
    """
    selected, document = request.selected, request.document
    if selected is None:
        return request
    typed = document.slice(selected.span.start, request.offset)
    fits = selected.span.start <= request.offset <= selected.span.end and "\n" not in selected.text
    if not fits or not selected.text.lower().startswith(typed.lower()):
        return NoCompletionReason.CONFLICTS_WITH_MENU
    return with_text(request, selected.span, selected.text)


def extend_selection(completion: Completion, request: CompletionRequest) -> Completion:
    """
    A completion for `with_selection(request)`, as one for `request` itself.
    """
    selected = request.selected
    if selected is None:
        return completion
    swallowed = completion.span.end - completion.offset
    return replace(
        completion,
        document=request.document,
        text=selected.text + completion.text,
        span=Span(selected.span.start, selected.span.end + swallowed),
        offset=request.offset,
    )
