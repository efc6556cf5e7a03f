"""
The outermost wrapper round a provider: what is excluded never leaves, and no known secret does.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from lsp_server.policy.redaction import redact_pieces
from lsp_server.providers.base import Chunk, Message, NotAllowed, Prompt, Provider, TextBlock, WireRequest
from lsp_server.providers.streams import failing
from lsp_server.providers.wrapper import ProviderWrapper


class GuardedProvider(ProviderWrapper):
    """
    Refuses prompts that show an excluded file, and redacts all others.

    `why_excluded` gives the rule that excludes a workspace-relative path, or None.
    """

    def __init__(self, inner: Provider, why_excluded: Callable[[str], str | None]) -> None:
        super().__init__(inner)
        self._why_excluded = why_excluded
        self._last: tuple[Prompt, Prompt] | None = None

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The wrapped provider's reply to the redacted prompt, or `NotAllowed`.
        """
        for path in prompt.files:
            if rule := self._why_excluded(path):
                return failing(NotAllowed(f"{path} is excluded by {rule}: nothing of it is sent."))
        return self._inner.stream(self._redacted(prompt))

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        The wrapped provider's request for the redacted prompt.
        """
        return super().wire_request(self._redacted(prompt))

    async def has_reply(self, prompt: Prompt) -> bool:
        """
        Whether the redacted prompt can be answered without asking.
        """
        return await super().has_reply(self._redacted(prompt))

    def _redacted(self, prompt: Prompt) -> Prompt:
        # The same prompt comes twice: is there a reply to it, and if not, ask.
        if self._last is None or self._last[0] is not prompt:
            self._last = prompt, redacted(prompt)
        return self._last[1]


def redacted(prompt: Prompt) -> Prompt:
    """
    The prompt without secrets in anything that leaves. Its `inputs` stay: no provider sends them.

    Each message is searched as a whole, so that a secret may go over the border of two blocks.
    """
    messages = tuple(_redact_message(message) for message in prompt.messages)
    return prompt if messages == prompt.messages else replace(prompt, messages=messages)


def _redact_message(message: Message) -> Message:
    texts, counts = redact_pieces([block.text for block in message.blocks])
    if not counts:
        return message
    blocks = tuple(TextBlock(text, block.stable) for text, block in zip(texts, message.blocks, strict=True))
    return Message(message.role, blocks)
