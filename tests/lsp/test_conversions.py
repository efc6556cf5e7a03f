"""
Between the protocol's types and ours: nothing is lost, and nothing malformed gets through.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.completion.request import (
    Completion,
    Extent,
    NoCompletion,
    NoCompletionReason,
    Source,
    TriggerKind,
)
from lsp_server.lsp import from_lsp, to_lsp
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.lsp.extensions import OfferedItem
from lsp_server.lsp.protocol import converter
from lsp_server.lsp.to_events import client
from lsp_server.text.document import Document
from lsp_server.text.positions import PositionEncoding, Span
from tests.support.marked import parse_marked

encodings = st.sampled_from(PositionEncoding)
texts = st.text(st.sampled_from("ab \n\r\té𝒏\u2028\x0c;("), max_size=40)


def document(text: str) -> Document:
    return Document.create("file:///a.ts", "typescript", 1, text)


@given(texts, encodings, st.data())
def test_a_span_survives_the_way_out_and_back(text: str, encoding: PositionEncoding, data: st.DataObject) -> None:
    """
    In every encoding, but for places inside a line break, which editors do not know.
    """
    places = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
    start, end = sorted(data.draw(st.sampled_from(places)) for _ in range(2))
    given = to_lsp.range_of(Span(start, end), document(text), encoding)

    assert from_lsp.span(given, document(text), encoding) == Span(start, end)


@given(texts, texts, encodings, st.data())
def test_changes_reach_the_document_as_the_client_meant_them(
    text: str, inserted: str, encoding: PositionEncoding, data: st.DataObject
) -> None:
    """
    A change of a range and one of everything, as they come off the wire.
    """
    places = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
    start, end = sorted(data.draw(st.sampled_from(places)) for _ in range(2))
    where = converter().unstructure(to_lsp.range_of(Span(start, end), document(text), encoding))
    changes = data.draw(
        st.sampled_from(
            (
                [{"range": where, "text": inserted}],
                [{"text": text[:start] + inserted + text[end:]}],
                [{"range": None, "text": text[:start] + inserted + text[end:]}],
            )
        )
    )
    params = converter().structure(
        {"textDocument": {"uri": "file:///a.ts", "version": 2}, "contentChanges": changes},
        types.DidChangeTextDocumentParams,
    )
    after, _ = document(text).apply(from_lsp.content_changes(params.content_changes), 2, encoding)

    assert after.text == text[:start] + inserted + text[end:]


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), texts, encodings)
def test_any_position_is_somewhere_in_the_text(
    line: int, character: int, text: str, encoding: PositionEncoding
) -> None:
    """
    However far out it is.
    """
    position = from_lsp.position(types.Position(line, character))

    assert 0 <= document(text).offset_at(position, encoding) <= len(text)


def test_a_range_that_is_upside_down_is_turned_round() -> None:
    """
    Its two ends are what counts.
    """
    given = types.Range(types.Position(0, 5), types.Position(0, 2))

    assert from_lsp.span(given, document("abcdef"), PositionEncoding.UTF16) == Span(2, 5)


def completion(source: str, text: str, *, from_: int = 0) -> Completion:
    marked = parse_marked(source)
    return Completion(
        id="0000000a",
        document=document(marked.text),
        text=text,
        span=Span(marked.offset - from_, marked.offset),
        offset=marked.offset,
        source=Source.MODEL,
        extent=Extent.BLOCK,
        provider="local",
        model="local",
        prompt_fingerprint="0123456789ab",
    )


def test_the_item_of_a_completion() -> None:
    """
    Text, range in the client's units, and the command with the id; nothing else crosses VS Code's client.
    """
    (item,) = to_lsp.inline_completion_list(completion("𝒏 = it█", "items;", from_=2), PositionEncoding.UTF16).items

    assert item.insert_text == "items;"
    assert item.range == types.Range(types.Position(0, 5), types.Position(0, 7))
    assert item.command is not None
    assert item.command.arguments == ["0000000a"]


def test_the_menu_entry_of_a_long_completion() -> None:
    """
    One line of it as the label, all of it in the edit and in the documentation.
    """
    text = "function f() {\n  return 1;\n}"
    listed = to_lsp.completion_list(completion("█", text), PositionEncoding.UTF16)

    assert listed.is_incomplete
    assert listed.items[0].label == "function f() {…"
    assert isinstance(listed.items[0].text_edit, types.TextEdit)
    assert listed.items[0].text_edit.new_text == text


@pytest.mark.parametrize("convert", [to_lsp.inline_completion_list, to_lsp.completion_list])
def test_nothing_to_offer_is_an_empty_list(convert: Any) -> None:
    """
    Whatever the reason.
    """
    for reason in NoCompletionReason:
        assert convert(NoCompletion(id="0000000a", reason=reason), PositionEncoding.UTF16).items == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"workspaceFolders": [{"uri": "file:///a/b", "name": "B"}]}, [("file:///a/b", "B", "/a/b")]),
        ({"workspaceFolders": [], "rootUri": "file:///a/b%20c"}, [("file:///a/b%20c", "b c", "/a/b c")]),
        ({"rootPath": "/a/b"}, [("file:///a/b", "b", "/a/b")]),
        ({"rootUri": "vscode-vfs://github/a/b"}, [("vscode-vfs://github/a/b", "b", None)]),
        ({}, []),
    ],
)
def test_folders(given: Any, expected: Any) -> None:
    """
    The list of today's clients, the root of yesterday's, the path of older ones still.
    """
    params = converter().structure({"capabilities": {}, "processId": None, **given}, types.InitializeParams)

    assert [(folder.uri, folder.name, folder.path) for folder in from_lsp.folders(params)] == expected


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        ({"telemetryLevel": "off"}, "off"),
        ({"telemetry.telemetryLevel": "error"}, "error"),
        ({"telemetry": {"telemetryLevel": "all", "enabled": True}}, "all"),
        ({"telemetry": {"enabled": True}}, None),
        ({"telemetryLevel": 5}, None),
        (None, None),
        ("all", None),
    ],
)
def test_the_editors_telemetry_level(sent: object, level: str | None) -> None:
    """
    Wherever the client puts it.
    """
    assert from_lsp.telemetry_level(sent) == level


@pytest.mark.parametrize("arguments", [(), (5,), ("a", "b"), (None,), (["a"],)])
def test_a_command_without_its_id_is_refused(arguments: Any) -> None:
    """
    As a mistake of the client's.
    """
    with pytest.raises(JsonRpcInvalidParams):
        from_lsp.only_id(arguments)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(1, TriggerKind.INVOKED), (2, TriggerKind.AUTOMATIC)],
)
def test_who_asked(kind: int, expected: TriggerKind) -> None:
    """
    The engineer or the editor.
    """
    context = converter().structure({"triggerKind": kind}, types.InlineCompletionContext)

    assert from_lsp.trigger_kind(context) is expected


def test_an_item_without_our_command_is_nobodys() -> None:
    """
    Only the command carries the id.
    """
    ours = types.Command(title="", command="pacenotes.completionAccepted", arguments=["0000000a"])
    another = types.Command(title="", command="other", arguments=["0000000a"])

    assert from_lsp.completion_id(OfferedItem(command=ours)) == "0000000a"
    assert from_lsp.completion_id(OfferedItem(command=another)) is None


@pytest.mark.parametrize(
    ("name", "version", "editor", "editor_version"),
    [
        ("Visual Studio Code", "1.139.0", "vscode", "1.139.0"),
        ("Visual Studio Code - Insiders", "1.140.0-insider", "vscode", "1.140.0"),
        ("code-server", "4.139.1", "vscode", "4.139.1"),
        ("VSCodium", "1.100", "vscodium", "1.100"),
        ("Visual Studio", "17.14", "visual-studio", "17.14"),
        ("Neovim", "v0.12.4+gdeadbeef", "neovim", "0.12.4"),
        ("my-own-editor", "", "other", None),
        ("", "main", "other", None),
    ],
)
def test_editors_are_known_by_the_name_they_give(name: str, version: str, editor: str, editor_version: str) -> None:
    """
    Of a version only the digits are kept.
    """
    told = client(ClientIdentity(name=name, version=version), "0.1.0")

    assert (told.editor, told.editor_version, told.server_version) == (editor, editor_version, "0.1.0")


@pytest.mark.parametrize(
    ("sent", "version"),
    [({"pluginVersion": "0.2.0-beta /home/me"}, "0.2.0"), ({"pluginVersion": 2}, None), ({}, None), (None, None)],
)
def test_the_extension_tells_its_version(sent: object, version: str | None) -> None:
    """
    In its initialization options; other clients have none. It is no setting.
    """
    identity = from_lsp.client_identity(None, None, from_lsp.plugin_version(sent))

    assert client(identity, "0.1.0").plugin_version == version
    assert not from_lsp.own_settings(sent)
