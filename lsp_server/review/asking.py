"""
Send the requests of a review: several at a time, never past the cap by more than one, and keep whatever was finished.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lsp_server.providers.base import (
    MessageStop,
    NotConfigured,
    Overloaded,
    Prompt,
    Provider,
    ProviderError,
    RateLimited,
    Refused,
    StopReason,
    TextDelta,
    Usage,
)
from lsp_server.providers.capabilities import capabilities_of, cost_usd
from lsp_server.providers.streams import closing, usage_so_far
from lsp_server.review.outcome import Spending

AT_ONCE = 4
RETRIES = 2
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
BYTES_PER_TOKEN = 3
"""No tokenizer for Claude works offline; code takes three to four bytes a token, so this errs on the dear side."""
USUAL_REPLY_TOKENS = 500
THOUGHT_TOKENS = 8_192

Sleep = Callable[[float], Awaitable[None]]


class NotAsked(StrEnum):
    """
    Why a request got no answer.
    """

    COST_CAP = "cost_cap"
    REQUEST_CAP = "request_cap"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REFUSED = "refused"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """
    What came of one request: its text, or why there is none and in one sentence what is wrong.
    """

    text: str = ""
    reason: NotAsked | None = None
    sentence: str = ""
    is_cut: bool = False


OnAnswer = Callable[[int, Answer], Awaitable[None]]


async def _nothing(number: int, answer: Answer) -> None:
    """
    Nobody waits for single answers.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """
    What a request will cost in US dollars: usually, and at most.
    """

    input_tokens: int
    usual_usd: float
    most_usd: float


def price_of(prompt: Prompt, model: str) -> Price:
    """
    Estimate what `prompt` will cost with `model`, without what a prompt cache may save.
    """
    texts = [block.text for block in prompt.system] + [message.text for message in prompt.messages]
    size = sum(len(text.encode(errors="replace")) for text in texts) + len(str(prompt.tool))
    tokens = size // BYTES_PER_TOKEN + 1
    longest = min(prompt.max_tokens + THOUGHT_TOKENS, capabilities_of(model).max_output_tokens)
    return Price(
        input_tokens=tokens,
        usual_usd=cost_usd(Usage(input_tokens=tokens, output_tokens=USUAL_REPLY_TOKENS), model),
        most_usd=cost_usd(Usage(input_tokens=tokens, output_tokens=longest), model),
    )


@dataclass(kw_only=True, slots=True)
class Purse:
    """
    What a run may spend and has spent; `reserved_usd` is the most that requests under way can still cost.
    """

    cap_usd: float
    most_requests: int
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    dearest_usd: float = 0.0

    def refusal(self, price: Price) -> NotAsked | None:
        """
        Why a request of this price can't be sent even when no other is under way.
        """
        if self.requests >= self.most_requests:
            return NotAsked.REQUEST_CAP
        return NotAsked.COST_CAP if self.spent_usd + price.usual_usd > self.cap_usd else None

    def reserve_for(self, price: Price) -> float:
        """
        The most that a request may cost: by its size, or as much as the dearest one until now.
        """
        return max(price.most_usd, self.dearest_usd)

    def has_room_beside_others(self, price: Price) -> bool:
        """
        Whether the cap holds even if this and all requests under way cost the most they can.

        Before the first answer nobody knows what answers cost, so the first request goes alone.
        """
        room = self.cap_usd - self.spent_usd - self.reserved_usd
        return self.dearest_usd > 0 and self.reserve_for(price) <= room

    def spending(self, cached_units: int) -> Spending:
        """
        The account so far.
        """
        return Spending(
            requests=self.requests,
            cached_units=cached_units,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cost_usd=round(self.spent_usd, 6),
        )


