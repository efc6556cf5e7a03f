"""
The index of a workspace: what its files declare, import and export, where their imports lead, and what they look like.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from posixpath import basename, dirname, join
from threading import Event, Lock
from urllib.parse import unquote, urlsplit

from lsp_server.index.blocks import Blocks, Vocabulary, blocks_of
from lsp_server.index.code_search import CodeSearch
from lsp_server.index.disk import Disk, FileSystem
from lsp_server.index.endings import ENDINGS
from lsp_server.index.memory import Memory
from lsp_server.index.record import FileRecord, to_json
from lsp_server.index.records import Read, Records, record_of
from lsp_server.index.resolution import Resolver
from lsp_server.index.store import Stamp, Store, StoredFile, StoredSearch
from lsp_server.index.symbols import Symbols, summary_of

COMMON_NAMES = 300
BATCH = 100
DEPENDENCIES = "/node_modules/"
"""What is installed is read when something imports it, and not indexed."""
FIRST_FILES = 60
PAUSE_S = 0.05
CONFIGURATION = ("package.json", "tsconfig.json", "jsconfig.json", "pnpm-workspace.yaml")

Progress = Callable[[int, int], None]
"""Told how many files of how many are done."""


class WorkspaceIndex:
    """
    The code of the workspace, as retrievers ask for it. Everything may be called from any thread.

    `folders` are the absolute paths of the workspace folders; `read` gives the text of a file unless it is excluded;
    `store` is the file to keep the index in, or None to keep it in memory only; `read_walked` is `read` for files that
    a walk has just found, whose exclusion need not be looked at again.
    """

    def __init__(
        self,
        folders: Iterable[str],
        *,
        read: Read,
        is_excluded: Callable[[str], bool],
        files: FileSystem | None = None,
        store: Path | None = None,
        read_walked: Read | None = None,
    ) -> None:
        self.folders = tuple(sorted(folders, key=len, reverse=True))
        self.symbols = Symbols()
        self.windows = CodeSearch()
        self.memory = Memory()
        self.common_names: tuple[str, ...] = ()
        self.complete = Event()
        self._read = read
        self._read_walked = read_walked or read
        self._is_excluded = is_excluded
        self._files = files or Disk()
        self._records = Records(self._read, self._stored_record)
        self._resolver = Resolver(self._files)
        self._store = Store(store)
        self._stamps: dict[str, Stamp] = {}
        self._known_folders: set[str] = set()
        self._vocabulary = Vocabulary()
        self._idle = Event()
        self._idle.set()
        self._asking = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """How many files are indexed."""
        return len(self._stamps)

    def absolute(self, uri: str, path: str) -> str:
        """
        The absolute path of a document; an untitled one is given a place in the first folder.
        """
        parts = urlsplit(uri)
        if parts.scheme == "file":
            return unquote(parts.path)
        return join(self.folders[-1] if self.folders else "/", path)

    def relative(self, path: str) -> str:
        """
        The path relative to its workspace folder.
        """
        for folder in self.folders:
            if path.startswith(folder + "/"):
                return path[len(folder) + 1 :]
        return basename(path)

    def record(self, path: str) -> FileRecord | None:
        """
        What the file declares, or None.
        """
        return self._records.record(path)

    def text(self, path: str) -> str | None:
        """
        The text of the file, or None.
        """
        return self._records.text(path)

    def words(self, path: str) -> frozenset[str]:
        """
        Every name that stands in the file.
        """
        return self._records.words(path)

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that an import leads to, or None.
        """
        self._learn_packages(importer)
        return self._resolver.resolve(specifier, importer)

    def excluded(self, path: str) -> bool:
        """
        Whether the file must not be shown.
        """
        return path not in self._stamps and self._is_excluded(path)

    def build(
        self,
        walk: Iterable[Path],
        *,
        first: Iterable[str] = (),
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> int:
        """
        Bring the index in step with the files that `walk` finds; the number of files that had to be read.

        The files in `first`, their imports and their neighbours come before the rest, and can be asked for at once.
        """
        self.complete.clear()
        with _uncollected():
            done = self._build(walk, tuple(first), progress, cancelled)
        if not cancelled():
            self.complete.set()
        return done

    def open_document(self, path: str, text: str) -> None:
        """
        A document was opened or has changed: from now on the file holds what the editor shows.
        """
        self._records.open(path, text)
        self.memory.forget()
        if DEPENDENCIES not in path and not self._is_excluded(path):
            self._put(path, text)

    def close_document(self, path: str) -> None:
        """
        A document was closed: from now on the file holds what is on disk.
        """
        self._records.close(path)
        self.files_changed((path,))

    def files_changed(self, paths: Iterable[str]) -> None:
        """
        Files were created, changed or deleted on disk.
        """
        listed = tuple(paths)
        self._look_again(listed)
        shut = [path for path in listed if path.endswith(ENDINGS) and not self._records.is_open(path)]
        for path in shut:
            self._records.forget(path)
        self.memory.forget()
        own = [path for path in shut if DEPENDENCIES not in path]
        for start in range(0, len(own), BATCH):
            self._take(own[start : start + BATCH])
        if self.windows.unsettled:
            self._settle()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """
        While a question is answered, building waits, so that an answer takes no longer than otherwise.
        """
        with self._lock:
            self._asking += 1
            self._idle.clear()
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1
                if not self._asking:
                    self._idle.set()

    def close(self) -> None:
        """
        Let go of the store.
        """
        self._store.close()

    def _build(
        self, walk: Iterable[Path], first: tuple[str, ...], progress: Progress | None, cancelled: Callable[[], bool]
    ) -> int:
        found = _stamped(walk)
        self._take_stored(found)
        self._forget_missing(found)
        stale = {path: stamp for path, stamp in found.items() if self._stamps.get(path) != stamp}
        urgent = self._urgent(first, stale)
        done = 0
        for batch in _batches(urgent, sorted(stale.keys() - urgent.keys())):
            if cancelled():
                break
            self._take_batch(batch, stale, self._read_walked)
            done += len(batch)
            if done == len(batch) and urgent and self.windows.unsettled:
                self._settle()
            if progress is not None:
                progress(done, len(stale))
        if self.windows.unsettled:
            self._settle()
        return done

    def _take_stored(self, found: Mapping[str, Stamp]) -> None:
        if self._stamps:
            return
        gone: list[str] = []
        search = self._store.search()
        if search is not None:
            self.windows.open(search.windows)
            self.common_names = search.common_names
        sorted_at = search.stamps if search is not None else {}
        for path, stamp, summary in self._store.load():
            # What the walk no longer finds may have been excluded since.
            if found.get(path) == stamp:
                self._stamps[path] = stamp
                self.symbols.put(path, summary)
                if sorted_at.get(path) != stamp:
                    self._take_stored_blocks(path)
            elif path not in found:
                gone.append(path)
        for path in sorted_at.keys() - self._stamps.keys():
            self.windows.remove(path)
        self._store.remove(gone)

    def _take_stored_blocks(self, path: str) -> None:
        blocks = self._store.blocks(path)
        if blocks is None:
            # Not in step: it is read anew.
            del self._stamps[path]
        else:
            self.windows.put(path, blocks)

    def _forget_missing(self, found: dict[str, Stamp]) -> None:
        gone = [path for path in tuple(self._stamps) if path not in found]
        for path in gone:
            self._drop(path)
        self._store.remove(gone)

    def _urgent(self, first: tuple[str, ...], stale: Mapping[str, Stamp]) -> dict[str, None]:
        urgent = dict.fromkeys(path for path in first if path in stale)
        for path in first:
            record = self.record(path)
            targets = (self.resolve(entry.specifier, path) for entry in (record.imports if record else ()))
            urgent.update(dict.fromkeys(target for target in targets if target and target in stale))
        folders = {dirname(path) for path in first}
        urgent.update(dict.fromkeys(path for path in stale if dirname(path) in folders))
        return dict.fromkeys(list(urgent)[:FIRST_FILES])

    def _take_batch(self, paths: Iterable[str], stamps: Mapping[str, Stamp], read: Read) -> None:
        sources: dict[str, bytes] = {}
        records: dict[str, FileRecord] = {}
        for path in paths:
            self._idle.wait(PAUSE_S)
            text = read(path)
            if text is None:
                self._drop(path)
                self._store.remove((path,))
            else:
                source = sources[path] = text.encode(errors="replace")
                records[path] = record_of(path, source)
        blocks = blocks_of(list(sources.values()), self._vocabulary)
        self._store.put(
            self._indexed(path, stamps[path], records[path], own) for path, own in zip(sources, blocks, strict=True)
        )

    def _indexed(self, path: str, stamp: Stamp, record: FileRecord, blocks: Blocks) -> StoredFile:
        summary = summary_of(record)
        self._stamps[path] = stamp
        if not self._records.is_open(path):
            self.symbols.put(path, summary)
            self.windows.put(path, blocks)
        self.memory.forget()
        return StoredFile(path, stamp, summary, to_json(record), blocks)

    def _put(self, path: str, text: str) -> None:
        record = self.record(path)
        if record is not None:
            self.symbols.put(path, summary_of(record))
            self.windows.put(path, blocks_of([text.encode(errors="replace")], self._vocabulary)[0])
        self.memory.forget()

    def _take(self, paths: Iterable[str]) -> None:
        stamps: dict[str, Stamp] = {}
        gone: list[str] = []
        for path in paths:
            stamp = _stamp(path)
            if stamp is None or self._is_excluded(path):
                self._drop(path)
                gone.append(path)
            else:
                stamps[path] = stamp
        self._store.remove(gone)
        self._take_batch(stamps, stamps, self._read)

    def _drop(self, path: str) -> None:
        self._stamps.pop(path, None)
        self._records.forget(path)
        self.symbols.remove(path)
        self.windows.remove(path)
        self.memory.forget()

    def _settle(self) -> None:
        self.windows.settle()
        self.common_names = self.windows.commonest(sorted(self.symbols.names()), COMMON_NAMES)
        stamps = {path: stamp for path, stamp in tuple(self._stamps.items()) if not self._records.is_open(path)}
        self._store.put_search(StoredSearch(stamps, self.common_names, self.windows.settled))

    def _look_again(self, paths: Iterable[str]) -> None:
        # Where imports lead depends on which files there are, and on what the configuration says.
        if isinstance(self._files, Disk):
            self._files.forget()
        if any(basename(path) in CONFIGURATION or basename(path).startswith("tsconfig") for path in paths):
            self._resolver.forget()
            self._known_folders.clear()
        else:
            self._resolver.forget_answers()

    def _stored_record(self, path: str) -> FileRecord | None:
        stamp = self._stamps.get(path)
        return None if stamp is None else self._store.record(path, stamp)

    def _learn_packages(self, path: str) -> None:
        # Every folder between a source file and its workspace folder may hold a package.
        folder = dirname(path)
        found: list[str] = []
        while folder not in self._known_folders and any(_within(folder, root) for root in self.folders):
            self._known_folders.add(folder)
            found.append(folder)
            folder = dirname(folder)
        if found:
            self._resolver.add_packages(found)


@contextmanager
def _uncollected() -> Iterator[None]:
    # Building makes millions of objects that stay: looking for garbage among them would be in vain, then and later.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _batches(urgent: Iterable[str], rest: list[str]) -> Iterator[list[str]]:
    first = list(urgent)
    if first:
        yield first
    for start in range(0, len(rest), BATCH):
        yield rest[start : start + BATCH]


def _stamped(walk: Iterable[Path]) -> dict[str, Stamp]:
    found: dict[str, Stamp] = {}
    for path in walk:
        name = path.as_posix()
        stamp = _stamp(name)
        if stamp is not None:
            found[name] = stamp
    return found


def _stamp(path: str) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116 -- thousands in a row: a Path would double the time.
    except (OSError, ValueError):
        return None
    return Stamp(status.st_mtime_ns, status.st_size)


def _within(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")
