"""
What the engineer says of a finding: mend it, explain it, away with it, and what was sent to find it.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.files import path_of
from lsp_server.lsp import review_to_lsp
from lsp_server.lsp.finding_log import DISMISSED
from lsp_server.lsp.findings import Located
from lsp_server.lsp.review_arguments import Verdict
from lsp_server.review.baseline_file import CannotDismiss, dismiss
from lsp_server.review.tracking import NoEditReason, Replacement, Standing, edit_for
from lsp_server.syntax.tree import parse_text
from lsp_server.text.document import Document
from telemetry.vocabulary import FindingOutcome

if TYPE_CHECKING:
    from lsp_server.lsp.session import Session

ADDS_ERROR = "With it the code could not be read any more."
TRIES = 3


class NotDismissed(JsonRpcException):
    """
    A finding could not be silenced for good; `str(error)` is one sentence that says what to do.
    """

    CODE = -32803  # RequestFailed


async def accept(session: "Session", finding_id: str) -> dict[str, Any]:
    """
    Apply a finding's fix to the text as it is now, and tell `{applied, reason?}`.

    A client that makes no edits for us gets the `edit` instead.
    """
    reviews, client = session.reviews, session.client
    located = await _as_it_is(session, reviews.find(finding_id))
    if located.held.standing is Standing.FIXED:
        reviews.log.ended(finding_id, FindingOutcome.APPLIED)
        return {"applied": True}
    edit = await _proved(session, located)
    if isinstance(edit, str):
        client.say(edit, types.MessageType.Warning)
        return {"applied": False, "reason": edit}
    located, replacement = edit
    fix = located.held.finding.fix
    change = review_to_lsp.workspace_edit(client, located, replacement, confirm=fix is not None and not fix.safe)
    if not client.applies_edits:
        return {"applied": False, "edit": change}
    if reason := await client.apply(change, review_to_lsp.FIX_LABEL):
        return {"applied": False, "reason": reason}
    reviews.log.ended(finding_id, FindingOutcome.APPLIED)
    return {"applied": True}


async def dismiss_for_good(session: "Session", verdict: Verdict) -> dict[str, Any]:
    """
    Show a finding no more, here or in CI; tells `{dismissed, baseline?}`, the file that silences it.

    Raises:
        NotDismissed: it is gone for this session, but the baseline could not be written.
    """
    reviews = session.reviews
    located = reviews.find(verdict.id)
    folder = session.workspace.snapshot().folder_of(located.uri)
    settings = await session.settings_for(located.uri)
    reviews.dismiss(verdict.id, DISMISSED[verdict.reason])
    if folder is None or folder.path is None:
        return {"dismissed": True}
    root, finding = Path(folder.path), located.held.finding
    try:
        async with session.writing:
            path = await asyncio.to_thread(
                dismiss, root, settings.review_baseline, finding, verdict.reason, verdict.note
            )
    except CannotDismiss as error:
        raise NotDismissed(f"The finding is dismissed for this session only: {error}") from None
    return {"dismissed": True, "baseline": str(path)}


def explain(session: "Session", finding_id: str) -> dict[str, Any]:
    """
    Say what a finding rests on, and give it as Markdown.
    """
    located = session.reviews.find(finding_id)
    session.client.say(review_to_lsp.explained(located.held.finding, markdown=False))
    return {"markdown": review_to_lsp.explained(located.held.finding, markdown=True)}


async def request_behind(session: "Session", finding_id: str) -> Mapping[str, Any] | None:
    """
    What was sent to a model when it found this, from the audit; None when nothing was.
    """
    located = session.reviews.findings.find(finding_id)
    if located is None:
        return None
    backend, finding = (await session.equipment()).backend, located.held.finding
    asked = session.reviews.requests_behind(finding_id)
    found = [one for name in asked if (one := await asyncio.to_thread(backend.show_request, name))]
    about = [one for one in found if finding.file in one.get("files", ())] or found
    # A file may be spread over several requests; the one that shows the quote is the one.
    line = json.dumps(finding.quote.splitlines()[0].strip(), ensure_ascii=False)[1:-1]
    return max(about, key=lambda one: line in json.dumps(one.get("body"), ensure_ascii=False), default=None)


async def _as_it_is(session: "Session", located: Located) -> Located:
    """
    The finding in the file as it is on disk now, unless the editor has it open.
    """
    path = path_of(located.uri)
    if located.is_open or path is None:
        return located
    backend = (await session.equipment()).backend
    file = await asyncio.to_thread(backend.files.read, path)
    session.reviews.findings.on_disk(located.uri, file.text)
    return session.reviews.find(located.held.finding.id)


async def _proved(session: "Session", located: Located) -> tuple[Located, Replacement] | str:
    """
    The edit that the fix is at this moment, or one sentence why there is none.
    """
    for _ in range(TRIES):
        edit = edit_for(located.held, located.document)
        if isinstance(edit, NoEditReason):
            return edit.value
        sound = await asyncio.to_thread(_is_sound, located.document, edit)
        now = session.reviews.find(located.held.finding.id)
        if now.document is located.document:
            return (located, edit) if sound else ADDS_ERROR
        # Somebody has typed meanwhile.
        located = now
    return NoEditReason.CHANGED.value


def _is_sound(document: Document, edit: Replacement) -> bool:
    text = document.text
    after = text[: edit.span.start] + edit.text + text[edit.span.end :]
    trees = (parse_text(one, document.language_id) for one in (text, after))
    before, behind = (tree.error_count() for tree in trees)
    return behind <= before
