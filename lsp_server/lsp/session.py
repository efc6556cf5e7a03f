"""
One client's session: its documents, what it was last offered in each, and what is being worked on.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from lsp_server.completion import engine
from lsp_server.completion.request import (
    Completion,
    CompletionRequest,
    NoCompletion,
    NoCompletionReason,
    Outcome,
    Source,
)
from lsp_server.completion.stock import Stock
from lsp_server.configuration import FILE_NAME
from lsp_server.context.snippet import Context
from lsp_server.lsp.attempt import Attempt, Cursor
from lsp_server.lsp.client import Client
from lsp_server.lsp.dependencies import Services
from lsp_server.lsp.equipment import Equipment, Orders, equip
from lsp_server.lsp.journal import Journal
from lsp_server.lsp.preparation import prepare
from lsp_server.lsp.reviews import Reviews
from lsp_server.lsp.status import Status, StatusBoard, StatusKind
from lsp_server.lsp.turns import Displaced, Turns
from lsp_server.providers.base import Purpose
from lsp_server.settings import Settings
from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position
from lsp_server.workspace import Ignored, Workspace

PARSED_INLINE = 64_000
"""Longer documents are parsed in a thread; shorter ones sooner than a thread could be told to."""

BUSY_AFTER_S = 0.3
TICK_S = 1.0

MOST_CALLS = 500
"""Completions of which it is known which request has paid for them."""

logger = logging.getLogger(__name__)


class NotEquipped(JsonRpcException):
    """
    Nothing could be made of the settings; `str(error)` is one sentence that says why.
    """

    CODE = -32803  # RequestFailed


class Session:
    """
    Everything that a client's messages change. All of it happens on the event loop.
    """

    def __init__(self, client: Client, services: Services) -> None:
        self.client = client
        self.workspace = Workspace(client.folders)
        self.journal = Journal(services.clock, self.workspace.snapshot)
        self._services = services
        self._equipment: Equipment | None = None
        self._renewing = asyncio.Lock()
        self._board = StatusBoard(client.show_status)
        self._offers: dict[str, Completion] = {}
        self._stock = Stock(services.clock)
        self._calls: dict[str, str] = {}
        self._rules: dict[str, str | None] = {}
        self._turns = Turns()
        self._background: set[asyncio.Task[None]] = set()
        self.reviews = Reviews(self, services)
        self.writing = asyncio.Lock()
        self._retired: list[asyncio.Task[None]] = []
        self._starting = self.spawn(self.renew())
        self.spawn(self._keep_time())

    # Documents.

    def open(self, document: Document) -> None:
        """
        A document is in the editor now; a long one is parsed before anybody asks about it.
        """
        document = self.workspace.open(document)
        self._rules.pop(document.uri, None)
        if document.length > PARSED_INLINE:
            self.spawn(self._parse_ahead(document))
        self.reviews.opened(document)

    def change(self, uri: str, changes: Sequence[ContentChange], version: int) -> None:
        """
        A document has been edited.
        """
        edits = self.workspace.change(uri, changes, version, self.client.encoding)
        document = self.workspace.snapshot().document(uri)
        if document is not None and not isinstance(edits, Ignored):
            self.journal.edited(document, edits)
            self.reviews.edited(document, edits)
            if edits:
                # Replies that disagree with what is typed end here, and not when the client next asks.
                # The cursor is behind what was typed, but before what the editor has closed by itself.
                self._stock.moved(document, edits[-1].new_end, edits[-1].start + 1)

    def close_document(self, uri: str) -> None:
        """
        A document has left the editor; nothing is offered in it any more.
        """
        self.workspace.close(uri)
        self.reviews.closed(uri)
        self._offers.pop(uri, None)
        self._turns.end(uri)
        self._stock.drop_document(uri)
        self.journal.closed(uri)

    def cursor(self, uri: str, position: Position) -> Cursor:
        """
        The place that a request is about, in the text as it is now.
        """
        snapshot = self.workspace.snapshot()
        document = snapshot.document(uri)
        offset = document.offset_at(position, self.client.encoding) if document else 0
        return Cursor(uri=uri, path=snapshot.relative_path(uri), document=document, offset=offset)

    # Completions.

    async def complete(self, cursor: Cursor, asked_by: str) -> Outcome:
        """
        What to offer at `cursor`. A newer request of the same kind for the document ends this one.
        """
        attempt = Attempt(id=self._services.new_id(), cursor=cursor, started=self._services.clock())
        self.journal.asked(attempt)
        try:
            with self.busy(), self._turns.take(cursor.uri, asked_by):
                outcome = await self._answer(attempt)
        except Displaced:
            outcome = NoCompletion(id=attempt.id, reason=NoCompletionReason.SUPERSEDED)
        except asyncio.CancelledError:
            self.journal.answered(attempt, NoCompletion(id=attempt.id, reason=NoCompletionReason.CANCELLED))
            raise
        except Exception:
            self.journal.failed(attempt)
            raise
        self.journal.answered(attempt, outcome)
        if isinstance(outcome, Completion) and outcome.source is not Source.TYPED_THROUGH:
            self._offers[cursor.uri] = outcome
            self._calls[outcome.id] = outcome.call_id
            if len(self._calls) > MOST_CALLS:
                del self._calls[next(iter(self._calls))]
        if self._equipment is not None:
            self._board.after(
                outcome,
                self._equipment.backend.spent_today_usd(),
                is_answering=self._stock.is_answering,
                latency_s=self._stock.latency_s,
            )
        return outcome

    async def request_at(self, cursor: Cursor, request_id: str) -> CompletionRequest | None:
        """
        What the engine is asked at `cursor`; nothing when the document is closed or has changed meanwhile.
        """
        tree = await self._tree(cursor.document) if cursor.document else None
        if cursor.document is None or tree is None:
            return None
        return CompletionRequest(
            id=request_id,
            document=cursor.document,
            tree=tree,
            offset=cursor.offset,
            path=cursor.path,
            trigger_kind=cursor.trigger_kind,
            selected=cursor.selected,
        )

    def call_of(self, completion_id: str) -> str:
        """
        The request to a model that has paid for a completion; its own unless another one had.
        """
        return self._calls.get(completion_id) or completion_id

    def dismissed(self, completion_id: str, reason: str) -> None:
        """
        The engineer does not want to see a completion, so it is not offered while it is typed either.
        """
        for uri, offer in list(self._offers.items()):
            if offer.id == completion_id:
                del self._offers[uri]
                self._stock.drop(offer.call_id)
        self.journal.dismissed(completion_id, reason)

    async def context(self, cursor: Cursor, budget: int | None, open_files: Sequence[str]) -> Context:
        """
        What a model would be shown at `cursor`, within the settings' own budget unless another is given.
        """
        equipment = await self.equipment()
        if rule := self._rule_against(cursor.uri, equipment):
            raise JsonRpcInvalidParams(f"The document is excluded by {rule}.")
        request = await self.request_at(cursor, self._services.new_id())
        if request is None:
            raise JsonRpcInvalidParams("The document is not open, or has changed meanwhile.")
        if budget is None:
            budget = (await self.settings_for(cursor.uri)).completion_context_tokens
        return await equipment.backend.gather_for(request, max(0, budget), open_files)

    async def ready(self) -> None:
        """
        Wait until the workspace is known.
        """
        await (await self.equipment()).backend.ready()

    async def files_changed(self, uris: Sequence[str]) -> None:
        """
        Files on disk are no longer what they were.
        """
        self._rules.clear()
        if any(uri.endswith(f"/{FILE_NAME}") for uri in uris):
            await self.renew()
        backend = (await self.equipment()).backend
        # Another branch may be thousands of files, and the next keystroke does not wait for them.
        await asyncio.to_thread(backend.files_changed, uris)
        await self.reviews.files_changed(uris)

    # Settings.

    async def equipment(self) -> Equipment:
        """
        What to work with, as soon as there is any.
        """
        if self._equipment is None:
            await asyncio.shield(self._starting)
        if self._equipment is None:
            raise NotEquipped(self._board.message)
        return self._equipment

    async def settings_for(self, uri: str) -> Settings:
        """
        The settings in force for a document.
        """
        return (await self.equipment()).settings_for(self.workspace.snapshot().folder_of(uri))

    def new_id(self) -> str:
        """
        A name for something that is asked.
        """
        return self._services.new_id()

    def now(self) -> float:
        """
        The time on the session's clock.
        """
        return self._services.clock()

    async def renew(self) -> None:
        """
        Read the settings again, and work with what they ask for.
        """
        async with self._renewing:
            editor, identity = await self.client.settings()
            snapshot, before = self.workspace.snapshot, self._equipment
            orders = Orders(editor=editor, client=identity, folders=snapshot().folders)
            try:
                equipment = await asyncio.to_thread(equip, self._services, orders, snapshot, before)
            except Exception as error:
                logger.error("The settings could not be put into force: %s", type(error).__name__)
                self._board.show(Status(kind=StatusKind.ERROR, message=_unusable(error)))
                return
            self._equipment = equipment
            self._rules.clear()
            self.client.tell_problems(equipment.problems)
            self.spawn(self.reviews.renewed())
            self._board.show(_standing(equipment))
            if before is not None and before.backend is equipment.backend:
                return
            self.journal.use(equipment.telemetry, identity)
            self.spawn(prepare(equipment.backend, self.client))
            if before is not None:
                self._turns.end()
                self._stock.drop_document()
                self._retired.append(asyncio.ensure_future(before.close()))

    # The end.

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """
        Do something in the background; a failure is logged, the end of the session cancels it.
        """
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background_done)
        return task

    async def close(self) -> None:
        """
        Stop what is in hand and save what must not be lost, soon.
        """
        for task in self._background:
            task.cancel()
        self.reviews.end()
        await self._stock.aclose()
        self.journal.end()
        current = [self._equipment.close()] if self._equipment else []
        await asyncio.gather(*self._retired, *current)

    async def _answer(self, attempt: Attempt) -> Outcome:
        cursor = attempt.cursor
        try:
            equipment = await self.equipment()
        except NotEquipped as error:
            return NoCompletion(id=attempt.id, reason=NoCompletionReason.PROVIDER_FAILED, detail=error.message)
        settings = await self.settings_for(cursor.uri)
        document, previous = cursor.document, self._offers.get(cursor.uri)
        if document is None:
            return NoCompletion(id=attempt.id, reason=NoCompletionReason.UNKNOWN_DOCUMENT)
        if refusal := self._refusal(attempt.id, document, equipment, settings):
            return refusal
        if cursor.selected is None and (rest := engine.typed_on(previous, document, cursor.offset, settings)):
            return rest
        attempt.request = await self.request_at(cursor, attempt.id)
        if attempt.request is None:
            return NoCompletion(id=attempt.id, reason=NoCompletionReason.SUPERSEDED)
        return await engine.complete(
            attempt.request,
            previous=previous,
            provider=equipment.backend.provider,
            gather=equipment.backend.gather,
            settings=settings,
            clock=self._services.clock,
            stock=self._stock,
            known_names=equipment.backend.known_names,
        )

    def _refusal(
        self, attempt_id: str, document: Document, equipment: Equipment, settings: Settings
    ) -> NoCompletion | None:
        if _is_too_large(document, settings):
            return NoCompletion(id=attempt_id, reason=NoCompletionReason.FILE_TOO_LARGE)
        if rule := self._rule_against(document.uri, equipment):
            return NoCompletion(id=attempt_id, reason=NoCompletionReason.EXCLUDED, detail=f"Excluded by {rule}.")
        return None

    def _rule_against(self, uri: str, equipment: Equipment) -> str | None:
        # Asked with every key, and each answer takes a walk through the file system.
        if uri not in self._rules:
            self._rules[uri] = equipment.backend.why_excluded(uri)
        return self._rules[uri]

    async def _tree(self, document: Document) -> SyntaxTree | None:
        if document.length <= PARSED_INLINE:
            tree = self.workspace.tree(document.uri)
        else:
            tree = await asyncio.to_thread(self.workspace.tree, document.uri)
        return tree if tree is not None and tree.document is document else None

    async def _parse_ahead(self, document: Document) -> None:
        if not _is_too_large(document, await self.settings_for(document.uri)):
            await self._tree(document)

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.journal.tick()

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """
        Show that somebody waits, if that takes a while.
        """
        began: list[bool] = []

        def begin() -> None:
            began.append(True)
            self._board.begin_work()

        timer = asyncio.get_running_loop().call_later(BUSY_AFTER_S, begin)
        try:
            yield
        finally:
            timer.cancel()
            if began:
                self._board.end_work()

    def show_spending(self) -> None:
        """
        Tell the client what has been spent today by now.
        """
        if self._equipment is not None:
            self._board.spent(self._equipment.backend.spent_today_usd())

    def _background_done(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("Work in the background failed: %s", type(error).__name__)


def _unusable(error: Exception) -> str:
    why = getattr(error, "strerror", None) or type(error).__name__
    return f"Pacenotes could not start: {why}. Mend that, or change the settings."


def _is_too_large(document: Document, settings: Settings) -> bool:
    return document.length > settings.max_file_kb * 1024


def _standing(equipment: Equipment) -> Status:
    settings, provider = equipment.settings, equipment.backend.provider
    status = Status(
        provider=provider.name,
        model=provider.model_for(Purpose.COMPLETION),
        spent_today_usd=round(equipment.backend.spent_today_usd(), 2),
    )
    if settings.enabled and settings.completion_enabled:
        return status
    return replace(status, kind=StatusKind.INACTIVE, message="Completions are switched off in the settings.")
