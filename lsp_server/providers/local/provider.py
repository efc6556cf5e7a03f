"""
The provider that needs no key and no network: it predicts code like the code of the open workspace.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.providers.base import (
    Chunk,
    CompletionInputs,
    MessageStop,
    Prompt,
    Purpose,
    StopReason,
    TextDelta,
    WireRequest,
)
from lsp_server.providers.local.corpus import Corpus

if TYPE_CHECKING:
    from lsp_server.providers.local.answer import Answer
    from lsp_server.providers.local.model import LocalModel

MODEL = "local-workspace-1"

NOT_ANSWERED = "The local provider only completes code; set up `anthropic` or `bedrock` for anything else."

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 5.0

STAYS_HERE = "Nothing leaves this machine: the completion is computed in this process from the workspace's own code."


class LocalProvider:
    """
    Answers completion prompts from a model of the workspace, and nothing else.

    With `store`, a file of this workspace's own, what was read is kept for the next session.
    """

    def __init__(self, corpus: Corpus, store: Path | None = None) -> None:
        self._corpus = corpus
        self._store = store
        self._model: LocalModel | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """
        `local`.
        """
        return "local"

    def model_for(self, purpose: Purpose) -> str:
        """
        The one model there is.
        """
        return MODEL

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        Nothing is sent, and it says so.
        """
        return WireRequest(provider=self.name, model=MODEL, route="in-process", body={"note": STAYS_HERE})

    async def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The completion in one piece, or none and why; never raises.
        """
        if prompt.purpose is not Purpose.COMPLETION or prompt.inputs is None:
            yield MessageStop(reason=StopReason.DECLINED, model=MODEL, note=NOT_ANSWERED)
            return
        cancelled = threading.Event()
        try:
            found = await asyncio.to_thread(self._answer, prompt.inputs, cancelled)
        finally:
            cancelled.set()
        if found.text:
            yield TextDelta(found.text)
        reason = StopReason.DECLINED if found.declined else StopReason.END
        yield MessageStop(reason=reason, model=MODEL, note=found.note)

    async def warm_up(self) -> None:
        """
        Begin to learn the workspace; answers do not wait for it.
        """
        await asyncio.to_thread(self._load)

    async def ready(self) -> None:
        """
        Wait until the whole workspace is learnt.
        """
        model = await asyncio.to_thread(self._load)
        await asyncio.to_thread(model.learner.wait, READY_WITHIN_S)

    async def aclose(self) -> None:
        """
        Stop learning, and wait until it has stopped: a thread that outlives the interpreter takes it down with it.
        """
        if self._model is not None:
            self._model.stop()
            await asyncio.to_thread(self._model.learner.wait, STOP_WITHIN_S)

    def _answer(self, inputs: CompletionInputs, cancelled: threading.Event) -> "Answer":
        return self._load().answer(inputs, cancelled.is_set)

    def _load(self) -> "LocalModel":
        with self._lock:
            if self._model is None:
                from lsp_server.providers.local.model import LocalModel

                self._model = LocalModel(self._corpus, self._store)
                self._model.start()
            return self._model
