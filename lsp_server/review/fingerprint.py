"""
Name a hazard for good: by what its code says, never by where it stands or how it is worded.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.review.finding import Category
from lsp_server.review.lexemes import lexemes
from lsp_server.review.source import Source
from lsp_server.review.symbols import Symbol, symbol_at
from lsp_server.text.positions import Span

VERSION = "v1"
LENGTH = 32
"""Hexadecimal digits of an id, which are 128 bits of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """
    What tells the code of one hazard from all other code of its file.

    `occurrence` counts equal code before it in its symbol; `symbol` matters only if there is equal code outside of it.
    """

    words: tuple[str, ...]
    symbol: str
    is_repeated_elsewhere: bool
    occurrence: int


def anchor_at(source: Source, span: Span) -> Anchor:
    """
    The anchor of the code at `span`.
    """
    document, every = source.document, source.code_words
    here = every.phrases_between(document.byte_offset(span.start), document.byte_offset(span.end))
    if not here:
        return _anchor_of_signs(source, span, symbol_at(source.tree, span.start))
    words = tuple(every.phrases[index] for index in here)
    # A closing part, such as `catch`, is of a phrase that began earlier: then only the rest is in one piece.
    run = next(length for length in range(len(here), 0, -1) if here[-1] - here[-length] == length - 1)
    symbol = symbol_at(source.tree, document.offset_of_byte(every.phrase_starts[here[-run]]))
    starts = [every.phrase_starts[index] for index in _occurrences(every.phrases, words[-run:])]
    within = range(document.byte_offset(symbol.span.start), document.byte_offset(symbol.span.end))
    inside = [start for start in starts if start in within]
    return Anchor(
        words=words,
        symbol=symbol.name,
        is_repeated_elsewhere=len(inside) < len(starts),
        occurrence=sum(start < every.phrase_starts[here[-run]] for start in inside),
    )


def _anchor_of_signs(source: Source, span: Span, symbol: Symbol) -> Anchor:
    """
    The anchor of brackets alone, or of a comment: what they say is what they look like.
    """
    words = lexemes(source.text[span.start : span.end]).words
    starts = [source.lexemes.span(place).start for place in source.lexemes.occurrences(words)]
    inside = [start for start in starts if symbol.span.contains(start)]
    return Anchor(
        words=words,
        symbol=symbol.name,
        is_repeated_elsewhere=len(inside) < len(starts),
        occurrence=sum(start < span.start for start in inside),
    )


def _occurrences(phrases: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    """
    The indices at which `wanted` begins.
    """
    size = len(wanted)
    for index, phrase in enumerate(phrases):
        if phrase == wanted[0] and tuple(phrases[index : index + size]) == tuple(wanted):
            yield index


def fingerprint(category: Category, path: str, anchor: Anchor) -> str:
    """
    The id of a finding, as 32 hexadecimal digits: SHA-256 over category, path, words and occurrence, cut short.
    """
    occurrence = f"{anchor.symbol if anchor.is_repeated_elsewhere else ''}#{anchor.occurrence}"
    parts = (VERSION, category, path, "\x1f".join(anchor.words), occurrence)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
