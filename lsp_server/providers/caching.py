"""
Answer a question that was asked before from disk, without a model and without cost.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    Prompt,
    Provider,
    StopReason,
    TextDelta,
    Usage,
)
from lsp_server.providers.streams import ChunkStream, closing, usage_so_far
from lsp_server.providers.wrapper import ProviderWrapper

if TYPE_CHECKING:
    from lsp_server.providers.reply_store import ReplyStore

KEPT_IN_MEMORY = 256
WRITE_AFTER_S = 1.0

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReply:
    """
    A reply as it was read; `reason` is None when its reader stopped before the model did.
    """

    text: str
    reason: StopReason | None
    model: str


class CachingProvider(ProviderWrapper):
    """
    Wraps a provider whose replies are worth keeping; all work on the disk is done by one thread of its own.
    """

    def __init__(
        self,
        inner: Provider,
        directory: Path,
        *,
        size_bytes: int,
        now: Callable[[], datetime],
        warn: Callable[[str], None],
    ) -> None:
        super().__init__(inner)
        # What the local provider answers costs nothing, and changes with what it learns.
        self._is_idle = inner.name == "local"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reply-cache")
        self._directory = directory
        self._size_bytes = size_bytes
        self._now = now
        self._warn = warn
        self._store: ReplyStore | None = None
        self._is_closed = False
        self._asked_last: Prompt | None = None
        self._key_of_last = ""
        self._missed = ""
        self._unwritten: dict[str, StoredReply] = {}
        self._writing: asyncio.TimerHandle | None = None
        self._recent: OrderedDict[str, StoredReply] = OrderedDict()

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The reply kept from before, else the wrapped provider's own.
        """
        if self._is_idle:
            return self._inner.stream(prompt)
        asked: list[AsyncIterator[Chunk]] = []
        return ChunkStream(self._chunks(prompt, asked), lambda: usage_so_far(asked[0]) if asked else Usage())

    async def has_reply(self, prompt: Prompt) -> bool:
        """
        Whether `prompt` can be answered without asking.
        """
        if self._is_idle:
            return False
        key = self._key(prompt)
        found = await self._find(key) is not None
        self._missed = "" if found else key
        return found

    async def warm_up(self) -> None:
        """
        Open the store and warm up the wrapped provider.
        """
        if not self._is_idle:
            await self._in_thread(lambda store: store.contents())
        await super().warm_up()

    async def aclose(self) -> None:
        """
        Finish writing and close the wrapped provider.
        """
        self._is_closed = True
        self._write()
        await asyncio.wrap_future(self._thread.submit(self._close_store))
        self._thread.shutdown(wait=False)
        await super().aclose()

    async def _chunks(self, prompt: Prompt, asked: list[AsyncIterator[Chunk]]) -> AsyncGenerator[Chunk, None]:
        key = self._key(prompt)
        if (stored := await self._find(key)) is not None:
            if stored.text:
                yield TextDelta(stored.text)
            if stored.reason is None:
                # This reader wants more than the one before it, so the question is asked anew next time.
                self._forget(key)
            yield MessageStop(reason=stored.reason or StopReason.END, model=stored.model, cached=True)
            return
        asked.append(self._inner.stream(prompt))
        async with closing(self._recorded(key, asked[0])) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _recorded(self, key: str, stream: AsyncIterator[Chunk]) -> AsyncGenerator[Chunk, None]:
        """
        Pass a reply on, and keep it once it was read: whole, or as far as its reader wanted.
        """
        text, is_whole = "", False
        try:
            async with closing(stream) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextDelta):
                        text += chunk.text
                    elif chunk.reason is not StopReason.REFUSAL:
                        is_whole = True
                        self._keep(key, text, chunk.reason, chunk.model)
                    yield chunk
        except GeneratorExit:
            if text and not is_whole:
                self._keep(key, text, None, "")
            raise

    def _key(self, prompt: Prompt) -> str:
        if prompt is not self._asked_last:
            self._asked_last, self._key_of_last = prompt, self._make_key(prompt)
        return self._key_of_last

    def _make_key(self, prompt: Prompt) -> str:
        wire = self._inner.wire_request(prompt)
        several_lines = prompt.inputs is not None and prompt.inputs.multiline
        question = [wire.provider, wire.model, wire.route, wire.body, prompt.fingerprint, several_lines]
        return hashlib.blake2b(json.dumps(question, sort_keys=True).encode(), digest_size=20).hexdigest()

    async def _find(self, key: str) -> StoredReply | None:
        if (known := self._recent.get(key) or self._unwritten.get(key)) is not None:
            self._remember(key, known)
            return known
        if key == self._missed:
            # It was looked for a moment ago.
            self._missed = ""
            return None
        stored = await self._in_thread(lambda store: store.get(key))
        if stored is not None:
            self._remember(key, stored)
        return stored

    def _keep(self, key: str, text: str, reason: StopReason | None, model: str) -> None:
        if self._is_closed:
            return
        reply = StoredReply(text=text, reason=reason, model=model)
        self._remember(key, reply)
        self._unwritten[key] = reply
        # One transaction for several replies costs little more than one for each.
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_later(WRITE_AFTER_S, self._write)

    def _write(self) -> None:
        self._writing = None
        replies, self._unwritten = self._unwritten, {}
        if replies:
            self._submit(lambda store: store.put_all(replies))

    def _remember(self, key: str, reply: StoredReply) -> None:
        self._recent[key] = reply
        self._recent.move_to_end(key)
        if len(self._recent) > KEPT_IN_MEMORY:
            self._recent.popitem(last=False)

    def _forget(self, key: str) -> None:
        self._recent.pop(key, None)
        self._unwritten.pop(key, None)
        self._submit(lambda store: store.forget(key))

    async def _in_thread(self, work: Callable[["ReplyStore"], T]) -> T:
        return await asyncio.wrap_future(self._submit(work))

    def _submit(self, work: Callable[["ReplyStore"], T]) -> Future[T]:
        return self._thread.submit(lambda: work(self._opened()))

    def _opened(self) -> "ReplyStore":
        if self._store is None:
            from lsp_server.providers.reply_store import ReplyStore

            self._store = ReplyStore(self._directory, size_bytes=self._size_bytes, now=self._now, warn=self._warn)
        return self._store

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
