"""
Choose pieces by worth per character under the budget, and lay them out as snippets, one a file, in a stable order.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

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
    """A piece as it stands, or only the name of what it declares."""

    piece: Piece
    brief: bool
    words: tuple[str, ...]
    """The likely names that it shows and that the file does not."""
    declares: tuple[tuple[str, float], ...]
    """The likely names that it declares, each with what its definition is worth."""
    share: float
    """How likely it is the right definition, among all that there are."""
    cost: int
    """What it costs in characters where its file and its owner are open already."""


@dataclass(slots=True)
class _Open:
    """What is already paid for: the files and owners that have been opened."""

    headers: Mapping[str, int]
    """What opening each file costs."""
    likelihood: Mapping[str, float]
    left: int
    shown: set[str]
    files: set[str] = field(default_factory=set)
    owners: set[tuple[str, str]] = field(default_factory=set)
    listing: set[str] = field(default_factory=set)
    chosen: list[Piece] = field(default_factory=list)
    named: dict[tuple[str, int, str], Piece] = field(default_factory=dict)
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
    headers = {path: len(header(shown)) + len(BLANK) + 1 for path, shown in relative.items()}
    state = _Open(headers, {**likelihood, **again}, budget * CHARS_PER_TOKEN, set(known))
    left_out = _choose(merged, state)
    snippets = _snippets(state, relative)
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
        key = piece.key
        known = found.setdefault(key, piece)
        if known is piece:
            continue
        is_surer = (bool(piece.text), piece.worth) > (bool(known.text), known.worth)
        surer, other = (piece, known) if is_surer else (known, piece)
        found[key] = surer._replace(share=max(surer.share, other.share))
        repeated.append(other)
    ordered = sorted([(-piece.worth, key) for key, piece in found.items()])
    return [found[key] for _, key in ordered], repeated


def header(path: str) -> str:
    """
    The line above a snippet.
    """
    return f"// {path}"


def _choose(pieces: Sequence[Piece], state: _Open) -> list[Piece]:
    offers, gains = _promising(_offers(pieces, state), state)
    groups = _groups(offers)
    costs = [_cost(offer, state) for offer in offers]
    rates = np.array(gains) / np.array(costs)
    taken: set[int] = set()
    while offers:
        number = int(rates.argmax())
        if rates[number] <= 0:
            break
        if costs[number] > state.left:
            # What gets cheaper is offered again.
            rates[np.array(costs) > state.left] = 0.0
            continue
        offer = offers[number]
        state.left -= costs[number]
        taken.add(number)
        rates[number] = 0.0
        cheaper, poorer = _take(offer, state, groups)
        for other in cheaper - taken:
            costs[other] = _cost(offers[other], state)
            rates[other] = gains[other] / costs[other]
        for other in poorer - taken:
            gains[other] = _gain(offers[other], state)
            rates[other] = gains[other] / costs[other]
    kept = {id(piece) for piece in (*state.chosen, *state.named.values())}
    return [piece for piece in pieces if id(piece) not in kept and piece.text]


def _offers(pieces: Sequence[Piece], state: _Open) -> list[_Offer]:
    # Declarations of one name share the chance that it is theirs, by how sure whoever found them can be.
    totals: dict[str, float] = defaultdict(float)
    for piece in pieces:
        for name in piece.names:
            totals[name] += piece.share
    offers: list[_Offer] = []
    for piece in pieces:
        if piece.text:
            share = piece.share / max([1.0, *[totals[name] for name in piece.names]])
            offers.append(_whole(piece, share, state))
        if piece.names:
            offers.append(_brief(piece, state))
    return offers


def _whole(piece: Piece, share: float, state: _Open) -> _Offer:
    likelihood, shown = state.likelihood, state.shown
    words = tuple([word for word in words_of(piece.text) if word in likelihood and word not in shown])
    declares = tuple([(name, DEFINITION * likelihood[name]) for name in piece.names if name in likelihood])
    return _Offer(piece, False, words, declares, share, len(piece.text) + 1)


def _brief(piece: Piece, state: _Open) -> _Offer:
    name = piece.names[0]
    words = (name,) if name in state.likelihood and name not in state.shown else ()
    return _Offer(piece, True, words, (), 0.0, len(name) + len(COMMA))


@lru_cache(maxsize=8000)
def words_of(text: str) -> tuple[str, ...]:
    """
    The words of a line of context, each once: much of it is the same from one keystroke to the next.
    """
    return tuple(dict.fromkeys(WORD.findall(text)))


def _promising(offers: list[_Offer], state: _Open) -> tuple[list[_Offer], list[float]]:
    # Were every file open already, these alone would fill the budget several times over.
    gains = [_gain(offer, state) for offer in offers]
    rates = [-gain / offer.cost for gain, offer in zip(gains, offers, strict=True)]
    room = MARGIN * state.left
    kept: list[int] = []
    for number in sorted(range(len(offers)), key=rates.__getitem__):
        room -= offers[number].cost
        if room < 0 or rates[number] >= 0:
            break
        kept.append(number)
    kept.sort()
    return [offers[number] for number in kept], [gains[number] for number in kept]


def _groups(offers: Sequence[_Offer]) -> Mapping[object, list[int]]:
    # Which offers are worth less when a name is shown or declared, and cost less when a file or an owner is opened.
    groups: dict[object, list[int]] = defaultdict(list)
    for number, (piece, brief, words, declares, _, _) in enumerate(offers):
        groups[piece.path].append(number)
        if not brief:
            groups[id(piece)].append(number)
        if piece.owner:
            groups[piece.path, piece.owner].append(number)
        for word in words:
            groups[word].append(number)
        for name, _ in declares:
            if name not in words:
                groups[name].append(number)
    return groups


def _gain(offer: _Offer, state: _Open) -> float:
    likelihood, shown = state.likelihood, state.shown
    gain = 0.0
    for word in offer.words:
        if word not in shown:
            gain += likelihood[word]
    if offer.brief:
        return gain
    piece = offer.piece
    for name, value in offer.declares:
        gain += value * min(offer.share, 1.0 - state.defined.get(name, 0.0))
    return gain + KEPT_WORTH * piece.worth + piece.interest


def _cost(offer: _Offer, state: _Open) -> int:
    piece, cost = offer.piece, offer.cost
    path = piece.path
    if path not in state.files:
        cost += state.headers[path]
    if offer.brief:
        return cost if path in state.listing else cost + len(LISTING) + 1
    if state.named and piece.key in state.named:
        # The name need not be listed any more.
        cost -= len(piece.names[0]) + len(COMMA)
    if piece.head and (path, piece.owner) not in state.owners:
        cost += len(piece.head) + 1
    return cost


def _take(offer: _Offer, state: _Open, groups: Mapping[object, list[int]]) -> tuple[set[int], set[int]]:
    # The offers that cost less from now on, and those that are worth less.
    piece = offer.piece
    path, cheaper, poorer = piece.path, set[int](), set[int]()
    if path not in state.files or (offer.brief and path not in state.listing):
        cheaper.update(groups[path])
    for word in (*offer.words, *piece.names):
        poorer.update(groups.get(word, ()))
    state.files.add(path)
    state.shown.update(offer.words)
    if offer.brief:
        state.listing.add(path)
        state.named[piece.key] = piece
        # In full it would not be listed any more.
        cheaper.update(groups.get(id(piece), ()))
        return cheaper, poorer
    if piece.owner and (path, piece.owner) not in state.owners:
        cheaper.update(groups[path, piece.owner])
        state.owners.add((path, piece.owner))
    state.chosen.append(piece)
    state.named.pop(piece.key, None)
    for name in piece.names:
        state.defined[name] = min(1.0, state.defined.get(name, 0.0) + offer.share)
    return cheaper, poorer


def _snippets(state: _Open, relative: Mapping[str, str]) -> tuple[ContextSnippet, ...]:
    by_file: dict[str, list[Piece]] = defaultdict(list)
    names: dict[str, list[Piece]] = defaultdict(list)
    for piece in state.chosen:
        by_file[piece.path].append(piece)
    for piece in state.named.values():
        names[piece.path].append(piece)
    snippets = [_snippet(relative[path], by_file.get(path, []), names.get(path, [])) for path in by_file | names]
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
