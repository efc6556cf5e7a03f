"""
What the code in this workspace says about the next word of a hypothesis.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.declared import literal_members, receiver_members
from lsp_server.providers.local.hypothesis import Hypothesis
from lsp_server.providers.local.imports import import_sources
from lsp_server.providers.local.left_contexts import DEPTH
from lsp_server.providers.local.places import (
    Places,
    ReboundPlaces,
    Weights,
    exact_places,
    rebound_places,
    skip_places,
)
from lsp_server.providers.local.rows import Numbers
from lsp_server.providers.local.vocabulary import BOUNDARY

GAMMA = 0.35
"""How much a context with many different followers is distrusted (Witten-Bell)."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """
    What the exact places say together, by word in rising order of its number.

    `inverse` leads from a place to its word; `counts[d]` is how much the places count that agree in d words.
    """

    words: Numbers
    inverse: NDArray[np.int64]
    probability: Weights
    deepest: NDArray[np.int64]
    counts: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Votes:
    """
    Words and how much each counts, most first.
    """

    words: Numbers
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    All of it, with what it was gathered for. `partial` is what has been typed of the next word.

    `members` are those of the receiver's type, `fields` those of the type that the innermost brackets are given to,
    `sources` what an import of the names just listed would name.
    """

    cursor: Cursor
    hypothesis: Hypothesis
    partial: str
    exact: Places
    mixture: Mixture
    rebound: ReboundPlaces
    skips: tuple[Votes, ...]
    members: list[int]
    fields: list[int]
    sources: list[int]


def gather_evidence(cursor: Cursor, hypothesis: Hypothesis) -> Evidence:
    """
    Look everywhere.
    """
    partial = "" if hypothesis.added else cursor.partial
    context = hypothesis.context
    abstract = cursor.abstracted(context)
    exact = exact_places(cursor, context, wide=bool(partial))
    sides = (
        hypothesis.brackets[-1].owner if hypothesis.brackets else BOUNDARY,
        hypothesis.line_first,
        cursor.next_word,
    )
    return Evidence(
        cursor=cursor,
        hypothesis=hypothesis,
        partial=partial,
        exact=exact,
        mixture=mix(exact),
        rebound=rebound_places(cursor, context, abstract),
        members=_members(cursor, hypothesis),
        fields=_fields(cursor, hypothesis),
        sources=import_sources(cursor, hypothesis),
        skips=tuple(_count(*skip_places(cursor, which, side, context[0])) for which, side in enumerate(sides)),
    )


def _members(cursor: Cursor, hypothesis: Hypothesis) -> list[int]:
    if cursor.words[hypothesis.context[0]] not in (".", "?."):
        return []
    spheres = (cursor.declared, cursor.index.declared)
    return receiver_members(hypothesis.context, spheres, cursor.index.vocabulary, cursor.enclosing_class)


def _fields(cursor: Cursor, hypothesis: Hypothesis) -> list[int]:
    if not hypothesis.brackets or cursor.words[hypothesis.context[0]] in (".", "?.", ":", "="):
        return []
    spheres = (cursor.declared, cursor.index.declared)
    return literal_members(hypothesis.brackets[-1].owner, spheres, cursor.index.vocabulary)


def mix(places: Places) -> Mixture:
    """
    Witten-Bell: the deepest context speaks first, and passes on what it is unsure of.
    """
    words, inverse = np.unique(places.words, return_inverse=True)
    deepest = np.zeros(len(words), dtype=np.int64)
    np.maximum.at(deepest, inverse, places.depth)
    counts = np.bincount(places.depth, weights=places.weight, minlength=DEPTH + 1)[::-1].cumsum()[::-1]
    kinds = np.bincount(deepest, minlength=DEPTH + 1)[::-1].cumsum()[::-1]
    trust = counts / np.maximum(counts + GAMMA * kinds, 1e-9)
    left_over = np.concatenate((np.cumprod((1 - trust)[::-1])[::-1][1:], [1.0]))
    share = np.cumsum(trust * left_over / np.maximum(counts, 1e-9))
    probability = np.bincount(inverse, weights=share[places.depth] * places.weight, minlength=len(words))
    return Mixture(words, inverse, probability.astype(np.float32), deepest, counts)


def _count(words: Numbers, weight: Weights) -> Votes:
    if not len(words):
        return Votes(words, np.zeros(0))
    unique, inverse = np.unique(words, return_inverse=True)
    totals = np.bincount(inverse, weights=weight).astype(np.float64)
    order = np.argsort(-totals, kind="stable")
    return Votes(unique[order], totals[order])
