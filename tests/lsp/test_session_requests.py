"""
Our own requests and commands, progress, time, and the end of a session.
"""

import asyncio
from typing import Any

import pytest

from lsp_server.context.snippet import Context, ContextSnippet
from lsp_server.lsp import extensions
from lsp_server.lsp.handlers import HANDLERS
from lsp_server.lsp.server import COMMANDS, FEATURES
from telemetry.events import CompletionEnded, CompletionPersistence, SessionEnded, SessionTick
from tests.support.conversation import ServedClient

URI = "file:///project/a.ts"
SOURCE = "const count = \n"
PLACE = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 14}}


class Client(ServedClient):
    """
    A client with one document open.
    """

    async def start(self, **params: Any) -> None:
        await self.initialize(initializationOptions={"completion.debounceMs": 0}, **params)
        self.open()
        await self.server.session.equipment()

    def open(self) -> None:
        document = {"uri": URI, "languageId": "typescript", "version": 1, "text": SOURCE}
        self.notify("textDocument/didOpen", {"textDocument": document})

    async def complete(self) -> Any:
        result = await self.call("textDocument/inlineCompletion", {**PLACE, "context": {"triggerKind": 1}})
        return result["items"][0]

    def insert(self, text: str) -> None:
        change = {"range": {"start": PLACE["position"], "end": PLACE["position"]}, "text": text}
        document = {"uri": URI, "version": 2}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    async def run(self, command: str, *arguments: Any) -> Any:
        id = self.request("workspace/executeCommand", {"command": command, "arguments": arguments})
        return await self.answer_to(id)


@pytest.fixture
async def client() -> Client:
    client = Client()
    await client.start()
    return client


def test_everything_announced_is_handled() -> None:
    """
    And the other way round.
    """
    assert HANDLERS.keys() == {*FEATURES, *COMMANDS}
    assert extensions.PARAMS.keys() <= HANDLERS.keys()


SNIPPET = ContextSnippet(
    path="src/b.ts",
    start_line=2,
    end_line=4,
    text="export function b();\n",
    retriever="imported",
    score=0.5,
    reason="imported here",
)


async def test_a_client_of_a_later_protocol_is_let_in() -> None:
    """
    Values that we don't know, in places that we don't read, are no reason to refuse it.
    """
    client = Client()
    completion = {"completionItem": {"tagSupport": {"valueSet": [1, 99]}}}
    await client.start(trace="compact", capabilities={"textDocument": {"completion": completion}, "future": 5})

    assert (await client.call("textDocument/completion", PLACE))["items"] == []


async def test_context_is_shown_with_its_reasons(client: Client) -> None:
    """
    The budget and the open files of the request reach the retrievers; lines are counted from 1.
    """
    backend = client.surroundings.backend
    backend.context = Context(snippets=(SNIPPET,), text="// src/b.ts\nexport function b();\n")
    result = await client.call("pacenotes/context", {**PLACE, "budget": 100, "openFiles": ["src/b.ts"]})
    await client.call("pacenotes/context", PLACE)

    assert result["context"] == backend.context.text
    assert result["tokens"] == backend.context.tokens
    assert result["elapsed_ms"] >= 0
    assert result["snippets"] == [
        {
            "path": "src/b.ts",
            "lines": [3, 4],
            "retriever": "imported",
            "score": 0.5,
            "tokens": SNIPPET.tokens,
            "reason": "imported here",
            "text": SNIPPET.text,
        }
    ]
    assert backend.gathered == [(100, ("src/b.ts",)), (2000, ())]


@pytest.mark.parametrize("uri", ["file:///project/closed.ts", "file:///project/secret.ts"])
async def test_context_of_what_cannot_be_shown_is_refused(client: Client, uri: str) -> None:
    """
    A document that is not open, or one that is excluded.
    """
    answer = await client.answer_to(client.request("pacenotes/context", {**PLACE, "textDocument": {"uri": uri}}))

    assert answer["error"]["code"] == -32602


async def test_ready_waits_for_the_index(client: Client) -> None:
    """
    And can be cancelled meanwhile.
    """
    first, second = client.request("pacenotes/ready", {}), client.request("pacenotes/ready")
    await client.breathe()
    client.notify("$/cancelRequest", {"id": second})
    assert (await client.answer_to(second))["error"]["code"] == -32800

    client.surroundings.backend.indexed.set()
    assert (await client.answer_to(first))["result"] is None


async def test_the_request_behind_a_completion_is_shown(client: Client) -> None:
    """
    As the audit has it; an id without one is said to be so.
    """
    client.surroundings.backend.requests["0000000a"] = {"model": "m", "body": {"max_tokens": 5}}

    assert (await client.run("pacenotes.showRequest", "0000000a"))["result"]["body"] == {"max_tokens": 5}
    assert "recorded" in (await client.run("pacenotes.showRequest", "0000000b"))["error"]["message"]
    assert (await client.run("pacenotes.showRequest"))["error"]["code"] == -32602
    assert (await client.run("pacenotes.completionAccepted", 5))["error"]["code"] == -32602


