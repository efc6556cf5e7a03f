"""
A provider that answers from a script and remembers what it was asked.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    Prompt,
    ProviderError,
    Purpose,
    StopReason,
    TextDelta,
    Usage,
    WireRequest,
)

Reply = str | Sequence[str] | ProviderError
"""What is answered: a text, its pieces, or a failure."""


@dataclass
class ScriptedProvider:
    """
    Gives the replies in order, and the last one for ever.

    While `hold` is not set, streams wait before their first piece; one that `hangs_on_close` never finishes closing.
    """

    replies: Sequence[Reply] = ("",)
    hold: asyncio.Event | None = None
    hangs_on_close: bool = False
    name: str = "local"
    prompts: list[Prompt] = field(default_factory=list)
    closed_early: int = 0
    closed: bool = False

    def model_for(self, purpose: Purpose) -> str:
        """
        One model for everything.
        """
        return "local"

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        Nothing leaves.
        """
        return WireRequest(provider=self.name, model="local", route="none", body={})

    async def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The next reply of the script.
        """
        reply = self.replies[min(len(self.prompts), len(self.replies) - 1)]
        self.prompts.append(prompt)
        finished = False
        try:
            if self.hold is not None:
                await self.hold.wait()
            if isinstance(reply, ProviderError):
                raise reply
            for piece in [reply] if isinstance(reply, str) else reply:
                yield TextDelta(piece)
            finished = True
            yield MessageStop(reason=StopReason.END, usage=Usage(input_tokens=10, output_tokens=5), model="local")
        finally:
            self.closed_early += not finished

    async def warm_up(self) -> None:
        """
        Nothing to warm.
        """

    async def aclose(self) -> None:
        """
        Close, or hang.
        """
        if self.hangs_on_close:
            await asyncio.Event().wait()
        self.closed = True
