"""
A reply that was paid for, with the place it was asked for: what of it is still to come at a cursor that moves along it.
"""

import re
from dataclasses import dataclass, field

from lsp_server.completion.place import Place
from lsp_server.completion.reply import is_prose
from lsp_server.completion.request import CompletionRequest, NoCompletionReason
from lsp_server.completion.truncate import Reading
from lsp_server.completion.trust import identifiers
from lsp_server.context.snippet import Context
from lsp_server.prompts.template import OPENING_TAG
from lsp_server.providers.base import Chunk, MessageStop, Origin, Prompt, StopReason, Usage
from lsp_server.text.document import Document

MOST_TYPED_AHEAD = 200
"""How many characters may be typed, or pasted, before a reply has said whether it agrees."""

MOST_ADDED = 80
"""How many characters an editor may have put behind the cursor by itself: closers, and the indentation before them."""

_CLOSERS_AHEAD = ")]}\"'`>;, \t"
_ONLY_CLOSERS = re.compile(r"[)\]}\"'`>;,\s]*")
_WORD_AT_END = re.compile(r"[\w$]+$")
_BREAK = re.compile(r"[ \t]*\r?\n[ \t]*")


@dataclass(kw_only=True, eq=False)
class Part:
    """
    What has come of one request to a model.
    """

    prompt: Prompt
    reading: Reading
    context: Context
    cached: bool = False
    is_open: bool = True
    first_at: float | None = None
    stop: MessageStop | None = None
    usage: Usage = field(default_factory=Usage)
    error: Exception | None = None
    origin: Origin | None = None

    @property
    def said_all(self) -> bool:
        """
        Whether the model had no more to say, and was not only cut short.
        """
        return self.stop is not None and self.stop.reason is not StopReason.MAX_TOKENS

    def feed(self, chunk: Chunk, now: float) -> None:
        """
        Take in what has come.
        """
        if isinstance(chunk, MessageStop):
            self.stop, self.usage = chunk, chunk.usage
            self.cached = self.cached or chunk.cached
            return
        if self.first_at is None:
            self.first_at, self.origin = now, chunk.origin
        self.reading.feed(chunk.text)

    def finish(self) -> None:
        """
        Nothing more will come.
        """
        if self.is_open:
            self.is_open = False
            self.reading.finish(cut_short=not self.said_all)


class Strand:
    """
    Code that follows on a place in a document, as far as it has come.

    `agreed` is how much of it the document was ever seen to hold, `offered` how much was ever shown, `diverged` that
    something else was written, `readers` how many wait for it, and `rested_at` when its reading last paused.
    """

    def __init__(self, request: CompletionRequest, place: Place, prompt: Prompt, context: Context) -> None:
        self.request = request
        self.place = place
        self.part = Part(prompt=prompt, reading=Reading(place), context=context)
        self.agreed = 0
        self.offered = 0
        self.readers = 0
        self.diverged = False
        self.rested_at = float("-inf")
        self._counted = 0

    @property
    def is_open(self) -> bool:
        """
        Whether more may come.
        """
        return self.part.is_open

    @property
    def code(self) -> str:
        """
        All that has come.
        """
        return self.part.reading.so_far

    @property
    def reason(self) -> NoCompletionReason:
        """
        What it means when there is no code.
        """
        return self.part.reading.reason

    def reach(self, document: Document, offset: int) -> int | None:
        """
        How far into the code a cursor has got; None when the document holds something else.

        While more may come, a cursor beyond the code still agrees.
        """
        before, origin = self.request.document, self.request.offset
        furthest = origin + len(self.code) + MOST_ADDED + MOST_TYPED_AHEAD * self.is_open
        if document.uri != before.uri or not origin <= offset <= furthest:
            return None
        reached = self._advance(document.slice(origin, offset))
        if reached is None or not self._fits_behind(document, offset):
            return None
        return reached if document.slice(0, origin) == before.slice(0, origin) else None

    def rest(self, reach: int) -> str:
        """
        What is still to come at a cursor that has got so far.
        """
        return self.code[reach:]

    def agree(self, reach: int) -> int:
        """
        The document holds so much of the code; how many more identifiers of it than when this was last said.
        """
        self.agreed = max(self.agreed, reach)
        whole = len(_WORD_AT_END.sub("", self.code[: self.agreed]))
        more = identifiers(self.code[self._counted : whole])
        self._counted = max(self._counted, whole)
        return more

    def is_contradicted(self, document: Document, offset: int) -> bool:
        """
        Whether something else than the code, or more, was written in its place; elsewhere, something may be.
        """
        origin = self.request.offset
        if offset <= origin or document.slice(0, origin) != self.request.document.slice(0, origin):
            return False
        return self._advance(document.slice(origin, offset)) is None

    def is_passed(self, document: Document, offset: int) -> bool:
        """
        Whether all of the code was written in its place, and then more.
        """
        return not self.is_open and advance(
            self.code, document.slice(self.request.offset, offset), is_open=True
        ) == len(self.code)

    def _advance(self, typed: str) -> int | None:
        code = self.code
        if not code and self.is_open and not may_agree(self.part.reading.raw, typed, self.place.before):
            return None
        return advance(code, typed, is_open=self.is_open)

    def _fits_behind(self, document: Document, offset: int) -> bool:
        """
        Whether the text behind the cursor is what it was, but for closers that were added or taken along.
        """
        before = self.request.document
        then = before.slice(self.request.offset, before.length)
        now = document.slice(offset, document.length)
        if now == then:
            return True
        kept = then if now.endswith(then) else then.lstrip(_CLOSERS_AHEAD)
        added = now[: len(now) - len(kept)]
        return len(added) <= MOST_ADDED and now.endswith(kept) and _ONLY_CLOSERS.fullmatch(added) is not None


def may_agree(raw: str, typed: str, before: str) -> bool:
    """
    Whether a reply whose code can't be told yet from what is round it may be going to say what is typed.

    It may be wrapped, or begin with what stood before the cursor.
    """
    said, wanted = raw.removeprefix(OPENING_TAG).lstrip(), typed.lstrip()
    if said.startswith(("<", "`", wanted)) or wanted.startswith(said):
        return True
    words = before.split()
    return any(said.startswith(word[:3]) for word in {*words[:1], *words[-1:]}) or is_prose(said)


def advance(code: str, typed: str, *, is_open: bool = False) -> int | None:
    """
    How much of `code` is said by `typed`, which may indent its lines otherwise; None if it says something else.

    While `code` is still growing, more than it holds may have been typed.
    """
    if code.startswith(typed):
        return len(typed)
    if is_open and typed.startswith(code):
        return len(code)
    if "\n" not in typed or "\n" not in code:
        return None
    at = position = 0
    while position < len(typed):
        ours, theirs = _BREAK.match(code, at), _BREAK.match(typed, position)
        if ours and theirs:
            at, position = ours.end(), theirs.end()
        elif at < len(code) and code[at] == typed[position]:
            at, position = at + 1, position + 1
        else:
            return len(code) if is_open and at == len(code) else None
    return at