async def test_saved_files_are_told_to_the_index(client: Client) -> None:
    """
    Since what is on disk counts for documents that are not open.
    """
    client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    await client.breathe()

    assert client.surroundings.backend.changed_files == [URI]


async def test_retained_text_is_measured_as_time_passes() -> None:
    """
    By the session's own clock.
    """
    client = Client()
    client.surroundings.now = 1000.0
    await client.start()
    client.surroundings.provider.script("items.length;")
    item = await client.complete()
    client.insert(item["insertText"])
    await client.run("pacenotes.completionAccepted", *item["command"]["arguments"])
    for now in (1029.0, 1031.0, 1121.0):
        client.surroundings.now = now
        client.server.session.journal.tick()

    measured = client.events(CompletionPersistence)
    assert [(event.at_s, event.retained_ratio) for event in measured] == [(30, 1.0), (120, 1.0)]


async def test_an_hour_of_typing_is_summed_up() -> None:
    """
    Once an hour, and the rest at the end.
    """
    client = Client()
    client.surroundings.now = 1000.0
    await client.start()
    client.insert("a")
    client.surroundings.now = 1000.0 + 3600
    client.server.session.journal.tick()
    client.insert("bc")
    await client.peer.close()

    assert [event.typed_chars for event in client.events(SessionTick)] == [1]
    assert [event.typed_chars for event in client.events(SessionEnded)] == [2]


async def test_the_end_loses_nothing(client: Client) -> None:
    """
    What is in flight is cancelled and counted, what is on offer ends, the sink and the provider are closed.
    """
    client.surroundings.provider.script("items.length;")
    item = await client.complete()
    client.notify("textDocument/didShowCompletion", {"item": item})
    closed_early = client.surroundings.provider.closed_early
    client.surroundings.provider.hold = asyncio.Event()
    client.insert("other")
    params = {**PLACE, "position": {"line": 0, "character": 19}, "context": {"triggerKind": 1}}
    in_flight = client.request("textDocument/inlineCompletion", params)
    while len(client.surroundings.provider.prompts) < 2:
        await asyncio.sleep(0.001)

    assert await client.call("shutdown") is None
    assert (await client.answer_to(in_flight))["error"]["code"] == -32800
    assert client.event_names[-1] == "session.ended"
    assert "completion.suppressed" in client.event_names
    assert len(client.events(CompletionEnded)) == 1
    assert client.surroundings.backend.closed
    assert client.surroundings.provider.closed_early == closed_early + 1


async def test_a_change_that_makes_no_sense_lets_the_document_go(client: Client) -> None:
    """
    Better no completion than one for a text that the editor does not have; opening it again mends it.
    """
    client.surroundings.provider.script("items.length;")
    change = {"range": {"start": {"line": 0}}, "text": "x"}
    document = {"uri": URI, "version": 2}
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    result = await client.call("textDocument/inlineCompletion", {**PLACE, "context": {"triggerKind": 1}})
    assert result == {"items": []}

    client.open()
    assert (await client.complete())["insertText"] == "items.length;"


async def test_progress_is_shown_and_can_be_cancelled() -> None:
    """
    Begun, reported and ended under one token that the client agreed to; cancelling cancels the work.
    """
    client = Client()
    await client.start(capabilities={"window": {"workDoneProgress": True}})

    async def work() -> None:
        async with client.server.session.client.progress("Reading") as report:
            report("a.ts", 50)
            await asyncio.Event().wait()

    task = asyncio.ensure_future(work())
    asked = await client.until(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": None})
    token = asked["params"]["token"]
    kinds = []
    for kind in ("begin", "report"):
        message = await client.until(lambda message: message.get("method") == "$/progress")
        kinds.append(message["params"]["value"]["kind"])
        assert (message["params"]["token"], kinds[-1]) == (token, kind)
    client.notify("window/workDoneProgress/cancel", {"token": token})
    ended = await client.until(lambda message: message.get("method") == "$/progress")

    assert ended["params"]["value"]["kind"] == "end"
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_reading_a_large_workspace_is_shown() -> None:
    """
    How far it has got, until the index is complete, in an editor that shows progress.
    """
    client = Client()
    await client.start(capabilities={"window": {"workDoneProgress": True}})
    asked = await client.until(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": None})
    begun = await client.until(lambda message: message.get("method") == "$/progress")
    client.surroundings.backend.indexed.set()
    ended = await client.until(lambda message: message.get("method") == "$/progress")

    assert begun["params"]["value"]["title"] == "Pacenotes reads the workspace"
    assert ended["params"]["value"]["kind"] == "end"


async def test_progress_without_a_client_that_shows_it(client: Client) -> None:
    """
    The work is done all the same.
    """
    async with client.server.session.client.progress("Reading") as report:
        report("a.ts", 50)

    assert not client.take(lambda message: "rogress" in message.get("method", ""))
