"""
A free prompt over a selection: the answer is returned, and an edit only if one was asked for.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcException

from lsp_server.completion.request import TriggerKind
from lsp_server.context.snippet import Context
from lsp_server.lsp import review_to_lsp
from lsp_server.lsp.attempt import Cursor
from lsp_server.lsp.dependencies import Backend
from lsp_server.lsp.review_arguments import Question
from lsp_server.prompts import ask_template
from lsp_server.prompts.ask_template import Passage
from lsp_server.providers.base import MessageStop, Prompt, ProviderError, StopReason, TextDelta
from lsp_server.review.tracking import Replacement
from lsp_server.text.document import Document
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from lsp_server.lsp.session import Session

ASK_LABEL = "Pacenotes: answer"
CHANGED = "The code has changed since the question was asked, so nothing was edited."
HIDDEN = "The edit holds the place of a secret that was not sent, so it was not made."


class CannotAsk(JsonRpcException):
    """
    There is no answer; `str(error)` is one sentence that says why.
    """

    CODE = -32803  # RequestFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    document: Document
    span: Span
    path: str


async def ask(session: "Session", question: Question) -> dict[str, Any]:
    """
    Ask, and give `{id, answer, model, edit?, applied?, reason?}`; the edit is only made when that was asked for.

    Raises:
        CannotAsk: nobody answers, or nothing may be sent.
    """
    backend = (await session.equipment()).backend
    asked = await _asked(session, backend, question)
    request_id = session.new_id()
    prompt = await _prompt(session, backend, asked, question, request_id)
    with session.busy():
        async with session.client.progress("Pacenotes asks") as report:
            report("waiting for the answer", 0)
            text, stop = await _reply(backend, prompt)
    session.show_spending()
    reply = ask_template.read(text, edit=question.edit)
    answer: dict[str, Any] = {"id": request_id, "answer": reply.answer, "model": stop.model}
    if stop.reason is StopReason.MAX_TOKENS:
        answer["reason"] = "The answer was cut off, since it got too long."
    if reply.replacement is not None:
        answer |= await _edit(session, asked, reply.replacement, apply=question.apply)
    return answer


async def _asked(session: "Session", backend: Backend, question: Question) -> _Asked:
    snapshot = session.workspace.snapshot()
    document = snapshot.document(question.uri)
    if document is None:
        raise CannotAsk("Open the document that the question is about.")
    if not (await session.settings_for(question.uri)).enabled:
        raise CannotAsk("Pacenotes is switched off by the setting `enabled`.")
    if rule := await asyncio.to_thread(backend.why_excluded, question.uri):
        raise CannotAsk(f"The document is excluded by {rule}.")
    if backend.provider.name == "local":
        raise CannotAsk("Questions need a model: set the provider to `anthropic` or `bedrock`.")
    start, end = sorted(document.offset_at(place, session.client.encoding) for place in question.range)
    if end - start > ask_template.LONGEST_SELECTION:
        raise CannotAsk(f"The selection is too long: select at most {ask_template.LONGEST_SELECTION:,} characters.")
    return _Asked(document=document, span=Span(start, end), path=snapshot.relative_path(question.uri))


async def _prompt(session: "Session", backend: Backend, asked: _Asked, question: Question, request_id: str) -> Prompt:
    document, span = asked.document, asked.span
    cursor = Cursor(
        uri=document.uri,
        path=asked.path,
        document=document,
        offset=span.end,
        trigger_kind=TriggerKind.INVOKED,
    )
    request = await session.request_at(cursor, request_id)
    budget = (await session.settings_for(document.uri)).completion_context_tokens
    context = await backend.gather(request, budget) if request else Context()
    passage = Passage(
        path=asked.path,
        language_id=document.language_id,
        before=document.slice(0, span.start),
        selection=document.slice(span.start, span.end),
        after=document.slice(span.end, document.length),
    )
    return await asyncio.to_thread(
        ask_template.ask, passage, question.prompt, context, edit=question.edit, request_id=request_id
    )


async def _reply(backend: Backend, prompt: Prompt) -> tuple[str, MessageStop]:
    pieces: list[str] = []
    try:
        async for chunk in backend.provider.stream(prompt):
            if isinstance(chunk, TextDelta):
                pieces.append(chunk.text)
            elif chunk.reason is StopReason.REFUSAL:
                raise CannotAsk("The model declined to answer.")
            else:
                return "".join(pieces), chunk
    except ProviderError as error:
        raise CannotAsk(str(error)) from None
    raise CannotAsk("The answer broke off: ask again.")


async def _edit(session: "Session", asked: _Asked, replacement: str, *, apply: bool) -> dict[str, Any]:
    document, span = asked.document, asked.span
    if session.workspace.snapshot().document(document.uri) is not document:
        return {"reason": CHANGED}
    if "<redacted:" in replacement and "<redacted:" not in document.slice(span.start, span.end):
        return {"reason": HIDDEN}
    text = document.eol.join(replacement.splitlines()) if "\n" in replacement else replacement
    edit = review_to_lsp.edit_of_document(session.client, document, Replacement(span=span, text=text))
    if not apply:
        return {"edit": edit, "applied": False}
    reason = await session.client.apply(edit, ASK_LABEL)
    return {"applied": False, "edit": edit, "reason": reason} if reason else {"applied": True}