@dataclass(kw_only=True)
class Asking:
    """
    One run's dealings with a provider.

    Setting `cancelled` stops requests that are under way; what was finished before stays.
    """

    provider: Provider
    model: str
    purse: Purse
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    sleep: Sleep = asyncio.sleep
    failed: Answer | None = None

    async def ask(self, prompts: Sequence[Prompt], on_answer: OnAnswer = _nothing) -> list[Answer]:
        """
        An answer to each prompt, in their order; `on_answer` hears of each as soon as it is there, with its number.
        """
        answers: dict[int, Answer] = {}
        waiting = deque(enumerate(prompts))
        running: dict[asyncio.Task[Answer], int] = {}
        stop = asyncio.ensure_future(self.cancelled.wait())
        try:
            while waiting or running:
                while waiting and (now := self._now(waiting[0][1], len(running))) is not False:
                    number, prompt = waiting.popleft()
                    if isinstance(now, Answer):
                        answers[number] = now
                    else:
                        reserved = self.purse.reserve_for(price_of(prompt, self.model))
                        self.purse.reserved_usd += reserved
                        self.purse.requests += 1
                        running[asyncio.ensure_future(self._ask(prompt, reserved))] = number
                if not running:
                    continue
                await asyncio.wait({*running, stop}, return_when=asyncio.FIRST_COMPLETED)
                if stop.done():
                    await _cancel(running)
                for task in [task for task in running if task.done()]:
                    cancelled = Answer(reason=NotAsked.CANCELLED)
                    number = running.pop(task)
                    answers[number] = cancelled if task.cancelled() else task.result()
                    await on_answer(number, answers[number])
        finally:
            stop.cancel()
            await _cancel(running)
        return [answers[number] for number in range(len(prompts))]

    def _now(self, prompt: Prompt, running: int) -> Answer | bool:
        """
        Whether to send a prompt now, or why it will never be sent.
        """
        if self.cancelled.is_set():
            return Answer(reason=NotAsked.CANCELLED)
        if self.failed is not None:
            return self.failed
        price = price_of(prompt, self.model)
        if refusal := self.purse.refusal(price):
            return False if running and refusal is NotAsked.COST_CAP else Answer(reason=refusal)
        return not running or (running < AT_ONCE and self.purse.has_room_beside_others(price))

    async def _ask(self, prompt: Prompt, reserved_usd: float) -> Answer:
        try:
            for attempt in range(RETRIES + 1):
                try:
                    return await self._ask_once(prompt)
                except (RateLimited, Overloaded) as error:
                    pause = error.retry_after_s or FIRST_PAUSE_S * 2**attempt
                    if attempt == RETRIES or pause > LONGEST_PAUSE_S or self.failed is not None:
                        return self._note(error)
                    await self.sleep(pause)
                    self.purse.requests += 1
                except ProviderError as error:
                    return self._note(error)
            raise AssertionError
        finally:
            self.purse.reserved_usd -= reserved_usd

    def _note(self, error: ProviderError) -> Answer:
        """
        What an error means for this request, and for those that were not sent yet.
        """
        if isinstance(error, Refused):
            return Answer(reason=NotAsked.REFUSED, sentence=str(error))
        reason = NotAsked.NOT_CONFIGURED if isinstance(error, NotConfigured) else NotAsked.FAILED
        self.failed = Answer(reason=reason, sentence=str(error))
        return self.failed

    async def _ask_once(self, prompt: Prompt) -> Answer:
        stream = self.provider.stream(prompt)
        text, stop = "", None
        try:
            async with closing(stream) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextDelta):
                        text += chunk.text
                    else:
                        stop = chunk
        except NotConfigured:
            self.purse.requests -= 1
            raise
        finally:
            self._pay(stop, usage_so_far(stream))
        return Answer(text=text, is_cut=stop is not None and stop.reason is StopReason.MAX_TOKENS)

    def _pay(self, stop: MessageStop | None, so_far: Usage) -> None:
        usage = stop.usage if stop else so_far
        cost = cost_usd(usage, (stop.model if stop else "") or self.model)
        self.purse.spent_usd += cost
        self.purse.dearest_usd = max(self.purse.dearest_usd, cost)
        self.purse.input_tokens += usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        self.purse.output_tokens += usage.output_tokens


async def _cancel(running: dict[asyncio.Task[Answer], int]) -> None:
    for task in running:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*running, return_exceptions=True)
