"""
A workspace as an editor would have it open, for commands that ask the engine one thing.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.app import new_id, open_backend, open_telemetry
from lsp_server.backend import Backend
from lsp_server.cli.failure import UnreadableInput
from lsp_server.cli.options import say_warning
from lsp_server.cli.place import Place, workspace_root
from lsp_server.completion.request import CompletionRequest, TriggerKind
from lsp_server.files import uri_of
from lsp_server.lsp.dependencies import ClientIdentity, Telemetry
from lsp_server.providers.base import Provider
from lsp_server.settings import Settings
from lsp_server.text.document import Document
from lsp_server.text.positions import Position, PositionEncoding, units
from lsp_server.workspace import Folder, Workspace

CLOSE_WITHIN_S = 5.0

Tape = Callable[[Provider], Provider]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """
    One workspace with its settings, its open documents and what answers.
    """

    root: Path
    settings: Settings
    workspace: Workspace
    backend: Backend
    telemetry: Telemetry

    def open(self, place: Place) -> CompletionRequest:
        """
        Open the file at `place` and ask at that place, as an engineer who asked for a completion by hand.

        Raises:
            UnreadableInput: the file can't be read, is excluded, or has no such place.
        """
        file = self.backend.files.read(place.path)
        if file.text is None:
            raise UnreadableInput(file.sentence)
        document = self.workspace.open(Document.create(uri_of(place.path), "", 0, file.text))
        tree = self.workspace.tree(document.uri)
        assert tree is not None
        return CompletionRequest(
            id=new_id(),
            document=document,
            tree=tree,
            offset=offset_of(place, document),
            path=self.workspace.snapshot().relative_path(document.uri),
            trigger_kind=TriggerKind.INVOKED,
        )


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """
    Say on a terminal that the workspace is being read, as long as that lasts; Ctrl-C ends it.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status("Reading the workspace …"):
        yield


@contextlib.asynccontextmanager
async def desk(
    file: Path,
    settings_for: Callable[[Path], Settings],
    *,
    root: Path | None = None,
    tape: Tape = lambda provider: provider,
) -> AsyncIterator[Desk]:
    """
    The workspace at `root`, or that `file` belongs to; everything is saved and closed on the way out.

    `tape` records or replays what models are asked in a review.
    """
    root = root or workspace_root(file)
    settings = settings_for(root)
    workspace = Workspace()
    workspace.set_folders([Folder(uri=uri_of(root), name=root.name, path=str(root))])
    telemetry = open_telemetry(settings, ClientIdentity(name="command-line"), new_id(), os.environ)
    backend = open_backend(
        settings,
        workspace.snapshot().folders,
        workspace.snapshot,
        telemetry,
        environ=os.environ,
        warn=say_warning,
        tape=tape,
    )
    try:
        yield Desk(root=root, settings=settings, workspace=workspace, backend=backend, telemetry=telemetry)
    finally:
        await backend.aclose()
        await asyncio.to_thread(telemetry.recorder.sink.close, CLOSE_WITHIN_S)


def offset_of(place: Place, document: Document) -> int:
    """
    Where `place` is in `document`.

    Raises:
        UnreadableInput: the document has no such line or column.
    """
    if place.line > document.line_count:
        raise UnreadableInput(f"{place.path} has {document.line_count} lines; there is no line {place.line}.")
    longest = units(document.line(place.line - 1), PositionEncoding.UTF16) + 1
    if place.column > longest:
        raise UnreadableInput(f"Line {place.line} of {place.path} ends at column {longest}, before {place.column}.")
    return document.offset_at(Position(place.line - 1, place.column - 1), PositionEncoding.UTF16)
