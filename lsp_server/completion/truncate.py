"""
Read a reply no further than to where what the cursor is in is complete.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from lsp_server.completion import reply
from lsp_server.completion.extent_end import ExtentEnd
from lsp_server.completion.place import Place
from lsp_server.completion.request import Extent, NoCompletionReason
from lsp_server.prompts.template import CLOSING_TAG
from lsp_server.providers.base import Chunk, MessageStop, StopReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """
    The code that a model replied with, cut; without code, `reason` says why. `stop` is missing if more was to come.
    """

    code: str
    reason: NoCompletionReason
    stop: MessageStop | None


async def read_block(
    stream: AsyncIterator[Chunk], place: Place, *, on_first_token: Callable[[], None] = lambda: None
) -> Reply:
    """
    Read `stream` as far as a completion at `place` needs; the caller closes it.
    """
    reading = Reading(place)
    stop = None
    async for chunk in stream:
        if isinstance(chunk, MessageStop):
            stop = chunk
            break
        if not reading.raw:
            on_first_token()
        if reading.feed(chunk.text):
            break
    if not reading.done:
        reading.finish(cut_short=stop is not None and stop.reason is StopReason.MAX_TOKENS)
    return Reply(code=reading.code, reason=reading.reason, stop=stop)


class Reading:
    """
    The part of a reply that has come so far.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.raw = ""
        self.code = ""
        self.done = False
        self.reason = NoCompletionReason.EMPTY_REPLY
        self._begin: int | None = None
        self._end = ExtentEnd(place)

    def feed(self, text: str) -> bool:
        """
        Take in the next characters; whether that was enough.
        """
        self.raw += text
        # Between line breaks there is nothing to decide, but for what the beginning of a next line settles.
        if "\n" in text or ">" in text or self._end.complete is not None:
            self._look(finished=False)
        return self.done

    def finish(self, *, cut_short: bool) -> None:
        """
        There is no more; `cut_short` if that is only because the model ran out of tokens.
        """
        if cut_short and self.place.extent is Extent.BLOCK and "\n" in self.raw.strip():
            self.raw = self.raw[: self.raw.rindex("\n")]
        self._look(finished=True)

    def _look(self, *, finished: bool) -> None:
        text, tag, _ = _with_plain_line_ends(self.raw, finished=finished).partition(CLOSING_TAG)
        finished = finished or bool(tag)
        if self._begin is None:
            self._begin, self.reason = reply.begin(text, self.place, finished=finished)
            if self._begin is None:
                return
        code = text[self._begin :]
        if finished:
            code = _without_broken_tag(code)
        end = reply.end(code, self.place, fenced="```" in text[: self._begin])
        code = code[:end]
        cut = self._end.find(code, finished=finished or end is not None)
        if cut is not None:
            self.code, self.done = code[:cut], True
            if code.strip() and not self.code.strip():
                self.reason = NoCompletionReason.REPEATS_SUFFIX


def _with_plain_line_ends(raw: str, *, finished: bool) -> str:
    r"""
    `\n` for `\r\n`, whose second half may still be on its way.
    """
    if "\r" not in raw:
        return raw
    text = raw.replace("\r\n", "\n")
    return text.replace("\r", "\n") if finished or not text.endswith("\r") else text[:-1].replace("\r", "\n")


def _without_broken_tag(code: str) -> str:
    for length in range(len(CLOSING_TAG) - 1, 3, -1):
        if code.endswith(CLOSING_TAG[:length]):
            return code[:-length]
    return code
