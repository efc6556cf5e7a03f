"""
Everything that speaks for a candidate, as a row of numbers for the ranker.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.candidates import choose_candidates
from lsp_server.providers.local.cursor import FULL_BRACKETS, Cursor
from lsp_server.providers.local.evidence import Evidence, Mixture, Votes, gather_evidence
from lsp_server.providers.local.hypothesis import Hypothesis
from lsp_server.providers.local.left_contexts import DEPTH
from lsp_server.providers.local.places import ReboundPlaces
from lsp_server.providers.local.rows import Numbers
from lsp_server.providers.local.spacing import usual_space
from lsp_server.providers.local.vocabulary import NEWLINE_ID, Kind

SMALLEST_SEEN = 200_000
"""Characters; the ranker has learnt from no smaller workspaces, and would guess what their size means."""

Table = NDArray[np.float32]
Columns = list[NDArray[np.float64] | NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """
    Words that may come next; `features` has a row for each and a last one for none of them.
    """

    words: Numbers
    spaced: NDArray[np.bool_]
    features: Table


def candidates(cursor: Cursor, hypothesis: Hypothesis) -> Candidates:
    """
    Gather and describe the candidates for the next word.
    """
    evidence = gather_evidence(cursor, hypothesis)
    return describe(evidence, choose_candidates(evidence))


def describe(evidence: Evidence, chosen: Numbers) -> Candidates:
    """
    The rows for the `chosen` words.
    """
    cursor, rebound = evidence.cursor, evidence.rebound
    found = _find(evidence.mixture, chosen)
    spaced = _spaces(evidence, chosen, found)
    columns = [
        *_exact(evidence, found),
        *_rebound(chosen, rebound),
        *(column for votes in evidence.skips for column in _skip(chosen, votes)),
        *_word(cursor, chosen),
        *_lists(evidence, chosen),
        *_grammar(evidence, chosen, spaced),
    ]
    shared = _shared(evidence, found.probability)
    table = np.zeros((len(chosen) + 1, len(columns) + 1 + len(shared)), dtype=np.float32)
    for number, column in enumerate(columns):
        table[:-1, number] = column
    table[-1, len(columns)] = 1.0  # Marks the row for none of the candidates.
    table[:, len(columns) + 1 :] = shared
    return Candidates(chosen, spaced, table)


@dataclass(frozen=True, slots=True)
class _Found:
    """
    Where the candidates stand in the mixture, and what it gives them.
    """

    row: NDArray[np.int64]
    known: NDArray[np.bool_]
    probability: NDArray[np.float32]


def _find(mixture: Mixture, chosen: Numbers) -> _Found:
    if not len(mixture.words):
        nowhere = np.zeros(len(chosen), dtype=np.int64)
        return _Found(nowhere, nowhere > 0, nowhere.astype(np.float32))
    row = np.minimum(np.searchsorted(mixture.words, chosen), len(mixture.words) - 1)
    known = mixture.words[row] == chosen
    return _Found(row, known, np.where(known, mixture.probability[row], np.float32(0)))


def _per_word(
    evidence: Evidence, found: _Found, values: NDArray[np.float32] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    The sum of a value over the exact places of each candidate.
    """
    mixture = evidence.mixture
    sums = np.bincount(mixture.inverse, weights=values, minlength=max(len(mixture.words), 1))
    return np.where(found.known, sums[found.row], 0.0)


