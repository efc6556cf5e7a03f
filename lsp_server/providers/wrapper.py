"""
What a wrapper round a provider leaves to the provider it wraps.
"""

from collections.abc import AsyncIterator

from lsp_server.providers.base import Chunk, Prompt, Provider, Purpose, WireRequest


class ProviderWrapper:
    """
    A provider that is its inner one, but for what a subclass changes.
    """

    def __init__(self, inner: Provider) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        """
        The wrapped provider's name.
        """
        return self._inner.name

    def model_for(self, purpose: Purpose) -> str:
        """
        The wrapped provider's model.
        """
        return self._inner.model_for(purpose)

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        The wrapped provider's request.
        """
        return self._inner.wire_request(prompt)

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The wrapped provider's reply.
        """
        return self._inner.stream(prompt)

    async def has_reply(self, prompt: Prompt) -> bool:
        """
        Whether some wrapper further in has kept the reply from before.
        """
        kept = getattr(self._inner, "has_reply", None)
        return kept is not None and bool(await kept(prompt))

    async def warm_up(self) -> None:
        """
        Warm up the wrapped provider.
        """
        await self._inner.warm_up()

    async def aclose(self) -> None:
        """
        Close the wrapped provider.
        """
        await self._inner.aclose()
