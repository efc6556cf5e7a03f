"""
Answer one inline-completion request: the whole flow, from the cursor to the text that is offered.
"""

import asyncio
import contextlib
from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace

from lsp_server.completion import reuse, selection, trigger
from lsp_server.completion.kept_context import Gather
from lsp_server.completion.pause import pause_s
from lsp_server.completion.place import Place, place_of
from lsp_server.completion.portion import Piece, Portion
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
from lsp_server.completion.stock import Found, Stock
from lsp_server.completion.strand import Strand
from lsp_server.completion.unknown_names import cut_at_unknown_name, stands_in
from lsp_server.prompts import template
from lsp_server.providers.base import (
    BudgetSpent,
    CompletionInputs,
    NotAllowed,
    Prompt,
    Provider,
    ProviderError,
    Purpose,
    StopReason,
    Usage,
)
from lsp_server.settings import Settings
from lsp_server.text.document import Document
from lsp_server.text.positions import Span

Clock = Callable[[], float]
"""Seconds since some fixed moment."""


EARLY_S = 0.1
"""How long what has begun to come may keep whole lines from being shown."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """
    What requests are answered with.
    """

    provider: Provider
    gather: Gather
    settings: Settings
    clock: Clock
    stock: Stock
    known_names: Container[str] | None


def typed_on(previous: Completion | None, document: Document, offset: int, settings: Settings) -> Completion | None:
    """
    The answer to most keystrokes, for which nothing need be read: the rest of what is typed as it was offered.
    """
    if previous is None or not previous.is_whole or trigger.not_in(document, offset, settings):
        return None
    return reuse.typed_plainly(previous, document, offset)


async def complete(
    request: CompletionRequest,
    *,
    previous: Completion | None,
    provider: Provider,
    gather: Gather,
    settings: Settings,
    clock: Clock,
    stock: Stock | None = None,
    known_names: Container[str] | None = None,
) -> Outcome:
    """
    Answer one request, from `stock` where that has an answer.

    Context comes before the pause in typing and counts towards it: only the finished prompt tells whether its answer
    is at hand, so that nobody need pause, and most of the pause is then well spent.
    Cancelling the task before a model is asked spends nothing; afterwards the reply is still read into `stock`, for
    the next request. Without a stock it is closed.
    Where `known_names` are given, nothing is offered from the first name on that stands neither among them, nor in the
    document, nor in the context.
    """
    async with contextlib.AsyncExitStack() as stack:
        if stock is None:
            stock = await stack.enter_async_context(contextlib.aclosing(Stock(clock, reads_on=False)))
        means = Means(
            provider=provider, gather=gather, settings=settings, clock=clock, stock=stock, known_names=known_names
        )
        return await _complete(request, previous, means)


async def _complete(request: CompletionRequest, previous: Completion | None, means: Means) -> Outcome:
    watch = Stopwatch(means.clock)
    reason = trigger.reason_to_skip(request, means.settings)
    if reason and reason is not NoCompletionReason.AFTER_STATEMENT_END:
        return watch.withheld(request, reason)
    asked = selection.with_selection(request)
    if isinstance(asked, NoCompletionReason):
        return watch.withheld(request, asked)
    means.stock.moved(asked.document, asked.offset)
    answer = _Answer(asked, means, watch)
    rest = reuse.typed_through(previous, asked)
    if rest and not rest.is_whole:
        rest = answer.extended(rest) or rest
    if rest:
        return replace(selection.extend_selection(rest, request), timings=watch.timings())
    outcome = await answer.from_stock()
    if outcome is None:
        outcome = watch.withheld(request, reason) if reason else await answer.from_model()
    if isinstance(outcome, NoCompletion):
        return outcome
    return selection.extend_selection(outcome, request)


class _Answer:
    """
    One request on its way to an answer.
    """

    def __init__(self, asked: CompletionRequest, means: Means, watch: "Stopwatch") -> None:
        self._asked = asked
        self._means = means
        self._stock = means.stock
        self._watch = watch

    def extended(self, rest: Completion) -> Completion | None:
        """
        What is left of a completion that was shown when only some of it had come, with what has come since.
        """
        found = self._stock.find(self._asked.document, self._asked.offset)
        if found is None:
            return None
        portion, ahead = Portion(self._asked), found.strand.rest(found.reach)
        piece = portion.whole(ahead, self._stock.trust, finished=not found.strand.is_open)
        piece = self._vouched(piece or portion.begun(ahead, self._stock.trust), found.strand)
        if not isinstance(piece, Piece) or not piece.draft.text.startswith(rest.text):
            return None
        longer = self._completion(found, piece, portion, Source.IN_FLIGHT)
        return replace(longer, id=rest.id, source=Source.IN_FLIGHT if piece.draft.text != rest.text else rest.source)

    async def from_stock(self) -> Outcome | None:
        """
        An answer that costs nothing; None if nothing that was paid for goes on from here.
        """
        found = self._stock.find(self._asked.document, self._asked.offset)
        if found is None:
            return None
        source = Source.LATER_PART if found.strand.offered else Source.IN_FLIGHT
        return await self._offer(found, source)

    async def from_model(self) -> Outcome:
        """
        An answer that a model is asked for.
        """
        asked, means, watch = self._asked, self._means, self._watch
        place = place_of(asked)
        budget = means.settings.completion_context_tokens
        context = await self._stock.contexts.gather(asked, budget, means.gather)
        prompt = template.inline_completion(_inputs(asked, place), context, means.settings, request_id=asked.id)
        watch.lap("context_ms")
        try:
            at_hand = await _is_at_hand(means.provider, prompt)
        except ProviderError as error:
            return self._failed(error)
        if not at_hand and asked.trigger_kind is TriggerKind.AUTOMATIC:
            set_s, stock = means.settings.completion_debounce_ms / 1000, self._stock
            await asyncio.sleep(pause_s(set_s, place.before, stock.latency_s, stock.trust) - watch.elapsed)
        watch.lap("debounce_ms")
        strand = Strand(asked, place, prompt, context)
        self._stock.read(strand, means.provider, at_hand=at_hand)
        outcome = await self._offer(Found(strand=strand, reach=0, is_ahead=False), Source.MODEL)
        if outcome is None:
            stop = strand.part.stop
            is_declined = stop is not None and stop.reason is StopReason.DECLINED
            reason = NoCompletionReason.DECLINED if is_declined else strand.reason
            return watch.withheld(asked, reason, stop.note if stop else "")
        return outcome

    async def _offer(self, found: Found, source: Source) -> Outcome | None:
        """
        The piece of a strand that belongs here, as soon as it is there; None if the strand ends before anything does.
        """
        with self._stock.waiting(found.strand, self._asked.document.version):
            return await self._wait_for_piece(found, source)

    async def _wait_for_piece(self, found: Found, source: Source) -> Outcome | None:
        portion, strand, asked = Portion(self._asked), found.strand, self._asked
        while True:
            if strand.part.error is not None:
                return self._failed(strand.part.error)
            if found.is_ahead:
                # What was typed may have been ahead of the reply; now it may turn out to disagree.
                reach = strand.reach(asked.document, asked.offset)
                if reach is None:
                    return None
                found = Found(strand=strand, reach=reach, is_ahead=reach == len(strand.code))
            rest, trust, finished = strand.rest(found.reach), self._stock.trust, not strand.is_open
            if finished and not rest.strip():
                return None
            piece = portion.whole(rest, trust, finished=finished)
            if piece is None and self._is_late(strand):
                piece = portion.begun(rest, trust)
            piece = self._vouched(piece, strand)
            if isinstance(piece, NoCompletionReason):
                stop = strand.part.stop
                return self._watch.withheld(asked, piece, stop.note if stop else "")
            if piece is not None:
                return self._completion(found, piece, portion, source)
            await self._more(strand)

    def _vouched(self, piece: Piece | NoCompletionReason | None, strand: Strand) -> Piece | NoCompletionReason | None:
        """
        Without the names that the model has made up.
        """
        known, shown = self._means.known_names, strand.part.context.text
        # Who answers in another's place is mostly the model of this very workspace.
        if known is None or strand.part.origin is not None or not isinstance(piece, Piece):
            return piece
        draft = cut_at_unknown_name(piece.draft, self._asked, lambda name: name in known or stands_in(name, shown))
        return draft if isinstance(draft, NoCompletionReason) else replace(piece, draft=draft)

    async def _more(self, strand: Strand) -> None:
        first_at = strand.part.first_at
        wait = None if first_at is None else max(0.0, first_at + EARLY_S - self._means.clock())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait or None):
                await self._stock.news()

    def _is_late(self, strand: Strand) -> bool:
        first_at = strand.part.first_at
        return first_at is not None and self._means.clock() - first_at >= EARLY_S

    def _completion(self, found: Found, piece: Piece, portion: Portion, source: Source) -> Completion:
        asked, strand = self._asked, found.strand
        part = strand.part
        strand.offered = max(strand.offered, found.reach + piece.used)
        if source is Source.MODEL:
            if part.first_at is not None:
                self._watch.lap("first_token_ms", part.first_at)
            self._watch.lap("stream_ms")
            source = Source.CACHE if part.cached else source
        provider, origin = self._means.provider, part.origin
        model = origin.model if origin else (part.stop and part.stop.model) or provider.model_for(Purpose.COMPLETION)
        return Completion(
            id=asked.id,
            document=asked.document,
            text=piece.draft.text,
            span=Span(asked.offset, asked.offset + piece.draft.swallowed),
            offset=asked.offset,
            source=source,
            extent=portion.extent,
            provider=origin.provider if origin else provider.name,
            model=model,
            note=origin.note if origin else "",
            error_kind=origin.error_kind if origin else "",
            prompt_fingerprint=part.prompt.fingerprint,
            call_id=part.prompt.request_id,
            is_whole=piece.is_whole,
            timings=self._watch.timings(),
            usage=part.usage if source in (Source.MODEL, Source.CACHE) else Usage(),
            context=part.context,
        )

    def _failed(self, error: Exception) -> NoCompletion:
        if not isinstance(error, ProviderError):
            raise error
        reason = _REASON_OF.get(type(error), NoCompletionReason.PROVIDER_FAILED)
        return self._watch.withheld(self._asked, reason, str(error), error.kind)


_REASON_OF = {NotAllowed: NoCompletionReason.EXCLUDED, BudgetSpent: NoCompletionReason.BUDGET_SPENT}


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

    def lap(self, stage: str, at: float | None = None) -> None:
        """
        End a stage, now or at some moment that has passed; the next one begins.
        """
        now = self.clock() if at is None else at
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
