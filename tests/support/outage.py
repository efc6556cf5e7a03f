"""
A person who types slowly, on a clock that the test turns, with the whole server and a model on a socket.

The server runs in the same process with everything that a session is made of but for telemetry, which is kept in a
list; the model is a stand-in that knows what is being typed and fails when it is told to.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from lsp_server.app import services
from lsp_server.lsp.server import Server
from telemetry.events import CompletionReturned, LlmCall
from tests.support.backend import Surroundings
from tests.support.clock import ManualClock
from tests.support.conversation import Conversation
from tests.support.oracle import Oracle, Pace

KEY_S = 0.4
AT_ONCE = Pace(first_token_s=0, tokens_per_s=100_000)

TRUTH = """\
import { Item, Rate } from "./items";

export function total(items: readonly Item[], rate: Rate): number {
  const net = items.map((item) => item.price * item.count);
  const sum = net.reduce((before, price) => before + price, 0);
  return sum + rate.of(sum);
}
"""
START = TRUTH.index("const net")
LINE = "const net = items.map((item) => item.price * item.count);\n"

NOBODY_KNOWS = "const zebra = quagga.okapi(giraffe, impala) + kudu.eland[oryx];\n"
"""A line that the model would never say, so that each of its keys is a question of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """
    What one key led to: when it was pressed, what was offered, and how many requests had gone out to models by then.
    """

    at: float
    offered: str | None
    tries: int


class Person(Conversation):
    """
    Types into one document, and asks for a completion after every key.
    """

    def __init__(self, folder: Path, oracle: Oracle, **settings: Any) -> None:
        self.clock = ManualClock()
        self.oracle = oracle
        self.statuses: list[dict[str, Any]] = []
        self._surroundings = Surroundings()
        self._folder = folder
        self._settings: dict[str, Any] = {
            "provider": "anthropic",
            "fallback": [],
            "anthropic": {"baseUrl": oracle.url},
            "storage": {"directory": str(folder / "storage")},
            "completion": {"debounceMs": 0, "timeoutS": 30},
            **settings,
        }
        real = services({}, self.clock)
        self.server = Server(replace(real, open_telemetry=self._surroundings.services().open_telemetry))
        super().__init__(self.server.protocol)
        self._line = TRUTH[:START].count("\n")
        self._column = START - TRUTH.rfind("\n", 0, START) - 1
        self._version = 1

    async def __aenter__(self) -> Self:
        workspace = self._folder / "workspace"
        workspace.mkdir(parents=True)
        folders = [{"uri": workspace.as_uri(), "name": "work"}]
        await self.initialize(workspaceFolders=folders, initializationOptions={"pacenotes": self._settings})
        await self.call("pacenotes/ready")
        self._uri = (workspace / "total.ts").as_uri()
        text = TRUTH[:START] + "\n}\n"
        document = {"uri": self._uri, "languageId": "typescript", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.peer.close()

    @property
    def status(self) -> dict[str, Any]:
        """
        The last that the client was told.
        """
        self.statuses += [m["params"] for m in self.take(lambda m: m.get("method") == "pacenotes/status")]
        return self.statuses[-1]

    @property
    def message(self) -> str:
        """
        What the client was last told in words.
        """
        return str(self.status["message"])

    @property
    def tries(self) -> Sequence[LlmCall]:
        """
        The requests to models that have ended, however they did.
        """
        return self._events(LlmCall)

    @property
    def sources(self) -> list[str]:
        """
        Where what was offered has come from, one after another.
        """
        return [event.source for event in self._events(CompletionReturned)]

    @property
    def spent_usd(self) -> float:
        """
        What the models have cost.
        """
        return sum(call.cost_usd_micro or 0 for call in self.tries) / 1_000_000

    async def settings(self, **settings: Any) -> None:
        """
        Change some settings.
        """
        self._settings |= settings
        self.notify("workspace/didChangeConfiguration", {"settings": {"pacenotes": self._settings}})
        await self.call("pacenotes/ready")

    async def hurry(self, text: str) -> None:
        """
        Press keys without waiting for what comes of them: each cancels the request of the one before.

        The first one's has reached the model by the time of the second.
        """
        last: int | str | None = None
        for key in text:
            self.clock.advance(KEY_S)
            self._insert(key)
            if last is not None:
                self.notify("$/cancelRequest", {"id": last})
            last = self._request(by_hand=False)
            await asyncio.to_thread(self.oracle.wait_for, 1)

    async def keys(self, text: str) -> list[Key]:
        """
        Press the keys of `text` one after another, each a moment after what came of the one before.
        """
        return [await self.press(key) for key in text]

    async def press(self, key: str) -> Key:
        """
        Press one key, and see what is offered there.
        """
        self.clock.advance(KEY_S)
        at = self.clock.now
        self._insert(key)
        offered = await self.ask()
        return Key(at=at, offered=offered, tries=len(self.tries))

    async def ask(self, *, by_hand: bool = False) -> str | None:
        """
        What is offered at the cursor.
        """
        items = (await self.answer_to(self._request(by_hand=by_hand)))["result"]["items"]
        return items[0]["insertText"] if items else None

    def _request(self, *, by_hand: bool) -> int | str:
        where = {"line": self._line, "character": self._column}
        params = {"textDocument": {"uri": self._uri}, "position": where}
        context = {"triggerKind": 1 if by_hand else 2}
        return self.request("textDocument/inlineCompletion", {**params, "context": context})

    def _insert(self, text: str) -> None:
        at = {"line": self._line, "character": self._column}
        self._version += 1
        document = {"uri": self._uri, "version": self._version}
        change = {"range": {"start": at, "end": at}, "text": text}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        self._line += text.count("\n")
        self._column = 0 if text.endswith("\n") else self._column + len(text)

    def _events(self, kind: type[Any]) -> list[Any]:
        self.server.session.journal.catch_up()
        return [event.body for event in self._surroundings.sink.events if isinstance(event.body, kind)]


def knowing(pace: Pace = AT_ONCE) -> Oracle:
    """
    A model that knows how what is typed goes on.
    """
    return Oracle([TRUTH], pace)
