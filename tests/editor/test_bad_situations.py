"""
What keeps the server from running is said in one sentence with ways out; mended, it runs without a reload.
"""

import sys
from pathlib import Path

import pytest

from tests.editor.conftest import Stage
from tests.editor.window import Window

OLD_SERVER = """\
import json, sys
length = 0
while line := sys.stdin.buffer.readline():
    if line.lower().startswith(b"content-length"):
        length = int(line.split(b":")[1])
    if not line.strip():
        message = json.loads(sys.stdin.buffer.read(length))
        if message.get("method") == "initialize":
            info = {"capabilities": {}, "serverInfo": {"name": "pacenotes", "version": "VERSION"}}
            body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": info}).encode()
            sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
            sys.stdout.buffer.flush()
"""


def program(folder: Path, text: str) -> str:
    """
    A program made of Python source.
    """
    source = folder / "server.py"
    source.write_text(text, encoding="utf-8")
    script = folder / "pacenotes"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {source} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize(
    ("text", "sentence", "way_out"),
    [
        (None, "cannot be run: correct the setting or empty it", "Open Settings"),
        ("raise SystemExit(3)", "ended before it answered; the log says why", "Open Log"),
        (
            OLD_SERVER.replace("VERSION", "0.0.1"),
            "is version 0.0.1 and this extension needs 0.1.0 or newer",
            "Try Again",
        ),
        (
            OLD_SERVER.replace("VERSION", "9.0.0"),
            "newer than this extension knows: update the extension",
            "Show Extension",
        ),
    ],
    ids=["missing", "crashing", "too old", "too new"],
)
def test_a_server_that_will_not_do(
    window: Window, stage: Stage, tmp_path: Path, text: str | None, sentence: str, way_out: str
) -> None:
    """
    Named in the settings, it is refused with a sentence; with the setting empty again, all is well.
    """
    named = program(tmp_path, text) if text is not None else str(tmp_path / "gone")
    with stage.code_server.machine({"pacenotes.server.path": named}):
        message = window.notification(sentence)
        message.wait_for()
        assert way_out in message.inner_text()
        assert sentence in window.status_label()
    window.wait_for_status("anthropic")


NO_AWS = """\
#!/bin/sh
export PACENOTES_PROVIDER=bedrock AWS_REGION=eu-west-1 AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
exec PYTHON -m lsp_server "$@"
"""


def test_no_aws_session(window: Window, stage: Stage, tmp_path: Path) -> None:
    """
    Bedrock without anybody signed in: one sentence, with the check of the set-up and the settings behind it.
    """
    script = tmp_path / "pacenotes"
    script.write_text(NO_AWS.replace("PYTHON", sys.executable), encoding="utf-8")
    script.chmod(0o755)
    with stage.code_server.machine({"pacenotes.server.path": str(script)}):
        window.wait_for_status("bedrock")
        window.open("src/aws.ts", "export const one = 1;\n")
        window.type("const limit = ")
        message = window.notification("sign in to AWS")
        message.wait_for(timeout=60_000)
        assert "Check Set-up" in message.inner_text()
    window.wait_for_status("anthropic")


def test_a_workspace_without_typescript(window: Window) -> None:
    """
    Nothing is said and nothing fails.
    """
    window.open("notes.md", "# Notes\n")
    window.type("More notes.")

    assert window.status().startswith("Pacenotes · anthropic")
