"""
What we found, in the protocol's types.
"""

from typing import Any

from lsprotocol import types

from lsp_server.completion.request import Completion, Outcome
from lsp_server.context.snippet import Context, ContextSnippet
from lsp_server.lsp.extensions import COMPLETION_ACCEPTED, StatusParams
from lsp_server.lsp.status import Status
from lsp_server.text.document import Document
from lsp_server.text.positions import PositionEncoding, Span

LABEL_LENGTH = 60


def range_of(span: Span, document: Document, encoding: PositionEncoding) -> types.Range:
    """
    A span in the client's units.
    """
    start, end = (document.position_at(offset, encoding) for offset in (span.start, span.end))
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))


def inline_completion_list(outcome: Outcome, encoding: PositionEncoding) -> types.InlineCompletionList:
    """
    The answer to `textDocument/inlineCompletion`: one item or none.
    """
    if not isinstance(outcome, Completion):
        return types.InlineCompletionList(items=[])
    item = types.InlineCompletionItem(
        insert_text=outcome.text,
        range=range_of(outcome.span, outcome.document, encoding),
        filter_text=outcome.text,
        command=_accepted(outcome),
    )
    return types.InlineCompletionList(items=[item])


def completion_list(outcome: Outcome, encoding: PositionEncoding) -> types.CompletionList:
    """
    The same text as an entry of the completion menu.

    The list is incomplete, so that the client asks again as the text changes.
    """
    if not isinstance(outcome, Completion):
        return types.CompletionList(is_incomplete=True, items=[])
    first, _, more = outcome.text.strip().partition("\n")
    item = types.CompletionItem(
        label=first[:LABEL_LENGTH] + ("…" if more or len(first) > LABEL_LENGTH else ""),
        kind=types.CompletionItemKind.Snippet,
        detail="Pacenotes",
        documentation=types.MarkupContent(types.MarkupKind.Markdown, f"```typescript\n{outcome.text}\n```"),
        insert_text_format=types.InsertTextFormat.PlainText,
        filter_text=outcome.text,
        text_edit=types.TextEdit(range_of(outcome.span, outcome.document, encoding), outcome.text),
        command=_accepted(outcome),
    )
    return types.CompletionList(is_incomplete=True, items=[item])


def context(found: Context, elapsed_s: float) -> dict[str, Any]:
    """
    The answer to `pacenotes/context`.
    """
    return {
        "context": found.text,
        "snippets": [_snippet(snippet) for snippet in found.snippets],
        "tokens": found.tokens,
        "elapsed_ms": round(1000 * elapsed_s, 3),
    }


def status(shown: Status) -> StatusParams:
    """
    What `pacenotes/status` carries.
    """
    return StatusParams(
        kind=shown.kind,
        message=shown.message,
        provider=shown.provider,
        model=shown.model,
        spent_today_usd=shown.spent_today_usd,
    )


def _accepted(completion: Completion) -> types.Command:
    return types.Command(title="Completion accepted", command=COMPLETION_ACCEPTED, arguments=[completion.id])


def _snippet(snippet: ContextSnippet) -> dict[str, Any]:
    return {
        "path": snippet.path,
        "lines": [snippet.start_line + 1, snippet.end_line],
        "retriever": snippet.retriever,
        "score": snippet.score,
        "tokens": snippet.tokens,
        "reason": snippet.reason,
        "text": snippet.text,
    }
