"""
Spend no more in a day than was allowed: sparingly towards the end of it, and then not at all.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from lsp_server.providers.backoff import is_automatic
from lsp_server.providers.base import BudgetSpent, Chunk, Prompt, Provider
from lsp_server.providers.streams import failing
from lsp_server.providers.wrapper import ProviderWrapper

SPARING_FROM = 0.8
"""The share of the budget from which automatic completions are spaced."""

LONGEST_SPACE_S = 60.0
"""The space between two of them when nearly nothing is left; it grows in proportion from none."""


class BudgetedProvider(ProviderWrapper):
    """
    Wraps a provider whose replies cost money.

    `spent_usd` is what today has cost so far, to all sessions of this user; `clock` counts seconds.
    """

    def __init__(
        self,
        inner: Provider,
        *,
        limit_usd: float,
        spent_usd: Callable[[], float],
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(inner)
        self._limit = limit_usd
        self._spent = spent_usd
        self._clock = clock
        self._now = now
        self._asked_at = float("-inf")

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The wrapped provider's reply, or `BudgetSpent` at once.
        """
        if error := self._objection(prompt):
            return failing(error)
        if is_automatic(prompt):
            self._asked_at = self._clock()
        return self._inner.stream(prompt)

    def _objection(self, prompt: Prompt) -> BudgetSpent | None:
        share = self._spent() / self._limit
        if share >= 1:
            return BudgetSpent(
                f"Today's budget of ${self._limit:g} is spent: nothing more is sent until midnight UTC, in"
                f" {_hours(self._now())}. The setting `budget.dailyUsd` allows more."
            )
        space = LONGEST_SPACE_S * (share - SPARING_FROM) / (1 - SPARING_FROM)
        if is_automatic(prompt) and self._clock() - self._asked_at < space:
            return BudgetSpent(
                f"{share:.0%} of today's budget of ${self._limit:g} is spent: completions come by themselves only every"
                f" {space:.0f} s; ask for one by hand, or allow more with the setting `budget.dailyUsd`."
            )
        return None


def _hours(now: datetime) -> str:
    minutes = 24 * 60 - now.hour * 60 - now.minute
    return f"{minutes // 60} h {minutes % 60} min"
