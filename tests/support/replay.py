"""
A person typing a known text into an editor, key by key in real time, and the inline completions that they see.

The editor closes brackets and quotes, types over what it closed, and indents. It asks 50 ms after a key, cancels what
it asked before, and keeps a ghost for as long as that agrees with what is typed.
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsp_server.lsp.framing import Body, Decoder

CLIENT_DEBOUNCE_S = 0.05
READING_S = 0.2
"""How long a ghost must have been there for a person to take it instead of typing on."""

_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}


@dataclass(frozen=True, kw_only=True)
class Person:
    """
    A rhythm, in seconds between keys, log-normal, with a longer pause before some words and lines; and a habit.
    """

    accepts: bool = False
    median_s: float = 0.17
    spread: float = 0.45
    line_pause_s: float = 0.6

    def pause(self, after: str, chance: random.Random) -> float:
        """
        The time to the next key after that one.
        """
        pause = chance.lognormvariate(0, self.spread) * self.median_s
        if after == "\n" or (after == " " and chance.random() < 0.1):
            pause += chance.lognormvariate(0, self.spread) * self.line_pause_s
        return min(pause, 5.0)


@dataclass
class Ghost:
    """
    A completion on screen: what it replaces in the document, and with what.
    """

    start: int
    end: int
    text: str
    since: float
    command: Mapping[str, Any] | None = None

    def after_typing(self, cursor: int, typed: str) -> bool:
        """
        Whether it still agrees, with `typed` in front of the cursor.
        """
        return self.text.startswith(typed) and len(self.text) > len(typed)


@dataclass
class Tally:
    """
    What came of one replay.
    """

    chars: int = 0
    keys: int = 0
    accepts: int = 0
    asked: int = 0
    visible: int = 0
    flicker: int = 0
    ghosts: int = 0
    key_to_ghost: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    model_requests: int = 0
    model_requests_cut: int = 0
    cpu_s: float = 0.0


class Wire:
    """
    A language server process and the messages to and from it.
    """

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    async def start(self, command: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
        """
        Start the server and shake hands.
        """
        self.process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
            cwd=folder,
        )
        self._reader = asyncio.ensure_future(self._read())
        uri = folder.as_uri()
        await self.call(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "capabilities": {"general": {"positionEncodings": ["utf-32"]}},
                "workspaceFolders": [{"uri": uri, "name": folder.name}],
            },
        )
        self.notify("initialized", {})
        await self.call("pacenotes/ready", None)

    async def stop(self) -> None:
        """
        Leave politely.
        """
        with contextlib.suppress(ConnectionError):
            await self.call("shutdown", None)
            self.notify("exit", None)
        await self.process.wait()
        self._reader.cancel()

    def notify(self, method: str, params: Any) -> None:
        """
        Tell something.
        """
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> "tuple[int, asyncio.Future[Any]]":
        """
        Ask something; gives the id and the answer to come.
        """
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number, answer

    async def call(self, method: str, params: Any) -> Any:
        """
        Ask, and wait for the answer.
        """
        return await self.ask(method, params)[1]

    def cpu_s(self) -> float:
        """
        Seconds of CPU that the server has used so far (Linux).
        """
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    async def idle(self) -> float:
        """
        Wait until the server has done what it does after its start; gives its CPU by then.
        """
        before, now = -1.0, self.cpu_s()
        while now - before > 0.02:
            await asyncio.sleep(0.5)
            before, now = now, self.cpu_s()
        return now

    def resident_kb(self) -> int:
        """
        The server's resident memory (Linux).
        """
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def open_sockets(self) -> int:
        """
        How many sockets the server has open (Linux).
        """
        files = Path(f"/proc/{self.process.pid}/fd").iterdir()
        return sum(1 for file in files if str(_target(file)).startswith("socket:"))

    def _send(self, message: Any) -> None:
        assert self.process.stdin
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _read(self) -> None:
        assert self.process.stdout
        decoder = Decoder()
        while chunk := await self.process.stdout.read(65536):
            for frame in decoder.feed(chunk):
                assert isinstance(frame, Body)
                message = json.loads(frame.data)
                if "method" in message:
                    if "id" in message:
                        self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
                elif (waiting := self._waiting.pop(message["id"], None)) and not waiting.done():
                    waiting.set_result(message.get("result"))


def _target(link: Path) -> str:
    with contextlib.suppress(OSError):
        return str(link.readlink())
    return ""


class Replay:
    """
    Types `truth[start:end]` into a document that holds the rest of `truth` already.
    """

    def __init__(
        self, wire: Wire, uri: str, truth: str, start: int, end: int, person: Person, *, seed: int = 0
    ) -> None:
        self.tally = Tally()
        self._wire = wire
        self._uri = uri
        self._truth = truth
        self._position = start
        self._end = end
        self._person = person
        self._chance = random.Random(seed)
        self._text = truth[:start] + truth[end:]
        self._cursor = start
        self._behind = len(truth) - end
        self._version = 1
        self._ghost: Ghost | None = None
        self._open_request: int | None = None
        self._asking: asyncio.Task[None] | None = None
        self._last_key_at = 0.0

    async def run(self) -> Tally:
        """
        Type it all.
        """
        document = {"uri": self._uri, "languageId": _language(self._uri), "version": 1, "text": self._text}
        self._wire.notify("textDocument/didOpen", {"textDocument": document})
        cpu = await self._wire.idle()
        self.tally.chars = self._end - self._position
        last = "\n"
        while self._position < self._end:
            await asyncio.sleep(self._person.pause(last, self._chance))
            self.tally.visible += self._ghost is not None and self.tally.keys > 0
            last = self._press()
        await asyncio.sleep(0)
        self._cancel()
        self._wire.notify("textDocument/didClose", {"textDocument": {"uri": self._uri}})
        self.tally.cpu_s = self._wire.cpu_s() - cpu
        return self.tally

    def _press(self) -> str:
        """
        One key; gives what it was.
        """
        self.tally.keys += 1
        self._last_key_at = time.monotonic()
        ghost = self._ghost
        if self._person.accepts and ghost and self._last_key_at - ghost.since >= READING_S and self._is_right(ghost):
            return self._accept(ghost)
        return self._type()

    # Typing.

    def _type(self) -> str:
        added = self._text[self._cursor : len(self._text) - self._behind]
        key = self._truth[self._position]
        if added.strip() and key == "\n" and self._truth.startswith(added, self._position):
            # What the editor has closed on lines of its own is walked over.
            self._cursor += len(added)
            self._position += len(added)
            self._ghost = None
            self._cancel()
            return "\n"
        if added.startswith(key) and not key.isspace():
            self._change(self._cursor, self._cursor + 1, key, 1, typed=key)
        elif key == "\n":
            self._enter(added)
        elif key in _PAIRS and self._closes_by_itself(key, added):
            self._change(self._cursor, self._cursor, key + _PAIRS[key], 1, typed=key)
        else:
            self._change(self._cursor, self._cursor, key, 1, typed=key)
        self._position += 1
        if key == "\n":
            self._settle_indent()
        return key

    def _closes_by_itself(self, key: str, added: str) -> bool:
        before = self._text[self._cursor - 1 : self._cursor]
        if key in "\"'`" and (before.isalnum() or before == key):
            return False
        following = self._text[self._cursor : self._cursor + 1]
        return following in ("", "\n") or bool(added) or following in ")]};,"

    def _enter(self, added: str) -> None:
        line_start = self._text.rfind("\n", 0, self._cursor) + 1
        line = self._text[line_start : self._cursor]
        indent = line[: len(line) - len(line.lstrip())]
        deeper = indent + (self._unit() if line.rstrip().endswith(("{", "(", "[")) else "")
        typed = "\n" + deeper
        tail = f"\n{indent}" if added[:1] in tuple(")]}") and deeper != indent else ""
        self._change(self._cursor, self._cursor, typed + tail, len(typed), typed=typed)

    def _settle_indent(self) -> None:
        """
        The typist goes on with the indentation that the text has; the editor has put some there already.
        """
        line_start = self._text.rfind("\n", 0, self._cursor) + 1
        have = self._text[line_start : self._cursor]
        rest = self._truth[self._position :]
        want = rest[: len(rest) - len(rest.lstrip(" \t"))]
        if have != want:
            self.tally.keys += 1
            self._change(line_start, self._cursor, want, len(want), typed=None)
        self._position += len(want)

    def _unit(self) -> str:
        return (
            "\t"
            if "\n\t" in self._truth
            else "    "
            if "\n    " in self._truth and "\n  " not in self._short()
            else "  "
        )

    def _short(self) -> str:
        return self._truth.replace("\n    ", "")

    def _accept(self, ghost: Ghost) -> str:
        self.tally.accepts += 1
        before = self._text[ghost.start : self._cursor]
        self._position += len(ghost.text) - len(before)
        self._change(ghost.start, ghost.end, ghost.text, len(ghost.text), typed=None)
        if ghost.command:
            params = {"command": ghost.command["command"], "arguments": ghost.command["arguments"]}
            self._wire.ask("workspace/executeCommand", params)
        return ghost.text[-1:]

    def _is_right(self, ghost: Ghost) -> bool:
        """
        Whether accepting leads to the text that is meant.
        """
        before = self._text[: ghost.start] + ghost.text
        if len(before) > self._end or not self._truth.startswith(before):
            return False
        added = self._text[ghost.end : len(self._text) - self._behind].split()
        to_come = iter(self._truth[len(before) :])
        return all(character in to_come for character in "".join(added))

    # The document, and what is asked about it.

    def _change(self, start: int, end: int, text: str, ahead: int, *, typed: str | None) -> None:
        """
        Replace a stretch, and put the cursor so far behind its beginning.
        """
        version = self._version = self._version + 1
        span = {"start": self._place(start), "end": self._place(end)}
        self._text = self._text[:start] + text + self._text[end:]
        self._cursor = start + ahead
        self._wire.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self._uri, "version": version},
                "contentChanges": [{"range": span, "text": text}],
            },
        )
        self._keep_ghost(typed, len(text) - (end - start))
        self._cancel()
        self._asking = asyncio.ensure_future(self._ask(version))

    def _keep_ghost(self, typed: str | None, growth: int) -> None:
        ghost = self._ghost
        if ghost is None:
            return
        ghost.end += growth
        if typed is None or not ghost.after_typing(self._cursor, self._text[ghost.start : self._cursor]):
            self._ghost = None

    def _cancel(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if self._open_request is not None:
            self._wire.notify("$/cancelRequest", {"id": self._open_request})
            self._open_request = None

    async def _ask(self, version: int) -> None:
        await asyncio.sleep(CLIENT_DEBOUNCE_S)
        params = {
            "textDocument": {"uri": self._uri},
            "position": self._place(self._cursor),
            "context": {"triggerKind": 2},
        }
        self.tally.asked += 1
        asked_at = time.monotonic()
        self._open_request, answer = self._wire.ask("textDocument/inlineCompletion", params)
        result = await answer
        self._open_request = None
        if version == self._version and result and result["items"]:
            self.tally.answers.append(time.monotonic() - asked_at)
            self._show(result["items"][0])

    def _show(self, item: Mapping[str, Any]) -> None:
        start, end = (self._offset(item["range"][side]) for side in ("start", "end"))
        before, text = self._text[start : self._cursor], item["insertText"]
        if not text.startswith(before) or len(text) <= len(before):
            return
        now = time.monotonic()
        old = self._ghost
        if old is None:
            self.tally.ghosts += 1
            self.tally.key_to_ghost.append(now - self._last_key_at)
        elif not text[len(before) :].startswith(old.text[self._cursor - old.start :]):
            self.tally.flicker += 1
        same = old is not None and text[len(before) :] == old.text[self._cursor - old.start :]
        since = old.since if old and same else now
        self._ghost = Ghost(start, end, text, since, item.get("command"))

    def _place(self, offset: int) -> dict[str, int]:
        line_start = self._text.rfind("\n", 0, offset) + 1
        return {"line": self._text.count("\n", 0, offset), "character": offset - line_start}

    def _offset(self, place: Mapping[str, int]) -> int:
        start = 0
        for _ in range(place["line"]):
            start = self._text.index("\n", start) + 1
        return start + place["character"]


def _language(uri: str) -> str:
    return "typescriptreact" if uri.endswith("x") else "typescript"
