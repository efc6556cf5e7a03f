"""
Follow what becomes of a session's completions and note it as telemetry events: the features know of none.
"""

import asyncio
import logging
from collections import deque
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

QUIET_S = 0.05
"""How long what was noted may wait."""

logger = logging.getLogger(__name__)


class Journal:
    """
    Notes down at once what happened and when, and works out a little later what it means: nobody waits for it.

    It must never stand in the way: what goes wrong here is logged and left out.
    """

    def __init__(self, clock: Callable[[], float], snapshot: Callable[[], Snapshot]) -> None:
        self._clock = clock
        self._snapshot = snapshot
        self._lifecycle = Lifecycle()
        self._telemetry: Telemetry | None = None
        self._ticked_at = clock()
        self._notes: deque[Callable[[], None]] = deque()
        self._catching_up: asyncio.TimerHandle | None = None

    def use(self, telemetry: Telemetry, client: ClientIdentity) -> None:
        """
        Record there from now on.
        """
        self.catch_up()
        first, self._telemetry = self._telemetry is None, telemetry
        if first:
            level = to_events.level(client.telemetry_level)
            self._record(SessionStarted(telemetry_level=level, opt_in=telemetry.opted_in))

    def asked(self, attempt: Attempt) -> None:
        """
        A completion is asked for.
        """
        now, cursor = self._clock(), attempt.cursor
        self._note(lambda: self._tell(self._lifecycle.requested(cursor.uri, cursor.offset, now)))

    def answered(self, attempt: Attempt, outcome: Outcome) -> None:
        """
        It is answered.
        """
        now, current = self._clock(), self._snapshot().document(attempt.cursor.uri)
        self._note(lambda: self._record_answer(attempt, outcome, current, now))

    def failed(self, attempt: Attempt) -> None:
        """
        It is not answered, by a fault of ours.
        """
        latency_s = self._clock() - attempt.started
        self._note(lambda: self._record(to_events.failed(attempt, latency_s), self._record_request(attempt)))

    def shown(self, completion_id: str) -> None:
        """
        The client says that a completion became visible.
        """
        now = self._clock()
        self._note(lambda: self._tell(self._lifecycle.shown(completion_id, now)))

    def accepted(self, completion_id: str) -> None:
        """
        The client says that a completion was accepted.
        """
        now = self._clock()
        self._note(lambda: self._tell(self._lifecycle.accepted(completion_id, now)))

    def partially_accepted(self, completion_id: str, length: int) -> None:
        """
        The client says that so many utf-16 units of a completion have been accepted so far.
        """
        now, encoding = self._clock(), PositionEncoding.UTF16
        self._note(lambda: self._tell(self._lifecycle.partially_accepted(completion_id, length, encoding, now)))

    def dismissed(self, completion_id: str, reason: str) -> None:
        """
        The client says that a completion was dismissed.
        """
        now, why = self._clock(), DismissReason.from_client(reason)
        self._note(lambda: self._tell(self._lifecycle.dismissed(completion_id, why, now)))

    def edited(self, document: Document, edits: Sequence[TextEdit]) -> None:
        """
        A document has become this one.
        """
        now = self._clock()
        self._note(lambda: self._tell(self._lifecycle.edited(document, edits, now)))

    def closed(self, uri: str) -> None:
        """
        A document was closed.
        """
        now = self._clock()
        self._note(lambda: self._tell(self._lifecycle.closed(uri, now)))

    def record(self, event: Callable[[Telemetry], Body], uri: str = "") -> None:
        """
        Something else has happened, about a document or none; `event` is made when there is somewhere to record it.
        """
        self._note(lambda: self._record_made(event, uri))

    def tick(self) -> None:
        """
        Time has passed.
        """
        now = self._clock()
        self._note(lambda: self._tell(self._lifecycle.tick(now)))
        if now - self._ticked_at >= TICK_S:
            self._ticked_at = now
            self._note(lambda: self._record_activity(SessionTick))
        self.catch_up()

    def end(self) -> None:
        """
        The session is over, and with it everything that is still on offer.
        """
        now = self._clock()
        self._note(lambda: self._tell(self._lifecycle.shut_down(now)))
        self._note(lambda: self._record_activity(SessionEnded))
        self.catch_up()

    def catch_up(self) -> None:
        """
        Work out everything that has been noted down.
        """
        if self._catching_up is not None:
            self._catching_up.cancel()
            self._catching_up = None
        while self._notes:
            work_out = self._notes.popleft()
            try:
                work_out()
            except Exception as error:
                logger.error(
                    "An event was left out: %s", error if isinstance(error, EventError) else type(error).__name__
                )

    def _note(self, work_out: Callable[[], None]) -> None:
        self._notes.append(work_out)
        if self._catching_up is None:
            self._catching_up = asyncio.get_running_loop().call_later(QUIET_S, self.catch_up)

    def _record_answer(self, attempt: Attempt, outcome: Outcome, current: Document | None, now: float) -> None:
        subject = self._record_request(attempt)
        latency_s = now - attempt.started
        if not isinstance(outcome, Completion):
            self._record(to_events.suppressed(outcome, latency_s), subject)
            return
        self._record(to_events.returned(attempt, outcome, latency_s), subject)
        self._tell(self._lifecycle.returned(outcome, outcome.document, current, now, request_id=attempt.id))

    def _record_made(self, event: Callable[[Telemetry], Body], uri: str) -> None:
        if self._telemetry is not None:
            document = self._snapshot().document(uri)
            subject = self._subject(uri, document.language_id if document else "") if uri else NO_SUBJECT
            self._record(event(self._telemetry), subject)

    def _record_request(self, attempt: Attempt) -> Subject:
        cursor = attempt.cursor
        subject = self._subject(cursor.uri, cursor.document.language_id if cursor.document else "")
        self._record(to_events.requested(attempt), subject)
        return subject

    def _record_activity(self, event: type[SessionTick] | type[SessionEnded]) -> None:
        done = self._lifecycle.take_activity()
        self._record(event(active_ms=done.active_ms, typed_chars=done.typed_chars, deleted_chars=done.deleted_chars))

    def _tell(self, fates: Sequence[Fate]) -> None:
        for fate in fates:
            self._record(to_events.fate(fate), self._subject(fate.uri, fate.language_id), Basis(fate.basis))

    def _subject(self, uri: str, language_id: str) -> Subject:
        snapshot = self._snapshot()
        folder = snapshot.folder_of(uri)
        repo_id = self._telemetry.repo_id(folder.uri) if self._telemetry and folder else None
        return to_events.subject(snapshot.relative_path(uri), language_id, repo_id)

    def _record(self, event: Body, subject: Subject = NO_SUBJECT, basis: Basis = Basis.CLIENT) -> None:
        if self._telemetry is not None:
            self._telemetry.recorder.record(event, subject, basis)
