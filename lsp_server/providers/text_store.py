"""
Texts kept on disk under keys, beside the replies: several are read or written at once, off the event loop.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lsp_server.providers.base import StopReason
from lsp_server.providers.caching import StoredReply

if TYPE_CHECKING:
    from lsp_server.providers.reply_store import ReplyStore

T = TypeVar("T")


class TextStore:
    """
    A folder that several processes may share; all work on the disk is done by one thread of its own.
    """

    def __init__(
        self, directory: Path, *, size_bytes: int, now: Callable[[], datetime], warn: Callable[[str], None]
    ) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="text-store")
        self._directory = directory
        self._size_bytes = size_bytes
        self._now = now
        self._warn = warn
        self._store: ReplyStore | None = None

    async def find(self, keys: Sequence[str]) -> Mapping[str, str]:
        """
        Those of `keys` that are known.
        """
        if not keys:
            return {}
        found = await self._in_thread(lambda store: {key: store.get(key) for key in keys})
        return {key: reply.text for key, reply in found.items() if reply is not None}

    async def keep(self, texts: Mapping[str, str]) -> None:
        """
        Remember `texts`, pushing out the oldest ones when there is no room.
        """
        if texts:
            rows = {key: StoredReply(text=text, reason=StopReason.END, model="") for key, text in texts.items()}
            await self._in_thread(lambda store: store.put_all(rows))

    async def aclose(self) -> None:
        """
        Close the files.
        """
        await asyncio.wrap_future(self._thread.submit(self._close))
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[["ReplyStore"], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(lambda: work(self._opened())))

    def _opened(self) -> "ReplyStore":
        if self._store is None:
            from lsp_server.providers.reply_store import ReplyStore

            self._store = ReplyStore(self._directory, size_bytes=self._size_bytes, now=self._now, warn=self._warn)
        return self._store

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
