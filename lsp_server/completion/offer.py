"""
A completion on offer: where it stands in its document, and how much of it has come about.
"""

from dataclasses import dataclass, replace

from lsp_server.completion.request import Completion
from lsp_server.completion.tracking import Change, Stretch, aimed_at
from lsp_server.text.document import Document

CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<", '"': '"', "'": "'", "`": "`"}
"""What editors add by themselves behind the cursor, by what was typed before it."""

PAIRS = frozenset(opener + closer for closer, opener in CLOSERS.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """
    `insertion` is what accepting would put at the cursor, between `head` and in place of `tail`.

    `place` covers all three in the latest document, or is None when that has moved on before the answer came.
    `done` counts how much of `insertion` stands there, however it came about; `accepted` how much by accepting.
    """

    id: str
    uri: str
    language_id: str
    head: str
    insertion: str
    tail: str
    place: Stretch | None
    done: int = 0
    accepted: int = 0
    accepted_from: int = 0

    @property
    def cursor(self) -> int | None:
        """
        Where typing goes on.
        """
        return None if self.place is None else self.place.start + len(self.head) + self.done

    def with_cursor_at(self, offset: int, document: Document) -> "Offer | None":
        """
        The offer for someone who has typed it up to `offset`, or None when nobody can have.

        Closing brackets that are offered may stand there already, since the editor closed them by itself; only the
        cursor tells how many of them have been typed over.
        """
        if self.place is None:
            return None
        done = offset - self.place.start - len(self.head)
        typed = document.slice(self.place.start, offset)
        closed = document.slice(self.place.end, offset) + document.slice(offset, self.place.end - len(self.tail))
        if done < 0 or not (self.head + self.insertion).startswith(typed) or not set(closed) <= set(CLOSERS):
            return None
        return replace(self, place=Stretch(self.place.start, max(self.place.end, offset)), done=done)

    @property
    def rest(self) -> str:
        """
        What is still offered.
        """
        return self.insertion[self.done :]

    @property
    def accepted_stretch(self) -> Stretch | None:
        """
        Where the accepted part stands, as long as all that was done stands as offered.
        """
        if self.place is None:
            return None
        start = self.place.start + len(self.head)
        return Stretch(start + self.accepted_from, start + self.done)

    def taken(self, done: int, accepted: int) -> "Offer":
        """
        The offer once more of it has been accepted, so that `done` characters stand in the document.
        """
        first = done - accepted if not self.accepted else self.accepted_from
        # What was accepted, deleted and accepted again counts once.
        total = max(self.accepted, min(self.accepted + accepted, len(self.insertion)))
        return replace(self, done=done, accepted=total, accepted_from=max(0, first))

    def continued_by(self, newer: "Offer", document: Document) -> "Offer":
        """
        The same offer, with the rest as a newer answer has it and what stands before that as done.
        """
        assert newer.place is not None
        end = newer.place.start + len(newer.head)
        if self.place is None or self.place.start + len(self.head) > end:
            return replace(newer, id=self.id, accepted=self.accepted)
        so_far = document.slice(self.place.start + len(self.head), end)
        return replace(
            self,
            insertion=so_far + newer.insertion,
            tail=newer.tail,
            place=Stretch(self.place.start, newer.place.end),
            done=len(so_far),
            accepted_from=min(self.accepted_from, len(so_far)),
        )


def offer_of(completion: Completion, document: Document, *, current: bool) -> Offer:
    """
    What `completion` offers in `document`, with the line ends that an editor would insert there.
    """
    head = document.slice(completion.span.start, completion.offset)
    tail = document.slice(completion.offset, completion.span.end)
    text = completion.text.replace("\r\n", "\n").replace("\n", document.eol)
    return Offer(
        id=completion.id,
        uri=document.uri,
        language_id=document.language_id,
        head=head,
        insertion=text.removeprefix(head),
        tail=tail,
        place=Stretch(completion.span.start, completion.span.end) if current else None,
    )


def continues(offered: Offer, newer: Offer) -> bool:
    """
    Whether a newer answer offers just what is left of the one on offer: to the person it is the same completion.
    """
    return offered.cursor is not None and (offered.uri, offered.cursor, offered.rest) == (
        newer.uri,
        newer.cursor,
        newer.insertion,
    )


def moved_with(offer: Offer, change: Change, before: Document | None) -> tuple[Offer, Change | None]:
    """
    The offer after a change, and the change if it was made inside the offer's place.

    A change across the edge of the place leaves the offer without one. `before` is the document that it was made in,
    where that is known.
    """
    place, cursor = offer.place, offer.cursor
    if place is None or cursor is None:
        return offer, None
    change = aimed_at(change, cursor, before) if before else change
    if _is_inside(offer, change):
        return replace(offer, place=Stretch(place.start, place.end + change.growth)), change
    if change.removed and change.end == cursor:
        # What precedes the cursor was deleted, so that the offer no longer follows from it.
        return replace(offer, place=None), change
    if change.end <= place.start:
        return replace(offer, place=Stretch(place.start + change.growth, place.end + change.growth)), None
    if change.start >= place.end:
        return offer, None
    return replace(offer, place=None), change


def done_in(offer: Offer, content: str) -> int | None:
    """
    How much of the insertion stands in `content` of the offer's place; None when something else does.
    """
    if content == offer.head + offer.insertion:
        return len(offer.insertion)
    if _is_beyond_tail(offer, content):
        return len(content) - len(offer.head)
    if not content.startswith(offer.head) or not content.endswith(offer.tail):
        return None
    middle = content[len(offer.head) : len(content) - len(offer.tail)]
    if len(content) < len(offer.head) + len(offer.tail):
        return None
    done = next((i for i, (a, b) in enumerate(zip(middle, offer.insertion, strict=False)) if a != b), None)
    done = min(len(middle), len(offer.insertion)) if done is None else done
    openers = offer.insertion[:done]
    return done if all(CLOSERS.get(closer, "") in openers and closer in CLOSERS for closer in middle[done:]) else None


def is_typed(piece: str) -> bool:
    """
    Whether a piece of text came from one key: a character, a pair that the editor closed, a line break and its indent.
    """
    return len(piece) <= 1 or piece in PAIRS or not piece.strip()


def is_unit(offer: Offer, done: int) -> bool:
    """
    Whether the offer could have been accepted by word or line from where it stood up to `done`.
    """
    return _is_boundary(offer.insertion, offer.done) and _is_boundary(offer.insertion, done)


def lines_in(text: str) -> int:
    """
    How many lines a text touches.
    """
    return text.count("\n") + 1 if text else 0


def _is_beyond_tail(offer: Offer, content: str) -> bool:
    """
    Whether an editor that was asked for a part has put it in place of the tail too, which stands in that part.
    """
    part = content[len(offer.head) :]
    return bool(offer.tail) and offer.tail in part[:-1] and (offer.head + offer.insertion).startswith(content)


def _is_inside(offer: Offer, change: Change) -> bool:
    place = offer.place
    assert place is not None
    if not place.start <= change.start <= change.end <= place.end:
        return False
    if change.removed or place.empty:
        return True
    # Text added before the head or behind the tail is somewhere else, unless what is offered is the tail and that text.
    before_head = change.start == place.start and bool(offer.head)
    behind_tail = change.start == place.end and change.start != offer.cursor
    return not before_head and not (behind_tail and not offer.rest.startswith(offer.tail + change.text))


def _is_boundary(text: str, index: int) -> bool:
    if index <= 0 or index >= len(text):
        return True
    return not (_is_word(text[index - 1]) and _is_word(text[index]))


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "_$"
