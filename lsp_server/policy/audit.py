"""
Record every request before it is sent, and afterwards what it cost and how it ended.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lsp_server.policy.audit_log import AuditLog, AuditUnavailable, Ended, Sent
from lsp_server.policy.redaction import count_placeholders
from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    NotAllowed,
    Prompt,
    Provider,
    ProviderError,
    TextDelta,
    Usage,
    WireRequest,
)
from lsp_server.providers.streams import ChunkStream, closing, usage_so_far
from lsp_server.providers.wrapper import ProviderWrapper

IN_PROCESS = "in-process"
CLOSED = "closed"
"""Its reader had read enough of the reply."""
CANCELLED = "cancelled"
"""Nobody waited for the first word of the reply."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRecord:
    """
    One model call that has ended, for whoever keeps accounts.

    `stop` is the model's reason to stop, `CLOSED` or `CANCELLED`, or empty when it failed with `error_kind`.
    `ttft_ms` is None when no text came.
    """

    request_id: str
    purpose: str
    provider: str
    model: str
    response_model: str
    route: str
    ttft_ms: float | None
    duration_ms: float
    usage: Usage
    cost_usd: float
    stop: str
    error_kind: str
    files: tuple[str, ...]
    redactions: Mapping[str, int]


class AuditedProvider(ProviderWrapper):
    """
    Stands directly round a vendor. What can't be recorded is not sent, unless it stays in this process.
    """

    def __init__(
        self,
        inner: Provider,
        log: AuditLog,
        *,
        cost_usd: Callable[[Usage, str], float],
        clock: Callable[[], float],
        now: Callable[[], datetime],
        on_call: Callable[[CallRecord], None],
    ) -> None:
        super().__init__(inner)
        self._log = log
        self._cost_usd = cost_usd
        self._clock = clock
        self._now = now
        self._on_call = on_call

    def stream(self, prompt: Prompt) -> ChunkStream:
        """
        The vendor's reply, once the request is on record.
        """
        asked: list[AsyncIterator[Chunk]] = []
        return ChunkStream(self._chunks(prompt, asked), lambda: usage_so_far(asked[0]) if asked else Usage())

    async def warm_up(self) -> None:
        """
        Open the log while the vendor warms up.
        """
        self._log.open()
        await super().warm_up()

    async def _chunks(self, prompt: Prompt, asked: list[AsyncIterator[Chunk]]) -> AsyncGenerator[Chunk, None]:
        wire = self._inner.wire_request(prompt)
        redactions = count_placeholders("\n".join(message.text for message in prompt.messages))
        number = await self._record(prompt, wire, redactions)
        reply = _Reply(started=self._clock())
        asked.append(self._inner.stream(prompt))
        try:
            async with closing(asked[0]) as chunks:
                async for chunk in chunks:
                    reply.note(chunk, self._clock())
                    yield chunk
        except ProviderError as error:
            reply.error_kind = error.kind
            raise
        except (GeneratorExit, asyncio.CancelledError):
            if reply.stop is None:
                reply.closed = CLOSED if reply.first_text_at is not None else CANCELLED
            raise
        finally:
            call = self._call_record(prompt, wire, redactions, reply, usage_so_far(asked[0]))
            if number is not None:
                self._log.end(number, _ended(call))
            self._on_call(call)

    async def _record(self, prompt: Prompt, wire: WireRequest, redactions: Mapping[str, int]) -> int | None:
        sent = Sent(
            request_id=prompt.request_id,
            at=self._now(),
            purpose=prompt.purpose,
            provider=wire.provider,
            model=wire.model,
            route=wire.route,
            files=prompt.files,
            redactions=redactions,
            body=wire.body,
        )
        try:
            return await asyncio.wrap_future(self._log.start(sent))
        except AuditUnavailable as error:
            if wire.route == IN_PROCESS:
                return None
            raise NotAllowed(f"Nothing was sent, since it could not be recorded first. {error}") from error

    def _call_record(
        self, prompt: Prompt, wire: WireRequest, redactions: Mapping[str, int], reply: "_Reply", so_far: Usage
    ) -> CallRecord:
        usage = reply.stop.usage if reply.stop else so_far
        model = (reply.stop.model if reply.stop else "") or wire.model
        return CallRecord(
            request_id=prompt.request_id,
            purpose=prompt.purpose,
            provider=wire.provider,
            model=wire.model,
            response_model=reply.stop.model if reply.stop else "",
            route=wire.route,
            ttft_ms=None if reply.first_text_at is None else (reply.first_text_at - reply.started) * 1000,
            duration_ms=(self._clock() - reply.started) * 1000,
            usage=usage,
            cost_usd=0.0 if wire.route == IN_PROCESS else self._cost_usd(usage, model),
            stop=reply.stop.reason if reply.stop else reply.closed,
            error_kind=reply.error_kind,
            files=prompt.files,
            redactions=redactions,
        )


@dataclass(kw_only=True, slots=True)
class _Reply:
    """
    What has come of a reply so far.
    """

    started: float
    first_text_at: float | None = None
    stop: MessageStop | None = None
    closed: str = ""
    error_kind: str = ""

    def note(self, chunk: Chunk, now: float) -> None:
        """
        The next chunk.
        """
        if isinstance(chunk, MessageStop):
            self.stop = chunk
        elif isinstance(chunk, TextDelta) and self.first_text_at is None:
            self.first_text_at = now


def _ended(call: CallRecord) -> Ended:
    return Ended(
        stop=call.stop,
        error=call.error_kind,
        usage=call.usage,
        cost_usd=call.cost_usd,
        ttft_ms=call.ttft_ms,
        duration_ms=call.duration_ms,
        response_model=call.response_model,
    )
