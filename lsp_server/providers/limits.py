"""
Ask a provider only so many things at a time, of each kind.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from lsp_server.providers.base import Chunk, Prompt, Provider, Purpose, Usage
from lsp_server.providers.streams import ChunkStream, closing, usage_so_far
from lsp_server.providers.wrapper import ProviderWrapper

MOST_AT_ONCE = 4
"""Requests of one purpose: a review of many files must not keep completions waiting, nor use up a rate limit."""


class LimitedProvider(ProviderWrapper):
    """
    Wraps a provider; whoever comes when too much is under way waits for its turn.
    """

    def __init__(self, inner: Provider, most: int = MOST_AT_ONCE) -> None:
        super().__init__(inner)
        self._places = {purpose: asyncio.Semaphore(most) for purpose in Purpose}

    def stream(self, prompt: Prompt) -> ChunkStream:
        """
        The wrapped provider's reply, as soon as there is a place.
        """
        asked: list[AsyncIterator[Chunk]] = []
        return ChunkStream(self._chunks(prompt, asked), lambda: usage_so_far(asked[0]) if asked else Usage())

    async def _chunks(self, prompt: Prompt, asked: list[AsyncIterator[Chunk]]) -> AsyncGenerator[Chunk, None]:
        async with self._places[prompt.purpose]:
            asked.append(self._inner.stream(prompt))
            async with closing(asked[0]) as chunks:
                async for chunk in chunks:
                    yield chunk
