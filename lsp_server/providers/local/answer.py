"""
Decide what to say at a cursor: as much of the likeliest continuation as we are sure enough of, or nothing and why.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.hypothesis import Hypothesis
from lsp_server.providers.local.lexer import Ending
from lsp_server.providers.local.ranker import Ranker
from lsp_server.providers.local.rendering import render
from lsp_server.providers.local.search import Found, search
from lsp_server.providers.local.vocabulary import NEWLINE_ID

AUTOMATIC = 0.7
"""Sureness from which text is shown that nobody asked for."""

INVOKED = 0.3
"""The same when the engineer asked."""

LITTLE_CODE = 0.8
"""The least sureness while there is little code to learn from."""

LITTLE = 50_000
"""Characters of source below which there is little to learn from."""

SHORTEST = 3
"""Fewer characters are not worth a look."""

MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The text to offer with its sureness, or none and a sentence that says why.
    """

    text: str
    sureness: float
    note: str


def answer(
    cursor: Cursor,
    ranker: Ranker,
    *,
    prefix: str,
    automatic: bool,
    multiline: bool,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """
    See the module.
    """
    if cursor.ending is Ending.COMMENT:
        return Answer("", 0.0, "The local model does not write comments.")
    if cursor.index.size + len(prefix) == 0:
        return Answer("", 0.0, "There is no code in this workspace to learn from yet.")
    least = threshold(cursor.index.size + len(prefix), automatic=automatic)
    found = search(cursor, ranker, floor=least, cancelled=cancelled)
    best = _longest(cursor, found, prefix)
    if best is None:
        return Answer("", 0.0, f"Nothing in this workspace makes the next words {least:.0%} likely.")
    hypothesis, count = best
    if multiline and hypothesis.added[-1] == NEWLINE_ID:
        hypothesis, count = _further_lines(cursor, ranker, hypothesis, max(least, 0.5), cancelled)
    text = render(cursor, hypothesis, prefix, count)
    if len(text.strip()) < (SHORTEST if automatic else 1):
        return Answer("", hypothesis.probability, "What is likely to follow is too short to show.")
    return Answer(text, hypothesis.probability, "")


def threshold(size: int, *, automatic: bool) -> float:
    """
    The sureness asked for when there are `size` characters to learn from.
    """
    usual = AUTOMATIC if automatic else INVOKED
    return max(usual, LITTLE_CODE) if automatic and size < LITTLE else usual


def _longest(cursor: Cursor, found: Found, prefix: str) -> tuple[Hypothesis, int] | None:
    """
    The longest text found, with how many words of it to show; a word that only marks the end is not shown.
    """
    shown = [(one, len(one.added) - 1) for one in found.complete]
    shown += [(one, len(one.added)) for one in found.partway]
    if not shown:
        return None
    return max(shown, key=lambda pair: (len(render(cursor, pair[0], prefix, pair[1])), pair[0].probability))


def _further_lines(
    cursor: Cursor, ranker: Ranker, hypothesis: Hypothesis, least: float, cancelled: Callable[[], bool]
) -> tuple[Hypothesis, int]:
    """
    Go on line by line while the block that was opened is not closed and we stay sure.
    """
    count = len(hypothesis.added) - 1
    for _ in range(MOST_LINES):
        found = search(cursor, ranker, floor=least, width=1, cancelled=cancelled, begin=hypothesis)
        if not found.complete or found.complete[0].opened < 0:
            break
        line = found.complete[0].added[len(hypothesis.added) :]
        if line[0] == cursor.next_word and found.complete[0].opened <= 0:
            break
        hypothesis = found.complete[0]
        count = len(hypothesis.added) - 1
        if hypothesis.opened <= 0 and hypothesis.line_length == 0:
            break
    return hypothesis, count
