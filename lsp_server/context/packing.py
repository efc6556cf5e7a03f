"""
Choose pieces by worth per character under the budget, and lay them out as snippets, one a file, in a stable order.
"""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from types import MappingProxyType
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
KNOWN = 0.6
"""What the declaration of a name is worth that the file shows in use, besides that of a new one."""
MARGIN = 4
KEPT_WORTH = 0.02
"""What a piece is worth whose names the file shows already."""


class _Offer(NamedTuple):
    """A piece as it stands, or only the name of what it declares; with the likely names that it shows."""

    piece: Piece
    brief: bool
    words: tuple[str, ...]
    cost: int
    """What it costs in characters where its file and its owner are open already."""


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


def pack(
    pieces: Iterable[Piece],
    budget: int,
    relative: Mapping[str, str],
    likelihood: Mapping[str, float],
    known: Mapping[str, float] = MappingProxyType({}),
) -> Context:
    """
    The best context of at most `budget` tokens; `relative` maps the path of each piece to the path to show.

    `likelihood` is that of each new name, `known` that of each name which the file shows already: of these only the
    declarations are worth anything.
    """
    merged, repeated = merge(pieces)
    again = {name: KNOWN * chance for name, chance in known.items()}
    state = _Open(relative, {**likelihood, **again}, budget * CHARS_PER_TOKEN, shown=set(known))
    left_out = _choose(merged, state)
    snippets = _snippets(state)
    text = BLANK.join(f"{header(item.path)}\n{item.text}" for item in snippets)
    dropped = [
        _dropped(piece, relative, "already visible" if _is_known(piece, known) else "budget")
        for piece in left_out[:MAX_DROPPED]
    ]
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
    offers = _promising([_offer(piece, brief, state) for piece in pieces for brief in _forms(piece)], state)
    waiting: dict[object, list[int]] = defaultdict(list)
    heap: list[tuple[float, int]] = []
    for number, offer in enumerate(offers):
        waiting[offer.piece.path].append(number)
        if offer.piece.owner:
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


def _offer(piece: Piece, brief: bool, state: _Open) -> _Offer:
    if brief:
        return _Offer(piece, brief, piece.names[:1], len(piece.names[0]) + len(COMMA))
    words = dict.fromkeys(WORD.findall(piece.text))
    return _Offer(piece, brief, tuple(word for word in words if word in state.likelihood), len(piece.text) + 1)


def _promising(offers: list[_Offer], state: _Open) -> list[_Offer]:
    # Were every file open already, these alone would fill the budget several times over.
    rates = [_gain(offer, state) / offer.cost for offer in offers]
    room = MARGIN * state.left
    kept: list[int] = []
    for number in sorted(range(len(offers)), key=lambda number: -rates[number]):
        room -= offers[number].cost
        if room < 0 or rates[number] <= 0:
            break
        kept.append(number)
    return [offers[number] for number in sorted(kept)]


def _rate(offer: _Offer, state: _Open) -> float:
    gain = _gain(offer, state)
    return gain / _cost(offer, state) if gain else 0.0


def _gain(offer: _Offer, state: _Open) -> float:
    piece, likelihood, shown = offer.piece, state.likelihood, state.shown
    gain = 0.0
    for word in offer.words:
        if word not in shown:
            gain += likelihood.get(word, 0.0)
    if offer.brief:
        return gain
    for name in piece.names:
        left = 1.0 - state.defined.get(name, 0.0)
        gain += DEFINITION * likelihood.get(name, 0.0) * min(piece.share, left)
    return gain + KEPT_WORTH * piece.worth + piece.interest


def _cost(offer: _Offer, state: _Open) -> int:
    piece, cost = offer.piece, offer.cost
    if piece.path not in state.files:
        cost += len(header(state.relative[piece.path])) + len(BLANK) + 1
    if offer.brief:
        return cost if piece.path in state.listing else cost + len(LISTING) + 1
    if piece.key in state.named:
        # The name need not be listed any more.
        cost -= len(piece.names[0]) + len(COMMA)
    if piece.head and (piece.path, piece.owner) not in state.owners:
        cost += len(piece.head) + 1
    return cost


def _open(offer: _Offer, state: _Open, waiting: Mapping[object, list[int]]) -> list[int]:
    piece, cheaper = offer.piece, []
    if piece.path not in state.files:
        state.files.add(piece.path)
        cheaper = waiting[piece.path]
    state.shown.update(offer.words)
    if offer.brief:
        if piece.path not in state.listing:
            state.listing.add(piece.path)
            cheaper = waiting[piece.path]
        state.named[piece.key] = piece
        return cheaper
    if piece.owner and (piece.path, piece.owner) not in state.owners:
        cheaper = cheaper or waiting[piece.path, piece.owner]
        state.owners.add((piece.path, piece.owner))
    state.chosen.append(piece)
    state.named.pop(piece.key, None)
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


def _is_known(piece: Piece, known: Mapping[str, float]) -> bool:
    return bool(piece.names) and all(name in known for name in piece.names)


def _dropped(piece: Piece, relative: Mapping[str, str], reason: str) -> Dropped:
    return Dropped(path=relative[piece.path], start_line=piece.line, retriever=piece.retriever, reason=reason)
