"""
Decide what to say at a cursor: as much of the likeliest continuation as we are sure enough of, or nothing and why.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.hypothesis import Hypothesis
from lsp_server.providers.local.lexer import Ending
from lsp_server.providers.local.ranker import Ranker
from lsp_server.providers.local.rendering import closing, render
from lsp_server.providers.local.search import Found, search
from lsp_server.providers.local.vocabulary import NEWLINE_ID

AUTOMATIC = 0.75
"""Sureness from which text is shown that nobody asked for."""

INVOKED = 0.3
"""The same when the engineer asked."""

LITTLE_CODE = 0.8
"""The least sureness while there is little code to learn from."""

LITTLE = 50_000
"""Characters of source below which there is little to learn from."""

TOO_LITTLE = 400
"""Characters of source below which nothing is said."""

SHORTEST = 3
"""Fewer characters are not worth a look."""

MOST_LINES = 8

SURE_OF_LINES = 0.5
"""More than one line is only offered when all of them together are so likely, even if the engineer asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The text to offer with its sureness, or none and a sentence that says why.

    `declined` where nothing of the kind is ever offered.
    """

    text: str
    sureness: float
    note: str
    declined: bool = False


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
        return Answer("", 0.0, "The local model does not write comments.", declined=True)
    if cursor.size < TOO_LITTLE:
        return Answer("", 0.0, "There is too little code in this workspace to learn from yet.")
    least = threshold(cursor.size, automatic=automatic)
    found = search(cursor, ranker, floor=least, cancelled=cancelled)
    best = _longest(cursor, found, prefix)
    if best is None:
        return Answer("", 0.0, f"Nothing in this workspace makes the next words {least:.0%} likely.")
    hypothesis, count = best
    text = render(cursor, hypothesis, prefix, count)
    if multiline and hypothesis.added[-1] == NEWLINE_ID:
        further = _further_lines(cursor, ranker, hypothesis, max(least, SURE_OF_LINES), cancelled)
        if further is not hypothesis:
            hypothesis = further
            text = render(cursor, further, prefix, len(further.added) - 1) + closing(cursor, further, prefix)
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
    shown += [(one, _without_dangling(cursor, one)) for one in found.partway]
    shown = [(one, count) for one, count in shown if count]
    if not shown:
        return None

    def reach(pair: tuple[Hypothesis, int]) -> tuple[int, bool, float]:
        one, count = pair
        return len(render(cursor, one, prefix, count)), one in found.complete, one.probability

    return max(shown, key=reach)


def _without_dangling(cursor: Cursor, hypothesis: Hypothesis) -> int:
    """
    How many words to show so that none at the end only makes sense with what we are not sure of.
    """
    count = len(hypothesis.added)
    while count and cursor.words[hypothesis.added[count - 1]] in _DANGLING:
        count -= 1
    return count


_DANGLING = frozenset(
    (".", "?.", "=", "=>", "==", "===", "!==", "&&", "||", "??", "+", "-", "*", "/", "!", "...", "new")
)


def _further_lines(
    cursor: Cursor, ranker: Ranker, line: Hypothesis, least: float, cancelled: Callable[[], bool]
) -> Hypothesis:
    """
    Go on line by line while we stay sure, up to the end of the block that the first line opened or that it is in.
    """
    lines = [line]
    while len(lines) < MOST_LINES:
        last = lines[-1]
        found = search(cursor, ranker, floor=least, width=1, cancelled=cancelled, begin=last)
        if not found.complete or found.complete[0].lowest < last.lowest:
            break
        further = found.complete[0]
        if further.added[len(last.added)] == cursor.next_word and not last.opened:
            break
        lines.append(further)
        if line.opened and not further.opened:
            break
    while len(lines) > 1 and cursor.words[lines[-1].added[-2]] in ("(", "[", "{"):
        lines.pop()  # A block that we know nothing to put into is not begun.
    return lines[-1]
