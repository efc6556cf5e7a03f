"""
Let another provider complete code while the one that was chosen cannot, and say so.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace

from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    NotAllowed,
    Origin,
    Prompt,
    Provider,
    ProviderError,
    Purpose,
    Refused,
    TextDelta,
    Usage,
)
from lsp_server.providers.streams import ChunkStream, closing, usage_so_far
from lsp_server.providers.wrapper import ProviderWrapper

FINAL = (NotAllowed, Refused)
"""What another provider must not be asked instead: it is about the request, not about who answers."""


class FallbackProvider(ProviderWrapper):
    """
    Wraps the provider that is asked first; the others follow in their order, for completions only.

    A reply that has begun is never continued by somebody else. If those that are asked instead have nothing to say,
    the first failure stands.
    """

    def __init__(self, inner: Provider, others: Sequence[Provider]) -> None:
        super().__init__(inner)
        self._others = others

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The first provider's reply, else the next one's with its `origin`.
        """
        if prompt.purpose is not Purpose.COMPLETION:
            return self._inner.stream(prompt)
        asked: list[AsyncIterator[Chunk]] = []
        return ChunkStream(self._chunks(prompt, asked), lambda: usage_so_far(asked[-1]) if asked else Usage())

    async def aclose(self) -> None:
        """
        Close all of them.
        """
        await asyncio.gather(super().aclose(), *(other.aclose() for other in self._others))

    async def _chunks(self, prompt: Prompt, asked: list[AsyncIterator[Chunk]]) -> AsyncGenerator[Chunk, None]:
        failure: ProviderError | None = None
        for provider in (self._inner, *self._others):
            asked.append(provider.stream(prompt))
            origin = failure and _origin(failure, provider, prompt.purpose)
            has_begun = False
            try:
                async with closing(asked[-1]) as chunks:
                    async for chunk in chunks:
                        if failure and not has_begun and isinstance(chunk, MessageStop):
                            break
                        has_begun = True
                        yield _labelled(chunk, origin) if origin else chunk
                    else:
                        return
            except ProviderError as error:
                if has_begun or isinstance(error, FINAL):
                    raise
                failure = failure or error
        assert failure is not None
        raise failure


def _labelled(chunk: Chunk, origin: Origin) -> Chunk:
    if isinstance(chunk, MessageStop):
        return replace(chunk, note=chunk.note or origin.note)
    return TextDelta(chunk.text, origin)


def _origin(failure: ProviderError, provider: Provider, purpose: Purpose) -> Origin:
    return Origin(
        provider=provider.name,
        model=provider.model_for(purpose),
        note=f"{failure} Meanwhile completions come from `{provider.name}`.",
        error_kind=failure.kind,
    )
