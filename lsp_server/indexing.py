"""
Keep the index in step with the disk and the editor, in threads of its own accord.
"""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from lsp_server.files import path_of
from lsp_server.ignore_files import NAME as IGNORE_FILE
from lsp_server.index.workspace_index import Progress, WorkspaceIndex
from lsp_server.policy.redaction import redact
from lsp_server.text.document import Document
from lsp_server.workspace import Snapshot


class Indexing:
    """
    Builds the index once and then follows what changes; everything that takes time is done in threads.
    """

    def __init__(
        self, index: WorkspaceIndex, walk: Callable[[], Iterable[Path]], snapshot: Callable[[], Snapshot]
    ) -> None:
        self.index = index
        self._walk = walk
        self._snapshot = snapshot
        self._stopped = threading.Event()
        self._building: asyncio.Future[int] | None = None
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._known: dict[str, Document] = {}

    async def build(self, progress: Progress | None = None) -> None:
        """
        Read the workspace once, the open files and what they import first. Cancelling the task leaves the rest unread.
        """
        if self._building is not None:
            return await self.ready()
        cancelled = threading.Event()
        first = [document_path for document_path, _ in self._open_files()]
        self._building = asyncio.ensure_future(
            asyncio.to_thread(self._read_all, first, progress, lambda: cancelled.is_set() or self._stopped.is_set())
        )
        try:
            await asyncio.shield(self._building)
        finally:
            cancelled.set()
        return None

    async def ready(self) -> None:
        """
        Wait until the workspace has been read.
        """
        if self._building is None:
            await self.build()
        elif not self._building.done():
            await asyncio.shield(self._building)

    def follow_editor(self, asking: str) -> None:
        """
        Take in what was edited since the last call, but for the document at `asking`, which is looked at as it is.
        """
        with self._lock:
            current = dict(self._open_files())
            for path in self._known.keys() - current.keys():
                del self._known[path]
                self.index.close_document(path)
            for path, document in current.items():
                if path != asking and self._known.get(path) is not document:
                    self._known[path] = document
                    self.index.open_document(path, redact(document.text).text)

    def files_changed(self, paths: Sequence[Path]) -> None:
        """
        Files on disk have been made, saved or deleted. It reads them, so it is called in a thread.

        Where it is an ignore file, other files are to be shown or hidden from now on: all are looked for anew.
        """
        with self._lock:
            self.index.files_changed([path.as_posix() for path in paths])
        if any(path.name == IGNORE_FILE for path in paths):
            self._read_all((), None, self._stopped.is_set)

    async def close(self) -> None:
        """
        Stop reading, and let go of the store.
        """
        self._stopped.set()
        if self._building is not None:
            await asyncio.wait({self._building})
        await asyncio.to_thread(self.index.close)

    def _read_all(self, first: Sequence[str], progress: Progress | None, cancelled: Callable[[], bool]) -> int:
        with self._reading:
            return self.index.build(self._walk(), first=first, progress=progress, cancelled=cancelled)

    def _open_files(self) -> list[tuple[str, Document]]:
        documents = self._snapshot().documents
        return [(path.as_posix(), document) for uri, document in documents.items() if (path := path_of(uri))]


def store_of(folder: Path, workspace: Sequence[Path], ending: str) -> Path:
    """
    The file below `folder` for what was learnt of a workspace.
    """
    name = hashlib.blake2b("\0".join(map(str, workspace)).encode(errors="surrogatepass"), digest_size=12).hexdigest()
    return folder / f"{name}{ending}"
