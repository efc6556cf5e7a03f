"""
What can be done about the findings at a place: mend, explain, ignore here, dismiss.

A fix is a command without an edit, and the edit is asked of the client when the command runs: editors lose the command
of an action that has both. A fix is never part of anything that mends a whole file at once.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from lsp_server.lsp import extensions, review_to_lsp
from lsp_server.lsp.client import Client
from lsp_server.lsp.findings import Located
from lsp_server.lsp.reviews import Reviews
from lsp_server.review import harmless
from lsp_server.review.baseline_file import DismissReason
from lsp_server.review.silencing import silence
from lsp_server.review.tracking import NoEditReason, edit_for, shown_at
from lsp_server.text.positions import Span

TITLE_LENGTH = 60
SILENCED_BECAUSE = "this is meant."
"""What stands in the comment until the engineer writes something better."""

DISMISSALS = {DismissReason.WRONG: "Dismiss as wrong", DismissReason.NOISE: "Dismiss as not worth saying"}
NO_COMMENT = "No comment can stand there."


def at(reviews: Reviews, uri: str, span: Span) -> tuple[Located, ...]:
    """
    The findings that are shown anywhere in `span` of a document.
    """
    document = reviews.findings.document(uri)
    if document is None:
        return ()
    is_open = reviews.findings.is_open(uri)
    found = []
    for held in reviews.findings.of(uri):
        place = shown_at(held, document)
        if place.start <= span.end and span.start <= place.end:
            found.append(Located(uri=uri, held=held, document=document, is_open=is_open))
    return tuple(found)


async def actions(
    client: Client, found: Sequence[Located], given: Sequence[types.Diagnostic]
) -> list[types.CodeAction]:
    """
    All actions for these findings, fixes first; `given` are the diagnostics that the client asks about.
    """
    offered = []
    for located in found:
        for action in _actions(client, located, given):
            if _finding_to_silence(action) and not client.resolves_edits:
                await _resolve_silence(client, action, located)
            if action.disabled is None or client.shows_disabled_actions:
                offered.append(action)
    return offered


async def resolve(client: Client, reviews: Reviews, action: types.CodeAction) -> types.CodeAction:
    """
    The action with its edit, made for the text as it is now, or with the reason why there is none any more.
    """
    finding_id = _finding_to_silence(action)
    if not finding_id:
        return action
    located = reviews.findings.find(finding_id)
    if located is None or not located.held.is_shown:
        action.disabled = types.CodeActionDisabled(reason=NoEditReason.CHANGED.value)
        return action
    await _resolve_silence(client, action, located)
    return action


def _actions(client: Client, located: Located, given: Sequence[types.Diagnostic]) -> Iterator[types.CodeAction]:
    finding = located.held.finding
    mine = [one for one in given if _id_of(one) == finding.id]
    diagnostics = mine or [review_to_lsp.diagnostic(located.held, located.uri, located.document, client.encoding)]
    message = harmless.sentence(finding.message, TITLE_LENGTH)
    if finding.fix:
        yield _fix(client, located, diagnostics, message)
    yield _command(extensions.EXPLAIN_FINDING, f"Explain: {message}", diagnostics, {"id": finding.id})
    yield types.CodeAction(
        title=f"Ignore {finding.category} here: {message}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=diagnostics,
        data={"id": finding.id, "do": "silence"},
    )
    for reason, title in DISMISSALS.items():
        arguments = {"id": finding.id, "reason": reason.value}
        yield _command(extensions.DISMISS_FINDING, f"{title}: {message}", diagnostics, arguments)


def _fix(client: Client, located: Located, diagnostics: list[types.Diagnostic], message: str) -> types.CodeAction:
    fix = located.held.finding.fix
    assert fix is not None
    title = f"Fix: {message}" if fix.safe else f"Fix, after a look at it: {message}"
    edit = edit_for(located.held, located.document)
    action = types.CodeAction(title=title, kind=types.CodeActionKind.QuickFix, diagnostics=diagnostics)
    if isinstance(edit, NoEditReason):
        action.disabled = types.CodeActionDisabled(reason=edit.value)
        return action
    action.is_preferred = fix.safe
    if client.applies_edits:
        action.command = types.Command(
            title=title, command=extensions.ACCEPT_FINDING, arguments=[{"id": located.held.finding.id}]
        )
    else:
        action.edit = review_to_lsp.workspace_edit(client, located, edit, confirm=not fix.safe)
    return action


def _command(
    command: str, title: str, diagnostics: list[types.Diagnostic], arguments: dict[str, str]
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=diagnostics,
        command=types.Command(title=title, command=command, arguments=[arguments]),
    )


async def _resolve_silence(client: Client, action: types.CodeAction, located: Located) -> None:
    held, document = located.held, located.document
    span = shown_at(held, document)
    edit = await asyncio.to_thread(silence, document, span, held.finding, SILENCED_BECAUSE)
    if edit is None:
        action.disabled = types.CodeActionDisabled(reason=NO_COMMENT)
    else:
        action.edit = review_to_lsp.workspace_edit(client, located, edit, confirm=False)


def _finding_to_silence(action: types.CodeAction) -> str:
    """
    The id of the finding that the action's edit is still to be made for; empty when it needs none.
    """
    match action.data:
        case {"do": "silence", "id": str(finding_id)} if action.edit is None:
            return finding_id
    return ""


def _id_of(diagnostic: types.Diagnostic) -> Any:
    return diagnostic.data.get("id") if isinstance(diagnostic.data, dict) else None