def _deepest(evidence: Evidence, found: _Found, among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """
    The deepest agreement of each candidate among some of its exact places.
    """
    depths = np.zeros(max(len(evidence.mixture.words), 1), dtype=np.int64)
    np.maximum.at(depths, evidence.mixture.inverse[among], evidence.exact.depth[among])
    return np.where(found.known, np.minimum(depths[found.row], 16), 0) / 16


def _exact(evidence: Evidence, found: _Found) -> Columns:
    exact, mixture = evidence.exact, evidence.mixture
    weight, depth = exact.weight, exact.depth
    top = int(mixture.deepest.max(initial=0))
    at_two, at_four = depth >= 2, depth >= 4
    own, agreeing = weight * (exact.own & at_two), weight * (exact.agrees & at_two)
    deepest = _deepest(evidence, found, np.ones(len(depth), dtype=np.bool_))

    def summed(values: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
        return _per_word(evidence, found, values)

    return [
        np.log(found.probability + 1e-5),
        found.probability,
        deepest,
        (deepest >= min(top, 16) / 16).astype(np.float32),
        np.log1p(summed(weight * (depth >= top))),
        summed(weight * at_two) / max(float(mixture.counts[2]), 1e-6),
        summed(weight * at_four) / max(float(mixture.counts[4]), 1e-6),
        np.log1p(summed(weight)) / 4,
        summed(own) / max(float(own.sum()), 1e-6),
        _deepest(evidence, found, exact.own),
        summed(agreeing) / max(float(agreeing.sum()), 1e-6),
        _deepest(evidence, found, exact.agrees),
    ]


def _spaces(evidence: Evidence, chosen: Numbers, found: _Found) -> NDArray[np.bool_]:
    """
    Whether white space stands before each candidate: as in its places, else as usual.
    """
    votes = evidence.exact.weight * (1.0 + evidence.exact.depth) ** 2
    total = _per_word(evidence, found, votes)
    yes = _per_word(evidence, found, votes * evidence.exact.spaced)
    vocabulary, previous = evidence.cursor.index.vocabulary, evidence.hypothesis.context[0]
    usual = np.array([usual_space(vocabulary, previous, word) for word in chosen.tolist()], dtype=np.bool_)
    spaced = np.where(total > 0, yes * 2 > total, usual)
    rebound = evidence.rebound
    if len(rebound.words):
        hit = rebound.words == chosen[:, None]
        only = (total == 0) & hit.any(axis=1)
        spaced = np.where(only, rebound.spaced[hit.argmax(axis=1)], spaced)
    return spaced


def _rebound(chosen: Numbers, rebound: ReboundPlaces) -> Columns:
    hit = rebound.words == chosen[:, None]
    rank = rebound.weight * (1.0 + rebound.depth) ** 1.5 * (0.2 + rebound.overlap)
    total = max(float(rank.sum()), 1e-6)
    return [
        (hit * rank).sum(axis=1) / total,
        (hit * np.minimum(rebound.depth, DEPTH)).max(axis=1, initial=0) / DEPTH,
        (hit * rebound.overlap * rebound.depth).max(axis=1, initial=0.0) / DEPTH,
        (hit * rebound.bound * rank).sum(axis=1) / total,
        (hit & rebound.bound).any(axis=1).astype(np.float32),
    ]


def _skip(chosen: Numbers, votes: Votes) -> Columns:
    hits = ((votes.words == chosen[:, None]) * votes.weight).sum(axis=1)
    return [hits / (float(votes.weight.sum()) + 0.5), np.log1p(hits) / 4]


def _lists(evidence: Evidence, chosen: Numbers) -> Columns:
    """
    How far up each candidate stands in the lists it may come from.
    """
    nearby = evidence.cursor.nearby
    known = (evidence.members, evidence.fields, evidence.sources)
    near = (nearby.names_before, nearby.members_before, nearby.names_after, nearby.members_after)
    columns: Columns = []
    listed = chosen.tolist()
    for words in (*known, *near):
        ranks = {word: rank for rank, word in enumerate(words)}
        columns.append(np.array([1 / (2 + ranks[word]) + 0.5 if word in ranks else 0.0 for word in listed]))
    columns += [np.where(columns[which] == 0, float(bool(known[which])), 0.0) for which in range(3)]
    return columns


_KINDS = tuple(kind for kind in Kind if kind is not Kind.BOUNDARY)


def _word(cursor: Cursor, chosen: Numbers) -> Columns:
    """
    What is known of a word wherever it may stand.
    """
    index = cursor.index
    known = chosen < len(index.counts)
    safe = np.where(known, chosen, 0)
    present = cursor.counts_in_row[chosen]  # The index may not have the open and the changed files yet.
    files_with = np.maximum(np.where(known, index.document_frequency[safe], 0), present > 0)
    times = np.maximum(np.where(known, index.counts[safe], 0), present)
    last = cursor.last_seen[chosen]
    kinds = np.frombuffer(bytes(index.vocabulary.kinds), dtype=np.uint8)[chosen]
    files = max(1, len(index.folders))
    return [
        np.where(last >= 0, np.exp((last - cursor.before) / 30.0), 0.0),
        np.where(last >= 0, np.exp((last - cursor.before) / 300.0), 0.0),
        np.log1p(cursor.counts_before[chosen]) / 4,
        np.log1p(cursor.counts_after[chosen]) / 4,
        cursor.fresh_after[chosen].astype(np.float32),
        np.log1p(files_with) / math.log(files + 2),
        np.log1p(times) / 12,
        *((kinds == kind).astype(np.float32) for kind in _KINDS),
    ]


def _grammar(evidence: Evidence, chosen: Numbers, spaced: NDArray[np.bool_]) -> Columns:
    """
    Brackets, what was typed of the word, and the text after the cursor.
    """
    cursor, hypothesis, partial = evidence.cursor, evidence.hypothesis, evidence.partial
    texts = [cursor.words[word] for word in chosen.tolist()]
    closer = hypothesis.brackets[-1].closer if hypothesis.brackets else ""
    owed = _owed(cursor, hypothesis)
    rest = cursor.rest[0] if cursor.rest else ""
    first = not hypothesis.added and not partial and hypothesis.line_length > 0

    def where(condition: list[bool]) -> NDArray[np.float32]:
        return np.array(condition, dtype=np.float32)

    closes = where([text in FULL_BRACKETS or text == "/>" for text in texts])
    opens = where([text in "([{" for text in texts])
    ends = (chosen == NEWLINE_ID).astype(np.float32)
    return [
        where([bool(closer) and text == closer for text in texts]),
        *(side * mark for mark in (closes, opens, ends) for side in (max(owed, 0.0), max(-owed, 0.0))),
        where([bool(rest) and text == rest for text in texts]),
        (spaced != cursor.typed_space) * np.float32(first),
        where([bool(partial) and text == partial for text in texts]),
        np.array([len(text) for text in texts]) / 20,
    ]


def _owed(cursor: Cursor, hypothesis: Hypothesis) -> float:
    """
    How many more closing brackets follow than stand open, clipped; 0 when it is not known.
    """
    if cursor.owed is None:
        return 0.0
    standing = sum(1 for bracket in hypothesis.brackets if bracket.closer in FULL_BRACKETS)
    return max(-3.0, min(3.0, float(cursor.owed - standing)))


_PREVIOUS_KINDS = (Kind.NEWLINE, Kind.IDENTIFIER, Kind.KEYWORD, Kind.OPENER, Kind.CLOSER, Kind.OPERATOR)


def _shared(evidence: Evidence, probability: NDArray[np.float32]) -> list[float]:
    """
    What is the same for all candidates.
    """
    cursor, hypothesis, mixture = evidence.cursor, evidence.hypothesis, evidence.mixture
    kind = cursor.index.vocabulary.kinds[hypothesis.context[0]]
    best = np.sort(probability)[::-1].tolist()
    top = int(mixture.deepest.max(initial=0))
    return [
        *(float(kind == other) for other in _PREVIOUS_KINDS),
        best[0] if best else 0.0,
        best[0] - best[1] if len(best) > 1 else 0.0,
        min(top, 16) / 16,
        math.log1p(float(mixture.counts[top])) / 5,
        math.log1p(float(mixture.counts[0])) / 12,
        float(evidence.rebound.depth.max(initial=0)) / DEPTH,
        float(hypothesis.line_length == 0),
        math.log1p(hypothesis.line_length) / 3,
        len(hypothesis.added) / 10,
        min(len(evidence.partial), 10) / 10,
        float(cursor.owed is None),
        _owed(cursor, hypothesis) / 3,
        math.log1p(max(cursor.index.size, SMALLEST_SEEN)) / 16,
        float(bool(cursor.rest)),
    ]
