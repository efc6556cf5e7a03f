"""
What the local provider learns from: the workspace's source files, and word of every change to them.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SourceFile:
    """
    A source file; `path` is relative to its workspace folder, with forward slashes.
    """

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class CorpusChanges:
    """
    What is new: files with their present text, and paths that are gone.
    """

    changed: tuple[SourceFile, ...] = ()
    removed: tuple[str, ...] = ()


class Corpus(Protocol):
    """
    Where the source files come from. Both methods are called in a worker thread.
    """

    def files(self) -> Iterable[SourceFile]:
        """
        Every source file that may be learnt from, in an order that does not vary.
        """
        ...

    def take_changes(self) -> CorpusChanges:
        """
        What changed since the last call, or since `files` was called.
        """
        ...


@dataclass
class WorkspaceCorpus:
    """
    A corpus that lists files by a function and is told of changes; safe to use from several threads.
    """

    list_files: Callable[[], Iterable[SourceFile]]
    _pending: dict[str, SourceFile | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def files(self) -> Iterable[SourceFile]:
        """
        Every source file that may be learnt from.
        """
        return self.list_files()

    def update(self, file: SourceFile) -> None:
        """
        A file was created or changed.
        """
        with self._lock:
            self._pending[file.path] = file

    def remove(self, path: str) -> None:
        """
        A file is gone.
        """
        with self._lock:
            self._pending[path] = None

    def take_changes(self) -> CorpusChanges:
        """
        What was reported since the last call.
        """
        with self._lock:
            pending, self._pending = self._pending, {}
        return CorpusChanges(
            changed=tuple(file for file in pending.values() if file is not None),
            removed=tuple(path for path, file in pending.items() if file is None),
        )
