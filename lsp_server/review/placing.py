"""
Find where a claim belongs, by its quote alone; one that could mean two places is withheld rather than guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from posixpath import normpath

from lsp_server.review.finding import Claim, Placed, Withheld, WithheldReason
from lsp_server.review.lexemes import lexemes
from lsp_server.review.quotes import readings, removed_lines, segments
from lsp_server.review.source import Source
from lsp_server.review.symbols import function_at
from lsp_server.review.tool import MOST_QUOTED_LINES
from lsp_server.text.positions import Span


def place(claim: Claim, sources: Mapping[str, Source]) -> Placed | Withheld:
    """
    Where `claim` belongs in the new side of its file.

    Whole lines go before parts of lines, what was quoted verbatim before what had to be undressed.
    Of several places only one may touch an added line, or else only one may be in the function of the evidence.
    """
    source = source_of_claim(claim.file, sources)
    if source is None:
        return _withheld(claim, WithheldReason.UNKNOWN_FILE, "no such file is under review")
    found = _candidates(source, claim.quote) or _elided(source, claim.quote)
    if not found:
        return _not_found(claim, source, sources)
    touching = [span for span in found if source.touches_added(span)]
    if len(touching) > 1:
        touching = _in_function_of_evidence(source, touching, claim.evidence) or touching
    if len(touching) > 1 or (touching and _overlaps_another(touching[0], found)):
        lines = ", ".join(str(source.lines_of(span)[0]) for span in found[:5])
        return _withheld(claim, WithheldReason.QUOTE_AMBIGUOUS, f"it stands at lines {lines}")
    if not touching:
        is_old = _is_removed(source, claim.quote)
        return _withheld(claim, WithheldReason.OLD_SIDE if is_old else WithheldReason.NOT_IN_CHANGE)
    exact = source.text[touching[0].start : touching[0].end] == _with_eol(claim.quote.strip(), source)
    return Placed(claim=claim, span=touching[0], exact=exact)


def source_of_claim(file: str, sources: Mapping[str, Source]) -> Source | None:
    """
    The file that a model means by `file`, which may bear a diff's prefix, or be the end of exactly one path.
    """
    path = normpath(file.strip().strip("`'\"").replace("\\", "/"))
    for known in (path, re.sub(r"^[abciw]/", "", path), path.lstrip("/")):
        if known in sources:
            return sources[known]
    ending = [source for known, source in sources.items() if known.endswith("/" + path.lstrip("/"))]
    return ending[0] if len(ending) == 1 else None


def quoted_words(quote: str) -> tuple[tuple[str, ...], ...]:
    """
    The words and signs of each reading of `quote`.
    """
    return tuple(dict.fromkeys(words for text in readings(quote) if (words := lexemes(text).words)))


def _overlaps_another(span: Span, found: Iterable[Span]) -> bool:
    """
    Whether the quote could as well begin or end elsewhere.
    """
    return any(other != span and other.start < span.end and span.start < other.end for other in found)


def _candidates(source: Source, quote: str) -> list[Span]:
    found = [(words, range_) for words in quoted_words(quote) for range_ in source.lexemes.occurrences(words)]
    whole = [source.lexemes.span(range_) for _, range_ in found if _is_whole_lines(source, range_)]
    if whole:
        return sorted(set(whole))
    return sorted({source.lexemes.span(range_) for words, range_ in found if _says_enough(words)})


def _is_whole_lines(source: Source, indices: range) -> bool:
    every = source.lexemes
    before = every.spans[indices[0] - 1].end if indices[0] else 0
    after = every.spans[indices[-1] + 1].start if indices[-1] + 1 < len(every) else len(source.text)
    span = every.span(indices)
    return (indices[0] == 0 or _breaks(source.text, before, span.start)) and (
        indices[-1] + 1 == len(every) or _breaks(source.text, span.end, after)
    )


def _breaks(text: str, start: int, end: int) -> bool:
    return any(character in "\r\n" for character in text[start:end])


def _says_enough(words: Sequence[str]) -> bool:
    """
    Whether part of a line says enough to be taken for a quote.
    """
    return len(words) >= 3 and any(len(word) >= 3 and word[0].isidentifier() for word in words)


def _says_anything(words: Sequence[str]) -> bool:
    return any(word[0].isalnum() or word[0] in "_$\"'" for word in words)


def _elided(source: Source, quote: str) -> list[Span]:
    """
    Where the pieces of a quote that leaves something out stand one after another in one function.
    """
    for text in readings(quote):
        pieces = segments(text)
        if len(pieces) == 1 and pieces[0] != text:
            return _candidates(source, pieces[0])
        if len(pieces) > 1 and (found := _chains(source, [lexemes(piece).words for piece in pieces])):
            return found
    return []


def _chains(source: Source, pieces: Sequence[Sequence[str]]) -> list[Span]:
    every = source.lexemes
    places = [
        [every.span(found) for found in every.occurrences(words) if _is_whole_lines(source, found)] for words in pieces
    ]
    # With neither end unique, two functions of one shape look the same.
    if not _says_anything(pieces[0]) or (len(places[0]) != 1 and len(places[-1]) != 1):
        return []
    if not _says_anything(pieces[-1]):
        places[-1] = _only_closing(source, places[0], places[-1])
    chains = [[head] for head in places[0]]
    for following in places[1:]:
        chains = [[*chain, span] for chain in chains for span in following if span.start >= chain[-1].end]
        if len(chains) > _MOST_CHAINS:
            return []
    every_span = {Span(chain[0].start, chain[-1].end) for chain in chains}
    within = {Span(chain[0].start, chain[-1].end) for chain in chains if _belong_together(source, chain)}
    return sorted(span for span in within if not _could_reach_on(source, span, every_span - within))


def _could_reach_on(source: Source, span: Span, others: Iterable[Span]) -> bool:
    """
    Whether the same pieces could as well be meant to end, or to begin, a few lines beyond the function.
    """
    lines = source.lines_of(span)
    for other in others:
        reach = source.lines_of(other)
        if other.start == span.start and lines.stop < reach.stop <= lines.stop + MOST_QUOTED_LINES:
            return True
        if other.end == span.end and lines.start - MOST_QUOTED_LINES <= reach.start < lines.start:
            return True
    return False


def _only_closing(source: Source, heads: Sequence[Span], closings: Sequence[Span]) -> list[Span]:
    """
    The closing brackets behind the head, if it is plain which ones are meant: there are no others near.
    """
    behind = [span for span in closings if span.start >= heads[0].end]
    if len(heads) != 1 or not behind:
        return []
    lines = [source.lines_of(span)[0] for span in behind[:2]]
    return behind[:1] if len(lines) == 1 or lines[1] > lines[0] + MOST_QUOTED_LINES else []


def _belong_together(source: Source, chain: Sequence[Span]) -> bool:
    """
    Whether one function, or else one statement of the file, holds all of it, and not much of it was left out.
    """
    span = Span(chain[0].start, chain[-1].end)
    function = function_at(source.tree, chain[0].end - 1)
    if function == Span(0, source.document.length):
        statement = source.tree.path_at(span.start)[1:2]
        function = source.tree.span_of(statement[0]) if statement else function
    return span.end <= function.end and len(source.lines_of(span)) <= _MOST_ELIDED_LINES


def _in_function_of_evidence(source: Source, spans: Iterable[Span], evidence: str) -> list[Span]:
    """
    The one span in the function where the evidence stands, if the evidence stands in one place only.
    """
    places = _candidates(source, evidence) if evidence.strip() else []
    if len(places) != 1:
        return []
    function = function_at(source.tree, places[0].start)
    if function == Span(0, source.document.length):
        return []
    within = [span for span in spans if function.start <= span.start and span.end <= function.end]
    return within if len(within) == 1 else []


def _not_found(claim: Claim, source: Source, sources: Mapping[str, Source]) -> Withheld:
    if _is_removed(source, claim.quote):
        return _withheld(claim, WithheldReason.OLD_SIDE)
    elsewhere = [other.path for other in sources.values() if other is not source and _candidates(other, claim.quote)]
    return _withheld(claim, WithheldReason.QUOTE_NOT_FOUND, f"it stands in {elsewhere[0]}" if elsewhere else "")


def _is_removed(source: Source, quote: str) -> bool:
    """
    Whether lines that the change removed hold the quote.
    """
    removed = [lexemes("\n".join(hunk.removed)) for hunk in source.change.hunks]
    old = removed_lines(quote)
    wanted = (*quoted_words(quote), *(quoted_words(old) if old else ()))
    return any(True for words in wanted for every in removed for _ in every.occurrences(words))


def _with_eol(quote: str, source: Source) -> str:
    return "\r\n".join(re.split(r"\r\n|\n|\r", quote)) if "\r\n" in source.text else quote


def _withheld(claim: Claim, reason: WithheldReason, detail: str = "") -> Withheld:
    return Withheld(reason=reason, file=claim.file, category=claim.category, message=claim.message, detail=detail)


_MOST_CHAINS = 2000
_MOST_ELIDED_LINES = 80
