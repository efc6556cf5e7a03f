"""
The language server: what it announces, and who handles each message.

Only what answering `initialize` takes is imported here; the handlers' module comes with the first message after it.
"""

import gc
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lsp_server import __version__
from lsp_server.lsp import extensions
from lsp_server.lsp.dependencies import Services
from lsp_server.lsp.protocol import ServerProtocol, converter
from lsp_server.lsp.transport import Wire, run

if TYPE_CHECKING:
    from lsp_server.lsp.session import Session

FEATURES: dict[str, Any] = {
    types.INITIALIZED: None,
    types.TEXT_DOCUMENT_DID_OPEN: None,
    types.TEXT_DOCUMENT_DID_CHANGE: None,
    types.TEXT_DOCUMENT_DID_SAVE: types.SaveOptions(include_text=False),
    types.TEXT_DOCUMENT_DID_CLOSE: None,
    types.TEXT_DOCUMENT_INLINE_COMPLETION: types.InlineCompletionOptions(),
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(),
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix], resolve_provider=True
    ),
    types.CODE_ACTION_RESOLVE: None,
    types.TEXT_DOCUMENT_HOVER: types.HoverOptions(),
    types.TEXT_DOCUMENT_DIAGNOSTIC: types.DiagnosticOptions(
        identifier="pacenotes", inter_file_dependencies=False, workspace_diagnostics=False
    ),
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: None,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: None,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: None,
    extensions.DID_SHOW_COMPLETION: None,
    extensions.DID_PARTIALLY_ACCEPT_COMPLETION: None,
    extensions.DID_DISMISS_COMPLETION: None,
    extensions.CONTEXT: None,
    extensions.READY: None,
}
"""Each method that is handled, with the options that it is announced with."""

COMMANDS = (
    extensions.COMPLETION_ACCEPTED,
    extensions.SHOW_REQUEST,
    extensions.REVIEW_FILE,
    extensions.REVIEW_SELECTION,
    extensions.REVIEW_CHANGES,
    extensions.ACCEPT_FINDING,
    extensions.DISMISS_FINDING,
    extensions.EXPLAIN_FINDING,
    extensions.ASK,
)


def serve(services: Services, wire: Wire) -> int:
    """
    Serve one client until it leaves; returns the exit code.
    """
    server = Server(services)
    return run(server.protocol, wire)


class Server(LanguageServer):
    """
    One server for one client.
    """

    protocol: ServerProtocol

    def __init__(self, services: Services) -> None:
        super().__init__("pacenotes", __version__, protocol_cls=ServerProtocol, converter_factory=converter)
        self._services = services
        self._params: types.InitializeParams | None = None
        self.feature(types.INITIALIZE)(_remember_params)
        for method, options in FEATURES.items():
            self.feature(method, options)(_handler(method))
        for command in COMMANDS:
            self.command(command)(_handler(command))

    @cached_property
    def session(self) -> "Session":
        """
        What this client has open and in hand; it begins with the first message after `initialize`.
        """
        from lsp_server.lsp.client import Client
        from lsp_server.lsp.session import Session

        if not gc.isenabled():
            # Whoever started us has put it off. What is there by now stays for good, and is never looked through.
            gc.freeze()
            gc.enable()
        assert self._params is not None, "the protocol lets nothing through before `initialize`"
        return Session(Client(self, self._params), self._services)

    async def close(self) -> None:
        """
        End the session, if it has begun.
        """
        if "session" in self.__dict__:
            await self.session.close()


def _remember_params(ls: Server, params: types.InitializeParams) -> None:
    ls._params = params


def _handler(method: str) -> Callable[[Server, Any], Any]:
    def handle(ls: Server, params: Any) -> Any:
        from lsp_server.lsp.handlers import HANDLERS

        return HANDLERS[method](ls.session, params)

    return handle
