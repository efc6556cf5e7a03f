"""
A workspace full of secrets, a settings file that points elsewhere, the real server: nothing gets out or stays behind.
"""

import contextlib
import json
import random
import sqlite3
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lsp_server.files import uri_of
from tests.policy.planted_secrets import Planted, pem, planted_secrets, private_key
from tests.support.bedrock_runtime import BedrockRuntime
from tests.support.editor import Editor
from tests.support.messages_api import MessagesApi
from tests.support.replies import Reply
from tests.support.workplace import Workplace

SERVE = (sys.executable, "-m", "lsp_server", "serve")
REPLY = "a + b;"
FAR_AWAY = [f"// line {number} of many" for number in range(500)]
A_DOCUMENT = 10
KEY = private_key(random.Random(11), lines=4)
PLANTED = (*planted_secrets(seed=41), Planted("private-key", KEY[0], pem(KEY)))
UNREAD = {
    ".env": "INNOCENT_NAME=of-no-known-form-but-private\n",
    "src/generated.ts": 'export const innocentToo = "ignored-by-git-and-private";\n',
}
ALSO_PRIVATE = (
    *(("private-key", line) for line in KEY),
    (".env", "of-no-known-form-but-private"),
    ("ignored file", "ignored-by-git-and-private"),
)


@pytest.fixture(params=["anthropic", "bedrock"])
def stand_in(request: pytest.FixtureRequest) -> Iterator[MessagesApi | BedrockRuntime]:
    """
    The provider's end of the wire.
    """
    with MessagesApi(REPLY) if request.param == "anthropic" else BedrockRuntime(REPLY) as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[MessagesApi]:
    """
    Where the workspace would like everything to go.
    """
    with MessagesApi(REPLY) as server:
        yield server


def environ_of(stand_in: MessagesApi | BedrockRuntime) -> Mapping[str, str]:
    if isinstance(stand_in, BedrockRuntime):
        return {
            "PACENOTES_PROVIDER": "bedrock",
            "AWS_REGION": "us-east-1",
            "AWS_BEARER_TOKEN_BEDROCK": "a-credential-of-ours",
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": stand_in.url,
        }
    return {
        "PACENOTES_PROVIDER": "anthropic",
        "ANTHROPIC_API_KEY": "a-credential-of-ours",
        "ANTHROPIC_BASE_URL": stand_in.url,
    }


def documents() -> list[tuple[str, str, Sequence[Planted]]]:
    """
    Name, text and secrets of each document; in its last line something waits to be completed.
    """
    found: list[tuple[str, str, Sequence[Planted]]] = []
    for start in range(0, len(PLANTED), A_DOCUMENT):
        planted = PLANTED[start : start + A_DOCUMENT]
        number = start // A_DOCUMENT
        lines = [f"/*\n{each.line}\n*/\n// {each.line}" for each in planted]
        imported = f'import {{ shared{number} }} from "./shared{number}";\n'
        telling = [each for each in planted if each.line == f'const key = "{each.secret}";']
        declared = [f'export const own{number}{index} = "{each.secret}";' for index, each in enumerate(telling)]
        text = "\n".join([imported, *declared, *FAR_AWAY, *lines, f"export const sum{number} = own{number}"])
        found.append((f"src/a{number}.ts", text, planted))
    return found


def plant(workplace: Workplace, elsewhere: MessagesApi) -> None:
    """
    The same secrets again in files that are imported, and files that must not be read at all.
    """
    for number, (name, text, planted) in enumerate(documents()):
        workplace.write(name, text)
        shared = [
            f'export const shared{number} = {{\n  // {each.line}\n  key: "{each.secret}",\n}};' for each in planted
        ]
        workplace.write(f"src/shared{number}.ts", "\n".join(shared))
    for name, text in UNREAD.items():
        workplace.write(name, text)
    workplace.write(".gitignore", "generated.ts\n")
    workplace.write(
        "pacenotes.toml",
        f'provider = "anthropic"\n[anthropic]\nbaseUrl = "{elsewhere.url}"\n[bedrock]\nendpoint = "{elsewhere.url}"\n'
        f'[storage]\ndirectory = "{workplace.workspace}/here"\n[completion]\nmaxTokens = 100\n',
    )


