"""
Follow each completion from its answer to its one end, and what was accepted of it for ten minutes more.

A client that sends notifications is believed. Of one that sends none the same is concluded from the changes of its
documents, and marked as inferred. Clock values are arguments, in seconds.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lsp_server.completion.activity import Activity, ActivityCount
from lsp_server.completion.case import Case, End, accepted_text, ended_fate, shown_fate, with_part
from lsp_server.completion.fate import Basis, DismissReason, EndCause, EndOutcome, Fate
from lsp_server.completion.offer import Offer, continues, done_in, is_typed, is_unit, moved_with, offer_of
from lsp_server.completion.request import Completion
from lsp_server.completion.retention import Retention
from lsp_server.completion.tracking import Change, Stretch, change_of
from lsp_server.text.document import Document, TextEdit
from lsp_server.text.positions import PositionEncoding, column_from_units

GRACE_S = 1.0
"""
How long an end that was inferred may still be put right by the client.

The accept command is sent after the change that it belongs to, and other changes, such as imports, may come between.
"""

IGNORED_AFTER_S = 600.0
"""A completion that nothing happened to for so long counts as ignored; our own figure, that of the last checkpoint."""

MOST_REMEMBERED = 200
"""How many ids are known again; a client speaks of the last one, or of the one before."""

Fates = tuple[Fate, ...]


class Lifecycle:
    """
    Follows every completion of one client. Each method returns what it has made certain, in order.

    At most one completion is on offer at a time, since an editor has one cursor; others may be about to end.
    `notifies` says that the client sends `didShowCompletion`; when it isn't known, the first notification tells.
    """

    def __init__(self, *, notifies: bool = False) -> None:
        self._notifies = notifies
        self._offered: Case | None = None
        self._ending: dict[str, Case] = {}
        self._retention = Retention()
        self._documents: dict[str, Document] = {}
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._activity = ActivityCount()

    def requested(self, uri: str, offset: int, now: float) -> Fates:
        """
        The client asks for a completion: one that is on offer elsewhere is no longer looked at.
        """
        fates = self._advance(now)
        case = self._offered
        if case is None or case.offer.place is None:
            return fates
        offer = case.offer.with_cursor_at(offset, self._documents[uri]) if uri == case.offer.uri else None
        if offer is None:
            self._begin_end(case, EndOutcome.SUPERSEDED, EndCause.MOVED_AWAY, now)
        else:
            self._keep(replace(case, offer=offer))
        return fates

    def returned(
        self, completion: Completion, document: Document, current: Document | None, now: float, *, request_id: str = ""
    ) -> Fates:
        """
        A completion for `document` goes to the client, whose latest version of it is `current`.

        One that was offered before keeps its id. If it was over by then, it is shown anew, as `request_id`.
        """
        fates = self._advance(now)
        up_to_date = current is not None and current.version == document.version
        offer = offer_of(completion, document, current=up_to_date)
        case = self._continued_by(offer)
        if case and up_to_date:
            self._continue(case, offer, document, now)
            return fates
        new_id = request_id if completion.id in self._keys else completion.id
        if not new_id or new_id in self._keys.values() or (self._offered and not up_to_date):
            return fates
        self._supersede(now)
        self._remember(completion.id, new_id)
        if current is not None:
            self._documents[document.uri] = current
        case = Case(
            offer=replace(offer, id=new_id),
            newest_id=completion.id,
            latency_s=completion.timings.total_ms / 1000,
            returned_at=now,
            heard_at=now,
            assumed_shown=up_to_date,
        )
        self._offered = case
        return fates

    def shown(self, completion_id: str, now: float) -> Fates:
        """
        The client says that a completion became visible.
        """
        self._notifies = True
        fates = self._advance(now)
        case = self._find(completion_id)
        return fates + self._show(case, Basis.CLIENT, now) if case else fates

    def accepted(self, completion_id: str, now: float) -> Fates:
        """
        The client says that a completion was accepted; the change itself came just before, or comes now.
        """
        fates = self._advance(now)
        if not self._find(completion_id):
            return fates
        fates += self._show(self._get(completion_id), Basis.CLIENT, now)
        case = self._get(completion_id)
        if case.end and case.end.cause is EndCause.TYPED_OTHERWISE:
            # The editor changed what it inserted, by indenting it for one: what stands there now was accepted.
            case = self._take_what_stands(case)
        elif case.end and case.offer.done == len(case.offer.insertion):
            case = self._take_what_was_typed(case)
        else:
            case = replace(case, announced=len(case.offer.insertion))
        at = case.end.at if case.end else now
        case = replace(case, end=End(outcome=EndOutcome.ACCEPTED, cause=EndCause.INSERTED, basis=Basis.CLIENT, at=at))
        if case.awaits_change and case.offer.place is not None:
            self._keep(case)
            return fates
        return fates + self._settle(case)

    def partially_accepted(self, completion_id: str, length: int, encoding: PositionEncoding, now: float) -> Fates:
        """
        The client says that the first `length` units of a completion's text have been accepted so far.
        """
        self._notifies = True
        fates = self._advance(now)
        if not self._find(completion_id):
            return fates
        fates += self._show(self._get(completion_id), Basis.CLIENT, now)
        case = replace(self._get(completion_id), told=True)
        offer = case.offer
        reached = column_from_units(offer.head + offer.insertion, length, encoding) - len(offer.head)
        if reached >= len(offer.insertion):
            # Editors run no command when the last part is accepted.
            return fates + self.accepted(completion_id, now)
        if reached > offer.done:
            case = replace(case, announced=max(case.announced, reached))
        elif reached == offer.done:
            case = self._take_what_was_typed(case)
        self._keep(case)
        return fates

    def dismissed(self, completion_id: str, reason: DismissReason, now: float) -> Fates:
        """
        The client says that it has taken a completion away.
        """
        self._notifies = True
        fates = self._advance(now)
        case = self._find(completion_id)
        rejected = reason is DismissReason.REJECTED
        # When a newer answer goes on with the same text, nobody saw it vanish.
        if case is None or (not rejected and completion_id != case.newest_id):
            return fates
        if rejected:
            fates += self._show(case, Basis.CLIENT, now)
            case = self._get(completion_id)
        if case.end and case.end.outcome is not EndOutcome.SUPERSEDED:
            return fates
        outcome = _OUTCOME_OF_DISMISSAL[reason]
        if case.end and not rejected:
            outcome = EndOutcome.SUPERSEDED
        at = case.end.at if case.end else now
        end = End(outcome=with_part(case, outcome), cause=EndCause.DISMISSED, basis=Basis.CLIENT, at=at)
        return fates + self._settle(replace(case, end=end))

    def edited(self, document: Document, edits: Sequence[TextEdit], now: float) -> Fates:
        """
        A document has changed into `document` by `edits`.
        """
        fates = self._advance(now)
        changes = [change_of(edit) for edit in edits]
        before = self._documents.get(document.uri)
        accepting = False
        if before is not None:
            self._documents[document.uri] = document
            self._retention.edited(document.uri, changes)
            for case in self._cases(document.uri):
                followed, taken = self._follow(case, changes, before, now)
                fates += followed
                accepting = accepting or taken
        self._activity = self._activity.after([] if accepting else changes, now)
        return fates

    def closed(self, uri: str, now: float) -> Fates:
        """
        A document was closed: what was offered in it is over, and accepted text in it can't be followed any more.
        """
        fates = self._advance(now) + self._end_all(self._cases(uri), EndCause.DOCUMENT_CLOSED, now)
        self._retention.drop_document(uri)
        self._forget_documents()
        return fates

    def shut_down(self, now: float) -> Fates:
        """
        The session ends, and with it all that is on offer.
        """
        fates = self._advance(now) + self._end_all(self._cases(), EndCause.SESSION_ENDED, now)
        self._retention.drop_all()
        self._forget_documents()
        return fates

    def tick(self, now: float) -> Fates:
        """
        Time has passed. Called every second or so; when it is called less often, fates are told later and no others.
        """
        return self._advance(now)

    def take_activity(self) -> Activity:
        """
        What was written since the last call.
        """
        activity = self._activity.activity
        self._activity = replace(self._activity, activity=Activity())
        return activity

    def _continued_by(self, offer: Offer) -> Case | None:
        """
        The completion that a new answer goes on with: by its id, or because it offers just what is left.
        """
        case = self._find(offer.id)
        if case:
            return case if case.end is None or case.end.cause in _CAUSES_TO_COME_BACK_FROM else None
        return self._offered if self._offered and continues(self._offered.offer, offer) else None

    def _continue(self, case: Case, offer: Offer, document: Document, now: float) -> None:
        self._drop(case)
        self._supersede(now)
        self._remember(offer.id, case.offer.id)
        self._documents[document.uri] = document
        rebased = case.offer.continued_by(offer, document)
        # The first answer may have come too late to be drawn; this one is in time.
        returned_at = case.returned_at if case.assumed_shown else now
        self._offered = replace(
            case,
            offer=rebased,
            newest_id=offer.id,
            heard_at=now,
            end=None,
            returned_at=returned_at,
            assumed_shown=True,
        )

    def _supersede(self, now: float) -> None:
        if self._offered:
            self._begin_end(self._offered, EndOutcome.SUPERSEDED, EndCause.NEWER_COMPLETION, now)

    def _show(self, case: Case, basis: Basis, now: float) -> Fates:
        if case.shown_at is not None:
            return ()
        self._keep(replace(case, shown_at=now, heard_at=now))
        return (shown_fate(case, basis, now),)

    def _show_assumed(self, now: float) -> Fates:
        """
        An answer that was still right when it came was shown, unless the client would have said so by now.
        """
        case = self._offered
        if not case or case.shown_at is not None or not case.assumed_shown or self._notifies:
            return ()
        if now - case.returned_at < GRACE_S:
            return ()
        self._keep(replace(case, shown_at=case.returned_at))
        return (shown_fate(case, Basis.INFERRED, case.returned_at),)

    def _follow(self, case: Case, changes: Sequence[Change], before: Document, now: float) -> tuple[Fates, bool]:
        """
        See what `changes` did to a case, and whether they accepted some of it.
        """
        offer, inside = case.offer, []
        for change in changes:
            # Only for a lone change is it known what stood before it.
            offer, seen = moved_with(offer, change, before if len(changes) == 1 else None)
            inside += [seen] if seen else []
        if not inside or (case.end and not case.awaits_change):
            self._keep(replace(case, offer=offer))
            return (), False
        done = self._done(offer)
        case = replace(case, offer=offer, heard_at=now)
        if done is not None:
            return self._progress(case, done, [change.text for change in inside], now)
        if case.end:
            return self._settle(self._take_what_stands(case)), True
        self._begin_end(case, EndOutcome.SUPERSEDED, EndCause.TYPED_OTHERWISE, now)
        return (), False

    def _progress(self, case: Case, done: int, pieces: Sequence[str], now: float) -> tuple[Fates, bool]:
        """
        More or less of the offer stands in the document than before, and nothing else.
        """
        offer = case.offer
        grown, whole = done - offer.done, done == len(offer.insertion)
        told = grown > 0 and done <= case.announced
        at_once = grown > 0 and not all(map(is_typed, pieces)) and (whole or is_unit(offer, done))
        if told or at_once:
            case = replace(case, offer=offer.taken(done, grown), typed_last=0, told=case.told or told)
            self._follow_accepted(case)
        else:
            case = replace(case, offer=replace(offer, done=done), typed_last=max(0, grown))
        self._keep(case)
        if not whole:
            return (), told or at_once
        if case.end:
            return self._settle(case), True
        if told or at_once:
            self._begin_end(case, EndOutcome.ACCEPTED, EndCause.INSERTED, now)
        else:
            self._begin_end(case, EndOutcome.TYPED_THROUGH, EndCause.TYPED_AS_OFFERED, now)
        return (), told or at_once

    def _take_what_was_typed(self, case: Case) -> Case:
        """
        What the last change seemed to type was accepted.
        """
        if not case.typed_last:
            return case
        case = replace(case, offer=case.offer.taken(case.offer.done, case.typed_last), typed_last=0)
        self._follow_accepted(case)
        return case

    def _take_what_stands(self, case: Case) -> Case:
        """
        Whatever stands in the offer's place was accepted.
        """
        offer = case.offer.taken(len(case.offer.insertion), len(case.offer.rest))
        if offer.place is not None:
            start = min(offer.place.start + len(offer.head), offer.place.end)
            stretch = Stretch(start, offer.place.end)
            self._retention.follow(accepted_text(offer, stretch, self._documents[offer.uri].slice(start, stretch.end)))
        return replace(case, offer=offer)

    def _follow_accepted(self, case: Case) -> None:
        stretch = case.offer.accepted_stretch
        if stretch is not None:
            text = case.offer.insertion[case.offer.accepted_from : case.offer.done]
            self._retention.follow(accepted_text(case.offer, stretch, text))

    def _begin_end(self, case: Case, outcome: EndOutcome, cause: EndCause, now: float) -> None:
        """
        Take it that a completion has ended so, unless the client says otherwise within the time of grace.
        """
        outcome = with_part(case, outcome)
        told = case.told and outcome in (EndOutcome.ACCEPTED, EndOutcome.PARTIAL)
        basis = Basis.CLIENT if told else Basis.INFERRED
        self._keep(replace(case, end=End(outcome=outcome, cause=cause, basis=basis, at=now)))

    def _end_all(self, cases: Iterable[Case], cause: EndCause, now: float) -> Fates:
        fates: Fates = ()
        for case in cases:
            outcome = with_part(case, EndOutcome.EXPIRED)
            end = case.end or End(outcome=outcome, cause=cause, basis=Basis.INFERRED, at=now)
            fates += self._settle(replace(case, end=end))
        return fates

    def _settle(self, case: Case) -> Fates:
        """
        End a case for good.
        """
        end = case.end
        assert end is not None
        if case.awaits_change:
            case = replace(case, offer=case.offer.taken(len(case.offer.insertion), len(case.offer.rest)))
        self._drop(case)
        taken = end.outcome in (EndOutcome.ACCEPTED, EndOutcome.PARTIAL)
        if taken:
            self._retention.start_measuring(case.offer.id, end.at, end.basis)
        if case.shown_at is not None:
            return (ended_fate(case, end, case.shown_at),)
        # Nobody accepts what they do not see.
        if taken or (case.assumed_shown and not self._notifies):
            at = case.returned_at
            return shown_fate(case, Basis.INFERRED, at), ended_fate(case, end, at)
        return ()

    def _advance(self, now: float) -> Fates:
        """
        Do what fell due by now, before anything else: no document has changed since it did.
        """
        fates: Fates = ()
        for case in list(self._ending.values()):
            if case.end and now - case.end.at >= GRACE_S:
                fates += self._settle(case)
        fates += self._show_assumed(now)
        if self._offered and now - self._offered.heard_at >= IGNORED_AFTER_S:
            fates += self._end_all([self._offered], EndCause.IGNORED, now)
        fates += tuple(self._retention.measure(now, self._documents))
        self._forget_documents()
        return fates

    def _find(self, completion_id: str) -> Case | None:
        key = self._keys.get(completion_id)
        return next((case for case in self._cases() if case.offer.id == key), None)

    def _get(self, completion_id: str) -> Case:
        case = self._find(completion_id)
        assert case is not None
        return case

    def _cases(self, uri: str | None = None) -> list[Case]:
        cases = [*self._ending.values(), *([self._offered] if self._offered else [])]
        return [case for case in cases if uri is None or case.offer.uri == uri]

    def _keep(self, case: Case) -> None:
        if case.end is None:
            self._offered = case
            return
        if self._offered and self._offered.offer.id == case.offer.id:
            self._offered = None
        self._ending[case.offer.id] = case

    def _drop(self, case: Case) -> None:
        self._ending.pop(case.offer.id, None)
        if self._offered and self._offered.offer.id == case.offer.id:
            self._offered = None

    def _remember(self, completion_id: str, key: str) -> None:
        self._keys[completion_id] = key
        self._keys.move_to_end(completion_id)
        if len(self._keys) > MOST_REMEMBERED:
            self._keys.popitem(last=False)

    def _forget_documents(self) -> None:
        wanted = self._retention.uris | {case.offer.uri for case in self._cases()}
        self._documents = {uri: document for uri, document in self._documents.items() if uri in wanted}

    def _done(self, offer: Offer) -> int | None:
        if offer.place is None:
            return None
        return done_in(offer, self._documents[offer.uri].slice(offer.place.start, offer.place.end))


_CAUSES_TO_COME_BACK_FROM = (EndCause.TYPED_OTHERWISE, EndCause.MOVED_AWAY, EndCause.NEWER_COMPLETION)
"""What was typed wrongly may be deleted, and the completion is there again as if nothing had happened."""

_OUTCOME_OF_DISMISSAL = {
    DismissReason.REJECTED: EndOutcome.REJECTED,
    DismissReason.IGNORED: EndOutcome.EXPIRED,
    DismissReason.SUPERSEDED: EndOutcome.SUPERSEDED,
}
