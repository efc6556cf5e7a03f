"""
Choose pieces by worth per character under the budget, and lay them out as snippets, one a file, in a stable order.
"""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import NamedTuple

from lsp_server.context.piece import Piece
from lsp_server.context.situation import WORD
from lsp_server.context.snippet import CHARS_PER_TOKEN, Context, ContextSnippet, Dropped

BLANK = "\n\n"
LISTING = "// also: "
COMMA = ", "
MAX_DROPPED = 100
DEFINITION = 1.6
"""What showing how a name is declared is worth, besides showing the name."""
KEPT_WORTH = 0.02
"""What a piece is worth whose names the file shows already."""


class _Offer(NamedTuple):
    """A piece as it stands, or only the name of what it declares."""

    piece: Piece
    brief: bool


@dataclass(slots=True)
class _Open:
    """What is already paid for: the files and owners that have been opened."""

    relative: Mapping[str, str]
    likelihood: Mapping[str, float]
    left: int
    files: set[str] = field(default_factory=set)
    owners: set[tuple[str, str]] = field(default_factory=set)
    listing: set[str] = field(default_factory=set)
    chosen: list[Piece] = field(default_factory=list)
    named: dict[tuple[str, int, str], Piece] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    defined: dict[str, float] = field(default_factory=dict)
    _words: dict[tuple[str, int, str], tuple[str, ...]] = field(default_factory=dict)

    def words_of(self, piece: Piece) -> tuple[str, ...]:
        """The likely names in the text of a piece."""
        known = self._words.get(piece.key)
        if known is None:
            found = dict.fromkeys(WORD.findall(piece.text))
            known = self._words[piece.key] = tuple(word for word in found if word in self.likelihood)
        return known


def pack(pieces: Iterable[Piece], budget: int, relative: Mapping[str, str], likelihood: Mapping[str, float]) -> Context:
    """
    The best context of at most `budget` tokens; `relative` maps the path of each piece to the path to show.
    """
    merged, repeated = merge(pieces)
    state = _Open(relative, likelihood, budget * CHARS_PER_TOKEN)
    left_out = _choose(merged, state)
    snippets = _snippets(state)
    text = BLANK.join(f"{header(item.path)}\n{item.text}" for item in snippets)
    dropped = [_dropped(piece, relative, "budget") for piece in left_out[:MAX_DROPPED]]
    dropped += [_dropped(piece, relative, "duplicate") for piece in repeated[:MAX_DROPPED]]
    return Context(snippets=snippets, dropped=tuple(dropped), text=text)


