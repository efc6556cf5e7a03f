"""
The records of single files, made when they are asked for and kept until the file changes.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from lsp_server.index.extraction import extract
from lsp_server.index.nodes import tree_of
from lsp_server.index.record import FileRecord

Read = Callable[[str], str | None]
"""Gives the text of a file by absolute path, or None when it is missing, excluded or not text."""

Kept = TypeVar("Kept")

KEPT_RECORDS = 1500
KEPT_TEXTS = 200
KEPT_WORDS = 300
WORDS_READ = 60_000

_WORD = re.compile(r"[A-Za-z_$][\w$]*")


class Records:
    """
    Records and texts by absolute path; documents open in the editor stand before what is on disk.
    """

    def __init__(self, read: Read, stored: Callable[[str], FileRecord | None] = lambda path: None) -> None:
        self._read = read
        self._stored = stored
        self._open: dict[str, str] = {}
        self._records: OrderedDict[str, FileRecord | None] = OrderedDict()
        self._texts: OrderedDict[str, str | None] = OrderedDict()
        self._words: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def record(self, path: str) -> FileRecord | None:
        """
        The record of the file, or None when it can't be read.
        """
        with self._lock:
            if path in self._records:
                self._records.move_to_end(path)
                return self._records[path]
        record = None if path in self._open else self._stored(path)
        if record is None:
            text = self.text(path)
            record = None if text is None else record_of(path, text.encode(errors="replace"))
        self._keep(self._records, path, record, KEPT_RECORDS)
        return record

    def text(self, path: str) -> str | None:
        """
        The text of the file: of its open document, else of the disk.
        """
        if path in self._open:
            return self._open[path]
        with self._lock:
            if path in self._texts:
                self._texts.move_to_end(path)
                return self._texts[path]
        text = self._read(path)
        self._keep(self._texts, path, text, KEPT_TEXTS)
        return text

    def words(self, path: str) -> frozenset[str]:
        """
        The names that stand in the file, of a very long one in its first part.
        """
        with self._lock:
            if path in self._words:
                self._words.move_to_end(path)
                return self._words[path]
        text = self.text(path) or ""
        words = frozenset(_WORD.findall(text, 0, WORDS_READ))
        self._keep(self._words, path, words, KEPT_WORDS)
        return words

    def open(self, path: str, text: str) -> None:
        """
        From now on the file holds what the editor shows.
        """
        self._open[path] = text
        self.forget(path)

    def close(self, path: str) -> None:
        """
        From now on the file holds what is on disk.
        """
        self._open.pop(path, None)
        self.forget(path)

    def is_open(self, path: str) -> bool:
        """
        Whether an editor shows the file.
        """
        return path in self._open

    def forget(self, path: str) -> None:
        """
        Read the file anew when it is asked for again.
        """
        with self._lock:
            self._records.pop(path, None)
            self._texts.pop(path, None)
            self._words.pop(path, None)

    def _keep(self, shelf: OrderedDict[str, Kept], path: str, value: Kept, limit: int) -> None:
        with self._lock:
            shelf[path] = value
            while len(shelf) > limit:
                shelf.popitem(last=False)


def record_of(path: str, source: bytes) -> FileRecord:
    """
    Parse and read one file.
    """
    return extract(tree_of(path, source).root_node, source)
