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

TYPED_WITH = (
    types.DidChangeTextDocumentParams,
    types.TextDocumentContentChangePartial,
    types.InlineCompletionParams,
    types.InlineCompletionList,
    types.ExecuteCommandParams,
)
"""What comes and goes while somebody types."""

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
        self._plugin_version = from_lsp.plugin_version(params.initialization_options)
        self._told: set[str] = set()
        self.folders: tuple[Folder, ...] = from_lsp.folders(params)
        self.encoding = PositionEncoding(server.server_capabilities.position_encoding or PositionEncoding.UTF16)

    async def prepare(self) -> None:
        """
        Learn what the first keystrokes would otherwise wait for, a little at a time.
        """
        for shape in TYPED_WITH:
            self._server.protocol.learn(shape)
            await asyncio.sleep(0)

    def settings_pushed(self, sent: object) -> None:
        """
        Settings came without our asking; a client that can be asked sends nothing worth keeping.
        """
        if sent is not None:
            self._sent = sent

    @property
    def pulls_diagnostics(self) -> bool:
        """
        Whether it asks for the diagnostics of its open documents, and can be told to ask again.

        One that can't be told would not see what a review has found, so it is sent them like those that never ask.
        """
        document, workspace = self._capabilities.text_document, self._capabilities.workspace
        refreshes = (
            workspace is not None and workspace.diagnostics is not None and workspace.diagnostics.refresh_support
        )
        return bool(refreshes and document and document.diagnostic)

    @property
    def announces_pull(self) -> bool:
        """
        Whether it says that it asks for diagnostics.
        """
        document = self._capabilities.text_document
        return document is not None and document.diagnostic is not None

    @property
    def applies_edits(self) -> bool:
        """
        Whether it makes edits that we ask it to make.
        """
        workspace = self._capabilities.workspace
        return bool(workspace and workspace.apply_edit)

    @property
    def knows_versions(self) -> bool:
        """
        Whether edits may say which version of a document they are for.
        """
        workspace = self._capabilities.workspace
        return bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)

    @property
    def confirms_edits(self) -> bool:
        """
        Whether it asks the engineer before it makes an edit that calls for that.
        """
        workspace = self._capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        return bool(edit and edit.document_changes and edit.change_annotation_support)

    @property
    def shows_disabled_actions(self) -> bool:
        """
        Whether it shows an action that can't be taken, with the reason.
        """
        document = self._capabilities.text_document
        return bool(document and document.code_action and document.code_action.disabled_support)

    @property
    def resolves_edits(self) -> bool:
        """
        Whether it asks for the edit of an action when that is chosen.
        """
        document = self._capabilities.text_document
        support = document.code_action.resolve_support if document and document.code_action else None
        return support is not None and "edit" in support.properties

    @property
    def reads_markdown(self) -> bool:
        """
        Whether it renders Markdown when the pointer rests on something.
        """
        document = self._capabilities.text_document
        formats = document.hover.content_format if document and document.hover else None
        return formats is None or types.MarkupKind.Markdown in formats

    def publish(self, uri: str, version: int | None, diagnostics: list[types.Diagnostic]) -> None:
        """
        Show these diagnostics in a document in place of those before.
        """
        params = types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=diagnostics)
        self._server.text_document_publish_diagnostics(params)

    async def refresh_diagnostics(self) -> None:
        """
        Have it ask for diagnostics again.
        """
        await self._patiently(self._server.workspace_diagnostic_refresh_async(None))

    async def apply(self, edit: types.WorkspaceEdit, label: str) -> str:
        """
        Have it make an edit; gives why it did not, empty if it did. May take as long as the engineer thinks about it.
        """
        try:
            params = types.ApplyWorkspaceEditParams(edit=edit, label=label)
            answer = await self._server.workspace_apply_edit_async(params)
        except JsonRpcException:
            return "The editor could not make the edit."
        return "" if answer.applied else answer.failure_reason or "The editor did not make the edit."

    def say(self, sentence: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """
        Say something to the engineer.
        """
        self._server.window_show_message(types.ShowMessageParams(type=kind, message=f"Pacenotes: {sentence}"))

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
        return ours, from_lsp.client_identity(self._info, level, self._plugin_version)

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
    async def progress(
        self, title: str, *, stop: Callable[[], object] | None = None
    ) -> AsyncIterator[Callable[[str, int], None]]:
        """
        Show that something takes its time, while the body runs; gives a function that tells how far it has got.

        Cancelling it in the editor calls `stop`, or else cancels the task that runs the body.
        """
        window = self._capabilities.window
        if not (window and window.work_done_progress):
            yield lambda message, percentage: None
            return
        shown, token = self._server.work_done_progress, uuid4().hex
        await self._patiently(shown.create_async(token))
        shown.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        end = stop or task.cancel
        shown.tokens[token].add_done_callback(lambda cancelled: loop.call_soon_threadsafe(end))
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
