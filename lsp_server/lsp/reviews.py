"""
The reviews of a session: what is reviewed when, and what its findings become.

All of it happens on the event loop; what reads files or trees does so in threads.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from lsp_server.files import path_of
from lsp_server.lsp import review_scope, review_to_lsp
from lsp_server.lsp.dependencies import Backend, Services
from lsp_server.lsp.diagnostics import Diagnostics
from lsp_server.lsp.findings import Findings, Journey, Located
from lsp_server.lsp.review_arguments import Target
from lsp_server.lsp.review_scope import Scope
from lsp_server.lsp.turns import Displaced, Turns
from lsp_server.lsp.watch import Watch
from lsp_server.review.baseline import BaselineMalformed
from lsp_server.review.finding import Origin
from lsp_server.review.outcome import Incomplete, Review
from lsp_server.settings import ReviewOnSave, Settings
from lsp_server.text.document import Document, TextEdit
from telemetry.vocabulary import FindingOutcome

if TYPE_CHECKING:
    from lsp_server.lsp.session import Session
    from lsp_server.review.run import Options, Progress

RULES = frozenset((Origin.RULE,))
EVERYBODY = frozenset(Origin)
SILENT = (
    "What this review finds is not shown but counted, since `review.silent` is on here, as in the silent arm of an"
    " experiment: to see findings, set it to false in your own settings."
)

logger = logging.getLogger(__name__)


class CannotReview(JsonRpcException):
    """
    There is nothing to review, or it must not be; `str(error)` is one sentence that says why.
    """

    CODE = -32803  # RequestFailed


@dataclass(kw_only=True, eq=False)
class Assignment:
    """
    One review that was asked for.

    `shown` tells whether the engineer watches and may stop it; setting `stopped` ends it with what it has so far.
    `watch` is where its findings go: to those that are shown, or to those that are kept silent.
    `requests` are the ids of what was sent for it.
    """

    scope: Scope
    ask_model: bool
    shown: bool
    watch: Watch
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    requests: list[str] = field(default_factory=list)


class Reviews:
    """
    What has been found in this session, and what is being looked at.
    """

    def __init__(self, session: "Session", services: Services) -> None:
        self._session = session
        self._services = services
        self._turns = Turns()
        self._checking = asyncio.Semaphore(1)
        self._dismissed: set[str] = set()
        self._behind: dict[str, tuple[str, ...]] = {}
        self.diagnostics = Diagnostics(session.client)
        self.findings = self.diagnostics.findings
        self.shown = Watch(self.findings, session.journal, services.clock, silent=False)
        self.silent = Watch(Findings(lambda uri: None), session.journal, services.clock, silent=True)
        self.log = self.shown.log

    # Documents.

    def opened(self, document: Document) -> None:
        """
        A document is in the editor now.
        """
        for watch in self._watches:
            watch.findings.opened(document)
        # What it was told of the file goes before it can ask for the same about the document.
        self.diagnostics.tell()
        self._session.spawn(self._check(document.uri, ReviewOnSave.RULES))

    def edited(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """
        A document has become this one.
        """
        for watch in self._watches:
            watch.edited(document, edits)

    def closed(self, uri: str) -> None:
        """
        A document has left the editor.
        """
        self._turns.end(uri)
        for watch in self._watches:
            watch.findings.closed(uri)

    def saved(self, uri: str) -> None:
        """
        A document is on disk; it is reviewed as the settings say.
        """
        self._session.spawn(self._check(uri, ReviewOnSave.MODEL))

    async def files_changed(self, uris: Sequence[str]) -> None:
        """
        Files on disk are no longer what they were: their findings follow, or are gone with them.
        """
        backend = (await self._session.equipment()).backend
        for uri in uris:
            watches = [one for one in self._watches if one.findings.is_closed(uri)]
            if watches:
                path = path_of(uri)
                text = (await asyncio.to_thread(backend.files.read, path)).text if path else None
                for watch in watches:
                    watch.on_disk(uri, text)

    async def renewed(self) -> None:
        """
        Settings have changed: where reviews are switched off, or to silence and back, their findings go.
        """
        for watch in self._watches:
            for uri in watch.findings.uris():
                settings = await self._session.settings_for(uri)
                if not _is_wanted(settings) or self._watch_for(settings) is not watch:
                    watch.findings.clear(uri)

    def end(self) -> None:
        """
        The session is over.
        """
        self.diagnostics.close()
        for watch in self._watches:
            watch.end()

    # Reviews.

    async def review_document(self, target: Target) -> dict[str, Any]:
        """
        Review a document as it is on the screen, or a file; all of it, or the lines of a range.

        Raises:
            CannotReview: with the reason.
        """
        if not target.uri:
            raise JsonRpcInvalidParams("The command takes the URI of a document.")
        await self._check_wanted(target.uri)
        kind = review_scope.of_selection if target.range else review_scope.of_document
        return await self._carry_out(target, kind)

    async def review_changes(self, target: Target) -> dict[str, Any]:
        """
        Review what differs from the last commit in a folder, unsaved buffers included.

        Raises:
            CannotReview: with the reason.
        """
        await self._check_wanted(target.uri)
        return await self._carry_out(target, review_scope.of_changes)

    def find(self, finding_id: str) -> Located:
        """
        A finding by its id.

        Raises:
            JsonRpcInvalidParams: there is none.
        """
        found = self.findings.find(finding_id)
        if found is None:
            raise JsonRpcInvalidParams("There is no such finding any more: review the code again.")
        return found

    def requests_behind(self, finding_id: str) -> tuple[str, ...]:
        """
        The ids of the requests of the review that a finding came from; one of them is its own.
        """
        return self._behind.get(finding_id, ())

    def dismiss(self, finding_id: str, outcome: FindingOutcome) -> None:
        """
        The engineer does not want to see a finding, in this session at least.
        """
        self._dismissed.add(finding_id)
        self.log.ended(finding_id, outcome)
        self.findings.remove(finding_id)
        self.diagnostics.tell()

    async def _carry_out(self, target: Target, kind: "Callable[[Session, Backend, Target], Any]") -> dict[str, Any]:
        silent = False
        try:
            with self._turns.take(target.uri, "asked"):
                backend = (await self._session.equipment()).backend
                try:
                    scope = await kind(self._session, backend, target)
                except review_scope.NothingToReview as error:
                    raise CannotReview(str(error)) from None
                watch = self._watch_for(await self._settings_of(scope))
                silent = watch is self.silent
                review = await self._review(Assignment(scope=scope, ask_model=True, shown=True, watch=watch))
        except Displaced:
            review = Review(incomplete=Incomplete.CANCELLED, notices=("A newer review has taken its place.",))
        if silent:
            self._session.client.say(SILENT)
        return review_to_lsp.summary(review, silent=silent)

    async def _check(self, uri: str, most: ReviewOnSave) -> None:
        """
        Look at a document nobody asked about: with the rules, and with a model only where the user wants that.
        """
        try:
            settings = await self._session.settings_for(uri)
        except JsonRpcException:
            # Why nothing can be done at all is for the status to say.
            return
        document = self._session.workspace.snapshot().document(uri)
        if document is None or not _is_wanted(settings) or settings.review_on_save is ReviewOnSave.OFF:
            return
        ask_model = settings.review_on_save is most is ReviewOnSave.MODEL
        backend = (await self._session.equipment()).backend
        try:
            with self._turns.take(uri, "unasked"):
                # One at a time, so that a window full of documents does not keep everything else waiting.
                async with nullcontext() if ask_model else self._checking:
                    scope = await review_scope.of_document(self._session, backend, Target(uri=uri))
                    watch = self._watch_for(settings)
                    await self._review(Assignment(scope=scope, ask_model=ask_model, shown=ask_model, watch=watch))
        except (Displaced, review_scope.NothingToReview):
            return
        except CannotReview as error:
            self._session.client.tell_problems((str(error),))

    async def _check_wanted(self, uri: str) -> None:
        if not _is_wanted(await self._session.settings_for(uri)):
            raise CannotReview("Reviews are switched off by the settings `enabled` or `review.enabled`.")

    async def _settings_of(self, scope: Scope) -> Settings:
        return await self._session.settings_for(_first(scope))

    @property
    def _watches(self) -> tuple[Watch, Watch]:
        return self.shown, self.silent

    def _watch_for(self, settings: Settings) -> Watch:
        return self.silent if settings.review_silent else self.shown

    async def _review(self, wanted: Assignment) -> Review:
        scope, started = wanted.scope, self._services.clock()
        backend = (await self._session.equipment()).backend
        journeys = self._begin(wanted)
        try:
            async with self._watched(wanted) as on_progress:
                settings = await self._settings_of(scope)
                review = await backend.review(
                    scope.change,
                    self._options(wanted, settings),
                    on_progress,
                    folder=self._folder_of(scope),
                    settings=settings,
                    rules_only=not wanted.ask_model,
                )
            self._take(journeys, review, self._services.clock() - started, wanted)
        except BaselineMalformed as error:
            raise CannotReview(str(error)) from None
        finally:
            for journey in journeys.values():
                wanted.watch.findings.end(journey)
        return review

    def _options(self, wanted: Assignment, settings: Settings) -> "Options":
        from lsp_server.review.run import Options

        def new_id() -> str:
            wanted.requests.append(self._services.new_id())
            return wanted.requests[-1]

        return Options(max_cost_usd=settings.review_max_cost_usd, cancelled=wanted.stopped, new_id=new_id)

    def _folder_of(self, scope: Scope) -> Path | None:
        """
        The workspace folder whose baseline and guidelines hold: the first one for what lies outside of all.
        """
        snapshot = self._session.workspace.snapshot()
        folder = snapshot.folder_of(_first(scope)) or next(iter(snapshot.folders), None)
        return Path(folder.path) if folder and folder.path else None

    def _begin(self, wanted: Assignment) -> dict[str, Journey]:
        origins, scope = EVERYBODY if wanted.ask_model else RULES, wanted.scope
        snapshot, journeys = self._session.workspace.snapshot(), {}
        for file in scope.change.files:
            if document := scope.documents.get(file.path):
                uri, lines = scope.uris[file.path], [hunk.new_lines for hunk in file.hunks]
                findings, now = wanted.watch.findings, snapshot.document(uri)
                journeys[file.path] = findings.begin(uri, document, now, lines, origins)
        return journeys

    def _take(self, journeys: dict[str, Journey], review: Review, duration_s: float, wanted: Assignment) -> None:
        review_id, snapshot = self._services.new_id(), self._session.workspace.snapshot()
        if wanted.shown:
            wanted.watch.log.reviewed(review_id, wanted.scope.kind, wanted.scope.change, review, duration_s)
        for path, journey in journeys.items():
            found = [one for one in review.findings if one.file == path and one.id not in self._dismissed]
            now, complete = snapshot.document(journey.uri), review.incomplete is None
            wanted.watch.take(review_id, journey, found, now, complete=complete)
            self._behind.update({one.id: tuple(wanted.requests) for one in found if one.origin is Origin.MODEL})
        self.diagnostics.tell()

    @asynccontextmanager
    async def _watched(self, wanted: Assignment) -> "AsyncIterator[Callable[[Progress], None]]":
        """
        Show how far a review has got, and let the engineer stop it.
        """
        if not wanted.shown:
            yield lambda progress: None
            return
        title = f"Pacenotes reviews {wanted.scope.title}"
        with self._session.busy():
            async with self._session.client.progress(title, stop=wanted.stopped.set) as report:
                yield lambda progress: report(
                    f"{progress.done} of {progress.total} requests, ${progress.spent_usd:.2f}",
                    100 * progress.done // max(progress.total, 1),
                )
        self._session.show_spending()


def _is_wanted(settings: Settings) -> bool:
    return settings.enabled and settings.review_enabled


def _first(scope: Scope) -> str:
    """
    The URI of one document: all of a scope lie in one folder.
    """
    return next(iter(scope.uris.values()), "")
