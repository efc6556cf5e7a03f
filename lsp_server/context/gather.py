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
from lsp_server.context.retrievers import RETRIEVERS, ask, candidates, usage
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
    place: Place, budget: int, source: Source, *, in_thread: InThread, clock: Clock, opened: tuple[str, ...] = ()
) -> Context:
    """
    The context for a cursor; at the deadline it is what was found until then.

    `opened` are the paths of the other open files, the latest first.
    """
    until = clock() + DEADLINE_S
    return await in_thread(lambda: gather_now(place, budget, source, opened=opened, in_time=lambda: clock() < until))


def gather_now(
    place: Place,
    budget: int,
    source: Source,
    *,
    opened: tuple[str, ...] = (),
    in_time: Callable[[], bool] = lambda: True,
) -> Context:
    """
    The same, at once and in this thread.
    """
    if budget <= 0:
        return Context()
    with source.asking():
        return _gather(place, budget, source, opened, in_time)


def _gather(place: Place, budget: int, source: Source, opened: tuple[str, ...], in_time: Callable[[], bool]) -> Context:
    path = source.absolute(place.document.uri, place.path)
    question = ask(Situation(place, path), source, opened)
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
    context = pack(question.found, budget, relative, likelihood.of)
    hidden = [Dropped(path="", start_line=0, retriever="", reason="excluded") for shut in excluded.values() if shut]
    return replace(context, dropped=(*context.dropped, *hidden)) if hidden else context
