"""
A session's surroundings in memory: settings from a dictionary, a scripted provider, events in a list.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lsp_server.completion.request import CompletionRequest
from lsp_server.configuration import load
from lsp_server.context.snippet import Context
from lsp_server.files import WorkspaceFiles
from lsp_server.lsp.dependencies import ClientIdentity, Services, Telemetry
from lsp_server.review import engine
from lsp_server.review.baseline import Baseline
from lsp_server.review.baseline_file import baseline_if_inside
from lsp_server.review.change import Change
from lsp_server.review.outcome import Review
from lsp_server.review.related import Reference
from lsp_server.review.run import Options, Progress
from lsp_server.review.units import Unit
from lsp_server.settings import Settings
from lsp_server.workspace import Folder, Snapshot
from telemetry.envelope import Client, Origin
from telemetry.recorder import Recorder
from telemetry.vocabulary import Editor
from tests.support.memory_sink import MemorySink
from tests.support.scripted import ScriptedProvider

ORIGIN = Origin(
    dev_id="0123456789abcdef",
    session_id="aaaaaaaa",
    client=Client(editor=Editor.OTHER, editor_version=None, plugin_version=None, server_version=None),
)


@dataclass
class ScriptedBackend:
    """
    Answers from a script, excludes what has `secret` in its name, and knows no other files.
    """

    provider: ScriptedProvider
    settings: Settings = field(default_factory=Settings)
    context: Context = field(default_factory=Context)
    requests: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    indexed: asyncio.Event = field(default_factory=asyncio.Event)
    changed_files: list[str] = field(default_factory=list)
    gathered: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    known_names: Container[str] | None = None
    folders: Sequence[Path] = ()
    reviewer: ScriptedProvider | None = None
    """Who reviews; without one the rules do it alone."""
    reviewed: list[Change] = field(default_factory=list)
    warm: bool = False
    closed: bool = False

    @property
    def files(self) -> WorkspaceFiles:
        """
        The real ones.
        """
        return WorkspaceFiles(self.folders, self.settings, {})

    async def review(
        self,
        change: Change,
        options: Options,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        *,
        folder: Path | None,
        settings: Settings,
        rules_only: bool = False,
    ) -> Review:
        """
        The real engine, which knows nothing but the change and what was dismissed in its folder.
        """
        dismissed = baseline_if_inside(folder, settings.review_baseline) if folder else Baseline()
        self.reviewed.append(change)
        return await engine.review(
            change,
            provider=None if rules_only else self.reviewer,
            gather=_nothing,
            settings=settings,
            baseline=dismissed,
            options=replace(options, guidelines="", no_model="" if rules_only else "There is no model."),
            on_progress=on_progress,
        )

    async def gather(self, request: CompletionRequest, budget: int) -> Context:
        """
        The same context everywhere.
        """
        return self.context

    async def gather_for(self, request: CompletionRequest, budget: int, open_files: Sequence[str]) -> Context:
        """
        The same, and a note of what was asked.
        """
        self.gathered.append((budget, tuple(open_files)))
        return self.context

    def why_excluded(self, uri: str) -> str | None:
        """
        A rule of the test's own.
        """
        return "the rule `*secret*`" if "secret" in uri else None

    def files_changed(self, uris: Sequence[str]) -> None:
        """
        Remember them.
        """
        self.changed_files += uris

    def show_request(self, request_id: str) -> Mapping[str, Any] | None:
        """
        What the test has put there.
        """
        return self.requests.get(request_id)

    def spent_today_usd(self) -> float:
        """
        A cent for each prompt.
        """
        return 0.01 * len(self.provider.prompts)

    async def ready(self) -> None:
        """
        When the test says so.
        """
        await self.indexed.wait()

    async def warm_up(self) -> None:
        """
        Remember that it was asked for.
        """
        self.warm = True
        await self.provider.warm_up()

    async def read_workspace(self, progress: Callable[[int, int], None]) -> None:
        """
        Tell of one file in three, and stop there until the index is complete.
        """
        progress(1, 3)
        await self.indexed.wait()

    async def aclose(self) -> None:
        """
        Close the provider.
        """
        self.closed = True
        await self.provider.aclose()


@dataclass
class Surroundings:
    """
    What a test looks at: every backend and the events of all of them, the identities that telemetry was opened for.
    """

    provider: ScriptedProvider = field(default_factory=ScriptedProvider)
    reviewer: ScriptedProvider | None = None
    sink: MemorySink = field(default_factory=MemorySink)
    now: float | None = None
    backends: list[ScriptedBackend] = field(default_factory=list)
    identities: list[ClientIdentity] = field(default_factory=list)
    fail_to_open: Exception | None = None

    @property
    def backend(self) -> ScriptedBackend:
        """
        The newest one.
        """
        return self.backends[-1]

    def services(self) -> Services:
        """
        What a server needs to be made with.
        """
        numbers = itertools.count(1)
        return Services(
            load_settings=self._load,
            open_telemetry=self._open_telemetry,
            open_backend=self._open_backend,
            clock=lambda: time.monotonic() if self.now is None else self.now,
            new_id=lambda: f"{next(numbers):08x}",
        )

    def _load(self, editor: object, folder: Path | None) -> tuple[Settings, tuple[str, ...]]:
        settings, problems = load(folder=folder, environ={}, editor=editor, user_file=Path("/nowhere"))
        return settings, tuple(problem.sentence for problem in problems)

    def _open_telemetry(self, settings: Settings, client: ClientIdentity) -> Telemetry:
        self.identities.append(client)
        return Telemetry(recorder=Recorder(ORIGIN, self.sink), repo_id=_pseudonym, finding_id=_pseudonym)

    def _open_backend(
        self, settings: Settings, folders: Sequence[Folder], snapshot: Callable[[], Snapshot], telemetry: Telemetry
    ) -> ScriptedBackend:
        if self.fail_to_open is not None:
            raise self.fail_to_open
        paths = [Path(folder.path) for folder in folders if folder.path]
        self.backends.append(ScriptedBackend(self.provider, settings, folders=paths, reviewer=self.reviewer))
        return self.backend


def _pseudonym(name: str) -> str:
    return f"{abs(hash(name)):016x}"[:16]


async def _nothing(texts: Mapping[str, str], units: Sequence[Unit]) -> Sequence[tuple[Reference, ...]]:
    return [()] * len(units)
