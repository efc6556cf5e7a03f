"""
A small editor that speaks LSP to a real server process, as the tour's engineer uses it.
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

COMPLETIONS_READY_TIMEOUT_S = 60


@dataclass
class Buffer:
    """
    One open file.
    """

    uri: str
    text: str
    version: int = 1


@dataclass
class Editor:
    """
    One editor window with its server.
    """

    workspace: Path
    client: LanguageClient = field(default_factory=lambda: LanguageClient("pacenotes-demo", "1"))
    buffers: dict[str, Buffer] = field(default_factory=dict)

    async def start(self, environ: Mapping[str, str]) -> lsp.InitializeResult:
        """
        Start the server as an editor does and shake hands.
        """
        self.client.feature("pacenotes/status")(lambda params: None)
        await self.client.start_io(sys.executable, "-m", "lsp_server", "serve", "--stdio", env=dict(environ))
        capabilities = lsp.ClientCapabilities(
            general=lsp.GeneralClientCapabilities(position_encodings=[lsp.PositionEncodingKind.Utf16]),
            text_document=lsp.TextDocumentClientCapabilities(
                inline_completion=lsp.InlineCompletionClientCapabilities()
            ),
        )
        result = await self.client.initialize_async(
            lsp.InitializeParams(
                capabilities=capabilities,
                workspace_folders=[lsp.WorkspaceFolder(self.workspace.as_uri(), self.workspace.name)],
            )
        )
        self.client.initialized(lsp.InitializedParams())
        return result

    def open(self, path: str) -> Buffer:
        """
        Open a file of the workspace, once.
        """
        if path in self.buffers:
            return self.buffers[path]
        file = self.workspace / path
        buffer = Buffer(file.as_uri(), file.read_text(encoding="utf-8"))
        self.buffers[path] = buffer
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(buffer.uri, "typescript", 1, buffer.text))
        )
        return buffer

    async def index_is_complete(self) -> None:
        """
        Wait until the server knows the whole workspace.
        """
        await asyncio.wait_for(
            self.client.protocol.send_request_async("pacenotes/ready", {}), COMPLETIONS_READY_TIMEOUT_S
        )

    def insert(self, buffer: Buffer, offset: int, text: str) -> int:
        """
        Type `text` at `offset`; returns where the cursor is then.
        """
        at = self.position(buffer, offset)
        buffer.text = buffer.text[:offset] + text + buffer.text[offset:]
        buffer.version += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(buffer.version, buffer.uri),
                [lsp.TextDocumentContentChangePartial(range=lsp.Range(at, at), text=text)],
            )
        )
        return offset + len(text)

    async def complete(self, buffer: Buffer, offset: int, *, by_hand: bool) -> lsp.InlineCompletionItem | None:
        """
        What the server offers at `offset`.
        """
        kinds = lsp.InlineCompletionTriggerKind
        reply = await self.client.text_document_inline_completion_async(
            lsp.InlineCompletionParams(
                lsp.InlineCompletionContext(kinds.Invoked if by_hand else kinds.Automatic),
                lsp.TextDocumentIdentifier(buffer.uri),
                self.position(buffer, offset),
            )
        )
        items = reply.items if isinstance(reply, lsp.InlineCompletionList) else reply
        return items[0] if items else None

    async def accept(self, item: lsp.InlineCompletionItem) -> None:
        """
        Tell the server what an editor tells after it has inserted `item`.
        """
        assert item.command is not None
        await self.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(item.command.command, item.command.arguments)
        )

    def notify(self, method: str, params: Any) -> None:
        """
        Send one of Pacenotes' own notifications.
        """
        self.client.protocol.notify(method, params)

    async def context(self, buffer: Buffer, offset: int) -> Any:
        """
        What a model is shown at `offset` besides the code around it.
        """
        at = self.position(buffer, offset)
        return await self.client.protocol.send_request_async(
            "pacenotes/context",
            {"textDocument": {"uri": buffer.uri}, "position": {"line": at.line, "character": at.character}},
        )

    async def stop(self) -> None:
        """
        Close the window.
        """
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]  # pygls leaves it untyped.

    @staticmethod
    def position(buffer: Buffer, offset: int) -> lsp.Position:
        """
        An offset as LSP says it; the tour's files are plain ASCII, so that characters and UTF-16 units are the same.
        """
        before = buffer.text[:offset]
        return lsp.Position(before.count("\n"), offset - (before.rfind("\n") + 1))
