"""
Read a reply no further than to where what the cursor is in is complete.
"""

from lsp_server.completion import reply
from lsp_server.completion.extent_end import ExtentEnd
from lsp_server.completion.place import Place
from lsp_server.completion.request import Extent, NoCompletionReason
from lsp_server.prompts.template import CLOSING_TAG


class Reading:
    """
    The part of a reply that has come so far.

    `code` is what completes that which the cursor is in, once that is `done`; `so_far` goes on with all that the model
    has to say. Without code, `reason` says why.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.raw = ""
        self.so_far = ""
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
        self._look(finished=False)
        return self.done

    def finish(self, *, cut_short: bool) -> None:
        """
        There is no more; `cut_short` if that is only because the model ran out of tokens, or we of patience.
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
        self.so_far = code[:end]
        if not self.done:
            self._cut(finished=finished or end is not None)

    def _cut(self, *, finished: bool) -> None:
        cut = self._end.find(self.so_far, finished=finished)
        if cut is not None:
            self.code, self.done = self.so_far[:cut], True
            if self.so_far.strip() and not self.code.strip():
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
