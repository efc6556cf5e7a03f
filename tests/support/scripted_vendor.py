"""
A vendor's provider by script, for tests of what is wrapped round one.
"""

from collections.abc import AsyncGenerator, Sequence
from itertools import chain, repeat

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

Answer = str | Sequence[Chunk] | ProviderError

USAGE = Usage(input_tokens=100, output_tokens=10)


class ScriptedVendor:
    """
    Gives `answers` one after another, the last one again and again.

    A text is one chunk and a regular end; a sequence of chunks is given as it is; an error is raised after nothing.
    """

    def __init__(self, *answers: Answer, name: str = "anthropic", model: str = "claude-haiku-5-5") -> None:
        self.name = name
        self.prompts: list[Prompt] = []
        self.closed_early = 0
        self.is_warm = False
        self.is_closed = False
        self._model = model
        self._answers = chain(answers, repeat(answers[-1] if answers else ""))

    def model_for(self, purpose: Purpose) -> str:
        return self._model

    def wire_request(self, prompt: Prompt) -> WireRequest:
        body = {"messages": [message.text for message in prompt.messages], "max_tokens": prompt.max_tokens}
        return WireRequest(provider=self.name, model=self._model, route="scripted", body=body)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.prompts.append(prompt)
        answer = next(self._answers)
        if isinstance(answer, ProviderError):
            raise answer
        end = MessageStop(reason=StopReason.END, usage=USAGE, model=self._model)
        chunks: Sequence[Chunk] = (TextDelta(answer), end) if isinstance(answer, str) else answer
        try:
            for chunk in chunks:
                yield chunk
        except GeneratorExit:
            self.closed_early += 1
            raise

    async def warm_up(self) -> None:
        self.is_warm = True

    async def aclose(self) -> None:
        self.is_closed = True
