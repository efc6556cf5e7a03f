"""
What simpler models of the same text guess, side by side with ours.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np

from lsp_server.providers.local.cursor import Cursor, PrefixCache, read_cursor
from lsp_server.providers.local.evidence import mix
from lsp_server.providers.local.hypothesis import Hypothesis, extend, start
from lsp_server.providers.local.places import Places, exact_places
from lsp_server.providers.local.rendering import render
from lsp_server.providers.local.search import LONGEST
from lsp_server.providers.local.vocabulary import NEWLINE_ID
from lsp_server.providers.local.workspace_index import WorkspaceIndex
from tests.evaluation.local.measure import Guess, Guesser, Result
from tests.evaluation.local.positions import Position

NextWord = Callable[[Cursor, Hypothesis], tuple[int, bool, float]]
"""The next word, whether it is spaced, and how sure; the word 0 gives up."""


def greedy(index: WorkspaceIndex, next_word: NextWord) -> Guesser:
    """
    A guesser that takes the likeliest word again and again until the line ends.
    """

    def guess(position: Position, hidden: Sequence[str]) -> Result:
        begun = time.process_time()
        cursor = read_cursor(position.inputs(), index, cache=PrefixCache(), hidden=hidden)
        hypothesis = start(cursor)
        for _ in range(LONGEST):
            word, spaced, sureness = next_word(cursor, hypothesis)
            if not word:
                break
            hypothesis = extend(cursor, hypothesis, word, spaced, sureness)
            if word == NEWLINE_ID:
                break
        ended = hypothesis.added[-1:] == (NEWLINE_ID,)
        text = render(cursor, hypothesis, position.prefix, len(hypothesis.added) - 1) if ended else ""
        return Result(position, Guess(text, hypothesis.probability, (time.process_time() - begun) * 1e3))

    return guess


def mixed_ngrams(order: int) -> NextWord:
    """
    Words counted after up to `order` - 1 others, mixed by Witten-Bell, every file counting alike.
    """

    def next_word(cursor: Cursor, hypothesis: Hypothesis) -> tuple[int, bool, float]:
        places = _places(cursor, hypothesis, order - 1)
        if not len(places.words):
            return 0, False, 0.0
        mixture = mix(places)
        best = int(mixture.probability.argmax())
        word = int(mixture.words[best])
        return word, _spaced(places, word), float(mixture.probability[best])

    return next_word


def longest_suffix(cursor: Cursor, hypothesis: Hypothesis) -> tuple[int, bool, float]:
    """
    The commonest word after the longest context that occurs anywhere.
    """
    places = _places(cursor, hypothesis, 24)
    if not len(places.words):
        return 0, False, 0.0
    deepest = places.depth == places.depth.max()
    words, inverse = np.unique(places.words[deepest], return_inverse=True)
    counts = np.bincount(inverse, weights=places.weight[deepest])
    word = int(words[counts.argmax()])
    return word, _spaced(places, word), float(counts.max() / counts.sum())


def copied_line(index: WorkspaceIndex) -> Guesser:
    """
    The rest of the line at the one place whose context agrees longest.
    """

    def guess(position: Position, hidden: Sequence[str]) -> Result:
        begun = time.process_time()
        cursor = read_cursor(position.inputs(), index, cache=PrefixCache(), hidden=hidden)
        hypothesis = start(cursor)
        places = _places(cursor, hypothesis, 24)
        if len(places.words):
            best = int(places.depth.argmax())
            depth = float(places.depth[best])
            row = cursor.row if places.own[best] else index.row
            place = int(places.positions[best])
            for at in range(place, min(place + LONGEST, len(row.words))):
                hypothesis = extend(cursor, hypothesis, int(row.words[at]), bool(row.spaced[at]), 1.0)
                if row.words[at] == NEWLINE_ID:
                    break
        else:
            depth = 0.0
        text = render(cursor, hypothesis, position.prefix, max(0, len(hypothesis.added) - 1))
        return Result(position, Guess(text, depth, (time.process_time() - begun) * 1e3))

    return guess


def _places(cursor: Cursor, hypothesis: Hypothesis, depth: int) -> Places:
    """
    All places, each counting once, with words that begin as typed.
    """
    partial = "" if hypothesis.added else cursor.partial
    found = exact_places(cursor, hypothesis.context, wide=bool(partial))
    fits = np.array([cursor.words[word].startswith(partial) for word in found.words.tolist()], dtype=np.bool_)
    fits &= found.words >= NEWLINE_ID
    own = found.own[fits]
    return Places(
        positions=found.positions[fits],
        words=found.words[fits],
        depth=np.minimum(found.depth[fits], depth),
        weight=np.where(own, 1, found.weight[fits]).astype(np.float32),
        agrees=found.agrees[fits],
        spaced=found.spaced[fits],
        own=own,
    )


def _spaced(places: Places, word: int) -> bool:
    return bool(places.spaced[places.words == word].mean() > 0.5)
