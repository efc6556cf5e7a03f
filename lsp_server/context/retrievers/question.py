"""
What every retriever is given.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lsp_server.context.inference import Inference
from lsp_server.context.piece import Piece
from lsp_server.context.situation import Situation
from lsp_server.context.source import Source


@dataclass(frozen=True, eq=False)
class Question:
    """
    One cursor, the workspace round it, and inference that remembers what it has found out.
    """

    situation: Situation
    source: Source
    inference: Inference

    def novelty(self, name: str) -> float:
        """
        How much of a name's worth is left: one that stands in the visible file already needs at most its definition.
        """
        return 1.0 if self.situation.visible[name] == 0 else 0.2


Retriever = Callable[[Question], Iterable[Piece]]


def ask(situation: Situation, source: Source) -> Question:
    """
    A question about a cursor.
    """
    return Question(situation, source, Inference(situation, source))
