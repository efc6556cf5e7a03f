"""
Context that is kept while a line is typed: the next keystroke mostly changes nothing about what helps there.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lsp_server.completion.request import CompletionRequest
from lsp_server.context.snippet import Context
from lsp_server.text.document import Document

KEPT_FOR_S = 10.0
"""Meanwhile other files may have changed."""

Gather = Callable[[CompletionRequest, int], Awaitable[Context]]
"""Finds context for a request within a budget in tokens."""

_WORD_BEING_TYPED = re.compile(r"[\w$]*$")
_DECLARED_HERE = re.compile(r"\b(const|let|var|function|class|interface|type|enum)\s+[\w$]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    document: Document
    line: int
    said: str
    budget: int
    until: float
    context: Context


class KeptContext:
    """
    The last context, and where it holds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: _Kept | None = None

    async def gather(self, request: CompletionRequest, budget: int, gather: Gather) -> Context:
        """
        The context for a request, gathered anew unless only a word was typed since, or a name was declared.
        """
        document, offset = request.document, request.offset
        line = document.line_of(offset)
        said = _said(document.line_prefix(offset), document.line_suffix(offset))
        kept, now = self._kept, self._clock()
        holds = kept and now < kept.until and (line, said, budget) == (kept.line, kept.said, kept.budget)
        if kept and holds and _same_but_for_line(document, kept.document, line):
            return kept.context
        context = await gather(request, budget)
        self._kept = _Kept(
            document=document, line=line, said=said, budget=budget, until=now + KEPT_FOR_S, context=context
        )
        return context


def _said(before: str, after: str) -> str:
    """
    A line without what no other place can know.
    """
    return _DECLARED_HERE.sub(r"\1", _WORD_BEING_TYPED.sub("", before)) + "\0" + after


def _same_but_for_line(document: Document, before: Document, line: int) -> bool:
    if document.uri != before.uri or document.line_count != before.line_count:
        return False
    return document.slice(0, document.line_start(line)) == before.slice(0, before.line_start(line)) and document.slice(
        document.line_end(line), document.length
    ) == before.slice(before.line_end(line), before.length)
