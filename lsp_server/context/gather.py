"""
Gather what the model should see besides the code around the cursor, within a budget and a deadline.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Protocol

from lsp_server.context.likelihood import Likelihood
from lsp_server.context.packing import pack
from lsp_server.context.piece import Piece
from lsp_server.context.place import Place
from lsp_server.context.question import Question, Region, ask
from lsp_server.context.retrievers import RETRIEVERS, candidates, usage
from lsp_server.context.situation import Situation
from lsp_server.context.snippet import Context, Dropped
from lsp_server.context.source import Source

DEADLINE_S = 0.15

Clock = Callable[[], float]


class InThread(Protocol):
    """
    Runs a function off the event loop, such as `asyncio.to_thread`.
    """

    def __call__(self, function: Callable[[], Context], /) -> Awaitable[Context]:
        """
        The result, when it is there.
        """
        ...


async def gather(
    place: Place,
    budget: int,
    source: Source,
    *,
    in_thread: InThread,
    clock: Clock,
    opened: tuple[str, ...] = (),
    recent: tuple[Region, ...] = (),
) -> Context:
    """
    The context for a cursor; at the deadline it is what was found until then.

    `opened` are the paths of the other open files, `recent` where something was edited or visited, the latest first.
    """
    until = clock() + DEADLINE_S

    def now() -> Context:
        return gather_now(place, budget, source, opened=opened, recent=recent, in_time=lambda: clock() < until)

    return await in_thread(now)


def gather_now(
    place: Place,
    budget: int,
    source: Source,
    *,
    opened: tuple[str, ...] = (),
    recent: tuple[Region, ...] = (),
    in_time: Callable[[], bool] = lambda: True,
) -> Context:
    """
    The same, at once and in this thread.
    """
    if budget <= 0:
        return Context()
    with source.asking():
        path = source.absolute(place.document.uri, place.path)
        return _answer(ask(Situation(place, path), source, opened, recent), budget, in_time)


def _answer(question: Question, budget: int, in_time: Callable[[], bool]) -> Context:
    source = question.source
    excluded: dict[str, bool] = {}

    def take(pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.path not in excluded:
                excluded[piece.path] = source.excluded(piece.path)
            if not excluded[piece.path]:
                question.found.append(piece)

    for retriever in RETRIEVERS:
        if in_time():
            take(retriever(question))
    likelihood = Likelihood(question)
    if in_time():
        take(list(candidates(question, likelihood)))
        take(usage(question))
    relative = {piece.path: source.relative(piece.path) for piece in question.found}
    context = pack(question.found, budget, relative, likelihood.of, likelihood.of_known)
    hidden = [Dropped(path="", start_line=0, retriever="", reason="excluded") for shut in excluded.values() if shut]
    return replace(context, dropped=(*context.dropped, *hidden)) if hidden else context
