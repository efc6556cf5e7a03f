"""
Follow what becomes of a session's completions and note it as telemetry events: the features know of none.
"""

import logging
from collections.abc import Callable, Sequence

from lsp_server.completion.fate import DismissReason, Fate
from lsp_server.completion.lifecycle import Lifecycle
from lsp_server.completion.request import Completion, Outcome
from lsp_server.lsp import to_events
from lsp_server.lsp.attempt import Attempt
from lsp_server.lsp.dependencies import ClientIdentity, Telemetry
from lsp_server.text.document import Document, TextEdit
from lsp_server.text.positions import PositionEncoding
from lsp_server.workspace import Snapshot
from telemetry.declaration import EventError
from telemetry.envelope import NO_SUBJECT, Subject
from telemetry.events import Body, SessionEnded, SessionStarted, SessionTick
from telemetry.vocabulary import Basis

TICK_S = 3600.0

logger = logging.getLogger(__name__)


class Journal:
    """
    Records what becomes certain. It must never stand in the way: what goes wrong here is logged and left out.
    """

    def __init__(self, clock: Callable[[], float], snapshot: Callable[[], Snapshot]) -> None:
        self._clock = clock
        self._snapshot = snapshot
        self._lifecycle = Lifecycle()
        self._telemetry: Telemetry | None = None
        self._ticked_at = clock()

    def use(self, telemetry: Telemetry, client: ClientIdentity) -> None:
        """
        Record there from now on.
        """
        first, self._telemetry = self._telemetry is None, telemetry
        if first:
            level = to_events.level(client.telemetry_level)
            self._record(lambda: SessionStarted(telemetry_level=level, opt_in=telemetry.opted_in))

    def asked(self, attempt: Attempt) -> None:
        """
        A completion is asked for.
        """
        self._note(self._lifecycle.requested(attempt.cursor.uri, attempt.cursor.offset, self._clock()))

    def answered(self, attempt: Attempt, outcome: Outcome) -> None:
        """
        It is answered.
        """
        latency_s, subject = self._record_request(attempt)
        if not isinstance(outcome, Completion):
            self._record(lambda: to_events.suppressed(outcome, latency_s), subject)
            return
        self._record(lambda: to_events.returned(attempt, outcome, latency_s), subject)
        current = self._snapshot().document(attempt.cursor.uri)
        now = self._clock()
        self._note(self._lifecycle.returned(outcome, outcome.document, current, now, request_id=attempt.id))

    def failed(self, attempt: Attempt) -> None:
        """
        It is not answered, by a fault of ours.
        """
        latency_s, subject = self._record_request(attempt)
        self._record(lambda: to_events.failed(attempt, latency_s), subject)

    def shown(self, completion_id: str) -> None:
        """
        The client says that a completion became visible.
        """
        self._note(self._lifecycle.shown(completion_id, self._clock()))

    def accepted(self, completion_id: str) -> None:
        """
        The client says that a completion was accepted.
        """
        self._note(self._lifecycle.accepted(completion_id, self._clock()))

    def partially_accepted(self, completion_id: str, length: int) -> None:
        """
        The client says that so many utf-16 units of a completion have been accepted so far.
        """
        now = self._clock()
        self._note(self._lifecycle.partially_accepted(completion_id, length, PositionEncoding.UTF16, now))

    def dismissed(self, completion_id: str, reason: str) -> None:
        """
        The client says that a completion was dismissed.
        """
        self._note(self._lifecycle.dismissed(completion_id, DismissReason.from_client(reason), self._clock()))

    def edited(self, document: Document, edits: Sequence[TextEdit]) -> None:
        """
        A document has become this one.
        """
        self._note(self._lifecycle.edited(document, edits, self._clock()))

    def closed(self, uri: str) -> None:
        """
        A document was closed.
        """
        self._note(self._lifecycle.closed(uri, self._clock()))

    def tick(self) -> None:
        """
        Time has passed.
        """
        now = self._clock()
        self._note(self._lifecycle.tick(now))
        if now - self._ticked_at >= TICK_S:
            self._ticked_at = now
            self._record_activity(SessionTick)

    def end(self) -> None:
        """
        The session is over, and with it everything that is still on offer.
        """
        self._note(self._lifecycle.shut_down(self._clock()))
        self._record_activity(SessionEnded)

    def _record_request(self, attempt: Attempt) -> tuple[float, Subject]:
        """
        Only now, since what the cursor stands in is known only when the document has been parsed.
        """
        cursor = attempt.cursor
        subject = self._subject(cursor.uri, cursor.document.language_id if cursor.document else "")
        self._record(lambda: to_events.requested(attempt), subject)
        return self._clock() - attempt.started, subject

    def _record_activity(self, event: type[SessionTick] | type[SessionEnded]) -> None:
        done = self._lifecycle.take_activity()
        self._record(
            lambda: event(active_ms=done.active_ms, typed_chars=done.typed_chars, deleted_chars=done.deleted_chars)
        )

    def _note(self, fates: Sequence[Fate]) -> None:
        for fate in fates:
            subject = self._subject(fate.uri, fate.language_id)
            self._record(lambda: to_events.fate(fate), subject, Basis(fate.basis))  # noqa: B023 - Called at once.

    def _subject(self, uri: str, language_id: str) -> Subject:
        snapshot = self._snapshot()
        folder = snapshot.folder_of(uri)
        repo_id = self._telemetry.repo_id(folder.uri) if self._telemetry and folder else None
        return to_events.subject(snapshot.relative_path(uri), language_id, repo_id)

    def _record(self, make: Callable[[], Body], subject: Subject = NO_SUBJECT, basis: Basis = Basis.CLIENT) -> None:
        if self._telemetry is None:
            return
        try:
            self._telemetry.recorder.record(make(), subject, basis)
        except EventError as error:
            logger.error("An event was left out: %s", error)
