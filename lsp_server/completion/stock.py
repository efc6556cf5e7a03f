"""
Replies that were paid for, whole or still coming: kept for as long as something that is typed may agree with them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from lsp_server.completion.kept_context import KeptContext
from lsp_server.completion.strand import Part, Strand
from lsp_server.completion.trust import Trust
from lsp_server.providers.base import Chunk, Provider
from lsp_server.providers.streams import closing, usage_so_far
from lsp_server.text.document import Document

MOST_KEPT = 24
"""Strands that are kept; older ones are seldom come back to."""

MOST_OPEN = 2
"""Replies that are read at a time; another one takes the place of the oldest."""

FURTHEST_AHEAD = 1200
"""In characters: how far beyond what is needed now a reply is read on at most."""

CHARS_PER_IDENTIFIER = 9.0
"""Of TypeScript, with what stands between identifiers."""

ABANDONED_S = 0.02
"""How long a reply that nobody waits for any more may wait for the keystroke that made them stop waiting."""

LINGER_S = 1.0
"""And after that keystroke for the next request: editors ask within a fraction of it."""

LEISURE_S = 0.1
"""How long a reply that nobody waits for may gather before more of it is read: each look at it costs some CPU."""

BATCH_S = 0.005
"""How long it takes at most to read what has gathered."""

Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """
    A strand that agrees with a cursor, and how far into it the cursor has got; `is_ahead` if that is as far as it came.
    """

    strand: Strand
    reach: int
    is_ahead: bool


class Stock:
    """
    All strands of a session, what they taught about the model, and the context of the last one.

    What is read on stays within `ahead` characters of what is typed.

    A stock of one request only (`reads_on` unset) reads no further than the request needs.
    """

    def __init__(self, clock: Clock, *, reads_on: bool = True) -> None:
        self.trust = Trust()
        self.contexts = KeptContext(clock)
        self.latency_s: float | None = None
        self.is_answering = False
        """Whether the provider that was chosen has answered what it was last asked."""
        self._clock = clock
        self._reads_on = reads_on
        self._strands: list[Strand] = []
        self._tasks: dict[Part, asyncio.Task[None]] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self._resting: dict[Strand, asyncio.Future[None]] = {}
        self._cursors: dict[str, tuple[Document, tuple[int, ...]]] = {}

    def find(self, document: Document, offset: int) -> Found | None:
        """
        The newest strand that has something to say at a cursor, or may have soon.
        """
        for strand in reversed(self._strands):
            reach = strand.reach(document, offset)
            if reach is not None and (reach < len(strand.code) or self._is_read(strand)):
                return Found(strand=strand, reach=reach, is_ahead=reach == len(strand.code))
        return None

    def read(self, strand: Strand, provider: Provider, *, at_hand: bool = False) -> None:
        """
        Read a strand from a provider, in the background.
        """
        if strand not in self._strands:
            self._strands.append(strand)
            for old in self._strands[:-MOST_KEPT]:
                self._forget(old)
        part = strand.part
        part.cached = at_hand
        for older in list(self._tasks.values())[: len(self._tasks) - MOST_OPEN + 1]:
            older.cancel()
        task = asyncio.ensure_future(self._read(strand, part, provider.stream(part.prompt)))
        self._tasks[part] = task
        task.add_done_callback(lambda _: self._done(part))

    def moved(self, document: Document, *offsets: int) -> None:
        """
        Somebody types at one of these places; what disagrees with each of them is read no further.
        """
        self._cursors[document.uri] = (document, offsets)
        for strand in [s for s in self._strands if s.request.document.uri == document.uri]:
            if not strand.diverged or strand.part in self._tasks:
                self._compare(strand)

    @contextlib.contextmanager
    def waiting(self, strand: Strand, version: int) -> Iterator[None]:
        """
        Somebody who sees this version of the document waits for what a strand says.

        When nobody does any more and nothing of it was shown, it is read on only as long as somebody may come again.
        """
        strand.readers += 1
        self._hurry(strand)
        try:
            yield
        finally:
            strand.readers -= 1
            if strand.is_open:
                loop = asyncio.get_running_loop()
                loop.call_later(ABANDONED_S, self._look_after, strand, version)
                loop.call_later(LINGER_S, self._look_after, strand, None)

    async def news(self) -> None:
        """
        Wait until more of a reply has come.
        """
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def drop(self, request_id: str) -> None:
        """
        Nobody wants what this request has brought.
        """
        for strand in [s for s in self._strands if s.part.prompt.request_id == request_id]:
            self._forget(strand)

    def drop_document(self, uri: str | None = None) -> None:
        """
        Nobody types in a document any more, or in any.
        """
        for strand in [s for s in self._strands if uri in (None, s.request.document.uri)]:
            self._forget(strand)
        if uri is not None:
            self._cursors.pop(uri, None)

    async def aclose(self) -> None:
        """
        Close what is being read.
        """
        tasks = list(self._tasks.values())
        self.drop_document()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, strand: Strand, part: Part, stream: AsyncIterator[Chunk]) -> None:
        started = self._clock()
        try:
            async with closing(stream) as chunks:
                async for chunk in chunks:
                    was_behind = strand.agreed >= len(strand.code)
                    has_begun = part.first_at is not None
                    part.feed(chunk, self._clock())
                    if not has_begun:
                        self._note_answer(started, part)
                    if was_behind:
                        self._compare(strand)
                    part.usage = part.stop.usage if part.stop else usage_so_far(stream)
                    self._tell()
                    if part.stop is None and self._is_enough(strand, part):
                        break
                    if not strand.readers:
                        await self._rest(strand)
        except Exception as error:
            part.error, self.is_answering = error, False
            if strand in self._strands:
                self._strands.remove(strand)
        finally:
            part.finish()
            self._tell()

    async def _rest(self, strand: Strand) -> None:
        """
        Let more come, unless what has come lately has only just begun to be read.
        """
        loop = asyncio.get_running_loop()
        if loop.time() < strand.rested_at + BATCH_S:
            return
        future = self._resting[strand] = loop.create_future()
        alarm = loop.call_later(LEISURE_S, self._hurry, strand)
        try:
            await future
        finally:
            alarm.cancel()
            self._resting.pop(strand, None)
            strand.rested_at = loop.time()

    def _hurry(self, strand: Strand) -> None:
        resting = self._resting.get(strand)
        if resting is not None and not resting.done():
            resting.set_result(None)

    def _note_answer(self, started: float, part: Part) -> None:
        if part.cached:
            return
        self.is_answering = part.origin is None
        if part.first_at is not None:
            taken = part.first_at - started
            self.latency_s = taken if self.latency_s is None else self.latency_s + (taken - self.latency_s) / 4

    def _is_enough(self, strand: Strand, part: Part) -> bool:
        if not part.reading.done:
            return False
        if not self._reads_on or part.cached:
            return True
        needed = max(strand.agreed, strand.offered, len(part.reading.code))
        return len(strand.code) - needed > self.ahead

    @property
    def ahead(self) -> float:
        """
        How far to read on beyond what is needed: as far as replies are right, on average.
        """
        return min(FURTHEST_AHEAD, self.trust.reach() * CHARS_PER_IDENTIFIER)

    def _compare(self, strand: Strand) -> None:
        """
        See what the document says of a strand, as it is now.
        """
        document, offsets = self._cursors.get(strand.request.document.uri, (None, ()))
        if document is None:
            return
        reach = next((r for offset in offsets if (r := strand.reach(document, offset)) is not None), None)
        if reach is not None:
            self._agree(strand, reach)
        elif all(strand.is_contradicted(document, offset) for offset in offsets):
            self._diverge(strand, wrong=not any(strand.is_passed(document, offset) for offset in offsets))
        else:
            self._stop(strand)

    def _agree(self, strand: Strand, reach: int) -> None:
        right = strand.agree(reach)
        if right and not strand.diverged:
            self.trust = self.trust.after(right=right)

    def _diverge(self, strand: Strand, *, wrong: bool) -> None:
        self._stop(strand)
        if wrong and not strand.diverged:
            self.trust = self.trust.after(wrong=1)
        strand.diverged = True

    def _look_after(self, strand: Strand, version: int | None) -> None:
        cursor = self._cursors.get(strand.request.document.uri)
        nothing_typed = version is None or cursor is None or cursor[0].version == version
        if nothing_typed and not strand.readers and not strand.offered:
            self._stop(strand)

    def _forget(self, strand: Strand) -> None:
        self._strands.remove(strand)
        self._stop(strand)

    def _stop(self, strand: Strand) -> None:
        if strand.part in self._tasks:
            self._tasks[strand.part].cancel()

    def _is_read(self, strand: Strand) -> bool:
        task = self._tasks.get(strand.part)
        return task is not None and not task.cancelling()

    def _done(self, part: Part) -> None:
        self._tasks.pop(part, None)

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
