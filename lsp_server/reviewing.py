"""
Review changes in a workspace folder: the provider, the index, what is remembered, the folder's baseline and
guidelines.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.policy.redaction import redact
from lsp_server.providers.base import Provider
from lsp_server.review import engine
from lsp_server.review.baseline import Baseline
from lsp_server.review.baseline_file import baseline_if_inside
from lsp_server.review.change import Change
from lsp_server.review.engine import Estimate, Options, Progress
from lsp_server.review.memory import Memory, NoMemory
from lsp_server.review.outcome import Review
from lsp_server.review.related import Reference, Related
from lsp_server.review.type_check import NoTypeCheck, TypeChecker, without_type_errors
from lsp_server.review.units import Unit
from lsp_server.review.visible import show_hidden
from lsp_server.settings import Settings

LONGEST_GUIDELINES = 16_000
"""In characters; what the project says beyond that is left out."""


class Reviewing:
    """
    Reviews below one folder, under the settings that hold there.

    `provider` is None, and `no_model` says why, when only rules are to be had.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        folder: Path | None,
        files: WorkspaceFiles,
        index: WorkspaceIndex,
        indexed: Callable[[], Awaitable[None]],
        provider: Provider | None,
        no_model: str,
        memory: Memory,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._files = files
        self._index = index
        self._indexed = indexed
        self._provider = provider
        self._no_model = no_model
        self._memory = memory
        self._types = TypeChecker(folder.resolve()) if folder and settings.review_type_check else None

    async def review(
        self,
        change: Change,
        options: Options,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        *,
        baseline: Baseline | None = None,
        rules_only: bool = False,
    ) -> Review:
        """
        Review `change`, with paths below the folder; baseline and guidelines are the folder's own where none are given.

        Raises:
            BaselineMalformed: the workspace's baseline can't be used.
        """
        known = await asyncio.to_thread(self.baseline) if baseline is None else baseline
        found = await engine.review(
            change,
            provider=None if rules_only else self._provider,
            gather=self._gather,
            settings=self._settings,
            baseline=known,
            options=await self._complete(options, rules_only=rules_only),
            on_progress=on_progress,
        )
        return found if self._types is None else await self._type_checked(found, change, self._types)

    async def aclose(self) -> None:
        """
        End the type checker, if one was started.
        """
        if self._types is not None:
            await self._types.aclose()

    async def estimate(self, change: Change, options: Options) -> Estimate:
        """
        What `review` would ask and cost.
        """
        return await engine.estimate(
            change,
            provider=self._provider,
            gather=self._gather,
            settings=self._settings,
            options=await self._complete(options, rules_only=False),
        )

    def baseline(self) -> Baseline:
        """
        The dismissals of the workspace folder.

        Raises:
            BaselineMalformed: its file can't be used.
        """
        return Baseline() if self._folder is None else baseline_if_inside(self._folder, self._settings.review_baseline)

    def guidelines(self) -> str:
        """
        What the project tells its reviewers, as it stands in the workspace folder.
        """
        paths = [path for name in self._settings.review_guidelines if (path := self._inside(name))]
        texts = [self._files.read(path).text or "" for path in paths]
        return guidelines_of(texts)

    async def _type_checked(self, found: Review, change: Change, types: TypeChecker) -> Review:
        """
        The review without fixes that add a type error; when types can't be checked, it says so and stays as it is.
        """
        texts = {file.path: file.text for file in change.files if file.text is not None}
        try:
            return replace(found, findings=await without_type_errors(found.findings, texts, types))
        except NoTypeCheck as reason:
            return replace(found, notices=(*found.notices, str(reason)))

    def _inside(self, name: str) -> Path | None:
        if self._folder is None or not name:
            return None
        path = (self._folder / name).resolve()
        return path if path.is_relative_to(self._folder.resolve()) else None

    async def _complete(self, options: Options, *, rules_only: bool) -> Options:
        guidelines = options.guidelines
        if guidelines is None and not rules_only:
            guidelines = await asyncio.to_thread(self.guidelines)
        memory = self._memory if isinstance(options.memory, NoMemory) and options.remember else options.memory
        return replace(options, guidelines=guidelines, memory=memory, no_model="" if rules_only else self._no_model)

    async def _gather(self, texts: Mapping[str, str], units: Sequence[Unit]) -> Sequence[tuple[Reference, ...]]:
        if any(unit.symbols and not unit.is_test for unit in units):
            # Who calls what has changed is known only once everything was read.
            await self._indexed()
        return await asyncio.to_thread(self._related, texts, units)

    def _related(self, texts: Mapping[str, str], units: Sequence[Unit]) -> Sequence[tuple[Reference, ...]]:
        with self._index.asking():
            root = self._folder.as_posix() if self._folder else "/"
            related = Related(self._index, root, {path: redact(text).text for path, text in texts.items()})
            return [related.of(unit) for unit in units]


def guidelines_of(texts: Sequence[str]) -> str:
    """
    What the files with guidelines say, as it may be shown.
    """
    return show_hidden("\n\n".join(text.strip() for text in texts if text.strip())[:LONGEST_GUIDELINES])
