"""
What is done about each message: translate, call, translate back.

A handler is a plain function, so that what it reads of the session is as it was when the message came; what takes
time it returns as an awaitable.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.lsp import extensions, finding_commands, from_lsp, to_lsp
from lsp_server.lsp.review_handlers import REVIEW_HANDLERS
from lsp_server.lsp.session import Session


def initialized(session: Session, params: types.InitializedParams) -> Awaitable[None]:
    """
    The client is ready for our own requests.
    """
    return session.client.register()


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """
    A document is in the editor.
    """
    session.open(from_lsp.document(params.text_document))


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """
    A document was edited.
    """
    document = params.text_document
    session.change(document.uri, from_lsp.content_changes(params.content_changes), document.version)


def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> Awaitable[None]:
    """
    A document is on disk as it is in the editor.
    """
    session.reviews.saved(params.text_document.uri)
    return session.files_changed([params.text_document.uri])


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """
    A document has left the editor.
    """
    session.close_document(params.text_document.uri)


def inline_completion(session: Session, params: types.InlineCompletionParams) -> Awaitable[types.InlineCompletionList]:
    """
    Ghost text.
    """
    cursor = session.cursor(params.text_document.uri, from_lsp.position(params.position))
    selected = from_lsp.selected(params.context, cursor.document, session.client.encoding) if cursor.document else None
    cursor = replace(cursor, trigger_kind=from_lsp.trigger_kind(params.context), selected=selected)

    async def answer() -> types.InlineCompletionList:
        outcome = await session.complete(cursor, "inline")
        return to_lsp.inline_completion_list(outcome, session.client.encoding)

    return answer()


def completion(session: Session, params: types.CompletionParams) -> Awaitable[types.CompletionList]:
    """
    The same through the completion menu, where the settings ask for it.
    """
    cursor = session.cursor(params.text_document.uri, from_lsp.position(params.position))
    cursor = replace(cursor, trigger_kind=from_lsp.menu_trigger_kind(params.context))

    async def answer() -> types.CompletionList:
        if not (await session.settings_for(cursor.uri)).completion_menu:
            return types.CompletionList(is_incomplete=False, items=[])
        outcome = await session.complete(cursor, "menu")
        return to_lsp.completion_list(outcome, session.client.encoding)

    return answer()


def did_show(session: Session, params: extensions.DidShowCompletionParams) -> None:
    """
    A completion is visible.
    """
    if completion_id := from_lsp.completion_id(params.item):
        session.journal.shown(completion_id)


def did_partially_accept(session: Session, params: extensions.DidPartiallyAcceptCompletionParams) -> None:
    """
    A word or a line of a completion was accepted.
    """
    if completion_id := from_lsp.completion_id(params.item):
        session.journal.partially_accepted(completion_id, params.accepted_length)


def did_dismiss(session: Session, params: extensions.DidDismissCompletionParams) -> None:
    """
    A completion was sent away.
    """
    session.dismissed(params.completion_id, params.reason)


def completion_accepted(session: Session, arguments: Sequence[Any]) -> None:
    """
    A completion was inserted.
    """
    session.journal.accepted(from_lsp.only_id(arguments))


def show_request(session: Session, arguments: Sequence[Any]) -> Awaitable[Mapping[str, Any]]:
    """
    What was sent to a model for a completion, an answer or a finding.
    """
    given = from_lsp.only_id(arguments)

    async def answer() -> Mapping[str, Any]:
        equipment = await session.equipment()
        found = await asyncio.to_thread(equipment.backend.show_request, session.call_of(given))
        found = found or await finding_commands.request_behind(session, given)
        if found is None:
            raise JsonRpcInvalidParams("No request to a model is recorded under this id.")
        return found

    return answer()


def context(session: Session, params: extensions.ContextParams) -> Awaitable[dict[str, Any]]:
    """
    What a model would be shown at a position, and why.
    """
    cursor = session.cursor(params.text_document.uri, from_lsp.position(params.position))

    async def answer() -> dict[str, Any]:
        started = session.now()
        found = await session.context(cursor, params.budget, tuple(params.open_files or ()))
        return to_lsp.context(found, session.now() - started)

    return answer()


def ready(session: Session, params: None) -> Awaitable[None]:
    """
    Answered when the index of the workspace is complete.
    """
    return session.ready()


def did_change_configuration(session: Session, params: types.DidChangeConfigurationParams) -> Awaitable[None]:
    """
    Settings have changed in the editor.
    """
    session.client.settings_pushed(params.settings)
    return session.renew()


def did_change_workspace_folders(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> Awaitable[None]:
    """
    Folders were added or removed.
    """
    gone = {folder.uri for folder in params.event.removed}
    kept = [folder for folder in session.workspace.snapshot().folders if folder.uri not in gone]
    known = {folder.uri for folder in kept}
    new = [from_lsp.folder(folder) for folder in params.event.added if folder.uri not in known]
    session.workspace.set_folders([*kept, *new])
    return session.renew()


def did_change_watched_files(session: Session, params: types.DidChangeWatchedFilesParams) -> Awaitable[None]:
    """
    Files were made, changed or deleted outside the editor.
    """
    return session.files_changed([change.uri for change in params.changes])


HANDLERS: Mapping[str, Callable[[Session, Any], Any]] = {
    types.INITIALIZED: initialized,
    types.TEXT_DOCUMENT_DID_OPEN: did_open,
    types.TEXT_DOCUMENT_DID_CHANGE: did_change,
    types.TEXT_DOCUMENT_DID_SAVE: did_save,
    types.TEXT_DOCUMENT_DID_CLOSE: did_close,
    types.TEXT_DOCUMENT_INLINE_COMPLETION: inline_completion,
    types.TEXT_DOCUMENT_COMPLETION: completion,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: did_change_configuration,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: did_change_workspace_folders,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: did_change_watched_files,
    extensions.DID_SHOW_COMPLETION: did_show,
    extensions.DID_PARTIALLY_ACCEPT_COMPLETION: did_partially_accept,
    extensions.DID_DISMISS_COMPLETION: did_dismiss,
    extensions.CONTEXT: context,
    extensions.READY: ready,
    extensions.COMPLETION_ACCEPTED: completion_accepted,
    extensions.SHOW_REQUEST: show_request,
    **REVIEW_HANDLERS,
}
