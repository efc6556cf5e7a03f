"""
The findings of a session: which there are in each document, and where, in its text as it is now.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lsp_server.review.finding import Finding, Origin
from lsp_server.review.tracking import Held, Standing, follow, hold
from lsp_server.text.document import ContentChange, Document, TextEdit
from lsp_server.text.positions import PositionEncoding

MOST_AWAY = 100
"""How many findings of a document, whose text is not there at the moment, are kept in case it comes back."""


@dataclass(kw_only=True, eq=False)
class Journey:
    """
    A review under way: the text that it looks at, and all that is done to the document meanwhile.

    `covered` are the findings that it looks at again, so that those it does not report are over.
    """

    uri: str
    document: Document
    covered: frozenset[str]
    edits: list[TextEdit] = field(default_factory=list)
    was_reopened: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """
    A finding that a later review has looked for and not found, as it last stood.

    It is `repaired` when its text has become another one in which nothing of the kind is found.
    """

    held: Held
    repaired: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """
    A finding and the text that it is in; `is_open` tells whether that is the editor's or a file's as last seen.
    """

    uri: str
    held: Held
    document: Document
    is_open: bool


class Findings:
    """
    Everything that was found and is not over yet.

    `changed` is told of a document whose findings are others, or stand elsewhere, than before.
    """

    def __init__(self, changed: Callable[[str], None]) -> None:
        self._changed = changed
        self._shelves: dict[str, _Shelf] = {}
        self._journeys: list[Journey] = []

    @property
    def is_awaiting(self) -> bool:
        """
        Whether a review is under way.
        """
        return bool(self._journeys)

    def begin(
        self, uri: str, document: Document, now: Document | None, lines: Sequence[range], origins: frozenset[Origin]
    ) -> Journey:
        """
        A review of these 1-based lines of a document begins, which may have become another one by `now`.
        """
        shelf = self._shelves.get(uri)
        looked_for = [one for one in shelf.held if one.finding.origin in origins and not one.lost] if shelf else []
        covered = frozenset(one.finding.id for one in looked_for if _stands_in(one, document, lines))
        is_known = now is None or now is document
        journey = Journey(uri=uri, document=document, covered=covered, was_reopened=not is_known)
        self._journeys.append(journey)
        return journey

    def end(self, journey: Journey) -> None:
        """
        A review is over, whatever came of it.
        """
        if journey in self._journeys:
            self._journeys.remove(journey)

    def take(
        self, journey: Journey, found: Iterable[Finding], now: Document | None, *, complete: bool = True
    ) -> tuple[Over, ...]:
        """
        Put what was found into the document as it is `now`, if it is open, and give what is over.

        What a review was to look at and did not is only over when it is `complete`. A finding whose text is not there
        is kept all the same, should that come back.
        """
        uri = journey.uri
        shelf = self._shelves.setdefault(uri, _Shelf(now or journey.document))
        shelf.is_open = now is not None
        new = {one.finding.id: one for one in _arrived(journey, found, shelf.document)}
        over = [
            one for one in shelf.held if complete and one.finding.id in journey.covered and one.finding.id not in new
        ]
        kept = {one.finding.id: one for one in shelf.held if one not in over or not one.is_shown}
        shelf.held = [*({**kept, **new}).values()]
        self._tidy(uri)
        self._changed(uri)
        return tuple(Over(held=one, repaired=_is_repaired(one, new.values(), shelf.document)) for one in over)

    def opened(self, document: Document) -> None:
        """
        A document is in the editor, with this text.
        """
        for journey in self._journeys:
            journey.was_reopened = journey.was_reopened or journey.uri == document.uri
        if shelf := self._shelves.get(document.uri):
            shelf.is_open = True
            self._become(shelf, document)
            self._changed(document.uri)

    def edited(self, document: Document, edits: tuple[TextEdit, ...]) -> tuple[Held, ...]:
        """
        A document has become this one; gives the findings whose fix has just been made, by whomever.
        """
        for journey in self._journeys:
            if journey.uri == document.uri:
                journey.edits += edits
        shelf = self._shelves.get(document.uri)
        if shelf is None:
            return ()
        before = {one.finding.id: one for one in shelf.held}
        shelf.follow(edits, document)
        if not shelf.held:
            return ()
        self._changed(document.uri)
        return tuple(
            one
            for one in shelf.held
            if one.standing is Standing.FIXED and before[one.finding.id].standing is not Standing.FIXED
        )

    def closed(self, uri: str) -> None:
        """
        A document has left the editor; what was found in it is still shown.
        """
        if shelf := self._shelves.get(uri):
            shelf.is_open = False
            self._changed(uri)

    def on_disk(self, uri: str, text: str | None) -> tuple[Held, ...]:
        """
        A file that is not open holds this text, or is gone; gives what is over thereby.
        """
        shelf = self._shelves.get(uri)
        if shelf is None or shelf.is_open:
            return ()
        if text is None:
            over = tuple(self._shelves.pop(uri).held)
        else:
            over = ()
            self._become(shelf, Document.create(uri, shelf.document.language_id, shelf.document.version, text))
        self._changed(uri)
        return over

    def remove(self, finding_id: str) -> None:
        """
        A finding is not to be shown any more.
        """
        for uri, shelf in self._shelves.items():
            kept = [one for one in shelf.held if one.finding.id != finding_id]
            if len(kept) < len(shelf.held):
                shelf.held = kept
                self._changed(uri)

    def clear(self, uri: str) -> None:
        """
        Nothing is shown in a document any more.
        """
        if shelf := self._shelves.get(uri):
            shelf.held = []
            self._changed(uri)

    def of(self, uri: str) -> tuple[Held, ...]:
        """
        What is shown in a document, in the order of the text.
        """
        shelf = self._shelves.get(uri)
        shown = [one for one in shelf.held if one.is_shown] if shelf else []
        return tuple(sorted(shown, key=lambda one: (one.place, one.finding.id)))

    def document(self, uri: str) -> Document | None:
        """
        The text that the findings of a document stand in.
        """
        shelf = self._shelves.get(uri)
        return shelf.document if shelf else None

    def find(self, finding_id: str) -> Located | None:
        """
        A finding by its id, whether it is shown at the moment or not.
        """
        for uri, shelf in self._shelves.items():
            for one in shelf.held:
                if one.finding.id == finding_id:
                    return Located(uri=uri, held=one, document=shelf.document, is_open=shelf.is_open)
        return None

    def all(self) -> tuple[Held, ...]:
        """
        Everything that is not over.
        """
        return tuple(one for shelf in self._shelves.values() for one in shelf.held)

    def uris(self) -> tuple[str, ...]:
        """
        The documents that anything was found in.
        """
        return tuple(self._shelves)

    def is_open(self, uri: str) -> bool:
        """
        Whether the document is known to be in the editor.
        """
        shelf = self._shelves.get(uri)
        return shelf is not None and shelf.is_open

    def is_closed(self, uri: str) -> bool:
        """
        Whether anything was found in the document and the editor does not have it.
        """
        return uri in self._shelves and not self.is_open(uri)

    def _become(self, shelf: "_Shelf", document: Document) -> None:
        shelf.follow(_difference(shelf.document, document), document)

    def _tidy(self, uri: str) -> None:
        shelf = self._shelves[uri]
        away = [one for one in shelf.held if not one.is_shown]
        dropped = {one.finding.id for one in away[: max(0, len(away) - MOST_AWAY)]}
        shelf.held = [one for one in shelf.held if one.finding.id not in dropped and not one.lost]


class _Shelf:
    """
    The findings of one document, and its text as last seen.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.held: list[Held] = []
        self.is_open = False

    def follow(self, edits: Sequence[TextEdit], document: Document) -> None:
        self.document = document
        self.held = [follow(one, edits, document) for one in self.held]


def _arrived(journey: Journey, found: Iterable[Finding], document: Document) -> list[Held]:
    """
    Findings in the text that was reviewed, followed to what has become of it.
    """
    held = [one for finding in found if (one := hold(finding, journey.document))]
    edits = _difference(journey.document, document) if journey.was_reopened else journey.edits
    return [follow(one, edits, document) for one in held] if edits else held


def _is_repaired(held: Held, new: Iterable[Held], document: Document) -> bool:
    if held.standing is Standing.EXACT or not document.slice(held.place.start, held.place.end).strip():
        return False
    same_kind = [one.place for one in new if one.finding.category is held.finding.category]
    return not any(one.start < held.place.end and held.place.start < one.end for one in same_kind)


def _difference(before: Document, after: Document) -> tuple[TextEdit, ...]:
    """
    The edits that make of one text the other, when nobody has told them.
    """
    return before.apply([ContentChange(None, after.text)], after.version, PositionEncoding.UTF32)[1]


def _stands_in(held: Held, document: Document, lines: Sequence[range]) -> bool:
    first, last = (document.line_of(offset) + 1 for offset in (held.place.start, held.place.end))
    return any(one.start <= last and first < one.stop for one in lines)
