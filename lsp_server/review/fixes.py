"""
Prove a replacement before it is offered: it must fit the exact text and leave the file as sound as it was.

A fix is safe only when it comes from a rule that is certain (confidence 100).
Such a rule declares with its fix that what the code does otherwise stays the same, and the same code always gets the
same fix. What a model writes can pass every gate here and still do something else, so it always needs a second look.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.review.finding import Fix, NoFixReason, Origin, Placed
from lsp_server.review.layout import indentation, is_well_indented
from lsp_server.review.lexemes import lexemes
from lsp_server.review.quotes import UNDRESSED, is_elision, revealed, without_markers
from lsp_server.review.source import Source
from lsp_server.review.visible import has_hidden
from lsp_server.syntax.tree import SyntaxTree, parse_text
from lsp_server.text.positions import Span, split_lines

CERTAIN = 100


def fix_for(placed: Placed, source: Source) -> Fix | NoFixReason | None:
    """
    The fix that a claim proposes, proved; or why it is not offered; or None if it proposes none.
    """
    if placed.claim.replacement is None:
        return None
    wanted = _wanted(placed, source)
    if isinstance(wanted, NoFixReason):
        return wanted
    if reason := _flaw(wanted.replacement, source.text[wanted.span.start : wanted.span.end]):
        return reason
    first: NoFixReason | None = None
    for replacement in _indentations(wanted, source):
        edit = _edit(wanted, replacement, source)
        reason = _unsound(edit, source, is_partial=not wanted.is_whole_lines)
        if reason is None:
            claim = placed.claim
            is_safe = claim.origin is Origin.RULE and claim.confidence >= CERTAIN
            return Fix(span=edit.span, replacement=edit.replacement, safe=is_safe)
        first = first or reason
    return first


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """
    A quote and what is to stand in its place, both without what a model put round them.
    """

    span: Span
    quote: str
    replacement: str
    is_whole_lines: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edit:
    span: Span
    replacement: str


def _wanted(placed: Placed, source: Source) -> _Wanted | NoFixReason:
    """
    What the claim asks for, if its quote is all of what stands at its place and nothing was left out of it.
    """
    claim, span = placed.claim, placed.span
    replacement = claim.replacement or ""
    there = lexemes(source.text[span.start : span.end]).words
    for undress in UNDRESSED:
        quote = undress(claim.quote)
        if quote is None or there not in (lexemes(quote).words, lexemes(revealed(quote)).words):
            continue
        plain = undress(replacement)
        if plain is None:
            plain = replacement
        if "<redacted:" in plain or (plain.strip() and without_markers(plain) is not None):
            return NoFixReason.NOT_APPLICABLE
        start, end = source.document.line_prefix(span.start), source.document.line_suffix(span.end)
        return _Wanted(span=span, quote=quote, replacement=plain, is_whole_lines=not start.strip() and not end.strip())
    return NoFixReason.NOT_APPLICABLE


def _flaw(replacement: str, there: str) -> NoFixReason | None:
    """
    What is wrong with a replacement by itself.
    """
    # A byte order mark is hidden anywhere but at the very start of a file, where no replacement goes.
    if has_hidden(" " + replacement) and not has_hidden(" " + there):
        return NoFixReason.HIDDEN_CHARACTERS
    own = {line.strip() for line in there.splitlines()}
    if any(is_elision(line) and line.strip() not in own for line in replacement.splitlines()):
        return NoFixReason.TRUNCATED
    if lexemes(replacement).words == lexemes(there).words:
        return NoFixReason.IDENTICAL
    said, was = (lexemes(_LAST_COMMENT.sub("", text)).words for text in (replacement, there))
    # Where statements end with semicolons, one that does not was cut off, however well it reads.
    return NoFixReason.TRUNCATED if said and was[-1:] == (";",) and said[-1] not in _ENDS else None


def _indentations(wanted: _Wanted, source: Source) -> Iterator[str]:
    """
    The replacement as it may be meant to be indented, going by how the quote differs from what it quotes.
    """
    lines = _trimmed(split_lines(wanted.replacement))
    if not wanted.is_whole_lines or not lines:
        yield "\n".join(lines).strip()
        return
    start = source.document.line_start(source.document.line_of(wanted.span.start))
    there = [line.rstrip("\r\n") for line in split_lines(source.text[start : wanted.span.end])]
    quoted = _trimmed(split_lines(wanted.quote))
    seen = [(indentation(line), indentation(own)) for line, own in zip(quoted, there, strict=False) if own.strip()]
    yield "\n".join(lines)
    if len(quoted) != len(there) or all(shown == own for shown, own in seen):
        return
    own = seen[0][1]
    if not seen[0][0]:
        yield "\n".join(_indented(lines, own))
        yield "\n".join([own + lines[0], *lines[1:]])
    translated = dict(seen)
    if all(indentation(line) in translated for line in lines if line.strip()):
        yield "\n".join(translated[indentation(line)] + line.lstrip() if line.strip() else "" for line in lines)
    if "\t" in own and not any("\t" in indentation(line) for line in lines):
        yield from _in_tabs(lines, seen)


def _in_tabs(lines: Sequence[str], seen: Sequence[tuple[str, str]]) -> Iterator[str]:
    """
    Lines that are indented by spaces, in tabs, if the quote tells how many spaces a tab was shown as.
    """
    widths = {len(shown) / len(own) for shown, own in seen if own and shown}
    if len(widths) == 1 and (width := int(widths.pop())) > 0:
        yield "\n".join("\t" * (len(indentation(line)) // width) + line.lstrip() for line in lines)


def _edit(wanted: _Wanted, replacement: str, source: Source) -> _Edit:
    """
    The edit in terms of the file: whole lines with their indentation, and the file's own line ends.
    """
    document = source.document
    eol = _eol_at(source, wanted.span)
    text = eol.join(line.rstrip("\r\n") for line in split_lines(replacement))
    if not wanted.is_whole_lines:
        return _Edit(span=wanted.span, replacement=text)
    first, last = document.line_of(wanted.span.start), document.line_of(wanted.span.end)
    above, below = (_blank_lines(wanted.replacement, end) - _blank_lines(wanted.quote, end) for end in (0, -1))
    while above < 0 and first > 0 and not document.line(first - 1).strip():
        first, above = first - 1, above + 1
    while below < 0 and last + 1 < document.line_count and not document.line(last + 1).strip():
        last, below = last + 1, below + 1
    text = eol * max(0, above) + text + eol * max(0, below)
    if not text.strip():
        return _Edit(span=Span(document.line_start(first), document.line_start(last + 1)), replacement="")
    end = wanted.span.end if last == document.line_of(wanted.span.end) else document.line_end(last)
    own = source.text[document.line_start(first) : wanted.span.start]
    if text.startswith(own) and not own.strip():
        return _Edit(span=Span(wanted.span.start, end), replacement=text[len(own) :])
    return _Edit(span=Span(document.line_start(first), end), replacement=text)


def _blank_lines(text: str, end: int) -> int:
    """
    How many lines without anything on them `text` begins with (`end` 0) or ends with (`end` -1).
    """
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    if not text.strip():
        return 0
    return next(count for count, line in enumerate(lines if end == 0 else reversed(lines)) if line.strip())


def _eol_at(source: Source, span: Span) -> str:
    line = source.document.line_of(span.start)
    end, following = source.document.line_end(line), source.document.line_start(line + 1)
    return source.text[end:following] or source.document.eol


def _unsound(edit: _Edit, source: Source, *, is_partial: bool) -> NoFixReason | None:
    """
    What would be wrong with the file after `edit`.
    """
    if source.tree.reading.abandoned:
        return NoFixReason.NOT_APPLICABLE
    text = source.text[: edit.span.start] + edit.replacement + source.text[edit.span.end :]
    if text == source.text:
        return NoFixReason.IDENTICAL
    after = parse_text(text, source.document.language_id)
    if after.reading.abandoned or after.error_count() > source.tree.error_count():
        there = source.text[edit.span.start : edit.span.end]
        return NoFixReason.ADDS_PARSE_ERROR if _balance(edit.replacement) == _balance(there) else NoFixReason.TRUNCATED
    if not is_partial and edit.replacement and not _keeps_layout(after, edit, source):
        return NoFixReason.MISINDENTED
    return None


def _keeps_layout(after: SyntaxTree, edit: _Edit, source: Source) -> bool:
    first = after.document.line_of(edit.span.start)
    last = after.document.line_of(edit.span.start + len(edit.replacement))
    was = indentation(source.document.line(first))
    return is_well_indented(after, range(first, last + 1), was)


def _balance(text: str) -> tuple[int, ...]:
    words = lexemes(text).words
    return tuple(words.count(opening) - words.count(closing) for opening, closing in ("()", "[]", "{}"))


def _trimmed(lines: Sequence[str]) -> list[str]:
    """
    `lines` without terminators, and without blank ones before and behind.
    """
    plain = [line.rstrip("\r\n") for line in lines]
    said = [number for number, line in enumerate(plain) if line.strip()]
    return plain[said[0] : said[-1] + 1] if said else []


def _indented(lines: Sequence[str], by: str) -> list[str]:
    return [by + line if line.strip() else line for line in lines]


# What may stand at the end of lines that take the place of a statement, a comment included.
_ENDS = frozenset({";", "{", "}", ",", "/"})
_LAST_COMMENT = re.compile(r"\s//[^\n]*\s*\Z")
