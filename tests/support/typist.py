"""
An editor in a few lines: types, accepts and undoes in a document, and lets a lifecycle see it as a client would.
"""

from collections.abc import Iterator
from itertools import count

from lsp_server.completion.fate import DismissReason, Ended, Fate, Persistence, Shown
from lsp_server.completion.lifecycle import Lifecycle
from lsp_server.completion.request import Completion, Extent, Source, Timings
from lsp_server.text.document import ContentChange, Document, TextEdit
from lsp_server.text.positions import PositionEncoding, Span, units
from tests.support.marked import parse_marked

UTF16 = PositionEncoding.UTF16
URI = "file:///project/app.ts"
BRACKETS = {"(": ")", "[": "]", "{": "}"}


class Typist:
    """
    A person at an editor with one document open, whose cursor is the mark in `source`.

    `notifies` makes the editor send the notifications that it can, `command` the accept command,
    `whole` the whole text at each change. Fates come together in `fates`. `beside` is another document of the same
    editor.
    """

    def __init__(
        self,
        source: str,
        *,
        notifies: bool = False,
        whole: bool = False,
        command: bool = True,
        uri: str = URI,
        beside: "Typist | None" = None,
    ) -> None:
        marked = parse_marked(source)
        self.document = Document.create(uri, "typescript", 1, marked.text)
        self.cursor = marked.offset
        self.notifies = notifies
        self.whole = whole
        self.command = command
        self.lifecycle: Lifecycle = beside.lifecycle if beside else Lifecycle()
        self.now = 100.0
        self.fates: list[Fate] = beside.fates if beside else []
        self.item: Completion | None = None
        self.request_id = ""
        self._ids: Iterator[int] = beside._ids if beside else count(1)
        self._start = self._behind = 0
        self._undo: list[str] = []
        self._closed: list[str] = []

    def wait(self, seconds: float) -> "Typist":
        """
        Time goes by, second by second.
        """
        while seconds > 0:
            self.now += min(seconds, 1.0)
            seconds -= 1.0
            self._see(self.lifecycle.tick(self.now))
        return self

    def offer(self, text: str, *, before: int = 0, after: int = 0, again: bool = False, show: bool = True) -> "Typist":
        """
        Ask for a completion and get `text`, which replaces so many characters before and after the cursor.

        `again` offers the rest of the last one, as the engine does while it is typed through; `show` that it is drawn.
        """
        self._see(self.lifecycle.requested(self.document.uri, self.cursor, self.now))
        self.request_id = request_id = f"id{next(self._ids)}"
        self._start = self.cursor - before
        self._behind = after
        self.item = Completion(
            id=self._item().id if again else request_id,
            document=self.document,
            text=text,
            span=Span(self.cursor - before, self.cursor + after),
            offset=self.cursor,
            source=Source.TYPED_THROUGH if again else Source.MODEL,
            extent=Extent.LINE,
            provider="local",
            model="local",
            prompt_fingerprint="0" * 16,
            timings=Timings(total_ms=40.0),
        )
        self._see(self.lifecycle.returned(self.item, self.document, self.document, self.now, request_id=request_id))
        if self.notifies and show:
            self._see(self.lifecycle.shown(self.item.id, self.now))
        return self

    def type(self, text: str, *, at_once: bool = False) -> "Typist":
        """
        Type `text`, a key at a time.
        """
        for piece in [text] if at_once else text:
            self._replace(self.cursor, self.cursor, piece)
        return self

    def type_with_closing(self, text: str, *, asking_every_s: float) -> "Typist":
        """
        Type `text` where the editor closes brackets, is typed over there, and asks at each key but is never answered.
        """
        for key in text:
            closes, over = BRACKETS.get(key, ""), self._closed[-1:] == [key]
            self._replace(self.cursor, self.cursor + over, key + closes)
            self.cursor -= len(closes)
            self._closed = self._closed[:-1] if over else self._closed + [closes] * bool(closes)
            self._see(self.lifecycle.requested(self.document.uri, self.cursor, self.now))
            self.wait(asking_every_s)
        return self

    def paste(self, text: str) -> "Typist":
        """
        Insert `text` at once.
        """
        return self.type(text, at_once=True)

    def backspace(self, times: int = 1) -> "Typist":
        """
        Delete before the cursor.
        """
        for _ in range(times):
            self._replace(self.cursor - 1, self.cursor, "")
        return self

    def accept(self, *, command_first: bool = False) -> "Typist":
        """
        Take the whole completion.
        """
        item = self._item()
        if command_first and self.command:
            self._see(self.lifecycle.accepted(item.id, self.now))
        self._replace(self._start, self.cursor + self._behind, item.text)
        if not command_first and self.command:
            self._see(self.lifecycle.accepted(item.id, self.now))
        return self

    def accept_part(self, part: str, *, instead_of: int = 0) -> "Typist":
        """
        Take the next word or line, which is `part`, in place of so many characters behind the cursor.
        """
        item = self._item()
        self._replace(self.cursor, self.cursor + instead_of, part)
        if self.notifies:
            accepted = self.document.slice(self._start, self.cursor)
            self._see(self.lifecycle.partially_accepted(item.id, units(accepted, UTF16), UTF16, self.now))
        return self

    def escape(self) -> "Typist":
        """
        Dismiss the completion; a silent editor says nothing of it.
        """
        if self.notifies:
            self._see(self.lifecycle.dismissed(self._item().id, DismissReason.REJECTED, self.now))
        return self

    def edit(self, old: str, new: str) -> "Typist":
        """
        Put `new` for `old` elsewhere; the cursor stays with its text.
        """
        start = self.document.text.index(old)
        shift = len(new) - len(old) if start + len(old) <= self.cursor else 0
        cursor = self.cursor + shift
        self._replace(start, start + len(old), new)
        self._start, self.cursor = self._start + shift, cursor
        return self

    def go_to(self, text: str) -> "Typist":
        """
        Put the cursor behind `text`.
        """
        self.cursor = self.document.text.index(text) + len(text)
        return self

    def undo(self) -> "Typist":
        """
        Take back the last change.
        """
        text = self._undo.pop()
        self.cursor = self._send(ContentChange(None, text)).new_end
        return self

    def close(self) -> "Typist":
        """
        Close the document.
        """
        self._see(self.lifecycle.closed(self.document.uri, self.now))
        return self

    def quit(self) -> "Typist":
        """
        Shut the server down.
        """
        self._see(self.lifecycle.shut_down(self.now))
        return self

    @property
    def summary(self) -> list[str]:
        """
        The fates in one line each.
        """
        return [summary(fate) for fate in self.fates]

    def _item(self) -> Completion:
        assert self.item is not None
        return self.item

    def _replace(self, start: int, end: int, text: str) -> None:
        self._undo.append(self.document.text)
        place = (self.document.position_at(start, UTF16), self.document.position_at(end, UTF16))
        before, after = self.document.slice(0, start), self.document.slice(end, self.document.length)
        self._send(ContentChange(None, before + text + after) if self.whole else ContentChange(place, text))
        self.cursor = start + len(text)

    def _send(self, change: ContentChange) -> TextEdit:
        self.document, edits = self.document.apply([change], self.document.version + 1, UTF16)
        self._see(self.lifecycle.edited(self.document, edits, self.now))
        return edits[0]

    def _see(self, fates: tuple[Fate, ...]) -> None:
        self.fates += fates


def summary(fate: Fate) -> str:
    """
    A fate in one line.
    """
    match fate:
        case Shown():
            return f"{fate.completion_id} shown {fate.basis} {fate.chars} chars {fate.lines} lines"
        case Ended():
            accepted = f"{fate.accepted_chars} chars {fate.accepted_lines} lines"
            return (
                f"{fate.completion_id} {fate.outcome} {fate.cause} {fate.basis} {accepted} after {fate.visible_ms} ms"
            )
        case Persistence():
            gone = " deleted" if fate.deleted else ""
            return f"{fate.completion_id} at {fate.at_s} s {fate.retained_ratio:.2f}{gone}"
