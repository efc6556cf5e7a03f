"""
The model behind the local provider: what was learnt, the ranker, and one question at a time.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from lsp_server.providers.base import CompletionInputs
from lsp_server.providers.local.answer import Answer, answer
from lsp_server.providers.local.corpus import Corpus
from lsp_server.providers.local.cursor import PrefixCache, read_cursor
from lsp_server.providers.local.learner import Learner
from lsp_server.providers.local.ranker import shipped_ranker


class LocalModel:
    """
    Answers from any thread, one question at a time, with what has been learnt so far.
    """

    def __init__(self, corpus: Corpus, store: Path | None = None) -> None:
        self.learner = Learner(corpus, store)
        self._cache = PrefixCache()
        self._turn = threading.Lock()

    def start(self) -> None:
        """
        Begin to learn in the background.
        """
        self.learner.start()

    def stop(self) -> None:
        """
        Stop learning.
        """
        self.learner.stop()

    def answer(self, inputs: CompletionInputs, cancelled: Callable[[], bool] = lambda: False) -> Answer:
        """
        What to offer at the cursor.
        """
        with self._turn:
            if cancelled():
                return Answer("", 0.0, "")
            learned = self.learner.learned(inputs.path)
            cursor = read_cursor(
                inputs, learned.index, cache=self._cache, changed=learned.changed, hidden=learned.hidden
            )
            return answer(
                cursor,
                shipped_ranker(),
                prefix=inputs.prefix,
                automatic=inputs.automatic,
                multiline=inputs.multiline,
                cancelled=cancelled,
            )
