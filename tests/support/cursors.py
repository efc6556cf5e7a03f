"""
Requests made from marked text, and what the completion flow makes of them.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from lsp_server.completion.engine import complete
from lsp_server.completion.place import Place, place_of
from lsp_server.completion.request import Completion, CompletionRequest, NoCompletionReason, Outcome
from lsp_server.context.snippet import Context
from lsp_server.providers.base import Chunk
from lsp_server.settings import Settings
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from tests.support.clock import ManualClock
from tests.support.marked import CURSOR, parse_marked
from tests.support.scripted_vendor import ScriptedVendor


def request_at(source: str, language: str = "typescript", **changes: Any) -> CompletionRequest:
    """
    A request at the mark in `source`.
    """
    marked = parse_marked(source)
    document = Document.create("file:///project/src/app.ts", language, 1, marked.text)
    given: dict[str, Any] = {
        "id": "c1",
        "document": document,
        "tree": parse(document),
        "offset": marked.offset,
        "path": "src/app.ts",
    }
    return CompletionRequest(**given | changes)


def place_at(source: str, language: str = "typescript") -> Place:
    """
    The place of the mark in `source`.
    """
    return place_of(request_at(source, language))


def outcome_of(source: str, reply: str | Sequence[Chunk], language: str = "typescript", **changes: Any) -> Outcome:
    """
    What the whole flow answers at the mark when a model gives `reply`.
    """
    return asyncio.run(
        complete(
            request_at(source, language, **changes),
            previous=None,
            provider=ScriptedVendor(reply),
            gather=no_context,
            settings=Settings(completion_debounce_ms=0),
            clock=ManualClock(),
        )
    )


def completed(source: str, reply: str, language: str = "typescript") -> str | NoCompletionReason:
    """
    The text at the mark once the completion was accepted, the mark where it ends; or why there is none.
    """
    outcome = outcome_of(source, reply, language)
    if not isinstance(outcome, Completion):
        return outcome.reason
    text = outcome.document.text
    return text[: outcome.span.start] + outcome.text + CURSOR + text[outcome.span.end :]


async def no_context(_request: CompletionRequest, _budget: int) -> Context:
    """
    Nothing but the file itself.
    """
    return Context()
