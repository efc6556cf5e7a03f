"""
Name a hazard for good: by what its code says, never by where it stands or how it is worded.
"""

import hashlib
from dataclasses import dataclass

from lsp_server.review.finding import Category
from lsp_server.review.lexemes import lexemes
from lsp_server.review.source import Source
from lsp_server.review.symbols import symbol_at
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
    every, document = source.code_words, source.document
    here = every.between(document.byte_offset(span.start), document.byte_offset(span.end))
    symbol = symbol_at(source.tree, span.start)
    if not here:
        # Brackets alone, or a comment: what they say is what they look like.
        words = lexemes(source.text[span.start : span.end]).words
        found = [place[0] for place in source.lexemes.occurrences(words)]
        within = [index for index in found if symbol.span.contains(source.lexemes.spans[index].start)]
        before = sum(source.lexemes.spans[index].start < span.start for index in within)
        return Anchor(
            words=words, symbol=symbol.name, is_repeated_elsewhere=len(within) < len(found), occurrence=before
        )
    words = every.words[here.start : here.stop]
    inside = every.between(document.byte_offset(symbol.span.start), document.byte_offset(symbol.span.end))
    found = list(every.occurrences(words, range(len(every.words))))
    within = [index for index in found if index in inside]
    return Anchor(
        words=words,
        symbol=symbol.name,
        is_repeated_elsewhere=len(within) < len(found),
        occurrence=sum(index < here.start for index in within),
    )


def fingerprint(category: Category, path: str, anchor: Anchor) -> str:
    """
    The id of a finding, as 32 hexadecimal digits: SHA-256 over category, path, words and occurrence, cut short.
    """
    occurrence = f"{anchor.symbol if anchor.is_repeated_elsewhere else ''}#{anchor.occurrence}"
    parts = (VERSION, category, path, "\x1f".join(anchor.words), occurrence)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
