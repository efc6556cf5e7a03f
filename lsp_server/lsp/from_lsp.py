"""
What the protocol says, in our own types.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.completion.request import SelectedCompletion, TriggerKind
from lsp_server.files import path_of, uri_of
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.lsp.extensions import COMPLETION_ACCEPTED, OfferedItem
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding, Span
from lsp_server.workspace import Folder


def document(item: types.TextDocumentItem) -> Document:
    """
    A document as it is opened.
    """
    return Document.create(item.uri, item.language_id, item.version, item.text)


def content_changes(changes: Sequence[types.TextDocumentContentChangeEvent]) -> tuple[ContentChange, ...]:
    """
    The changes of one `didChange`, in order.
    """
    return tuple(
        ContentChange((position(change.range.start), position(change.range.end)), change.text)
        if isinstance(change, types.TextDocumentContentChangePartial)
        else ContentChange(None, change.text)
        for change in changes
    )


def position(given: types.Position) -> Position:
    """
    A place in the client's own units.
    """
    return Position(given.line, given.character)


def span(given: types.Range, within: Document, encoding: PositionEncoding) -> Span:
    """
    A range as offsets of `within`; one that is upside down is turned round.
    """
    start, end = sorted(within.offset_at(position(place), encoding) for place in (given.start, given.end))
    return Span(start, end)


def trigger_kind(context: types.InlineCompletionContext) -> TriggerKind:
    """
    Whether the engineer asked.
    """
    invoked = context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    return TriggerKind.INVOKED if invoked else TriggerKind.AUTOMATIC


def menu_trigger_kind(context: types.CompletionContext | None) -> TriggerKind:
    """
    The same for a request of the completion menu, which opens by itself only at certain characters.
    """
    by_character = context is not None and context.trigger_kind is not types.CompletionTriggerKind.Invoked
    return TriggerKind.AUTOMATIC if by_character else TriggerKind.INVOKED


def selected(
    context: types.InlineCompletionContext, within: Document, encoding: PositionEncoding
) -> SelectedCompletion | None:
    """
    The entry that is highlighted in the completion menu.
    """
    info = context.selected_completion_info
    return SelectedCompletion(span=span(info.range, within, encoding), text=info.text) if info else None


def folders(params: types.InitializeParams) -> tuple[Folder, ...]:
    """
    The workspace folders, or the one root that older clients send.
    """
    if params.workspace_folders:
        return tuple(folder(given) for given in params.workspace_folders)
    if params.root_uri:
        return (_folder(params.root_uri),)
    return (_folder(uri_of(Path(params.root_path))),) if params.root_path else ()


def folder(given: types.WorkspaceFolder) -> Folder:
    """
    One workspace folder.
    """
    return _folder(given.uri, given.name)


def client_identity(
    info: types.ClientInfo | None, telemetry_level: str | None, plugin_version: str = ""
) -> ClientIdentity:
    """
    Who has connected.
    """
    return ClientIdentity(
        name=info.name if info else "",
        version=(info.version if info else None) or "",
        plugin_version=plugin_version,
        telemetry_level=telemetry_level,
    )


def telemetry_level(sent: object) -> str | None:
    """
    The editor's own telemetry setting, out of its `telemetry` section or its initialization options.
    """
    if not isinstance(sent, Mapping):
        return None
    level = sent.get("telemetryLevel", sent.get("telemetry.telemetryLevel"))
    if level is None and isinstance(sent.get("telemetry"), Mapping):
        level = sent["telemetry"].get("telemetryLevel")
    return level if isinstance(level, str) else None


def plugin_version(sent: object) -> str:
    """
    The version of our extension in the editor, out of its initialization options; empty when there is none.
    """
    version = sent.get("pluginVersion") if isinstance(sent, Mapping) else None
    return version if isinstance(version, str) else ""


def own_settings(sent: object) -> object:
    """
    Our part of what a client sent, which may be all of the editor's settings or ours alone.
    """
    if not isinstance(sent, Mapping):
        return sent
    named = {key: value for key, value in sent.items() if key == "pacenotes" or str(key).startswith("pacenotes.")}
    return named or {key: value for key, value in sent.items() if key not in _EDITORS}


_EDITORS = ("telemetryLevel", "telemetry.telemetryLevel", "pluginVersion")


def completion_id(item: OfferedItem) -> str | None:
    """
    Which completion an item is, by the command that we gave it.
    """
    if item.command is None or item.command.command != COMPLETION_ACCEPTED or not item.command.arguments:
        return None
    found = item.command.arguments[0]
    return found if isinstance(found, str) else None


def only_id(arguments: Sequence[Any]) -> str:
    """
    The one argument of a command that takes an id.
    """
    match arguments:
        case [str() as found]:
            return found
    raise JsonRpcInvalidParams("The command takes one argument, the id of a completion.")


def _folder(uri: str, name: str = "") -> Folder:
    path = path_of(uri)
    return Folder(uri=uri, name=name or unquote(uri.rstrip("/").rpartition("/")[2]), path=str(path) if path else None)
