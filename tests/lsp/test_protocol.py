"""
JSON-RPC by the specification: one answer for each request, whatever the message, and nothing stops the conversation.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lsp_server.lsp import extensions
from lsp_server.lsp.protocol import ServerProtocol, converter
from tests.support.conversation import Conversation

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
NOT_INITIALIZED, CANCELLED = -32002, -32800

EXECUTE = types.WORKSPACE_EXECUTE_COMMAND
INITIALIZE = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"capabilities": {}, "processId": None}}


class SmallServer(LanguageServer):
    """
    A server with a handler of each kind.
    """

    protocol: ServerProtocol

    def __init__(self) -> None:
        super().__init__("small", "1", protocol_cls=ServerProtocol, converter_factory=converter)
        self.log: list[str] = []
        self.cancelled: list[str] = []
        for method, handler in HANDLERS.items():
            self.feature(method)(handler)
        self.command("sleep")(sleep)

    async def close(self) -> None:
        """
        Needs a moment.
        """
        await asyncio.sleep(0)
        self.log.append("closed")


def hover(ls: SmallServer, params: types.HoverParams) -> types.Hover:
    return types.Hover(contents=f"{params.position.line}")


def did_open(ls: SmallServer, params: types.DidOpenTextDocumentParams) -> None:
    ls.log.append(f"opened {params.text_document.uri}")
    if params.text_document.uri == "bad:":
        raise ValueError("secret text")


def completion(ls: SmallServer, params: types.CompletionParams) -> Awaitable[list[types.CompletionItem]]:
    ls.log.append(f"asked {params.position.line}")
    return asyncio.sleep(0, [types.CompletionItem(label="a")])


async def definition(ls: SmallServer, params: types.DefinitionParams) -> None:
    raise RuntimeError("secret text")


async def ready(ls: SmallServer, _: None) -> Any:
    return object()


async def sleep(ls: SmallServer, arguments: Sequence[Any]) -> str:
    try:
        await asyncio.sleep(*arguments)
    except asyncio.CancelledError:
        ls.cancelled.append("sleep")
        raise
    return "woke"


HANDLERS: dict[str, Callable[..., Any]] = {
    types.TEXT_DOCUMENT_HOVER: hover,
    types.TEXT_DOCUMENT_DID_OPEN: did_open,
    types.TEXT_DOCUMENT_COMPLETION: completion,
    types.TEXT_DOCUMENT_DEFINITION: definition,
    extensions.READY: ready,
}


class Small(Conversation):
    """
    A conversation with the small server.
    """

    def __init__(self) -> None:
        self.server = SmallServer()
        self.protocol = self.server.protocol
        super().__init__(self.protocol)


@pytest.fixture
def conversation() -> Small:
    return Small()


@pytest.fixture
async def running(conversation: Small) -> Small:
    conversation.send(INITIALIZE)
    await conversation.settle()
    return conversation


def codes(messages: Sequence[dict[str, Any]]) -> list[tuple[Any, Any]]:
    return [(message["id"], message.get("error", {}).get("code")) for message in messages]


POSITION = {"textDocument": {"uri": "file:///a.ts"}, "position": {"line": 3, "character": 0}}


async def test_a_request_is_answered_with_its_id(running: Small) -> None:
    """
    Sound requests get their result, whether the id is a number or a string.
    """
    running.request("textDocument/hover", POSITION, id=7)
    running.request("textDocument/hover", POSITION, id="seven")

    assert await running.settle() == [{"jsonrpc": "2.0", "id": id, "result": {"contents": "3"}} for id in (7, "seven")]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (b"{", (None, PARSE_ERROR)),
        (b"", (None, PARSE_ERROR)),
        (b"\xff\xfe{}", (None, PARSE_ERROR)),
        (b"[" * 100_000, (None, PARSE_ERROR)),
        (b'{"id": ' + b"9" * 5000 + b"}", (None, PARSE_ERROR)),
        ([INITIALIZE], (None, INVALID_REQUEST)),
        (5, (None, INVALID_REQUEST)),
        (None, (None, INVALID_REQUEST)),
        ({}, (None, INVALID_REQUEST)),
        ({"jsonrpc": "2.0"}, (None, INVALID_REQUEST)),
        ({"jsonrpc": "2.0", "id": 4}, (4, INVALID_REQUEST)),
        ({"jsonrpc": "2.0", "id": 4, "method": 5}, (4, INVALID_REQUEST)),
        ({"jsonrpc": "1.0", "id": 4, "method": "textDocument/hover"}, (4, INVALID_REQUEST)),
        ({"id": 4, "method": "textDocument/hover"}, (4, INVALID_REQUEST)),
        ({"jsonrpc": "2.0", "id": None, "method": "textDocument/hover"}, (None, INVALID_REQUEST)),
        ({"jsonrpc": "2.0", "id": True, "method": "textDocument/hover"}, (None, INVALID_REQUEST)),
        ({"jsonrpc": "2.0", "id": {}, "method": "textDocument/hover"}, (None, INVALID_REQUEST)),
        ({"jsonrpc": "2.0", "id": 4, "method": "no/such"}, (4, UNKNOWN_METHOD)),
        ({"jsonrpc": "2.0", "id": 4, "method": "$/no/such", "params": {}}, (4, UNKNOWN_METHOD)),
        ({"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover"}, (4, INVALID_PARAMS)),
        ({"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": 5}, (4, INVALID_PARAMS)),
        ({"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": []}, (4, INVALID_PARAMS)),
        ({"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": {"position": {}}}, (4, INVALID_PARAMS)),
        ({"jsonrpc": "2.0", "id": 4, "method": EXECUTE, "params": {"command": "no"}}, (4, INVALID_PARAMS)),
        ({"jsonrpc": "2.0", "id": 4, "method": "textDocument/definition", "params": POSITION}, (4, INTERNAL)),
        ({"jsonrpc": "2.0", "id": 4, "method": "pacenotes/ready"}, (4, INTERNAL)),
        ({**INITIALIZE, "id": 4}, (4, INVALID_REQUEST)),
    ],
)  # fmt: skip
async def test_bad_messages_are_answered_with_an_error(running: Small, message: Any, answer: Any) -> None:
    """
    Each gets one error with the right code and id, never a traceback, and the next request is answered.
    """
    running.send(message)
    running.request("textDocument/hover", POSITION, id=99)
    replies = await running.settle()

    assert sorted(codes(replies), key=str) == sorted([answer, (99, None)], key=str)
    assert "Traceback" not in json.dumps(replies)
    assert "secret" not in json.dumps(replies)


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "no/such"},
        {"jsonrpc": "2.0", "method": "textDocument/didOpen"},
        {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": 5}}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 12345}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest"},
        {"jsonrpc": "2.0", "id": 5, "result": None},
        {"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "parse error"}},
        {"jsonrpc": "2.0", "id": "nobody asked", "error": "nonsense"},
        {"jsonrpc": "2.0", "id": [], "result": 3},
    ],
)
async def test_what_is_no_request_gets_no_answer(running: Small, message: Any) -> None:
    """
    Unknown or malformed notifications and stray answers are passed over.
    """
    running.send(message)

    assert await running.settle() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ids = st.integers(0, 5)
methods = st.sampled_from(["initialize", "textDocument/hover", "textDocument/didOpen", "$/cancelRequest", EXECUTE, "x"])


@given(
    st.lists(
        st.fixed_dictionaries({"jsonrpc": st.just("2.0"), "id": ids, "method": methods, "params": json_values})
        | st.dictionaries(st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"]), json_values)
        | json_values,
        max_size=4,
    )
)
def test_no_message_stops_the_conversation(messages: list[Any]) -> None:
    """
    After any JSON at all, the next request is answered.
    """

    async def converse() -> None:
        conversation = Small()
        for message in [INITIALIZE, *messages]:
            conversation.send(message)
            await conversation.settle()
            conversation.request("textDocument/hover", POSITION, id=99)
            assert codes(await conversation.settle())[-1] == (99, None)

    asyncio.run(converse())


async def test_requests_before_initialize_are_refused(conversation: Small) -> None:
    """
    They get -32002; notifications are dropped.
    """
    conversation.request("textDocument/hover", POSITION)
    conversation.notify("textDocument/didOpen", {"textDocument": DOCUMENT})
    conversation.send(INITIALIZE)

    assert codes(await conversation.settle()) == [(1, NOT_INITIALIZED), (0, None)]
    assert conversation.server.log == []


DOCUMENT = {"uri": "file:///a.ts", "languageId": "typescript", "version": 1, "text": ""}


async def test_after_shutdown_only_exit_counts(running: Small) -> None:
    """
    Requests are refused and notifications dropped from the moment that `shutdown` came; `exit` leaves with 0.
    """
    running.request("shutdown", id=1)
    running.request("textDocument/hover", POSITION, id=2)
    running.request("shutdown", id=3)
    running.notify("textDocument/didOpen", {"textDocument": DOCUMENT})

    assert sorted(codes(await running.settle())) == [(1, None), (2, INVALID_REQUEST), (3, INVALID_REQUEST)]
    assert running.server.log == ["closed"]
    assert running.leaves == 0

    running.notify("exit")

    assert running.leaves == 1
    assert running.protocol.exit_code == 0


@pytest.mark.parametrize("initialized", [True, False])
async def test_exit_without_shutdown_leaves_with_1(conversation: Small, initialized: bool) -> None:
    """
    As the specification says, even before `initialize`.
    """
    if initialized:
        conversation.send(INITIALIZE)
    conversation.notify("exit")

    assert conversation.leaves == 1
    assert conversation.protocol.exit_code == 1


async def test_closing_happens_once(running: Small) -> None:
    """
    `shutdown` and the end of the stream together save once.
    """
    running.request("shutdown")
    await asyncio.gather(running.protocol.close(), running.protocol.close())
    await running.settle()

    assert running.server.log == ["closed"]


async def test_shutdown_cancels_what_is_in_flight(running: Small) -> None:
    """
    The request being worked on is answered as cancelled, and `shutdown` with a result.
    """
    running.request(EXECUTE, {"command": "sleep", "arguments": [60]}, id=1)
    await running.settle()
    running.request("shutdown", id=2)

    assert sorted(codes(await running.settle())) == [(1, CANCELLED), (2, None)]


async def test_cancelling_reaches_into_a_command(running: Small) -> None:
    """
    The handler's own await is cancelled, and the request is answered as such.
    """
    running.request(EXECUTE, {"command": "sleep", "arguments": [60]}, id=1)
    await running.settle()
    running.notify("$/cancelRequest", {"id": 1})

    assert codes(await running.settle()) == [(1, CANCELLED)]
    assert running.server.cancelled == ["sleep"]


async def test_a_request_cancelled_in_the_same_breath_never_runs(running: Small) -> None:
    """
    A cancellation that arrives with its request is in time.
    """
    running.request(EXECUTE, {"command": "sleep", "arguments": [60]}, id=1)
    running.notify("$/cancelRequest", {"id": 1})

    assert codes(await running.settle()) == [(1, CANCELLED)]
    assert running.server.cancelled == []


async def test_an_id_in_use_is_refused(running: Small) -> None:
    """
    Two requests of one id could not be told apart; once the first is answered the id is free again.
    """
    running.request(EXECUTE, {"command": "sleep", "arguments": [0]}, id=1)
    running.request("textDocument/hover", POSITION, id=1)

    assert codes(await running.settle()) == [(1, INVALID_REQUEST), (1, None)]

    running.request("textDocument/hover", POSITION, id=1)

    assert codes(await running.settle()) == [(1, None)]


async def test_nothing_is_kept_of_what_is_done(running: Small) -> None:
    """
    Neither of requests nor of notifications, whatever kind of handler they have.
    """
    running.request("textDocument/hover", POSITION)
    running.request("textDocument/completion", POSITION)
    running.request("textDocument/definition", POSITION)
    running.notify("initialized", {})
    running.notify("$/setTrace", {"value": "off"})
    running.notify("textDocument/didOpen", {"textDocument": DOCUMENT})
    await running.settle()

    assert running.protocol._request_futures == {}


async def test_a_handler_sees_the_world_as_it_was_when_asked(running: Small) -> None:
    """
    What a handler does before its first await happens before the next message is handled.
    """
    running.request("textDocument/completion", POSITION)
    running.notify("textDocument/didOpen", {"textDocument": DOCUMENT})
    await running.settle()

    assert running.server.log == ["asked 3", "opened file:///a.ts"]


async def test_a_failing_notification_is_logged_without_its_text(
    running: Small, caplog: pytest.LogCaptureFixture
) -> None:
    """
    The log says what failed and where; the exception's own words may quote the document.
    """
    running.notify("textDocument/didOpen", {"textDocument": {**DOCUMENT, "uri": "bad:"}})

    assert await running.settle() == []
    assert "ValueError at test_protocol.py" in caplog.text
    assert "secret" not in caplog.text


ANSWERS = {
    "nothing": (None, "?"),
    "a sound answer": ({"result": [{"a": 1}]}, [{"a": 1}]),
    "an error": ({"error": {"code": -32000, "message": "no"}}, None),
    "a senseless error": ({"error": "no"}, None),
    "a senseless result": ({"result": 5}, None),
}


@pytest.mark.parametrize(("answer", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_answers_to_our_own_requests(running: Small, answer: Any, expected: Any) -> None:
    """
    Whatever the client answers, whoever asked gets a result or an error and does not wait for ever.
    """
    asked = running.protocol.send_request_async(
        types.WORKSPACE_CONFIGURATION, types.ConfigurationParams([types.ConfigurationItem(section="a")])
    )
    (sent,) = await running.settle()
    if answer is None:
        running.send({"jsonrpc": "2.0", "id": "another", "result": []})
        await running.settle()
        assert not asked.done()
        return
    running.send({"jsonrpc": "2.0", "id": sent["id"], **answer})
    if expected is None:
        with pytest.raises(Exception, match=r"error|unusable"):
            await asked
    else:
        assert list(await asked) == expected


async def test_an_answer_with_the_id_of_the_clients_own_request_is_passed_over(running: Small) -> None:
    """
    It must not end that request.
    """
    running.request(EXECUTE, {"command": "sleep", "arguments": [0.001]}, id="mine")
    running.send({"jsonrpc": "2.0", "id": "mine", "result": "forged"})
    await asyncio.sleep(0.01)

    assert [message["result"] for message in await running.settle()] == ["woke"]
