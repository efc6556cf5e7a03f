"""
Leave a provider alone for a while after it failed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from lsp_server.providers.base import (
    BackingOff,
    Chunk,
    Interrupted,
    NotAuthorised,
    Overloaded,
    Prompt,
    Provider,
    ProviderError,
    Purpose,
    RateLimited,
    Refused,
    RequestRejected,
    TimedOut,
    Unreachable,
    Usage,
)
from lsp_server.providers.streams import ChunkStream, closing, failing, usage_so_far
from lsp_server.providers.wrapper import ProviderWrapper


@dataclass(frozen=True, slots=True)
class Pause:
    """
    How long to wait after a first failure, and at most after many in a row; each failure doubles the wait.
    """

    first_s: float
    longest_s: float

    def after(self, failures: int) -> float:
        """
        The wait after so many failures in a row.
        """
        return min(self.first_s * 2.0 ** (min(failures, 20) - 1), self.longest_s)


PAUSES: Mapping[type[ProviderError], Pause] = {
    RateLimited: Pause(2, 60),
    Overloaded: Pause(2, 30),
    Unreachable: Pause(2, 15),
    TimedOut: Pause(2, 30),
    Interrupted: Pause(1, 30),
    Refused: Pause(2, 2),
    RequestRejected: Pause(5, 120),
    # A credential that was refused will be refused again until somebody acts.
    NotAuthorised: Pause(300, 3600),
}


class BackingOffProvider(ProviderWrapper):
    """
    Wraps a provider and holds back automatic completions while it recovers; what was asked for by hand goes through.

    After a pause one of them goes first, as a probe: until that one is answered, the others wait for the next pause.
    """

    def __init__(self, inner: Provider, clock: Callable[[], float]) -> None:
        super().__init__(inner)
        self._clock = clock
        self._failures = 0
        self._failed_at = float("-inf")
        self._resting_until = float("-inf")
        self._last_wait = 0.0
        self._last_sentence = ""
        self._is_probing = False

    def stream(self, prompt: Prompt) -> ChunkStream:
        """
        The wrapped provider's reply, or `BackingOff` at once.
        """
        remaining = self._resting_until - self._clock()
        if remaining > 0 and is_automatic(prompt):
            sentence = f"{self._last_sentence} (next try in {max(remaining, 1):.0f} s)"
            return ChunkStream(failing(BackingOff(sentence, retry_after_s=remaining)), Usage)
        asked: list[AsyncIterator[Chunk]] = []
        return ChunkStream(self._chunks(prompt, asked), lambda: usage_so_far(asked[0]) if asked else Usage())

    async def _chunks(self, prompt: Prompt, asked: list[AsyncIterator[Chunk]]) -> AsyncGenerator[Chunk, None]:
        if self._is_probing and is_automatic(prompt):
            raise BackingOff(f"{self._last_sentence} (a try is under way)")
        started, has_begun = self._clock(), False
        is_probe = self._is_probing = self._failures > 0
        asked.append(self._inner.stream(prompt))
        try:
            async with closing(asked[0]) as chunks:
                async for chunk in chunks:
                    has_begun = True
                    yield chunk
            self._note_success()
        except ProviderError as error:
            self._note_failure(error, started)
            raise
        except (GeneratorExit, asyncio.CancelledError):
            # A reader that stops early has read enough; one that has seen nothing knows nothing.
            if has_begun:
                self._note_success()
            elif is_probe:
                self._resting_until = self._clock() + self._last_wait
            raise
        finally:
            if is_probe:
                self._is_probing = False

    def _note_success(self) -> None:
        self._failures = 0
        self._resting_until = float("-inf")

    def _note_failure(self, error: ProviderError, started: float) -> None:
        pause = PAUSES.get(type(error))
        # Requests that were under way when another failed tell nothing new.
        if pause is None or started < self._failed_at:
            return
        self._failed_at = self._clock()
        # What is asked for by hand during a pause makes later ones no longer.
        if self._failed_at >= self._resting_until:
            self._failures += 1
        wait = max(pause.after(self._failures), error.retry_after_s or 0.0)
        self._resting_until = self._failed_at + wait
        self._last_wait = pause.first_s
        self._last_sentence = str(error)


def is_automatic(prompt: Prompt) -> bool:
    """
    Whether the editor asked on its own, while somebody typed.
    """
    return prompt.purpose is Purpose.COMPLETION and (prompt.inputs is None or prompt.inputs.automatic)
