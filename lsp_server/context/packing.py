"""
Choose pieces by worth per character under the budget, and lay them out as snippets, one a file, in a stable order.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2

from lsp_server.context.piece import Piece
from lsp_server.context.situation import WORD
from lsp_server.context.snippet import CHARS_PER_TOKEN, Context, ContextSnippet, Dropped

BLANK = "\n\n"
MAX_DROPPED = 100
DEFINITION = 0.7
"""What showing how a name is declared is worth, besides showing the name."""
KEPT_WORTH = 0.02
"""What a piece is worth whose names the file shows already."""


@dataclass(slots=True)
class _Open:
    """What is already paid for: the files and owners that have been opened."""

    files: set[str] = field(default_factory=set)
    owners: set[tuple[str, str]] = field(default_factory=set)
    chosen: list[Piece] = field(default_factory=list)
    left: int = 0
    likelihood: Mapping[str, float] = field(default_factory=dict)
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


def pack(pieces: Iterable[Piece], budget: int, relative: dict[str, str], likelihood: Mapping[str, float]) -> Context:
    """
    The best context of at most `budget` tokens; `relative` maps the path of each piece to the path to show.
    """
    merged, repeated = merge(pieces)
    state = _Open(left=budget * CHARS_PER_TOKEN, likelihood=likelihood)
    left_out = _choose(merged, state, relative)
    snippets = _snippets(state.chosen, relative)
    text = BLANK.join(f"{header(item.path, item.reason)}\n{item.text}" for item in snippets)
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
        surer, other = (piece, known) if piece.worth > known.worth else (known, piece)
        found[piece.key] = replace(surer, share=max(surer.share, other.share))
        repeated.append(other)
    return sorted(found.values(), key=lambda piece: (-piece.worth, piece.key)), repeated


def header(path: str, reason: str) -> str:
    """
    The line above a snippet.
    """
    return f"// {path} ({reason})"


def _choose(pieces: Sequence[Piece], state: _Open, relative: dict[str, str]) -> list[Piece]:
    waiting: dict[object, list[int]] = defaultdict(list)
    heap: list[tuple[float, int]] = []
    taken = [False] * len(pieces)
    for number, piece in enumerate(pieces):
        waiting[piece.path].append(number)
        waiting[piece.path, piece.owner].append(number)
        heap.append((-_rate(piece, state, relative), number))
    heapq.heapify(heap)
    while heap:
        rate, number = heapq.heappop(heap)
        if taken[number]:
            continue
        piece = pieces[number]
        now = -_rate(piece, state, relative)
        if now > rate + 1e-12:
            # Its names were shown meanwhile: it is worth less than it was, and waits for its turn again.
            if now < 0:
                heapq.heappush(heap, (now, number))
            continue
        cost = _cost(piece, state, relative)
        if cost > state.left:
            continue
        taken[number] = True
        state.left -= cost
        state.chosen.append(piece)
        # What stands in a file or under a head that is now shown costs less: offer it again at its new rate.
        for other in _open(piece, state, waiting):
            if not taken[other]:
                heapq.heappush(heap, (-_rate(pieces[other], state, relative), other))
    return [piece for number, piece in enumerate(pieces) if not taken[number]]


def _rate(piece: Piece, state: _Open, relative: dict[str, str]) -> float:
    gain = KEPT_WORTH * piece.worth
    for word in state.words_of(piece):
        if word not in state.shown:
            gain += state.likelihood.get(word, 0.0)
    for name in piece.names:
        left = 1.0 - state.defined.get(name, 0.0)
        gain += DEFINITION * state.likelihood.get(name, 0.0) * min(piece.share, left)
    return gain / _cost(piece, state, relative)


def _cost(piece: Piece, state: _Open, relative: dict[str, str]) -> int:
    cost = len(piece.text) + 1
    if piece.path not in state.files:
        cost += len(header(relative[piece.path], piece.reason)) + len(BLANK) + 1
    if piece.head and (piece.path, piece.owner) not in state.owners:
        cost += len(piece.head) + 1
    return cost


def _open(piece: Piece, state: _Open, waiting: Mapping[object, list[int]]) -> list[int]:
    cheaper = []
    if piece.path not in state.files:
        state.files.add(piece.path)
        cheaper = waiting[piece.path]
    elif piece.owner and (piece.path, piece.owner) not in state.owners:
        cheaper = waiting[piece.path, piece.owner]
    if piece.owner:
        state.owners.add((piece.path, piece.owner))
    state.shown.update(state.words_of(piece))
    for name in piece.names:
        state.defined[name] = min(1.0, state.defined.get(name, 0.0) + piece.share)
    return cheaper


def _snippets(chosen: Sequence[Piece], relative: dict[str, str]) -> tuple[ContextSnippet, ...]:
    by_file: dict[str, list[Piece]] = defaultdict(list)
    for piece in chosen:
        by_file[piece.path].append(piece)
    snippets = [_snippet(relative[path], pieces) for path, pieces in by_file.items()]
    return tuple(sorted(snippets, key=lambda item: (-_band(item.score), item.path)))


def _band(score: float) -> int:
    # Scores that are nearly the same change places with every keystroke; bands of them keep the order still.
    return round(log2(max(score, 1e-6)))


def _snippet(path: str, pieces: list[Piece]) -> ContextSnippet:
    best = max(pieces, key=lambda piece: (piece.worth, -piece.line))
    return ContextSnippet(
        path=path,
        start_line=min(piece.line for piece in pieces),
        end_line=max(piece.end_line for piece in pieces),
        text="\n".join(_lines(pieces)),
        retriever=best.retriever,
        score=round(sum(piece.worth for piece in pieces), 4),
        # Every piece paid for a header with its own reason; the first one opened the file.
        reason=pieces[0].reason,
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


def _dropped(piece: Piece, relative: dict[str, str], reason: str) -> Dropped:
    return Dropped(path=relative[piece.path], start_line=piece.line, retriever=piece.retriever, reason=reason)
