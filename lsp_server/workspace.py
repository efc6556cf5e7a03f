"""
The open documents of one editor: a host that takes changes, and frozen snapshots for everyone else.

The host is told of changes by one thread; trees and snapshots may be asked for by any.
"""

import re
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsp_server.text.document import ContentChange, Document, TextEdit
from lsp_server.text.positions import PositionEncoding

if TYPE_CHECKING:
    from lsp_server.syntax.tree import SyntaxTree


@dataclass(frozen=True, slots=True)
class Folder:
    """
    A folder of the workspace; `path` is set when it is on disk.
    """

    uri: str
    name: str
    path: str | None


@dataclass(frozen=True, slots=True)
class RecentEdit:
    """
    Lines as an edit left them, from `line` of that `version` on.
    """

    uri: str
    line: int
    text: str
    version: int


class Ignored(StrEnum):
    """
    Why a change was not made.
    """

    NOT_OPEN = "not_open"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    The workspace at one moment. `recent_edits` has the newest last.
    """

    folders: tuple[Folder, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    recent_edits: tuple[RecentEdit, ...] = ()

    def document(self, uri: str) -> Document | None:
        """
        The open document of that name.
        """
        return self.documents.get(uri)

    def folder_of(self, uri: str) -> Folder | None:
        """
        The innermost folder that a document lies in.
        """
        place = _decoded(uri)
        holders = [folder for folder in self.folders if place.startswith(_decoded(folder.uri).rstrip("/") + "/")]
        return max(holders, key=lambda folder: len(_decoded(folder.uri)), default=None)

    def relative_path(self, uri: str) -> str:
        """
        Where a document lies in its folder, with forward slashes; its bare name if it lies in none.
        """
        folder = self.folder_of(uri)
        if folder is None:
            return _decoded(uri).rstrip("/").rpartition("/")[2].rpartition(":")[2]
        return _decoded(uri)[len(_decoded(folder.uri).rstrip("/")) + 1 :]


class Workspace:
    """
    The documents that are open now.
    """

    def __init__(self, folders: Iterable[Folder] = ()) -> None:
        self._folders = tuple(folders)
        self._open: dict[str, _OpenDocument] = {}
        self._recent: deque[RecentEdit] = deque(maxlen=MOST_RECENT_EDITS)
        self._lock = threading.Lock()

    def open(self, document: Document) -> Document:
        """
        Take a document in, in place of one of the same name; returned with the language that its name calls for.
        """
        document = replace(document, language_id=language_for(document.uri, document.language_id))
        with self._lock:
            self._open[document.uri] = _OpenDocument(document)
        return document

    def change(
        self, uri: str, changes: Sequence[ContentChange], version: int | None, encoding: PositionEncoding
    ) -> tuple[TextEdit, ...] | Ignored:
        """
        Make changes in the order they come in, whatever their version says, and tell what each did.

        One to a document that is not open is left alone.
        """
        with self._lock:
            opened = self._open.get(uri)
            if opened is None:
                return Ignored.NOT_OPEN
            number = opened.document.version + 1 if version is None else version
            document, edits = opened.document.apply(changes, number, encoding)
            opened.take(document, edits)
            if edits:
                self._remember(document, edits[-1])
        return edits

    def close(self, uri: str) -> Ignored | None:
        """
        Let a document go.
        """
        with self._lock:
            return None if self._open.pop(uri, None) else Ignored.NOT_OPEN

    def set_folders(self, folders: Iterable[Folder]) -> None:
        """
        Say which folders make up the workspace.
        """
        with self._lock:
            self._folders = tuple(folders)

    def snapshot(self) -> Snapshot:
        """
        The workspace as it is now.
        """
        with self._lock:
            documents = {uri: opened.document for uri, opened in self._open.items()}
            return Snapshot(self._folders, MappingProxyType(documents), tuple(self._recent))

    def tree(self, uri: str) -> "SyntaxTree | None":
        """
        The tree of an open document as it is now. For a large one this can take a while: call it in a thread then.
        """
        with self._lock:
            opened = self._open.get(uri)
        return opened.tree() if opened else None

    def _remember(self, document: Document, edit: TextEdit) -> None:
        """
        Keep the lines that an edit touched; typing on along a line stays one edit.
        """
        first, last = document.line_of(edit.start), document.line_of(edit.new_end)
        end = document.line_end(min(last, first + MOST_LINES_OF_EDIT - 1))
        recent = RecentEdit(document.uri, first, document.slice(document.line_start(first), end), document.version)
        newest = self._recent[-1] if self._recent else None
        if newest and newest.uri == recent.uri and newest.line == recent.line:
            self._recent.pop()
        self._recent.append(recent)


def language_for(uri: str, language_id: str) -> str:
    """
    The language of a document: what the editor says, unless that is unknown and the ending tells.

    A `.tsx` file is one even if it is called plain TypeScript, since as such it could not be read.
    """
    ending = _ENDING.search(_decoded(uri))
    by_name = _LANGUAGES.get(ending[1]) if ending else None
    if by_name and (language_id not in _LANGUAGES.values() or by_name == "typescriptreact"):
        return by_name
    return language_id


MOST_RECENT_EDITS = 32
MOST_LINES_OF_EDIT = 20

# Edits that nobody asked a tree after: from then on it is quicker to read the text afresh.
_MOST_UNREAD_EDITS = 1000

_ENDING = re.compile(r"\.(\w+)$")
_LANGUAGES = {
    "ts": "typescript",
    "mts": "typescript",
    "cts": "typescript",
    "tsx": "typescriptreact",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "jsx": "javascriptreact",
}
_DRIVE = re.compile(r"(?<=^file:///)[A-Za-z](?=:)")


class _OpenDocument:
    """
    A document, its tree as last read, and the edits that came after.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._edits: list[TextEdit] = []
        self._is_tree_useful = True
        self._tree: SyntaxTree | None = None
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    def take(self, document: Document, edits: Sequence[TextEdit]) -> None:
        with self._lock:
            self.document = document
            self._edits.extend(edits)
            if len(self._edits) > _MOST_UNREAD_EDITS:
                self._edits.clear()
                self._is_tree_useful = False

    def tree(self) -> "SyntaxTree":
        from lsp_server.syntax.tree import parse_once

        # Whoever asks while another reads waits for that tree rather than make it twice.
        with self._reading:
            with self._lock:
                document, edits = self.document, tuple(self._edits)
                previous = self._tree if self._is_tree_useful else None
                self._edits.clear()
                self._is_tree_useful = True
            if previous is not None and previous.document is document:
                return previous
            self._tree = None  # Should reading fail, the edits are gone, and no later tree may build on this one.
            self._tree = parse_once(document, previous, edits)
            return self._tree


def _decoded(uri: str) -> str:
    """
    A URI without escapes and with a small drive letter, for editors spell the same one differently.
    """
    return _DRIVE.sub(lambda drive: drive[0].lower(), unquote(uri))
