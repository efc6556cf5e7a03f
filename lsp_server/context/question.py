"""
What every retriever is given.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from lsp_server.context.excerpt import Excerpt
from lsp_server.context.inference import Inference
from lsp_server.context.piece import Piece
from lsp_server.context.situation import Situation
from lsp_server.context.source import Source
from lsp_server.index.blocks import part_id, term_id
from lsp_server.index.windows import Window
from lsp_server.index.words import parts


@dataclass(frozen=True, slots=True)
class Region:
    """
    A line of the file at `path` where something was edited, or where the cursor was.
    """

    path: str
    line: int
    edited: bool


MAX_WINDOWS = 12
PART_WEIGHT = 0.4


@dataclass(frozen=True, eq=False)
class Question:
    """
    One cursor, the workspace round it, inference that remembers what it has found out, and what others have found.
    """

    situation: Situation
    source: Source
    inference: Inference
    opened: tuple[str, ...] = ()
    recent: tuple[Region, ...] = ()
    found: list[Piece] = field(default_factory=list)

    def novelty(self, name: str) -> float:
        """
        How much of a name's worth is left: one that stands in the visible file already needs at most its definition.
        """
        return 0.2 if name in self.situation.visible else 1.0

    @cached_property
    def near_parts(self) -> dict[str, float]:
        """
        The parts of the names near the cursor, each at the weight of its heaviest name.
        """
        weights: dict[str, float] = {}
        for word, weight in self.situation.near.items():
            for part in parts(word):
                weights[part] = max(weights.get(part, 0.0), weight)
        return weights

    @cached_property
    def imported_names(self) -> tuple[str, ...]:
        """
        The names that the file imports, as other files would know them.
        """
        imported = self.situation.imported.items()
        return tuple(local if name in ("default", "*") else name for local, (_, name) in imported)

    @cached_property
    def windows(self) -> tuple[tuple[Window, Excerpt], ...]:
        """
        The code elsewhere that is most like the code around the cursor.
        """
        query: dict[int, float] = {}
        for word, weight in self.situation.near.items():
            query[term_id(word)] = weight
        for part, weight in self.near_parts.items():
            query.setdefault(part_id(part), PART_WEIGHT * weight)
        found = self.source.windows.search(query, (self.situation.path,), MAX_WINDOWS)
        return tuple((window, self._excerpt(window)) for window in found)

    def _excerpt(self, window: Window) -> Excerpt:
        def cut() -> Excerpt:
            lines = (self.source.text(window.path) or "").split("\n")
            return Excerpt("\n".join(lines[window.line : window.end_line]))

        return self.source.memory.of(("excerpt", window.path, window.line, window.end_line), cut)


Retriever = Callable[[Question], Iterable[Piece]]


def ask(
    situation: Situation, source: Source, opened: tuple[str, ...] = (), recent: tuple[Region, ...] = ()
) -> Question:
    """
    A question about a cursor; `opened` are the other open files, `recent` where something happened, the latest first.
    """
    return Question(situation, source, Inference(situation, source), opened, recent)
