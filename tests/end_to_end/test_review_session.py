"""
A review in an editor, from the real process to the real wire and back: with a model, and with nobody to ask.
"""

import json
import subprocess
import sys
from typing import Any

from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding
from tests.support.editor import Editor
from tests.support.messages_api import API_KEY, MessagesApi
from tests.support.replies import Reply
from tests.support.workplace import Workplace

SERVER = (sys.executable, "-m", "lsp_server", "serve")
CAPABILITIES = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {"codeAction": {"disabledSupport": True}},
}
MEAN = "  return total / count;\n"
GUARDED = "  return count === 0 ? 0 : total / count;\n"
SOURCE = f"export function mean(total: number, count: number) {{\n{MEAN}}}\n"
CLAIM = {
    "file": "src/mean.ts",
    "quote": MEAN.strip("\n"),
    "category": "correctness",
    "severity": "warning",
    "confidence": 90,
    "message": "The count may be 0.",
    "replacement": GUARDED.strip("\n"),
}
SLIP = "export function same(a: string) {\n  return a === a;\n}\n"
FOUND = Reply(tool_input={"findings": [CLAIM]})


class Buffer:
    """
    One document in an editor over real pipes.
    """

    def __init__(self, editor: Editor, workplace: Workplace, path: str, text: str) -> None:
        self.editor = editor
        self.uri = workplace.write(path, text).as_uri()
        self.document = Document.create(self.uri, "typescript", 1, text)
        folder = {"uri": workplace.workspace.as_uri(), "name": "work"}
        editor.initialize(capabilities=CAPABILITIES, workspaceFolders=[folder])
        editor.open(self.uri, text)
        self._past: list[str] = []

    def run(self, command: str, *arguments: Any) -> Any:
        return self.editor.call("workspace/executeCommand", {"command": command, "arguments": list(arguments)})

    def shown(self) -> list[Any]:
        """
        The next diagnostics that are pushed.
        """
        message = self.editor.until(lambda message: message.get("method") == "textDocument/publishDiagnostics")
        assert message["params"]["uri"] == self.uri
        found: list[Any] = message["params"]["diagnostics"]
        return found

    def fix(self) -> None:
        """
        Choose the fix of the one finding there is, and make the edit that the server asks for.
        """
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        params = {"textDocument": {"uri": self.uri}, "range": place, "context": {"diagnostics": []}}
        (fix,) = (one for one in self.editor.call("textDocument/codeAction", params) if one["title"].startswith("Fix"))
        id = self.editor.request("workspace/executeCommand", {**fix["command"], "title": None})
        asked = self.editor.until(lambda message: message.get("method") == "workspace/applyEdit")
        (change,) = asked["params"]["edit"]["documentChanges"]
        assert change["textDocument"]["version"] == self.document.version
        (edit,) = change["edits"]
        self._past.append(self.document.text)
        self.change({"range": edit["range"], "text": edit["newText"]})
        self.editor.message({"jsonrpc": "2.0", "id": asked["id"], "result": {"applied": True}})
        assert self.editor.answer(id)["result"] == {"applied": True}

    def undo(self) -> None:
        self.change({"text": self._past.pop()})

    def change(self, change: Any) -> None:
        place = change.get("range")
        places = [Position(**place[key]) for key in ("start", "end")] if place else []
        edit = ContentChange((places[0], places[1]) if places else None, change["text"])
        self.document, _ = self.document.apply([edit], self.document.version + 1, PositionEncoding.UTF16)
        document = {"uri": self.uri, "version": self.document.version}
        self.editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