def merge(pieces: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
    """
    One piece for each thing said, the surest, and the repetitions.
    """
    found: dict[tuple[str, int, str], Piece] = {}
    repeated: list[Piece] = []
    for piece in pieces:
        known = found.setdefault(piece.key, piece)
        if known is piece:
            continue
        surer, other = sorted((known, piece), key=lambda one: (bool(one.text), one.worth), reverse=True)
        found[piece.key] = replace(surer, share=max(surer.share, other.share))
        repeated.append(other)
    ordered = sorted(_rivals(found.values()), key=lambda piece: (-piece.worth, piece.key))
    return ordered, repeated


def _rivals(pieces: Collection[Piece]) -> Iterator[Piece]:
    # Declarations of one name share the chance that it is theirs, by how sure whoever found them can be.
    totals: dict[str, float] = defaultdict(float)
    for piece in pieces:
        for name in piece.names:
            totals[name] += piece.share
    for piece in pieces:
        total = max((totals[name] for name in piece.names), default=0.0)
        yield replace(piece, share=piece.share / total) if total > 1.0 else piece


def header(path: str) -> str:
    """
    The line above a snippet.
    """
    return f"// {path}"


def _choose(pieces: Sequence[Piece], state: _Open) -> list[Piece]:
    offers = [_Offer(piece, brief) for piece in pieces for brief in _forms(piece)]
    waiting: dict[object, list[int]] = defaultdict(list)
    heap: list[tuple[float, int]] = []
    for number, offer in enumerate(offers):
        waiting[offer.piece.path].append(number)
        waiting[offer.piece.path, offer.piece.owner].append(number)
        heap.append((-_rate(offer, state), number))
    heapq.heapify(heap)
    taken = [False] * len(offers)
    while heap:
        rate, number = heapq.heappop(heap)
        if taken[number]:
            continue
        offer = offers[number]
        now = -_rate(offer, state)
        if now > rate + 1e-12:
            # Its names were shown meanwhile: it is worth less than it was, and waits for its turn again.
            heapq.heappush(heap, (now, number))
            continue
        if now >= 0:
            break
        cost = _cost(offer, state)
        if cost > state.left:
            continue
        taken[number] = True
        state.left -= cost
        # What stands in a file or under a head that is now shown costs less: offer it again at its new rate.
        for other in _open(offer, state, waiting):
            if not taken[other]:
                heapq.heappush(heap, (-_rate(offers[other], state), other))
    kept = {id(piece) for piece in (*state.chosen, *state.named.values())}
    return [piece for piece in pieces if id(piece) not in kept and piece.text]


def _forms(piece: Piece) -> Iterator[bool]:
    if piece.text:
        yield False
    if piece.names:
        yield True


def _rate(offer: _Offer, state: _Open) -> float:
    piece, likelihood = offer.piece, state.likelihood
    if offer.brief:
        name = piece.names[0]
        return 0.0 if name in state.shown else likelihood.get(name, 0.0) / _cost(offer, state)
    gain = KEPT_WORTH * piece.worth
    for word in state.words_of(piece):
        if word not in state.shown:
            gain += likelihood.get(word, 0.0)
    for name in piece.names:
        left = 1.0 - state.defined.get(name, 0.0)
        gain += DEFINITION * likelihood.get(name, 0.0) * min(piece.share, left)
    return gain / _cost(offer, state)


def _cost(offer: _Offer, state: _Open) -> int:
    piece = offer.piece
    cost = 0 if piece.path in state.files else len(header(state.relative[piece.path])) + len(BLANK) + 1
    if offer.brief:
        cost += len(piece.names[0]) + len(COMMA)
        return cost if piece.path in state.listing else cost + len(LISTING) + 1
    if piece.key in state.named:
        # The name need not be listed any more.
        cost -= len(piece.names[0]) + len(COMMA)
    if piece.head and (piece.path, piece.owner) not in state.owners:
        cost += len(piece.head) + 1
    return cost + len(piece.text) + 1


def _open(offer: _Offer, state: _Open, waiting: Mapping[object, list[int]]) -> list[int]:
    piece, cheaper = offer.piece, []
    if piece.path not in state.files:
        state.files.add(piece.path)
        cheaper = waiting[piece.path]
    if offer.brief:
        if piece.path not in state.listing:
            state.listing.add(piece.path)
            cheaper = waiting[piece.path]
        state.named[piece.key] = piece
        state.shown.add(piece.names[0])
        return cheaper
    if not cheaper and piece.owner and (piece.path, piece.owner) not in state.owners:
        cheaper = waiting[piece.path, piece.owner]
    state.chosen.append(piece)
    state.named.pop(piece.key, None)
    if piece.owner:
        state.owners.add((piece.path, piece.owner))
    state.shown.update(state.words_of(piece))
    for name in piece.names:
        state.defined[name] = min(1.0, state.defined.get(name, 0.0) + piece.share)
    return cheaper


def _snippets(state: _Open) -> tuple[ContextSnippet, ...]:
    by_file: dict[str, list[Piece]] = defaultdict(list)
    names: dict[str, list[Piece]] = defaultdict(list)
    for piece in state.chosen:
        by_file[piece.path].append(piece)
    for piece in state.named.values():
        names[piece.path].append(piece)
    snippets = [_snippet(state.relative[path], by_file.get(path, []), names.get(path, [])) for path in by_file | names]
    return tuple(sorted(snippets, key=lambda item: (-_band(item.score), item.path)))


def _band(score: float) -> int:
    # Scores that are nearly the same change places with every keystroke; bands of them keep the order still.
    return round(log2(max(score, 1e-6)))


def _snippet(path: str, whole: list[Piece], names: list[Piece]) -> ContextSnippet:
    pieces = [*whole, *names]
    best = max(pieces, key=lambda piece: (piece.worth, -piece.line))
    listed = [LISTING + COMMA.join(sorted(piece.names[0] for piece in names))] if names else []
    return ContextSnippet(
        path=path,
        start_line=min(piece.line for piece in pieces),
        end_line=max(piece.end_line for piece in pieces),
        text="\n".join([*_lines(whole), *listed]),
        retriever=best.retriever,
        score=round(sum(piece.worth for piece in pieces), 4),
        reason=best.reason,
    )


def _lines(pieces: list[Piece]) -> list[str]:
    lines: list[str] = []
    groups: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        groups[piece.owner or f"{piece.line}"].append(piece)
    for group in sorted(groups.values(), key=lambda group: min(piece.line for piece in group)):
        # The first to be chosen paid for the head; a declaration that stands here itself is its own head.
        if all(piece.head for piece in group):
            lines.append(group[0].head)
        ordered = sorted(group, key=lambda piece: (bool(piece.head), piece.line))
        lines.extend(dict.fromkeys(piece.text for piece in ordered))
    return lines


def _dropped(piece: Piece, relative: Mapping[str, str], reason: str) -> Dropped:
    return Dropped(path=relative[piece.path], start_line=piece.line, retriever=piece.retriever, reason=reason)
