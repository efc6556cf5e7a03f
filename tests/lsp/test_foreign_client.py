"""
The real server, as `pacenotes serve` starts it, with a client that none of our code wrote: pytest-lsp's.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.support.messages_api import API_KEY, MessagesApi
from tests.support.replies import Reply
from tests.support.workplace import Workplace, make_workplace

SOURCE = "const items = [1, 2, 3];\nconst count = \n"
PLACE = types.Position(1, 14)
SERVER = [sys.executable, "-m", "lsp_server", "serve"]


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    """
    A stand-in for the model.
    """
    with MessagesApi("items.length;") as api:
        yield api


@pytest.fixture
def workplace(api: MessagesApi, tmp_path: Path) -> Workplace:
    """
    A workspace whose server asks the stand-in.
    """
    settings = {"PACENOTES_PROVIDER": "anthropic", "PACENOTES_COMPLETION_DEBOUNCE_MS": "0"}
    return make_workplace(tmp_path, ANTHROPIC_API_KEY=API_KEY, ANTHROPIC_BASE_URL=api.url, **settings)


@pytest.fixture
async def client(workplace: Workplace) -> AsyncIterator[LanguageClient]:
    """
    A client with a server of its own.
    """
    client = await ClientServerConfig(server_command=SERVER, server_env=dict(workplace.environ)).start()
    assert isinstance(client, LanguageClient)
    completion = types.InlineCompletionClientCapabilities()
    await client.initialize_session(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(
                text_document=types.TextDocumentClientCapabilities(inline_completion=completion)
            ),
            workspace_folders=[types.WorkspaceFolder(workplace.workspace.as_uri(), "work")],
        )
    )
    yield client
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]  # pytest-lsp leaves it untyped.


def opened(client: LanguageClient, workplace: Workplace) -> types.InlineCompletionParams:
    """
    Open a document, and ask for a completion in it.
    """
    uri = (workplace.workspace / "a.ts").as_uri()
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "typescript", 1, SOURCE)))
    return types.InlineCompletionParams(
        context=types.InlineCompletionContext(trigger_kind=types.InlineCompletionTriggerKind.Automatic),
        text_document=types.TextDocumentIdentifier(uri),
        position=PLACE,
    )


async def test_a_completion_accepted(client: LanguageClient, workplace: Workplace) -> None:
    """
    Asked for, offered, accepted, and the request behind it shown.
    """
    found = await client.text_document_inline_completion_async(opened(client, workplace))

    assert isinstance(found, types.InlineCompletionList)
    (item,) = found.items
    assert item.insert_text == "items.length;"
    assert item.range == types.Range(PLACE, PLACE)
    assert item.command is not None
    accepted = types.ExecuteCommandParams(command=item.command.command, arguments=item.command.arguments)
    assert await client.workspace_execute_command_async(accepted) is None
    behind = types.ExecuteCommandParams(command="pacenotes.showRequest", arguments=item.command.arguments)
    shown: Any = await client.workspace_execute_command_async(behind)
    assert "const items = [1, 2, 3];" in str(shown)


async def test_a_cancelled_request_lets_go_of_the_model(
    client: LanguageClient, api: MessagesApi, workplace: Workplace
) -> None:
    """
    Its connection is closed, and the next request is answered.
    """
    api.script([Reply(text="items.length;", first_token_s=60), "items.length;"])
    params = opened(client, workplace)
    asked = client.protocol.send_request("textDocument/inlineCompletion", params, msg_id="cancelled")
    exchange = await asyncio.to_thread(api.wait_for, 1)
    client.cancel_request(types.CancelParams(id="cancelled"))

    await asyncio.to_thread(exchange.wait_closed)
    with pytest.raises(JsonRpcException, match="cancelled"):
        await asyncio.wrap_future(asked)
    found = await client.text_document_inline_completion_async(params)
    assert isinstance(found, types.InlineCompletionList)
    assert [item.insert_text for item in found.items] == ["items.length;"]


async def test_a_failing_model_leaves_the_server_up(
    client: LanguageClient, api: MessagesApi, workplace: Workplace
) -> None:
    """
    Nothing is offered, and everything else goes on.
    """
    api.script(Reply(status=400, error_type="invalid_request_error"))
    params = opened(client, workplace)

    assert await client.text_document_inline_completion_async(params) == types.InlineCompletionList(items=())
    await client.workspace_execute_command_async(
        types.ExecuteCommandParams(command="pacenotes.completionAccepted", arguments=["unknown"])
    )
