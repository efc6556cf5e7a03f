"""
A local provider that answers from a script, and can be made to wait.
"""

import asyncio
from collections.abc import AsyncGenerator
from itertools import chain, repeat

from lsp_server.providers.base import Chunk, Prompt
from tests.support.scripted_vendor import Answer, ScriptedVendor


class ScriptedProvider(ScriptedVendor):
    """
    As long as `hold` is not set, its streams wait before their first piece; with `hangs_on_close` it never closes.
    """

    def __init__(self, *answers: Answer) -> None:
        super().__init__(*answers, name="local", model="local")
        self.hold: asyncio.Event | None = None
        self.hangs_on_close = False

    def script(self, *answers: Answer) -> None:
        """
        Answers from now on.
        """
        self._answers = chain(answers, repeat(answers[-1]))

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """
        The next answer of the script.
        """
        answer = super().stream(prompt)
        try:
            async for chunk in answer:
                if self.hold is not None:
                    await self.hold.wait()
                yield chunk
        finally:
            await answer.aclose()

    async def aclose(self) -> None:
        """
        Close, or hang.
        """
        if self.hangs_on_close:
            await asyncio.Event().wait()
        await super().aclose()