def drive(workplace: Workplace, stand_in: MessagesApi | BedrockRuntime) -> str:
    """
    Complete everywhere, accept, be failed by the provider, and leave; gives all that the server said.
    """
    said: list[Any] = []
    with Editor(SERVE, environ={**workplace.environ, **environ_of(stand_in)}) as editor:
        editor.initialize(workspaceFolders=[{"uri": uri_of(workplace.workspace), "name": "planted"}])
        editor.call("pacenotes/ready")
        for name, text, planted in documents():
            uri = uri_of(workplace.workspace / name)
            editor.open(uri, text)
            (item,) = complete(editor, uri, text, len(text))
            editor.call("workspace/executeCommand", item["command"])
            secret = planted[0].secret
            said += [item, *complete(editor, uri, text, text.index(secret) + len(secret) // 2)]
        for name, text in UNREAD.items():
            editor.open(uri_of(workplace.workspace / name), text)
            assert complete(editor, uri_of(workplace.workspace / name), text, len(text)) == []
        stand_in.script(Reply(status=500))
        assert complete(editor, uri, text=documents()[-1][1], offset=0) == []
        assert editor.shut_down() == 0
        return json.dumps([said, editor.unread()]) + editor.stderr


def complete(editor: Editor, uri: str, text: str, offset: int) -> list[dict[str, Any]]:
    """
    The items at an offset, as if the engineer had asked for them.
    """
    line = text.count("\n", 0, offset)
    position = {"line": line, "character": offset - text.rfind("\n", 0, offset) - 1}
    params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 1}}
    items: list[dict[str, Any]] = editor.call("textDocument/inlineCompletion", params)["items"]
    return items


def planted_in(text: str) -> list[str]:
    """
    The kinds of which a secret, or a half of one, can be read in `text`.
    """
    halves = [(each.kind, half) for each in PLANTED for half in in_halves(each.secret)]
    return [kind for kind, half in [*halves, *ALSO_PRIVATE] if half in text]


def in_halves(secret: str) -> tuple[str, str]:
    return secret[: len(secret) // 2], secret[len(secret) // 2 :]


def readable(file: Path, content: bytes) -> str:
    """
    The bytes of a file as text, and the rows of a database or the members of an archive unpacked.
    """
    parts = [content.decode("latin-1")]
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            parts += [archive.read(member).decode("latin-1") for member in archive.namelist()]
    if content.startswith(b"SQLite format 3"):
        with contextlib.closing(sqlite3.connect(file)) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    parts += map(unpacked, row)
    return "\n".join(parts)


def unpacked(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    with contextlib.suppress(zlib.error):
        return zlib.decompress(value).decode("utf-8", "replace")
    return value.decode("latin-1")


def test_no_secret_gets_out_or_stays_behind(
    workplace: Workplace, stand_in: MessagesApi | BedrockRuntime, elsewhere: MessagesApi
) -> None:
    """
    None is in a request, a log, the cache, the audit, an event or any other file; nothing goes elsewhere.
    """
    plant(workplace, elsewhere)

    said = drive(workplace, stand_in)

    sent = [exchange.raw.decode() for exchange in stand_in.exchanges]
    assert len(sent) > 2 * len(documents())
    assert [planted_in(request) for request in sent] == [[] for _ in sent]
    for number in range(len(documents())):
        assert any(f"export const sum{number} = own{number}" in request and "<redacted:" in request for request in sent)
    assert planted_in(said) == []

    files = {file: readable(file, content) for file, content in workplace.state_bytes()}
    assert {file.name: found for file, text in files.items() if (found := planted_in(text))} == {}
    assert "<redacted:" in files[workplace.home / "storage" / "state" / "audit.sqlite"]
    assert REPLY in "".join(text for file, text in files.items() if "replies" in str(file))

    assert elsewhere.exchanges == []
    assert not (workplace.workspace / "here").exists()


def test_the_local_model_learns_no_secret(workplace: Workplace, elsewhere: MessagesApi) -> None:
    """
    Neither what it keeps of the workspace nor what it offers holds one.
    """
    plant(workplace, elsewhere)
    said: list[Any] = []
    with Editor(SERVE, environ={**workplace.environ, "PACENOTES_PROVIDER": "local"}) as editor:
        editor.initialize(workspaceFolders=[{"uri": uri_of(workplace.workspace), "name": "planted"}])
        editor.call("pacenotes/ready")
        uri = uri_of(workplace.workspace / "src" / "new.ts")
        for start in dict.fromkeys(each.line.partition(each.secret)[0] for each in PLANTED):
            editor.open(uri, start)
            said += complete(editor, uri, start, len(start))
            editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert editor.shut_down() == 0
        said.append(editor.stderr)

    assert planted_in(json.dumps(said)) == []
    files = {file: readable(file, content) for file, content in workplace.state_bytes()}
    assert [file for file in files if file.suffix == ".npz"]
    assert {file.name: found for file, text in files.items() if (found := planted_in(text))} == {}


def test_the_search_for_secrets_finds_them(tmp_path: Path) -> None:
    """
    A secret in a database, packed or not, would be seen.
    """
    file = tmp_path / "a.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE t (packed BLOB)")
        connection.execute("INSERT INTO t VALUES (?)", (zlib.compress((" " * 9000 + PLANTED[0].secret).encode()),))

    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("texts", " " * 9000 + PLANTED[1].secret)

    assert set(planted_in(readable(tmp_path / "a.npz", b""))) == {PLANTED[1].kind}
    assert set(planted_in(readable(file, file.read_bytes()))) == {PLANTED[0].kind}
