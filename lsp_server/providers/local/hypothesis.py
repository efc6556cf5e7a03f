"""
A possible continuation: the words added so far and what the grammar looks like after them.
"""

from dataclasses import dataclass

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.left_contexts import DEPTH
from lsp_server.providers.local.rows import Bracket, update_brackets
from lsp_server.providers.local.vocabulary import BOUNDARY, NEWLINE_ID


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """
    Words added after the cursor, how sure we are of them, and the state that the next word depends on.

    `sureness[i]` is the probability that the first i + 1 words are right. `depth` is how many more brackets are open
    than at the cursor, and `lowest` the least that it was on the way.
    """

    added: tuple[int, ...]
    spaced: tuple[bool, ...]
    sureness: tuple[float, ...]
    context: list[int]
    brackets: tuple[Bracket, ...]
    depth: int
    lowest: int
    line_first: int
    line_length: int

    @property
    def opened(self) -> int:
        """
        How many brackets it has opened itself and not closed.
        """
        return self.depth - self.lowest

    @property
    def probability(self) -> float:
        """
        That all of it is right.
        """
        return self.sureness[-1] if self.sureness else 1.0


def start(cursor: Cursor) -> Hypothesis:
    """
    Nothing added yet.
    """
    return Hypothesis((), (), (), cursor.context(), cursor.brackets, 0, 0, cursor.line_first, cursor.line_length)


def extend(cursor: Cursor, hypothesis: Hypothesis, word: int, spaced: bool, probability: float) -> Hypothesis:
    """
    One word more.
    """
    vocabulary = cursor.index.vocabulary
    brackets = hypothesis.brackets
    text = vocabulary.words[word]
    depth, lowest = hypothesis.depth, hypothesis.lowest
    if text in _BRACKETS:
        stack = list(brackets)
        update_brackets(stack, text, hypothesis.context[1::-1], vocabulary)
        depth += len(stack) - len(brackets)
        brackets = tuple(stack)
    new_line = word == NEWLINE_ID
    first = hypothesis.line_first if hypothesis.line_length else word
    return Hypothesis(
        added=(*hypothesis.added, word),
        spaced=(*hypothesis.spaced, spaced),
        sureness=(*hypothesis.sureness, hypothesis.probability * probability),
        context=[word, *hypothesis.context[: DEPTH - 1]],
        brackets=brackets,
        depth=depth,
        lowest=min(lowest, depth),
        line_first=BOUNDARY if new_line else first,
        line_length=0 if new_line else hypothesis.line_length + 1,
    )


_BRACKETS = frozenset(("(", ")", "[", "]", "{", "}", "<", ">", "</", "/>"))
