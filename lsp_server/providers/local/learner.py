"""
Learn the workspace in the background and keep up with its changes.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from lsp_server.providers.local.corpus import Corpus, SourceFile
from lsp_server.providers.local.rows import Row, build_row, join_rows
from lsp_server.providers.local.storage import StoredWords, load_words, save_words
from lsp_server.providers.local.vocabulary import Vocabulary
from lsp_server.providers.local.workspace_index import FileWords, WorkspaceIndex, build_index, lex_file

LARGEST_FILE = 150_000
"""Characters; larger files are mostly generated or data."""

LARGEST_WORKSPACE = 16_000_000
"""Characters learnt from at most, which bounds memory."""

FIRST_SHARE = 1_000_000
"""So much is learnt first, nearest to the open file, so that the first answers come soon."""

BREATH_S = 0.0005
"""A pause after each file, in which other threads get their turn."""

MOST_CHANGED_WORDS = 60_000
"""With more words than this in changed files everything is learnt anew."""


@dataclass(frozen=True, slots=True)
class Learned:
    """
    What is known at this moment: `hidden` files of the index are out of date, `changed` has their present words.
    """

    index: WorkspaceIndex
    changed: Row | None = None
    hidden: frozenset[str] = frozenset()
    complete: bool = False


class Learner:
    """
    Owns the index. `learned` may be called from any worker thread, one at a time.
    """

    def __init__(self, corpus: Corpus, store: Path | None = None) -> None:
        self._corpus = corpus
        self._store = store
        self._learned = Learned(build_index((), Vocabulary()))
        self._changed: dict[str, Row | None] = {}
        self._recent: dict[str, SourceFile | None] = {}
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._near = "."

    def start(self) -> None:
        """
        Begin to learn, once.
        """
        if self._thread is None:
            self._learn_in_background()

    def stop(self) -> None:
        """
        Give up what is being learnt.
        """
        self._stopped.set()

    def wait(self, timeout_s: float) -> bool:
        """
        Wait until everything is learnt; false when it took longer.
        """
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return self._learned.complete

    def learned(self, path: str) -> Learned:
        """
        What is known now, changes included; `path` is the open file.
        """
        self._near = path
        changes = self._corpus.take_changes()
        with self._lock:
            if changes.changed or changes.removed:
                news = {**dict.fromkeys(changes.removed), **{file.path: file for file in changes.changed}}
                self._recent.update(news)
                self._take(news)
            learned = self._learned
        if learned.complete and learned.changed and len(learned.changed.words) > MOST_CHANGED_WORDS:
            self._learn_in_background()
        return learned

    def _take(self, news: Mapping[str, SourceFile | None]) -> None:
        """
        Put files that changed beside the index, and hide what it has of them.
        """
        index = self._learned.index
        for path, file in news.items():
            fits = file is not None and len(file.text) <= LARGEST_FILE
            self._changed[path] = _row(file, index) if file and fits else None
        rows = [row for row in self._changed.values() if row is not None]
        self._learned = replace(
            self._learned, changed=join_rows(rows) if rows else None, hidden=frozenset(self._changed)
        )

    def _learn_in_background(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._learn, name="local-model", daemon=True)
        self._thread.start()

    def _learn(self) -> None:
        with self._lock:
            newer = dict(self._recent)
        files = _closest_first(_present(self._corpus.files(), newer), self._near)
        total = sum(len(file.text) for file in files)
        if total > 2 * FIRST_SHARE and not self._learned.complete:
            self._publish(_first_share(files), StoredWords(), newer, complete=False)
        stored = load_words(self._store) if self._store else StoredWords()
        self._publish(files, stored, newer, complete=True)
        if self._store and not self._stopped.is_set():
            save_words(self._store, files, stored)

    def _publish(
        self,
        files: list[SourceFile],
        stored: StoredWords,
        newer: Mapping[str, SourceFile | None],
        *,
        complete: bool,
    ) -> None:
        words: list[FileWords] = []
        for file in files:
            if self._stopped.wait(BREATH_S):  # The event loop waits for us no longer than one file takes.
                return
            words.append(stored.lex(file))
        index = build_index(words, stored.vocabulary)
        with self._lock:
            self._learned = Learned(index, complete=complete)
            self._changed = {}
            unseen = {path: file for path, file in self._recent.items() if newer.get(path, path) is not file}
            if unseen:
                self._take(unseen)


def _row(file: SourceFile, index: WorkspaceIndex) -> Row:
    words = lex_file(file, index.vocabulary)
    return build_row(words.words, words.spaced, index.abstraction(), index.vocabulary)


def _present(files: Iterable[SourceFile], newer: Mapping[str, SourceFile | None]) -> list[SourceFile]:
    """
    The files as they are after the changes we were told of.
    """
    kept = [file for file in files if file.path not in newer]
    return kept + [file for file in newer.values() if file is not None]


def _closest_first(files: Iterable[SourceFile], near: str) -> list[SourceFile]:
    """
    The files to learn from within the limits, those in neighbouring folders first.
    """
    parts = PurePosixPath(near).parent.parts

    def distance(file: SourceFile) -> int:
        others = PurePosixPath(file.path).parent.parts
        same = sum(1 for mine, other in zip(parts, others, strict=False) if mine == other)
        return len(parts) + len(others) - 2 * same

    taken: list[SourceFile] = []
    size = 0
    for file in sorted(files, key=distance):
        if len(file.text) <= LARGEST_FILE and size + len(file.text) <= LARGEST_WORKSPACE:
            size += len(file.text)
            taken.append(file)
    return taken


def _first_share(files: list[SourceFile]) -> list[SourceFile]:
    size = 0
    for count, file in enumerate(files):
        size += len(file.text)
        if size > FIRST_SHARE:
            return files[: count + 1]
    return files
