"""
Where a finding's text is while its document is edited, and whether it is still the text that was found.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from lsp_server.review.finding import Finding
from lsp_server.text.document import Document, TextEdit
from lsp_server.text.positions import Span


class Standing(StrEnum):
    """
    What has become of a finding's text.
    """

    EXACT = "exact"
    """It stands there character by character."""
    ALTERED = "altered"
    """It is the same but for white space, or for what comes right before or behind it: shown, but never edited."""
    FIXED = "fixed"
    """What its fix says stands there."""
    GONE = "gone"
    """It is not there. Should it come back, as by undoing, the finding does too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """
    A finding in a document that is being edited.

    `text` is its quote with all else that its fix replaces, such as the indentation, and `fixed` what that becomes.
    `place` is where that text stands, or all that now stands in its stead; `quote_at` is where in it the quote begins.
    `neighbours` are the tokens before and behind it on its lines.
    What is `lost` never comes back: nobody can tell any more which of several equal texts was meant.
    """

    finding: Finding
    place: Span
    standing: Standing
    text: str
    quote_at: int
    fixed: str
    neighbours: tuple[str, str]
    lost: bool = False

    @property
    def is_shown(self) -> bool:
        """
        Whether there is anything to show it at.
        """
        return self.standing in (Standing.EXACT, Standing.ALTERED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacement:
    """
    An edit that may be made now: `text` takes the place of `span`.
    """

    span: Span
    text: str


class NoEditReason(StrEnum):
    """
    Why a finding's fix can't be applied, in words for the engineer.
    """

    NO_FIX = "There is no fix for this finding."
    CHANGED = "The code has changed since it was reviewed."


def hold(finding: Finding, document: Document) -> Held | None:
    """
    The finding in the very text that was reviewed; None when its quote does not stand at its place there.
    """
    span = finding.span
    if not finding.quote or document.slice(span.start, span.end) != finding.quote:
        return None
    fix = finding.fix.span if finding.fix else span
    place = Span(min(span.start, fix.start), max(span.end, fix.end))
    text = document.slice(place.start, place.end)
    before, behind = text[: fix.start - place.start], text[fix.end - place.start :]
    return Held(
        finding=finding,
        place=place,
        standing=Standing.EXACT,
        text=text,
        quote_at=span.start - place.start,
        fixed=before + finding.fix.replacement + behind if finding.fix else "",
        neighbours=_neighbours(document, place),
    )


def follow(held: Held, edits: Iterable[TextEdit], document: Document) -> Held:
    """
    The finding after `edits`, the last of which led to `document`.
    """
    if held.lost:
        return held
    place, known = held.place, held.standing in (Standing.EXACT, Standing.FIXED)
    for edit in edits:
        if moved := _moved_by(place, edit, border=held.standing is not Standing.EXACT or not known):
            place = moved
            continue
        if _took_another_away(edit, held.text, place if known else None):
            return replace(held, place=_merged(place, edit), standing=Standing.GONE, lost=True)
        place, known = _merged(place, edit), False
    return _looked_at(replace(held, place=place), document)


def edit_for(held: Held, document: Document) -> Replacement | NoEditReason:
    """
    What applying the fix means in `document` as it is now; looks at the text itself, whatever was followed before.
    """
    if held.finding.fix is None:
        return NoEditReason.NO_FIX
    if held.standing is not Standing.EXACT or _looked_at(held, document) != held:
        return NoEditReason.CHANGED
    fix, by = held.finding.fix, held.place.start + held.quote_at - held.finding.span.start
    return Replacement(span=Span(fix.span.start + by, fix.span.end + by), text=fix.replacement)


def shown_at(held: Held, document: Document) -> Span:
    """
    Where to show a finding that `is_shown`: at its quote, or at what is left of that without white space round it.
    """
    text = document.slice(held.place.start, held.place.end)
    quote = held.finding.quote
    at = held.quote_at if text.startswith(quote, held.quote_at) else text.find(quote)
    if at < 0:
        at, quote = len(text) - len(text.lstrip()), text.strip()
    return Span(held.place.start + at, held.place.start + at + len(quote))


def _looked_at(held: Held, document: Document) -> Held:
    """
    The finding with its text looked for in its place, where it must stand once and no more.
    """
    quote, text = held.text, document.slice(held.place.start, held.place.end)
    at = text.find(quote)
    if held.finding.fix and text == held.fixed:
        return replace(held, standing=Standing.FIXED)
    if at < 0:
        same = _squeezed(text) == _squeezed(quote)
        return replace(held, standing=Standing.ALTERED if same else Standing.GONE)
    if text.find(quote, at + 1) >= 0:
        return replace(held, standing=Standing.GONE)
    place = Span(held.place.start + at, held.place.start + at + len(quote))
    if _is_fixed_around(place, held, document):
        return replace(held, place=place, standing=Standing.FIXED)
    same = _neighbours(document, place) == held.neighbours
    return replace(held, place=place, standing=Standing.EXACT if same else Standing.ALTERED)


def _is_fixed_around(place: Span, held: Held, document: Document) -> bool:
    """
    Whether the fix has been made around the finding's text, to which it only added something.
    """
    starts = (place.start - at for at in _occurrences(held.fixed, held.text))
    return any(start >= 0 and document.slice(start, start + len(held.fixed)) == held.fixed for start in starts)


def _moved_by(place: Span, edit: TextEdit, *, border: bool) -> Span | None:
    """
    Where `place` is after an edit that leaves it alone; None after any other, to which one at its border may belong.
    """
    if edit.old_end + border <= place.start:
        by = edit.new_end - edit.old_end
        return Span(place.start + by, place.end + by)
    return place if edit.start >= place.end + border else None


def _merged(place: Span, edit: TextEdit) -> Span:
    """
    All that stands in the stead of `place` and of what an edit has replaced.
    """
    return Span(min(place.start, edit.start), max(place.end, edit.old_end) + edit.new_end - edit.old_end)


def _took_another_away(edit: TextEdit, quote: str, own: Span | None) -> bool:
    """
    Whether the edit removed the quote's text outside of `own`, so that what is put there may be either.
    """
    starts = (edit.start + at for at in _occurrences(edit.removed, quote))
    return any(own is None or start < own.start or own.end < start + len(quote) for start in starts)


def _occurrences(text: str, quote: str) -> list[int]:
    """
    Where `quote` stands in `text`, overlapping or not.
    """
    found, at = [], text.find(quote)
    while at >= 0:
        found.append(at)
        at = text.find(quote, at + 1)
    return found


def _neighbours(document: Document, place: Span) -> tuple[str, str]:
    # What begins with its line must go on doing so, since its indentation belongs to it.
    prefix = document.line_prefix(place.start)
    suffix = "" if document.slice(place.end - 1, place.end) in ("\n", "\r") else document.line_suffix(place.end)
    before, behind = _LAST_TOKEN.search(prefix), _FIRST_TOKEN.match(suffix)
    return before[1] if before else prefix[:1], behind[1] if behind else ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


_LAST_TOKEN = re.compile(r"([\w$]+|[^\w\s])\s*\Z")
_FIRST_TOKEN = re.compile(r"\s*([\w$]+|[^\w\s])")
