"""
Everything that answers requests under one set of settings: the provider in its wrappers, the files, the index.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsp_server.completion.request import CompletionRequest
from lsp_server.context.gather import gather
from lsp_server.context.snippet import Context
from lsp_server.context.visits import Visits
from lsp_server.files import SOURCE_ENDINGS, WorkspaceFiles, is_dependency, path_of, uri_of
from lsp_server.index.known_names import KnownNames, known_names
from lsp_server.index.workspace_index import Progress, WorkspaceIndex
from lsp_server.indexing import Indexing, store_of
from lsp_server.policy.audit import AuditedProvider, CallRecord
from lsp_server.policy.audit_log import AuditLog
from lsp_server.policy.guard import GuardedProvider
from lsp_server.policy.redaction import redact
from lsp_server.providers import choose
from lsp_server.providers.backoff import BackingOffProvider
from lsp_server.providers.base import Provider
from lsp_server.providers.budget import BudgetedProvider
from lsp_server.providers.caching import CachingProvider
from lsp_server.providers.capabilities import cost_usd
from lsp_server.providers.fallback import FallbackProvider
from lsp_server.providers.limits import LimitedProvider
from lsp_server.providers.local.corpus import SourceFile, WorkspaceCorpus
from lsp_server.settings import Settings
from lsp_server.storage import Storage, locate, make_private
from lsp_server.workspace import Folder, Snapshot

if TYPE_CHECKING:
    # For the checker alone: reviews load much that completions do not wait for.
    from lsp_server.providers.text_store import TextStore
    from lsp_server.review.change import Change
    from lsp_server.review.outcome import Review
    from lsp_server.review.run import Options
    from lsp_server.review.run import Progress as ReviewProgress
    from lsp_server.reviewing import Reviewing

MEGABYTE = 1024 * 1024
LOCAL = "local"


class Backend:
    """
    Answers requests in some workspace folders under one set of settings.

    `on_call` hears of every model call that ended, in any thread; `warn` gets sentences that the user should see;
    `clock` gives seconds that only go forward.
    `tape` is put round the provider that reviews, to record it or to stand in for it.
    """

    def __init__(
        self,
        settings: Settings,
        folders: Sequence[Folder],
        snapshot: Callable[[], Snapshot],
        *,
        environ: Mapping[str, str],
        on_call: Callable[[CallRecord], None],
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        tape: Callable[[Provider], Provider] = lambda provider: provider,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self.storage = locate(settings.storage_directory)
        for folder in (self.storage.state, self.storage.cache):
            # Who needs it and can't have it says so; here it is only closed to others.
            with contextlib.suppress(OSError):
                make_private(folder)
        self._snapshot = snapshot
        paths = [Path(folder.path) for folder in folders if folder.path]
        self.files = WorkspaceFiles(paths, settings, environ)
        self.audit_log = AuditLog(self.storage.audit, days=settings.audit_retention_days, now=utc_now, warn=warn)
        self.index = WorkspaceIndex(
            [path.as_posix() for path in paths],
            read=lambda path: _without_secrets(self.files.read(Path(path)).text),
            read_walked=lambda path: _without_secrets(self.files.read_walked(Path(path)).text),
            is_excluded=lambda path: self.files.is_excluded(Path(path)) is not None,
            store=store_of(self.storage.index, paths, ".sqlite") if paths else None,
        )
        self.indexing = Indexing(self.index, self.files.walk, snapshot)
        self._corpus = WorkspaceCorpus(self._source_files)
        self.choice = choose.build(
            settings, environ, self._corpus, store_of(self.storage.local_model, paths, ".npz") if paths else None
        )
        self._vendor = self._allowed(self.choice.provider, on_call)
        self.provider = wrapped(
            self._vendor,
            settings=settings,
            storage=self.storage,
            why_excluded=self._why_path_excluded,
            warn=warn,
            fallbacks=[self._allowed(other, on_call) for other in self.choice.fallbacks],
        )
        self._tape = tape
        self._warn = warn
        self._reviewer: Provider | None = None
        self._reviewing: dict[Path | None, Reviewing] = {}
        self._memory: TextStore | None = None
        self._visits = Visits()

    def reviewing_in(self, folder: Path | None, settings: Settings) -> "Reviewing":
        """
        What reviews below a workspace folder, where these settings hold; made when it is first asked for.
        """
        from lsp_server.providers.text_store import TextStore
        from lsp_server.review.memory import NoMemory
        from lsp_server.reviewing import Reviewing

        if folder in self._reviewing:
            return self._reviewing[folder]
        if self._reviewer is None:
            self._reviewer = self._tape(self._vendor)
        if self._memory is None and self.settings.cache_enabled:
            size = self.settings.cache_size_mb * MEGABYTE
            self._memory = TextStore(self.storage.replies, size_bytes=size, now=utc_now, warn=self._warn)
        is_local = self._reviewer.name == LOCAL
        return self._reviewing.setdefault(
            folder,
            Reviewing(
                settings=settings,
                folder=folder,
                files=self.files,
                index=self.index,
                indexed=self.indexing.ready,
                provider=None if is_local else GuardedProvider(self._reviewer, self._why_path_excluded),
                no_model=f"{self.choice.why} So no model was asked, and what was found comes from rules alone.",
                memory=self._memory or NoMemory(),
            ),
        )

    @property
    def known_names(self) -> KnownNames | None:
        """
        The names that a remote model may use without being suspected to have made them up; None where nobody can tell.
        """
        return None if self.provider.name == LOCAL else known_names(self.index)

    async def gather(self, request: CompletionRequest, budget: int) -> Context:
        """
        What the model should see besides the code around the cursor.
        """
        visited = {path: number for number, path in enumerate(self._visits.files())}
        documents = list(self._snapshot().documents)
        opened = [uri for uri in reversed(documents) if uri != request.document.uri]
        opened.sort(key=lambda uri: visited.get(_posix(uri), len(visited)))
        self._visits.note(_posix(request.document.uri), request.document.line_of(request.offset))
        return await self.gather_for(request, budget, opened)

    async def gather_for(self, request: CompletionRequest, budget: int, open_files: Sequence[str]) -> Context:
        """
        The same as if the documents `open_files`, the latest first, were the other open ones.
        """
        opened = tuple(path for uri in open_files if (path := _posix(uri)))
        edits = [(path, edit.line) for edit in reversed(self._snapshot().recent_edits) if (path := _posix(edit.uri))]
        recent = self._visits.regions(edits)
        asking = self.index.absolute(request.document.uri, request.path)

        def in_thread(work: Callable[[], Context]) -> Awaitable[Context]:
            return asyncio.to_thread(self._with_editor, asking, work)

        return await gather(
            request, budget, self.index, in_thread=in_thread, clock=time.monotonic, opened=opened, recent=recent
        )

    async def review(
        self,
        change: "Change",
        options: "Options",
        on_progress: "Callable[[ReviewProgress], None]" = lambda progress: None,
        *,
        folder: Path | None,
        settings: Settings,
        rules_only: bool = False,
    ) -> "Review":
        """
        Review `change`, whose paths are relative to `folder`, as its settings, baseline and guidelines have it.

        Raises:
            BaselineMalformed: that baseline can't be used.
        """
        reviewing = self.reviewing_in(folder, settings)
        return await reviewing.review(change, options, on_progress, rules_only=rules_only)

    def why_excluded(self, uri: str) -> str | None:
        """
        The rule that keeps a document from being read and shown, or None; an untitled document has none.
        """
        path = path_of(uri)
        return self.files.is_excluded(path) if path else None

    def files_changed(self, uris: Sequence[str]) -> None:
        """
        Files on disk have been made, saved or deleted. It reads them, so it is called in a thread.
        """
        paths = [path for path in map(path_of, uris) if path]
        for path in paths:
            if path.name.endswith(SOURCE_ENDINGS) and not is_dependency(path):
                self._learn(path)
        self.indexing.files_changed(paths)

    def show_request(self, request_id: str) -> Mapping[str, Any] | None:
        """
        What was sent to a model for this id, from the audit.
        """
        found = self.audit_log.find(request_id)
        return {**found[-1].summary(), "body": found[-1].sent["body"]} if found else None

    def spent_today_usd(self) -> float:
        """
        What the model calls of today have cost so far.
        """
        return self.audit_log.spent_today_usd()

    async def ready(self) -> None:
        """
        Wait until all is known that is learnt from the workspace.
        """
        await self.indexing.ready()
        learning = getattr(self.choice.provider, "ready", None)
        if learning is not None:
            await learning()

    async def warm_up(self) -> None:
        """
        Import and make what the first request would otherwise wait for.
        """
        await self.provider.warm_up()

    async def read_workspace(self, progress: Progress) -> None:
        """
        Build the index.
        """
        await self.indexing.build(progress)

    async def aclose(self) -> None:
        """
        Close connections and stores.
        """
        try:
            await self.provider.aclose()
            await self.indexing.close()
            for reviewing in self._reviewing.values():
                await reviewing.aclose()
            if self._memory is not None:
                await self._memory.aclose()
        finally:
            # Also when nobody waits any longer for a provider that hangs: how requests ended is still to be written.
            await asyncio.to_thread(self.audit_log.close)

    def _allowed(self, vendor: Provider, on_call: Callable[[CallRecord], None]) -> Provider:
        """
        A vendor that is recorded, asked only so many things at once, and held to the budget.
        """
        provider = recorded(vendor, audit_log=self.audit_log, on_call=on_call, clock=self._clock)
        limit = self.settings.budget_daily_usd
        if not limit or vendor.name == "local":
            return provider
        return BudgetedProvider(
            provider, limit_usd=limit, spent_usd=self.spent_today_usd, clock=self._clock, now=utc_now
        )

    def _source_files(self) -> Iterator[SourceFile]:
        for path in self.files.walk():
            file = self.files.read_walked(path)
            if file.text is not None:
                yield SourceFile(self._relative(path), redact(file.text).text)

    def _learn(self, path: Path) -> None:
        file = self.files.read(path)
        if file.text is None:
            self._corpus.remove(self._relative(path))
        else:
            self._corpus.update(SourceFile(self._relative(path), redact(file.text).text))

    def _with_editor(self, asking: str, work: Callable[[], Context]) -> Context:
        self.indexing.follow_editor(asking)
        return work()

    def _relative(self, path: Path) -> str:
        return self._snapshot().relative_path(uri_of(path))

    def _why_path_excluded(self, relative: str) -> str | None:
        """
        The rule against a path as prompts name it, in whichever folder it may lie.
        """
        folders = [Path(folder.path) for folder in self._snapshot().folders if folder.path]
        rules = (self.files.is_excluded(folder / relative) for folder in folders)
        return next((rule for rule in rules if rule), None)


def _without_secrets(text: str | None) -> str | None:
    # The whole file is searched here, since a snippet of it may cut a secret in two.
    return None if text is None else redact(text).text


def recorded(
    vendor: Provider,
    *,
    audit_log: AuditLog,
    on_call: Callable[[CallRecord], None],
    clock: Callable[[], float] = time.monotonic,
) -> Provider:
    """
    A vendor that is left alone after it failed, and of whose requests nothing is sent that was not recorded first.
    """
    audited = AuditedProvider(vendor, audit_log, cost_usd=cost_usd, clock=clock, now=utc_now, on_call=on_call)
    return BackingOffProvider(LimitedProvider(audited), clock)


def wrapped(
    provider: Provider,
    *,
    settings: Settings,
    storage: Storage,
    why_excluded: Callable[[str], str | None],
    warn: Callable[[str], None],
    fallbacks: Sequence[Provider] = (),
) -> Provider:
    """
    A recorded provider with everything else round it that a request must pass; `fallbacks` are recorded as well.

    In this order no secret reaches the cache, what comes from the cache is not audited as sent, and only what the
    chosen provider said is kept there.
    """
    if settings.cache_enabled:
        provider = CachingProvider(
            provider, storage.replies, size_bytes=settings.cache_size_mb * MEGABYTE, now=utc_now, warn=warn
        )
    if fallbacks:
        provider = FallbackProvider(provider, fallbacks)
    return GuardedProvider(provider, why_excluded)


def utc_now() -> datetime:
    """
    The time of day, for records.
    """
    return datetime.now(UTC)


def _posix(uri: str) -> str:
    path = path_of(uri)
    return path.as_posix() if path else ""
