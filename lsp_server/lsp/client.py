"""
What we ask of the client and tell it, beyond answering.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.lsp import extensions, from_lsp, to_lsp
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.lsp.status import Status
from lsp_server.text.positions import PositionEncoding
from lsp_server.workspace import Folder

if TYPE_CHECKING:
    from lsp_server.lsp.server import Server

ANSWER_WITHIN_S = 2.0
WATCHED = (
    "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}",
    "**/{package,tsconfig*,jsconfig*}.json",
    "**/{pacenotes.toml,.gitignore}",
)

logger = logging.getLogger(__name__)


class Client:
    """
    The program at the other end, as it introduced itself.
    """

    def __init__(self, server: "Server", params: types.InitializeParams) -> None:
        self._server = server
        self._capabilities = params.capabilities
        self._info = params.client_info
        self._sent: object = params.initialization_options
        self._told: set[str] = set()
        self.folders: tuple[Folder, ...] = from_lsp.folders(params)
        self.encoding = PositionEncoding(server.server_capabilities.position_encoding or PositionEncoding.UTF16)

    def settings_pushed(self, sent: object) -> None:
        """
        Settings came without our asking; a client that can be asked sends nothing worth keeping.
        """
        if sent is not None:
            self._sent = sent

    async def settings(self) -> tuple[object, ClientIdentity]:
        """
        The editor's settings for us, and its own for telemetry.
        """
        ours, level = from_lsp.own_settings(self._sent), from_lsp.telemetry_level(self._sent)
        workspace = self._capabilities.workspace
        if workspace and workspace.configuration:
            sections = [types.ConfigurationItem(section=section) for section in ("pacenotes", "telemetry")]
            asked = self._server.workspace_configuration_async(types.ConfigurationParams(sections))
            try:
                found, telemetry = await asyncio.wait_for(asked, ANSWER_WITHIN_S)
            except (TimeoutError, JsonRpcException, ValueError, TypeError):
                logger.warning("The client did not tell its settings; those from its start hold.")
            else:
                ours = from_lsp.own_settings(found) or ours
                level = from_lsp.telemetry_level(telemetry) or level
        return ours, from_lsp.client_identity(self._info, level)

    async def register(self) -> None:
        """
        Ask to be told of changed files and settings, if the client offers that.
        """
        workspace = self._capabilities.workspace
        wanted = []
        if workspace and workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
            files = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
            wanted.append(_registration(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, files))
        if workspace and workspace.did_change_configuration and workspace.did_change_configuration.dynamic_registration:
            settings = types.DidChangeConfigurationRegistrationOptions(section=["pacenotes", "telemetry"])
            wanted.append(_registration(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings))
        if wanted:
            await self._patiently(self._server.client_register_capability_async(types.RegistrationParams(wanted)))

    def show_status(self, status: Status) -> None:
        """
        Tell how we are.
        """
        self._server.protocol.notify(extensions.STATUS, to_lsp.status(status))

    def tell_problems(self, sentences: tuple[str, ...]) -> None:
        """
        Ask the engineer to mend something; each sentence is said once in a session.
        """
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._told]
        self._told.update(new)
        if new:
            message = types.ShowMessageParams(type=types.MessageType.Warning, message=f"Pacenotes: {' '.join(new)}")
            self._server.window_show_message(message)

    @asynccontextmanager
    async def progress(self, title: str, *, cancellable: bool = True) -> AsyncIterator[Callable[[str, int], None]]:
        """
        Show that something takes its time, while the body runs; gives a function that tells how far it has got.

        Cancelling it in the editor cancels the task that runs the body.
        """
        window = self._capabilities.window
        if not (window and window.work_done_progress):
            yield lambda message, percentage: None
            return
        shown, token = self._server.work_done_progress, uuid4().hex
        await self._patiently(shown.create_async(token))
        shown.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=cancellable, percentage=0))
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        shown.tokens[token].add_done_callback(lambda cancelled: loop.call_soon_threadsafe(task.cancel))
        try:
            yield lambda message, percentage: shown.report(
                token, types.WorkDoneProgressReport(message=message, percentage=percentage)
            )
        finally:
            del shown.tokens[token]
            shown.end(token, types.WorkDoneProgressEnd())

    async def _patiently(self, asked: Awaitable[object]) -> None:
        try:
            await asyncio.wait_for(asked, ANSWER_WITHIN_S)
        except (TimeoutError, JsonRpcException):
            logger.warning("The client did not answer.")


def _registration(method: str, options: object) -> types.Registration:
    return types.Registration(id=f"pacenotes/{method}", method=method, register_options=options)
