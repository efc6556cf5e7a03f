"""
What the lifecycle concludes from a recorded session, with the client's own signals or from the edits alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsp_server.completion.fate import DismissReason, Ended, EndOutcome, Fate
from lsp_server.completion.lifecycle import Lifecycle
from lsp_server.completion.request import Completion, Extent, Source, Timings
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding, Span

NUMBER = re.compile(r"\bn(\d+)th\b")
UTF16 = PositionEncoding.UTF16
TICK_S = 1.0


def outcomes(log: Path, *, listening: bool) -> dict[int, EndOutcome]:
    """
    How each completion of the session ended that was shown, by the number `n7th` in its line; `listening` believes the
    client's signals. Of a line that was offered several, the first counts.
    """
    replay = Replay(listening=listening)
    for line in log.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        replay.hear(record["from"], record["message"], record["at"])
    ends = {fate.completion_id: fate.outcome for fate in replay.end() if isinstance(fate, Ended)}
    first: dict[int, EndOutcome] = {}
    for name, number in replay.numbers.items():
        if name in ends:
            first.setdefault(number, ends[name])
    return first


@dataclass
class Replay:
    """
    A session that is heard again, message by message.
    """

    listening: bool
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    fates: list[Fate] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    asked: dict[Any, tuple[Document, int]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """Of the lines that completions were for, by id, in the order of the answers."""
    now: float = 0.0
    answers: int = 0

    def hear(self, sender: str, message: Mapping[str, Any], at: float) -> None:
        """
        One message more.
        """
        self._pass_time(at)
        if sender == "client" and "method" in message:
            self.fates += self._heard(message["method"], message.get("params"), message.get("id"))
        elif sender == "server" and message.get("id") in self.asked and "method" not in message:
            self._answered(*self.asked.pop(message["id"]), message.get("result"))

    def end(self) -> list[Fate]:
        """
        The session is over; everything that has become of it.
        """
        self._pass_time(self.now + 5)
        self.fates += self.lifecycle.shut_down(self.now)
        return self.fates

    def _pass_time(self, until: float) -> None:
        while self.now and until - self.now > TICK_S:
            self.now += TICK_S
            self.fates += self.lifecycle.tick(self.now)
        self.now = until

    def _heard(self, method: str, params: Any, request: Any) -> Iterator[Fate]:
        match method:
            case "textDocument/didOpen":
                given = params["textDocument"]
                opened = Document.create(given["uri"], given["languageId"], given["version"], given["text"])
                self.documents[given["uri"]] = opened
            case "textDocument/didChange":
                yield from self._changed(params)
            case "textDocument/didClose":
                yield from self.lifecycle.closed(params["textDocument"]["uri"], self.now)
            case "textDocument/inlineCompletion":
                document = self.documents[params["textDocument"]["uri"]]
                offset = document.offset_at(_position(params["position"]), UTF16)
                self.asked[request] = document, offset
                yield from self.lifecycle.requested(document.uri, offset, self.now)
            case _ if self.listening:
                yield from self._signalled(method, params)

    def _changed(self, params: Any) -> Iterator[Fate]:
        given = params["textDocument"]
        changes = [
            ContentChange((_position(each["range"]["start"]), _position(each["range"]["end"])), each["text"])
            for each in params["contentChanges"]
        ]
        document, edits = self.documents[given["uri"]].apply(changes, given["version"], UTF16)
        self.documents[given["uri"]] = document
        yield from self.lifecycle.edited(document, edits, self.now)

    def _signalled(self, method: str, params: Any) -> Iterator[Fate]:
        match method:
            case "textDocument/didShowCompletion":
                yield from self.lifecycle.shown(_id(params["item"]), self.now)
            case "textDocument/didPartiallyAcceptCompletion":
                length = params["acceptedLength"]
                yield from self.lifecycle.partially_accepted(_id(params["item"]), length, UTF16, self.now)
            case "pacenotes/didDismissCompletion":
                reason = DismissReason.from_client(params["reason"])
                yield from self.lifecycle.dismissed(params["completionId"], reason, self.now)
            case "workspace/executeCommand" if params["command"] == "pacenotes.completionAccepted":
                yield from self.lifecycle.accepted(params["arguments"][0], self.now)

    def _answered(self, document: Document, offset: int, result: Any) -> None:
        for item in (result or {}).get("items", ()):
            self.answers += 1
            start, end = (document.offset_at(_position(item["range"][edge]), UTF16) for edge in ("start", "end"))
            completion = Completion(
                id=_id(item),
                document=document,
                text=item["insertText"],
                span=Span(start, end),
                offset=offset,
                source=Source.MODEL,
                extent=Extent.LINE,
                provider="",
                model="",
                prompt_fingerprint="",
                timings=Timings(),
            )
            current = self.documents.get(document.uri)
            again = f"again-{self.answers}"
            number = NUMBER.search(document.line_prefix(offset))
            if number:
                self.numbers.setdefault(_id(item), int(number[1]))
                self.numbers[again] = int(number[1])
            self.fates += self.lifecycle.returned(completion, document, current, self.now, request_id=again)


def _position(given: Mapping[str, int]) -> Position:
    return Position(given["line"], given["character"])


def _id(item: Mapping[str, Any]) -> str:
    found: str = item["command"]["arguments"][0]
    return found
