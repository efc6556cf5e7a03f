"""
Gather the places whose context is like that at the cursor, in the index and in the open file.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.left_contexts import DEPTH, LeftContexts
from lsp_server.providers.local.renaming import exchanged_folders, exchanged_parts, rename
from lsp_server.providers.local.rows import Numbers, Row, skip_key
from lsp_server.providers.local.vocabulary import BOUNDARY, Kind

Weights = NDArray[np.float32]
Flags = NDArray[np.bool_]

SMALL = 240
"""Ranges of at most so many places are looked at in full; of larger ones a sample counts for all."""

SAMPLE = 40
WIDE_SAMPLE = 3000
REBOUND = 32

COMPOSED = 6
"""At so many of the places names are taken apart."""

_BACK = np.arange(1, DEPTH + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Places:
    """
    What follows at each place, how many words of the context agree there, and what the place counts.

    `agrees` tells where the next line begins with the same word as the line after the cursor.
    """

    positions: Numbers
    words: Numbers
    depth: NDArray[np.int64]
    weight: Weights
    agrees: Flags
    spaced: Flags
    own: Flags


@dataclass(frozen=True, slots=True)
class ReboundPlaces:
    """
    What would follow at each place of the same shape if its names were those at the cursor.

    `overlap` is the share of the agreeing words that are the very same; `bound` tells where a name was exchanged.
    """

    words: Numbers
    depth: NDArray[np.int64]
    overlap: Weights
    weight: Weights
    bound: Flags
    spaced: Flags


def exact_places(cursor: Cursor, context: list[int], *, wide: bool) -> Places:
    """
    Places where the very same words stand before; `wide` looks at more of them, for when a filter keeps few.
    """
    positions, known_weight = _sampled(cursor.index.exact, context, WIDE_SAMPLE if wide else SAMPLE)
    static = cursor.index.row
    weight = known_weight * cursor.file_weights[cursor.index.file_of[positions]]
    positions, weight = positions[weight > 0], weight[weight > 0]
    own = _agreeing(cursor.row.words, context)
    wanted = np.array(context, dtype=np.int32)
    return Places(
        positions=np.concatenate((positions, own)),
        words=np.concatenate((static.words[positions], cursor.row.words[own])),
        depth=np.concatenate((_depths(static.words, positions, wanted), _depths(cursor.row.words, own, wanted))),
        weight=np.concatenate((weight, cursor.row_weights[own])),
        agrees=np.concatenate((static.next_line[positions], cursor.row.next_line[own])) == cursor.next_word,
        spaced=np.concatenate((static.spaced[positions], cursor.row.spaced[own])),
        own=np.arange(len(positions) + len(own)) >= len(positions),
    )


def rebound_places(cursor: Cursor, context: list[int], abstract: list[int]) -> ReboundPlaces:
    """
    Places of the same shape, deepest agreement first.
    """
    index = cursor.index
    positions = _deepest(index.abstract, abstract)
    weight = cursor.file_weights[index.file_of[positions]]
    positions, weight = positions[weight > 0], weight[weight > 0]
    own = _agreeing(cursor.row.abstract, abstract)
    wanted, shape = np.array(context, dtype=np.int32), np.array(abstract, dtype=np.int32)
    if len(own) > REBOUND:
        depth = _depths(cursor.row.abstract, own, shape)
        own = own[np.argsort(-depth, kind="stable")[:REBOUND]]
    there = _rebind(index.row, positions, wanted, shape)
    here = _rebind(cursor.row, own, wanted, shape)
    words = np.concatenate((there.words, here.words))
    depth = np.concatenate((there.depth, here.depth))
    bound = np.concatenate((there.bound, here.bound))
    _compose(cursor, context, (words, depth, bound), ((index.row, positions), (cursor.row, own)))
    return ReboundPlaces(
        words=words,
        depth=depth,
        overlap=np.concatenate((there.overlap, here.overlap)),
        weight=np.concatenate((weight, cursor.row_weights[own])),
        bound=bound,
        spaced=np.concatenate((index.row.spaced[positions], cursor.row.spaced[own])),
    )


def skip_places(cursor: Cursor, which: int, side: int, previous: int) -> tuple[Numbers, Weights]:
    """
    What follows in one skip context, and what each place counts.
    """
    key = skip_key(side, previous)
    positions = cursor.index.skips[which].find(key)
    scale = 1.0
    if len(positions) > SAMPLE * 2:
        stride = len(positions) // (SAMPLE * 2)
        positions, scale = positions[::stride], float(stride)
    weight = scale * cursor.file_weights[cursor.index.file_of[positions]]
    own = np.flatnonzero(cursor.row.skips[which] == np.uint32(key))
    words = np.concatenate((cursor.index.row.words[positions], cursor.row.words[own]))
    return words, np.concatenate((weight, cursor.row_weights[own])).astype(np.float32)


def _sampled(contexts: LeftContexts, context: list[int], sample: int) -> tuple[Numbers, Weights]:
    """
    The deepest range in full and a sample of each wider one, with how many places each taken one stands for.
    """
    ranges = contexts.narrow(context, SMALL)
    if len(ranges) == 1:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
    order = contexts.order
    inner_low, inner_high = ranges[-1]
    stride = max(1, (inner_high - inner_low) // max(SMALL, sample))
    parts = [order[inner_low:inner_high:stride]]
    scales = [float(stride)]
    for low, high in ranges[-2:0:-1]:
        around = (high - low) - (inner_high - inner_low)
        if around > 0:
            stride = max(1, around // sample)
            parts += [order[low:inner_low:stride], order[inner_high:high:stride]]
            scales += [float(stride), float(stride)]
        inner_low, inner_high = low, high
    weights = np.repeat(np.array(scales, dtype=np.float32), [len(part) for part in parts])
    return np.concatenate(parts), weights


def _deepest(contexts: LeftContexts, context: list[int]) -> Numbers:
    """
    Some places from the deepest ranges.
    """
    ranges = contexts.narrow(context, 8)
    parts: list[Numbers] = []
    taken, low, high = 0, 0, 0
    for outer_low, outer_high in ranges[:0:-1]:
        if not parts:
            low = high = outer_low
        room = REBOUND - taken
        if room <= 0:
            break
        around = (outer_high - outer_low) - (high - low)
        stride = max(1, -(-around // room))
        found = [contexts.order[outer_low:low:stride], contexts.order[high:outer_high:stride]]
        parts += found
        taken += sum(map(len, found))
        low, high = outer_low, outer_high
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


def _agreeing(words: Numbers, context: list[int]) -> Numbers:
    """
    Positions after the same word as at the cursor, by looking at all of them.
    """
    found = np.flatnonzero(words[:-1] == context[0]) + 1
    found = found[(words[found] != BOUNDARY) & (found >= DEPTH)]
    if len(found) > 4 * SMALL:
        found = found[words[found - 2] == context[1]]
    agreeing: Numbers = found.astype(np.int32)
    return agreeing


def _depths(words: Numbers, positions: Numbers, context: Numbers) -> NDArray[np.int64]:
    """
    How many words agree to the left of each position.
    """
    back = _BACK[: len(context)]
    differs = words[positions.astype(np.int64)[:, None] - back] != context
    return np.where(differs.any(axis=1), differs.argmax(axis=1), len(context))


def _compose(
    cursor: Cursor,
    context: list[int],
    found: tuple[Numbers, NDArray[np.int64], Flags],
    parts: tuple[tuple[Row, Numbers], ...],
) -> None:
    """
    In place: names that no word of the context was exchanged for, but that are made of words that were.
    """
    words, depth, bound = found
    where = [(row, int(place)) for row, places in parts for place in places]
    texts, kinds = cursor.words, cursor.index.vocabulary.kinds
    order = np.argsort(-depth, kind="stable")[:COMPOSED].tolist()
    for number in order:
        word = int(words[number])
        if bound[number] or kinds[word] != Kind.IDENTIFIER or cursor.abstracted([word]) == [word]:
            continue
        row, place = where[number]
        theirs = row.words[place - int(depth[number]) : place][::-1].tolist()
        exchanges = [
            (texts[old], texts[new])
            for old, new in zip(theirs, context, strict=False)
            if old != new and kinds[old] == kinds[new] == Kind.IDENTIFIER
        ]
        exchanges += [exchanged_parts(*pair) for pair in exchanges]
        if row is cursor.index.row:
            exchanges += exchanged_folders(cursor.index.paths[cursor.index.file_of[place]], cursor.path)
        renamed = rename(texts[word], exchanges)
        if renamed and (made := cursor.make_up(renamed)):
            words[number], bound[number] = made, True


@dataclass(frozen=True, slots=True)
class _Rebound:
    words: Numbers
    depth: NDArray[np.int64]
    overlap: Weights
    bound: Flags


def _rebind(row: Row, positions: Numbers, context: Numbers, shape: Numbers) -> _Rebound:
    """
    What follows at the positions with names exchanged; see `ReboundPlaces`.
    """
    places = positions.astype(np.int64)
    theirs = row.words[places[:, None] - _BACK[: len(context)]]
    depth = _depths(row.abstract, positions, shape)
    within = _BACK[: len(context)] <= depth[:, None]
    overlap = ((theirs == context) & within).sum(axis=1) / np.maximum(depth, 1)
    following = row.words[places]
    hits = (theirs == following[:, None]) & within
    bound = hits.any(axis=1) & (row.abstract[places] != following)
    ours = np.where(bound, context[hits.argmax(axis=1)], following).astype(np.int32)
    return _Rebound(ours, depth, overlap.astype(np.float32), bound)
