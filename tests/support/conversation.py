"""
A client talking to a server's protocol in the same process: real messages, no pipes.
"""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any, TypeVar

from lsp_server.lsp.framing import Decoder, Malformed
from lsp_server.lsp.server import Server
from lsp_server.lsp.transport import Peer, Writer
from tests.support.backend import Surroundings

Body = TypeVar("Body")

CLIENT_CAPABILITIES: dict[str, Any] = {"general": {"positionEncodings": ["utf-16"]}}


class Recording(io.RawIOBase):
    """
    The client's end of the wire.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self._decoder = Decoder()

    def write(self, data: Any, /) -> int:
        """
        Read whole messages.
        """
        for frame in self._decoder.feed(bytes(data)):
            assert not isinstance(frame, Malformed)
            self.messages.append(json.loads(frame.data))
        return len(data)


class Conversation:
    """
    Sends any message at all, and collects all that comes back.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.leaves = 0
        self._wire = Recording()
        self._last_id = 0
        self.peer.connect(Writer(self._wire, self._leave), self._leave)

    def _leave(self) -> None:
        self.leaves += 1

    def send(self, message: Any) -> None:
        """
        Send bytes as they are, anything else as JSON.
        """
        self.peer.receive(message if isinstance(message, bytes) else json.dumps(message).encode())

    def request(self, method: str, params: Any = None, id: int | str | None = None) -> int | str:
        """
        Ask something, under an id that is given back.
        """
        self._last_id += 1
        chosen = self._last_id if id is None else id
        self.send({"jsonrpc": "2.0", "id": chosen, "method": method, "params": params})
        return chosen

    def notify(self, method: str, params: Any = None) -> None:
        """
        Tell something.
        """
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def settle(self) -> list[dict[str, Any]]:
        """
        All that has come since the last time, once the server has nothing more to do at once.
        """
        await self.breathe()
        return self.take()

    async def breathe(self) -> None:
        """
        Let the server do what it can do at once.
        """
        for _ in range(10):
            await asyncio.sleep(0)

    def take(self, wanted: Callable[[dict[str, Any]], bool] = lambda message: True) -> list[dict[str, Any]]:
        """
        Take what has come and is wanted, and leave the rest.
        """
        taken = [message for message in self._wire.messages if wanted(message)]
        self._wire.messages = [message for message in self._wire.messages if not wanted(message)]
        return taken

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """
        Wait for a message and take it.
        """
        while not (found := self.take(wanted)):
            await asyncio.sleep(0.001)
        first, *more = found
        self._wire.messages = [*more, *self._wire.messages]
        return first

    async def answer_to(self, id: int | str) -> dict[str, Any]:
        """
        Wait for the answer to a request.
        """
        return await self.until(lambda message: message.get("id") == id and "method" not in message)

    async def call(self, method: str, params: Any = None) -> Any:
        """
        Ask, and give the result.
        """
        answer = await self.answer_to(self.request(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    async def initialize(self, **params: Any) -> Any:
        """
        Shake hands.
        """
        given = {"processId": None, "rootUri": None, "capabilities": CLIENT_CAPABILITIES, **params}
        result = await self.call("initialize", given)
        self.notify("initialized", {})
        return result


class ServedClient(Conversation):
    """
    A client of our own server, which has a scripted model and keeps its events in a list.
    """

    def __init__(self, surroundings: Surroundings | None = None) -> None:
        self.surroundings = surroundings or Surroundings()
        self.server = Server(self.surroundings.services())
        super().__init__(self.server.protocol)

    @property
    def event_names(self) -> list[str]:
        """
        The names of the events so far.
        """
        self.server.session.journal.catch_up()
        return [event.name for event in self.surroundings.sink.events]

    def events(self, kind: type[Body]) -> list[Body]:
        """
        The events of one kind so far.
        """
        self.server.session.journal.catch_up()
        return [event.body for event in self.surroundings.sink.events if isinstance(event.body, kind)]
