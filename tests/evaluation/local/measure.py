"""
Ask for completions at many positions and count how good they are.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from lsp_server.providers.local.answer import answer
from lsp_server.providers.local.cursor import PrefixCache, read_cursor
from lsp_server.providers.local.ranker import Ranker
from lsp_server.providers.local.rendering import render
from lsp_server.providers.local.search import search
from lsp_server.providers.local.workspace_index import WorkspaceIndex
from tests.evaluation.local.positions import Position

EVERY_LINE = 0.0005
"""A floor so low that a whole line is guessed nearly everywhere."""


@dataclass(frozen=True, slots=True)
class Guess:
    """
    A guess of the rest of the line: its text, a score whose order says how sure it is, and what it took.
    """

    text: str
    score: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Result:
    """
    One position with the whole line guessed, what would have been shown at the thresholds, and the answer of a server,
    which stops where it is not sure any more.
    """

    position: Position
    guess: Guess
    shown: tuple[tuple[float, str], ...] = ()
    answer: Guess = Guess("", 0.0, 0.0)


Guesser = Callable[[Position, Sequence[str]], Result]
"""Guesses at a position without looking into the named near-duplicates of its file."""


def local_model(index: WorkspaceIndex, ranker: Ranker) -> Guesser:
    """
    The model as it is shipped.
    """

    def guess(position: Position, hidden: Sequence[str]) -> Result:
        begun = time.process_time()
        cursor = read_cursor(position.inputs(), index, cache=PrefixCache(), hidden=hidden)
        found = search(cursor, ranker, floor=EVERY_LINE)
        spent = (time.process_time() - begun) * 1e3
        text, score = "", 0.0
        if found.complete:
            best = found.complete[0]
            text, score = render(cursor, best, position.prefix, len(best.added) - 1), best.probability
        shown = tuple(
            sorted(
                (one.probability, render(cursor, one, position.prefix, len(one.added) - ends))
                for ends, ones in ((1, found.complete), (0, found.partway))
                for one in ones
            )
        )
        return Result(position, Guess(text, score, spent), shown, _answer(position, index, ranker, hidden))

    return guess


def _answer(position: Position, index: WorkspaceIndex, ranker: Ranker, hidden: Sequence[str]) -> Guess:
    begun = time.process_time()
    cursor = read_cursor(position.inputs(), index, cache=PrefixCache(), hidden=hidden)
    said = answer(cursor, ranker, prefix=position.prefix, automatic=True, multiline=False)
    return Guess(said.text, said.sureness, (time.process_time() - begun) * 1e3)


def footprint(index: WorkspaceIndex) -> int:
    """
    The bytes that an index takes, shared arrays once.
    """
    tables = (
        index.row.words, index.row.spaced, index.row.abstract, index.row.next_line, index.file_of, index.counts,
        index.document_frequency, index.abstract_of, index.exact.order, index.abstract.order,
        *(array for skip in index.skips for array in (skip.keys, skip.order)),
    )  # fmt: skip
    vocabulary = index.vocabulary
    texts = sys.getsizeof(vocabulary) + sys.getsizeof(vocabulary.words) + sum(map(sys.getsizeof, vocabulary.words))
    known = [*index.declared.members.values(), *index.declared.exported.values()]
    return sum(table.nbytes for table in tables) + texts + sum(map(sys.getsizeof, known))


def exact(result: Result) -> bool:
    """
    Whether the whole rest of the line was guessed.
    """
    return result.guess.text.strip() == result.position.truth.strip()


def coverage(results: Sequence[Result], precision: float) -> float:
    """
    The largest share of positions at which one can speak with at least this precision.
    """
    ordered = sorted(results, key=lambda result: -result.guess.score)
    right = best = 0
    for count, result in enumerate(ordered, 1):
        right += exact(result)
        if right >= precision * count:
            best = count
    return best / max(1, len(results))


def shown_at(result: Result, threshold: float) -> str:
    """
    The longest text that is at least so sure; nothing when it is under three characters.
    """
    texts = [text for sureness, text in result.shown if sureness >= threshold]
    longest = max(texts, key=len, default="")
    return longest if len(longest.strip()) >= 3 else ""


def speaking(results: Sequence[Result], threshold: float) -> tuple[float, float]:
    """
    At which share of positions something is shown, and which share of that is what the author wrote.
    """
    shown = [(result, text) for result in results if (text := shown_at(result, threshold))]
    right = sum(result.position.truth.strip().startswith(text.strip()) for result, text in shown)
    return len(shown) / max(1, len(results)), right / max(1, len(shown))


def answering(results: Sequence[Result]) -> tuple[float, float]:
    """
    The same for the answers of a server.
    """
    said = [result for result in results if result.answer.text]
    right = sum(result.position.truth.strip().startswith(result.answer.text.strip()) for result in said)
    return len(said) / max(1, len(results)), right / max(1, len(said))


def similarity(result: Result) -> float:
    """
    How alike the guess and the truth are, from 0 to 1.
    """
    return Levenshtein.normalized_similarity(result.guess.text.strip(), result.position.truth.strip())


def percentile(values: Sequence[float], share: float) -> float:
    """
    The value that this share of `values` does not exceed.
    """
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
