"""
Search for the likeliest continuations of a line, most probable first.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.features import candidates
from lsp_server.providers.local.hypothesis import Hypothesis, extend, start
from lsp_server.providers.local.ranker import Ranker
from lsp_server.providers.local.vocabulary import NEWLINE_ID

LONGEST = 24
"""No line is followed for more words than this."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a search came across: lines that reached their end, and how far the others got.
    """

    complete: tuple[Hypothesis, ...]
    partway: tuple[Hypothesis, ...]


def search(
    cursor: Cursor,
    ranker: Ranker,
    *,
    floor: float,
    width: int = 3,
    cancelled: Callable[[], bool] = lambda: False,
    begin: Hypothesis | None = None,
) -> Found:
    """
    Follow every continuation whose probability stays at `floor` or above, but no more than `width` of each length.
    """
    first = begin or start(cursor)
    waiting: list[tuple[float, int, Hypothesis]] = [(-first.probability, 0, first)]
    followed = [0] * (LONGEST + 1)
    complete: list[Hypothesis] = []
    partway: list[Hypothesis] = []
    number = 0
    while waiting and not cancelled():
        _, _, hypothesis = heapq.heappop(waiting)
        length = len(hypothesis.added) - len(first.added)
        if length >= LONGEST or followed[length] >= width:
            continue
        if complete and complete[0].probability >= hypothesis.probability:
            break
        followed[length] += 1
        for step in _steps(cursor, ranker, hypothesis, floor, width):
            number += 1
            if is_complete(cursor, hypothesis, step):
                complete.append(step)
                complete.sort(key=lambda one: -one.probability)
            else:
                partway.append(step)
                heapq.heappush(waiting, (-step.probability, number, step))
    return Found(tuple(complete), tuple(partway))


def is_complete(cursor: Cursor, before: Hypothesis, step: Hypothesis) -> bool:
    """
    Whether the word that `step` added to `before` is where the line ends or the text after the cursor takes over.
    """
    word = step.added[-1]
    if word == NEWLINE_ID:
        return True
    if not cursor.rest:
        return False
    text = cursor.words[word]
    if text != cursor.rest[0]:
        return False
    return before.depth <= 0 if text in ")]}>" else True


def _steps(cursor: Cursor, ranker: Ranker, hypothesis: Hypothesis, floor: float, width: int) -> list[Hypothesis]:
    found = candidates(cursor, hypothesis)
    if not len(found.words):
        return []
    shares = ranker.probabilities(found)
    order = (-shares).argsort(kind="stable")[:width].tolist()
    return [
        extend(cursor, hypothesis, int(found.words[i]), bool(found.spaced[i]), float(shares[i]))
        for i in order
        if hypothesis.probability * float(shares[i]) >= floor
    ]
