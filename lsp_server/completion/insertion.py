"""
A request as it would be had something been written in its document.
"""

from dataclasses import replace

from lsp_server.completion.request import CompletionRequest
from lsp_server.syntax.tree import parse_once
from lsp_server.text.document import ContentChange
from lsp_server.text.positions import PositionEncoding, Span


def with_text(request: CompletionRequest, span: Span, text: str) -> CompletionRequest:
    """
    The request with `text` in place of `span` (in code points), and the cursor behind it.
    """
    document, encoding = request.document, PositionEncoding.UTF32
    start, end = document.position_at(span.start, encoding), document.position_at(span.end, encoding)
    changed, edits = document.apply([ContentChange((start, end), text)], document.version, encoding)
    tree = parse_once(changed, request.tree, edits)
    return replace(request, document=changed, tree=tree, offset=span.start + len(text))
