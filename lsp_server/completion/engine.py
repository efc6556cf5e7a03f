"""
Answer one inline-completion request: the whole flow, from the cursor to the text that is offered.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from lsp_server.completion import postprocess, reuse, selection, trigger, truncate
from lsp_server.completion.place import Place, place_of
from lsp_server.completion.request import (
    Completion,
    CompletionRequest,
    Extent,
    NoCompletion,
    NoCompletionReason,
    Outcome,
    Source,
    Timings,
    TriggerKind,
)
from lsp_server.context.snippet import Context
from lsp_server.prompts import template
from lsp_server.providers.base import CompletionInputs, NotAllowed, Prompt, Provider, ProviderError, Purpose
from lsp_server.providers.streams import closing, usage_so_far
from lsp_server.settings import Settings
from lsp_server.text.positions import Span

Gather = Callable[[CompletionRequest, int], Awaitable[Context]]
"""Finds context for a request within a budget in tokens."""

Clock = Callable[[], float]
"""Seconds since some fixed moment."""


async def complete(
    request: CompletionRequest,
    *,
    previous: Completion | None,
    provider: Provider,
    gather: Gather,
    settings: Settings,
    clock: Clock,
) -> Outcome:
    """
    Answer one request.

    Context comes before the pause in typing and counts towards it: only the finished prompt tells whether its answer
    is at hand, so that nobody need pause, and most of the pause is then well spent.
    Cancelling the task anywhere closes what is open; before the stream is opened nothing has been spent.
    """
    watch = Stopwatch(clock)
    if reason := trigger.reason_to_skip(request, settings):
        return watch.withheld(request, reason)
    asked = selection.with_selection(request)
    if isinstance(asked, NoCompletionReason):
        return watch.withheld(request, asked)
    if rest := reuse.typed_through(previous, asked):
        return replace(selection.extend_selection(rest, request), timings=watch.timings())

    place = place_of(asked)
    context = await gather(asked, settings.completion_context_tokens)
    prompt = template.inline_completion(_inputs(asked, place), context, settings, request_id=request.id)
    watch.lap("context_ms")
    try:
        at_hand = await _is_at_hand(provider, prompt)
        if not at_hand and request.trigger_kind is TriggerKind.AUTOMATIC:
            await asyncio.sleep(settings.completion_debounce_ms / 1000 - watch.elapsed)
        watch.lap("debounce_ms")
        async with closing(provider.stream(prompt)) as stream:
            reply = await truncate.read_block(stream, place, on_first_token=lambda: watch.lap("first_token_ms"))
        watch.lap("stream_ms")
    except ProviderError as error:
        is_excluded = isinstance(error, NotAllowed)
        reason = NoCompletionReason.EXCLUDED if is_excluded else NoCompletionReason.PROVIDER_FAILED
        return watch.withheld(request, reason, str(error), error.kind)

    draft = postprocess.apply(reply.code, place, asked) if reply.code.strip() else reply.reason
    if isinstance(draft, NoCompletionReason):
        return watch.withheld(request, draft, reply.stop.note if reply.stop else "")
    completion = Completion(
        id=request.id,
        document=asked.document,
        text=draft.text,
        span=Span(asked.offset, asked.offset + draft.swallowed),
        offset=asked.offset,
        source=Source.CACHE if at_hand or (reply.stop and reply.stop.cached) else Source.MODEL,
        extent=place.extent,
        provider=provider.name,
        model=(reply.stop and reply.stop.model) or provider.model_for(Purpose.COMPLETION),
        prompt_fingerprint=prompt.fingerprint,
        timings=watch.timings(),
        usage=reply.stop.usage if reply.stop else usage_so_far(stream),
        context=context,
    )
    return selection.extend_selection(completion, request)


@dataclass
class Stopwatch:
    """
    Tells where the time of one request went.
    """

    clock: Clock
    laps: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._started = self._last = self.clock()

    @property
    def elapsed(self) -> float:
        """
        Seconds since the request came.
        """
        return self.clock() - self._started

    def lap(self, stage: str) -> None:
        """
        End a stage; the next one begins.
        """
        now = self.clock()
        self.laps[stage] = (now - self._last) * 1000
        self._last = now

    def timings(self) -> Timings:
        """
        The stages so far.
        """
        return Timings(**self.laps, total_ms=self.elapsed * 1000)

    def withheld(
        self, request: CompletionRequest, reason: NoCompletionReason, detail: str = "", error_kind: str = ""
    ) -> NoCompletion:
        """
        Nothing to offer, after so much time.
        """
        return NoCompletion(id=request.id, reason=reason, detail=detail, timings=self.timings(), error_kind=error_kind)


def _inputs(request: CompletionRequest, place: Place) -> CompletionInputs:
    document = request.document
    return CompletionInputs(
        uri=document.uri,
        path=request.path,
        language_id=document.language_id,
        prefix=document.slice(0, request.offset),
        suffix=document.slice(request.offset, document.length),
        multiline=place.extent is Extent.BLOCK,
        automatic=request.trigger_kind is TriggerKind.AUTOMATIC,
    )


async def _is_at_hand(provider: Provider, prompt: Prompt) -> bool:
    """
    Whether the provider, or a wrapper round it, has kept the reply from before.
    """
    has_reply = getattr(provider, "has_reply", None)
    return has_reply is not None and bool(await has_reply(prompt))
