"""
What a command asks to review, as a change: with its text as the editor shows it, and where its root is.
"""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.files import path_of, uri_of
from lsp_server.lsp.dependencies import Backend
from lsp_server.lsp.review_arguments import Target
from lsp_server.review.change import Change
from lsp_server.review.git import GitFailed
from lsp_server.review.whole import change_of_selection, change_of_text
from lsp_server.review.worktree import changes_in
from lsp_server.settings import LANGUAGES
from lsp_server.text.document import Document
from lsp_server.workspace import language_for
from telemetry.vocabulary import ReviewScope

if TYPE_CHECKING:
    from lsp_server.lsp.session import Session


NOTHING_CHANGED = "Nothing has changed since the last commit that can be reviewed."


class NothingToReview(Exception):  # noqa: N818 - named after what is the case
    """
    There is nothing that may be reviewed; `str(error)` is one sentence that says why.
    """


@dataclass(frozen=True, kw_only=True)
class Scope:
    """
    A change to review, with paths below the workspace folder, and the documents that its files are, by their paths.
    """

    kind: ReviewScope
    title: str
    change: Change
    uris: dict[str, str]
    documents: dict[str, Document]


async def of_document(session: "Session", backend: Backend, target: Target) -> Scope:
    """
    All of a document, or of a file that is not open.

    Raises:
        NothingToReview: it is excluded, no source, or can't be read.
    """
    document = await _document(session, backend, target.uri)
    path = session.workspace.snapshot().relative_path(target.uri)
    return _scope(ReviewScope.FILE, document, change_of_text(path, document.text))


async def of_selection(session: "Session", backend: Backend, target: Target) -> Scope:
    """
    The lines of a document that a range touches.

    Raises:
        NothingToReview: as `of_document`.
    """
    assert target.range is not None
    document = await _document(session, backend, target.uri)
    path = session.workspace.snapshot().relative_path(target.uri)
    start, end = sorted(document.offset_at(place, session.client.encoding) for place in target.range)
    first, last = document.line_of(start), document.line_of(max(start, end - 1))
    change = change_of_selection(path, document.text, first + 1, last + 1)
    return _scope(ReviewScope.SELECTION, document, change)


async def of_changes(session: "Session", backend: Backend, target: Target) -> Scope:
    """
    What differs from the last commit in the folder that `target` lies in, or in the first one.

    Raises:
        NothingToReview: there is no folder, or it is in no repository.
    """
    snapshot = session.workspace.snapshot()
    folder = next((one for one in snapshot.folders if one.uri == target.uri), None)
    folder = folder or (snapshot.folder_of(target.uri) if target.uri else next(iter(snapshot.folders), None))
    if folder is None or folder.path is None:
        raise NothingToReview("There is no folder on disk to look for changes in: open one.")
    root = Path(folder.path)
    opened = {path: one for one in snapshot.documents.values() if (path := path_of(one.uri))}
    texts = {path.relative_to(root).as_posix(): one.text for path, one in opened.items() if path.is_relative_to(root)}
    try:
        change = await asyncio.to_thread(changes_in, root, backend.files, texts)
    except GitFailed as error:
        raise NothingToReview(str(error)) from None
    documents, uris = {}, {}
    for file in change.files:
        if file.text is not None and file.skipped is None:
            known = opened.get(root / file.path)
            uris[file.path] = known.uri if known else uri_of(root / file.path)
            documents[file.path] = known or _made(uris[file.path], file.text)
    if not documents:
        change = replace(change, notices=(*change.notices, NOTHING_CHANGED))
    return Scope(kind=ReviewScope.CHANGE, title="the changes", change=change, uris=uris, documents=documents)


async def _document(session: "Session", backend: Backend, uri: str) -> Document:
    rule = await asyncio.to_thread(backend.why_excluded, uri)
    if rule:
        raise NothingToReview(f"The document is excluded by {rule}.")
    document = session.workspace.snapshot().document(uri)
    if document is None:
        path = path_of(uri)
        if path is None:
            raise NothingToReview("The document is neither open nor on disk.")
        file = await asyncio.to_thread(backend.files.read, path)
        if file.text is None:
            raise NothingToReview(file.sentence)
        document = _made(uri, file.text)
    if document.language_id not in LANGUAGES:
        raise NothingToReview("Only TypeScript and JavaScript are reviewed.")
    limit = (await session.settings_for(uri)).max_file_kb
    if document.length > limit * 1024:
        raise NothingToReview(f"The document is larger than the setting maxFileKb allows, {limit} KB.")
    return document


def _scope(kind: ReviewScope, document: Document, change: Change) -> Scope:
    path = change.files[0].path
    return Scope(
        kind=kind,
        title=path.rpartition("/")[2],
        change=change,
        uris={path: document.uri},
        documents={path: document},
    )


def _made(uri: str, text: str) -> Document:
    return Document.create(uri, language_for(uri, ""), 0, text)
