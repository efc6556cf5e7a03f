"""
Search over the code of the workspace while it changes: one large sorted index and a small one of what changed since.
"""

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from lsp_server.index.blocks import Blocks
from lsp_server.index.windows import Window, WindowIndex

MAX_CHANGED = 200


class CodeSearch:
    """
    The windows of all files, kept up to date file by file.
    """

    def __init__(self) -> None:
        self._changed: dict[str, Blocks | None] = {}
        self._main = WindowIndex.build(())
        self._main_paths: frozenset[str] = frozenset()
        self._recent = WindowIndex.build(())
        self._recent_is_current = True
        self._lock = Lock()

    @property
    def settled(self) -> WindowIndex:
        """
        The sorted index, without what has changed since.
        """
        return self._main

    def open(self, settled: WindowIndex) -> None:
        """
        Begin with what was settled at another time.
        """
        with self._lock:
            self._main, self._main_paths = settled, frozenset(settled.paths)

    def put(self, path: str, blocks: Blocks) -> None:
        """
        Take a file in, or take it in anew.
        """
        with self._lock:
            self._changed[path] = blocks
            self._recent_is_current = False

    def remove(self, path: str) -> None:
        """
        Forget a file.
        """
        with self._lock:
            if path in self._main_paths:
                self._changed[path] = None
            else:
                self._changed.pop(path, None)
            self._recent_is_current = False

    def settle(self) -> None:
        """
        Sort everything anew; worth it after many changes, and done in whatever thread calls.
        """
        with self._lock:
            changed, main = dict(self._changed), self._main
        files = [(path, blocks) for path, blocks in sorted(changed.items()) if blocks is not None]
        settled = main.changed(changed, files)
        with self._lock:
            self._main, self._main_paths = settled, frozenset(settled.paths)
            # What changed while we sorted stays in the small index.
            self._changed = {
                path: blocks
                for path, blocks in self._changed.items()
                if path not in changed or blocks is not changed[path]
            }
            self._recent_is_current = False

    @property
    def unsettled(self) -> bool:
        """
        Whether so much has changed that it should be settled.
        """
        return len(self._changed) > (MAX_CHANGED if self._main.size else 0)

    def search(self, query: Mapping[int, float], without: Iterable[str], limit: int) -> list[Window]:
        """
        The windows most like the weighted terms of `query`, outside the files `without`, the best first.
        """
        recent, changed = self._current()
        found = self._main.search(query, {*without, *changed}, limit)
        found += recent.search(query, without, limit)
        return sorted(found, key=lambda window: (-window.score, window.path, window.line))[:limit]

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """
        In about how many blocks each of `words` stands.
        """
        recent, _ = self._current()
        return [main + new for main, new in zip(self._main.frequencies(words), recent.frequencies(words), strict=True)]

    def has(self, word: str) -> bool:
        """
        Whether a word stands anywhere, as far as it has been sorted; nothing is sorted for this.
        """
        return any(index.frequencies((word,))[0] for index in (self._main, self._recent))

    def commonest(self, words: Sequence[str], limit: int) -> tuple[str, ...]:
        """
        Those of `words` that stand in the most blocks.
        """
        counts = self._main.frequencies(words)
        order = sorted(range(len(words)), key=lambda number: -counts[number])[:limit]
        return tuple(words[number] for number in order if counts[number] > 1)

    def _current(self) -> tuple[WindowIndex, set[str]]:
        with self._lock:
            # What is not settled yet would take too long to sort while somebody waits.
            if not self._recent_is_current and len(self._changed) <= MAX_CHANGED:
                changed = [(path, blocks) for path, blocks in sorted(self._changed.items()) if blocks is not None]
                self._recent = WindowIndex.build(changed)
                self._recent_is_current = True
            return self._recent, set(self._changed)
