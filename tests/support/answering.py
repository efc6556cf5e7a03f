"""
A vendor that answers each review request by a function of its prompt, and a memory that lasts as long as the test.
"""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

from lsp_server.providers.base import Chunk, MessageStop, Prompt, ProviderError, StopReason, TextDelta, Usage
from tests.support.scripted_vendor import ScriptedVendor

Said = Sequence[Mapping[str, Any]] | str | ProviderError


def finding(quote: str, file: str = "src/a.ts", **changes: Any) -> dict[str, Any]:
    """
    One entry of a reply.
    """
    said = {
        "file": file,
        "quote": quote,
        "category": "correctness",
        "severity": "warning",
        "confidence": 90,
        "message": "This is wrong.",
    }
    return said | changes


class AnsweringVendor(ScriptedVendor):
    """
    Gives what `answer` says to a prompt: findings, a text as it stands, or an error; each reply costs `usage`.
    """

    def __init__(
        self, answer: Callable[[Prompt], Said], *, usage: Usage | None = None, model: str = "claude-haiku-5-5"
    ) -> None:
        super().__init__(model=model)
        self._answer = answer
        self._usage = usage or Usage(input_tokens=1000, output_tokens=100)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """
        The reply, in two pieces.
        """
        self.prompts.append(prompt)
        said = self._answer(prompt)
        if isinstance(said, ProviderError):
            raise said
        text = said if isinstance(said, str) else json.dumps({"findings": list(said)})
        yield TextDelta(text[:7])
        yield TextDelta(text[7:])
        yield MessageStop(reason=StopReason.TOOL, usage=self._usage, model=self._model)


class Remembering:
    """
    Texts under keys, in a dictionary.
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    async def find(self, keys: Sequence[str]) -> Mapping[str, str]:
        """
        Those that are known.
        """
        return {key: self.texts[key] for key in keys if key in self.texts}

    async def keep(self, texts: Mapping[str, str]) -> None:
        """
        Remember them.
        """
        self.texts |= texts
