"""
Reviews by the real server, for a client that none of our code wrote, as several editors introduce themselves.
"""

import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.support.workplace import make_workplace

SERVER = [sys.executable, "-m", "lsp_server", "serve"]
SLIP = "export function same(a: string) {\n  return a === a;\n}\n"


@pytest.mark.parametrize("editor", ["visual-studio-code", "neovim", "emacs"])
async def test_a_finding_seen_once_and_silenced(tmp_path: Path, editor: str) -> None:
    """
    Shown, hovered over, silenced by the edit of an action, and gone with the next review.
    """
    workplace = make_workplace(tmp_path)
    uri = workplace.write("a.ts", SLIP).as_uri()
    client = await ClientServerConfig(server_command=SERVER, server_env=dict(workplace.environ)).start()
    assert isinstance(client, LanguageClient)
    folder = types.WorkspaceFolder(workplace.workspace.as_uri(), "work")
    await client.initialize_session(
        types.InitializeParams(capabilities=client_capabilities(editor), workspace_folders=[folder])
    )
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "typescript", 1, SLIP)))
    answer = await run(client, "pacenotes.reviewFile", uri)

    shown = list(client.diagnostics[uri])
    if client_capabilities(editor).text_document.diagnostic:  # type: ignore[union-attr]  # All of them have some.
        report = await client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        )
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        shown += report.items
    (diagnostic,) = shown
    assert list(answer["findings"]) == [data_of(diagnostic)["id"]]
    await silence(client, uri, diagnostic)
    assert not (await run(client, "pacenotes.reviewFile", uri))["findings"]
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]  # pytest-lsp leaves it untyped.


async def silence(client: LanguageClient, uri: str, diagnostic: types.Diagnostic) -> None:
    """
    Take the action that writes a comment.
    """
    document = types.TextDocumentIdentifier(uri)
    hover = await client.text_document_hover_async(types.HoverParams(document, diagnostic.range.start))
    assert hover is not None
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, diagnostic.range, types.CodeActionContext([diagnostic]))
    )
    (action,) = [one for one in actions or () if one.title.startswith("Ignore")]
    assert isinstance(action, types.CodeAction)
    if action.edit is None:
        action = await client.code_action_resolve_async(action)
    assert action.edit is not None
    edits = [edit for change in action.edit.document_changes or () for edit in change.edits]  # type: ignore[union-attr]  # No files are made.
    edits = edits or list((action.edit.changes or {})[uri])
    (edit,) = edits
    text: str = edit.new_text  # type: ignore[union-attr]  # Nor are there snippets.
    assert "pacenotes-ignore[correctness]: " in text
    place = edit.range
    version = types.VersionedTextDocumentIdentifier(version=2, uri=uri)
    change = types.TextDocumentContentChangePartial(range=place, text=text)
    client.text_document_did_change(types.DidChangeTextDocumentParams(version, [change]))


def data_of(diagnostic: types.Diagnostic) -> Any:
    """
    What the server gets back with a diagnostic.
    """
    return diagnostic.data


async def run(client: LanguageClient, command: str, *arguments: Any) -> Any:
    """
    Run a command.
    """
    return await client.workspace_execute_command_async(
        types.ExecuteCommandParams(command=command, arguments=list(arguments))
    )
