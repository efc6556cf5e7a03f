"""
What a session works with under the settings in force; made anew when they change, while work goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from lsp_server.lsp.dependencies import Backend, ClientIdentity, Services, Telemetry
from lsp_server.settings import Settings
from lsp_server.workspace import Folder, Snapshot

SAVE_WITHIN_S = 3.0
CLOSE_WITHIN_S = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """
    What equipment depends on: the editor's settings as they were sent, who it is, and the folders.
    """

    editor: object
    client: ClientIdentity
    folders: tuple[Folder, ...]


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """
    Settings, and what was made for them.
    """

    client: ClientIdentity
    folders: tuple[Folder, ...]
    by_folder: tuple[Settings, ...]
    """The settings of each folder; of no folder in particular if there is none."""
    problems: tuple[str, ...]
    backend: Backend
    telemetry: Telemetry

    @property
    def settings(self) -> Settings:
        """
        The settings of what all folders share: none of it may show a file that any folder excludes.
        """
        return _for_all(self.by_folder)

    def settings_for(self, folder: Folder | None) -> Settings:
        """
        The settings for the documents of a folder; for those outside of all, the first one's.
        """
        return self.by_folder[self.folders.index(folder)] if folder in self.folders else self.by_folder[0]

    async def close(self) -> None:
        """
        Save and close, but wait only so long: a provider may hang.
        """
        # A thread of its own: those of the loop may be hanging as well.
        thread, sink = ThreadPoolExecutor(1), self.telemetry.recorder.sink
        saving = asyncio.get_running_loop().run_in_executor(thread, sink.close, SAVE_WITHIN_S)
        closing = asyncio.wait_for(self.backend.aclose(), CLOSE_WITHIN_S)
        for result in await asyncio.gather(saving, closing, return_exceptions=True):
            if isinstance(result, BaseException):
                logger.warning("Closing did not end in order: %s", type(result).__name__)
        thread.shutdown(wait=False)


def equip(services: Services, orders: Orders, snapshot: Callable[[], Snapshot], current: Equipment | None) -> Equipment:
    """
    Read the settings, and make what they ask for unless `current` is that already. Reads files.
    """
    paths = [Path(folder.path) if folder.path else None for folder in orders.folders] or [None]
    loaded = [services.load_settings(orders.editor, path) for path in paths]
    by_folder = tuple(settings for settings, _ in loaded)
    problems = tuple(problem for _, found in loaded for problem in found)
    wanted = (orders.client, orders.folders, by_folder)
    if current and wanted == (current.client, current.folders, current.by_folder):
        return replace(current, problems=problems)
    settings = _for_all(by_folder)
    telemetry = services.open_telemetry(settings, orders.client)
    return Equipment(
        client=orders.client,
        folders=orders.folders,
        by_folder=by_folder,
        problems=problems,
        backend=services.open_backend(settings, orders.folders, snapshot, telemetry),
        telemetry=telemetry,
    )


def _for_all(by_folder: Sequence[Settings]) -> Settings:
    patterns = dict.fromkeys(pattern for settings in by_folder for pattern in settings.exclude)
    return replace(by_folder[0], exclude=tuple(patterns))