def test_review_see_fix_undo_edit_elsewhere_fix_again(workplace: Workplace) -> None:
    """
    The model is asked once; everything after that is the server's own; a dismissal is in the baseline in the end.
    """
    with MessagesApi(FOUND) as api:
        settings = {"PACENOTES_PROVIDER": "anthropic", "PACENOTES_REVIEW_VERIFY": "off"}
        environ = {**workplace.environ, **settings, "ANTHROPIC_API_KEY": API_KEY, "ANTHROPIC_BASE_URL": api.url}
        with Editor(SERVER, environ=environ) as editor:
            buffer = Buffer(editor, workplace, "src/mean.ts", SOURCE)
            answer = buffer.run("pacenotes.reviewFile", buffer.uri)
            assert (len(answer["findings"]), answer["incomplete"]) == (1, None)
            (diagnostic,) = buffer.shown()
            assert diagnostic["range"]["start"] == {"line": 1, "character": 2}
            behind = buffer.run("pacenotes.showRequest", diagnostic["data"]["id"])
            assert "total / count" in json.dumps(behind)

            for line in ("// one\n", "// 😀 two\n"):
                buffer.fix()
                assert buffer.document.text.endswith(SOURCE.replace(MEAN, GUARDED))
                assert buffer.shown() == []
                buffer.undo()
                assert len(buffer.shown()) == 1
                start = {"line": 0, "character": 0}
                buffer.change({"range": {"start": start, "end": start}, "text": line})
                assert (
                    buffer.shown()[0]["range"]["start"]["line"] == buffer.document.text[: -len(SOURCE)].count("\n") + 1
                )
            buffer.run("pacenotes.dismissFinding", diagnostic["data"]["id"], "noise")
            assert buffer.shown() == []
            assert len(buffer.run("pacenotes.reviewFile", buffer.uri)["findings"]) == 0
            assert editor.shut_down() == 0

    assert diagnostic["data"]["id"] in (workplace.workspace / "pacenotes-baseline.json").read_text()
    assert API_KEY not in editor.stderr


def test_with_nobody_to_ask_the_rules_review(workplace: Workplace) -> None:
    """
    As soon as a document is open; a review that is asked for says that no model had a look.
    """
    with Editor(SERVER, environ=workplace.environ) as editor:
        buffer = Buffer(editor, workplace, "src/same.ts", SLIP)
        (diagnostic,) = buffer.shown()
        answer = buffer.run("pacenotes.reviewFile", buffer.uri)
        assert editor.shut_down() == 0

    assert diagnostic["range"]["start"]["line"] == 1
    assert answer["findings"] == [diagnostic["data"]["id"]]
    assert "no model was asked" in " ".join(answer["notices"])


def test_a_model_that_fails_costs_only_its_part(workplace: Workplace) -> None:
    """
    What the rules find is shown, and the answer says what is missing.
    """
    with MessagesApi(Reply(status=401)) as api:
        environ = {**workplace.environ, "ANTHROPIC_API_KEY": API_KEY, "ANTHROPIC_BASE_URL": api.url}
        with Editor(SERVER, environ=environ) as editor:
            buffer = Buffer(editor, workplace, "src/same.ts", SLIP)
            answer = buffer.run("pacenotes.reviewFile", buffer.uri)
            assert editor.shut_down() == 0

    assert (len(answer["findings"]), answer["incomplete"]) == (1, "provider_failed")
    assert answer["notices"]


def test_the_command_line_obeys_a_dismissal_in_the_editor(workplace: Workplace) -> None:
    """
    The same finding has the same name on both surfaces.
    """
    with Editor(SERVER, environ=workplace.environ) as editor:
        buffer = Buffer(editor, workplace, "src/same.ts", SLIP)
        (diagnostic,) = buffer.shown()
        before = _reviewed(workplace)
        buffer.run("pacenotes.dismissFinding", diagnostic["data"]["id"])
        assert editor.shut_down() == 0

    assert before == [diagnostic["data"]["id"]]
    assert _reviewed(workplace) == []


def _reviewed(workplace: Workplace) -> list[str]:
    done: subprocess.CompletedProcess[str] = workplace.run("review", "src/same.ts", "--output", "json")
    return [finding["id"] for finding in json.loads(done.stdout)["findings"]]
