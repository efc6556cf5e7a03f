"""
An editor in the same process as the server, with one document in it whose findings are shown as marks in its text.

    client = await Reviewer.with_claims(claim("total / count", replacement="total / (count || 1)"))
    await client.open("const mean = total / count;\n")
    await client.review()
    assert client.shown == "const mean = «total / count»;\n"
"""

import json
from pathlib import Path
from typing import Any

from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding
from tests.support.backend import Surroundings
from tests.support.conversation import ServedClient
from tests.support.scripted import ScriptedProvider

URI = "file:///project/src/a.ts"
FOLDER = {"uri": "file:///project", "name": "work"}
SETTINGS = {"completion": {"debounceMs": 0}, "review": {"verify": "off", "onSave": "off"}}
EDITS: dict[str, Any] = {
    "applyEdit": True,
    "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {"groupsOnLabel": True}},
}
CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": EDITS,
    "textDocument": {
        "codeAction": {"disabledSupport": True, "resolveSupport": {"properties": ["edit"]}},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
}
PULLING: dict[str, Any] = {
    **CAPABILITIES,
    "workspace": {**EDITS, "diagnostics": {"refreshSupport": True}},
    "textDocument": {**CAPABILITIES["textDocument"], "diagnostic": {"dynamicRegistration": True}},
}


def claim(quote: str, **changes: Any) -> dict[str, Any]:
    """
    What a model says about a quote.
    """
    said = {
        "file": "src/a.ts",
        "quote": quote,
        "category": "correctness",
        "severity": "warning",
        "confidence": 90,
        "message": f"Look at `{quote.splitlines()[0]}`.",
    }
    return said | changes


class Reviewer(ServedClient):
    """
    A client that answers what the server asks of it, and makes the edits that fit its version.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self.uri = URI
        self.document = Document.create(URI, "typescript", 0, "")
        self.diagnostics: dict[str, list[Any]] = {}
        self.applied: list[Any] = []
        self.said: list[str] = []
        self.progress: list[str] = []
        self.refreshes = 0
        self.encoding = PositionEncoding.UTF16
        self.cancels_progress = False
        self._past: list[str] = []

    @classmethod
    async def with_claims(cls, *claims: Any, uri: str = URI, **params: Any) -> "Reviewer":
        """
        A client whose model makes these claims in every review.
        """
        surroundings = Surroundings(reviewer=ScriptedProvider(json.dumps({"findings": claims})))
        client = cls(surroundings)
        client.uri = uri
        await client.start(**params)
        return client

    async def start(self, **params: Any) -> Any:
        """
        Shake hands; settings may be given as `settings`.
        """
        settings = {**SETTINGS, **params.pop("settings", {})}
        given = {
            "capabilities": CAPABILITIES,
            "workspaceFolders": [FOLDER],
            "initializationOptions": {"pacenotes": settings},
            **params,
        }
        result = await self.initialize(**given)
        await self.server.session.equipment()
        return result

    async def open(self, text: str, language: str = "typescript") -> None:
        """
        Open the document.
        """
        self.document = Document.create(self.uri, language, 1, text)
        document = {"uri": self.uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        await self.breathe()

    async def review(self) -> Any:
        """
        Review the document.
        """
        return await self.run("pacenotes.reviewFile", self.uri)

    async def run(self, command: str, *arguments: Any) -> Any:
        """
        Run a command and give its result.
        """
        return await self.call("workspace/executeCommand", {"command": command, "arguments": list(arguments)})

    async def fail(self, command: str, *arguments: Any) -> str:
        """
        Run a command that is refused, and give the reason.
        """
        id = self.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})
        message: str = (await self.answer_to(id))["error"]["message"]
        return message

    async def answer_to(self, id: int | str) -> Any:
        """
        Wait for an answer, and answer the server meanwhile.
        """
        return await self.until(lambda message: self._handle(message) and message.get("id") == id)

    async def settle(self) -> list[dict[str, Any]]:
        """
        Take in all that was sent.
        """
        self.server.session.reviews.diagnostics.tell()
        await self.breathe()
        return [message for message in self.take() if self._handle(message)]

    @property
    def shown(self) -> str:
        """
        The text with what is underlined between marks.
        """
        text = self.document.text
        for diagnostic in sorted(self.diagnostics.get(self.uri, []), key=self._start, reverse=True):
            start, end = (self._offset(diagnostic["range"][key]) for key in ("start", "end"))
            text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
        return text

    @property
    def only_id(self) -> str:
        """
        The id of the one finding that is shown.
        """
        (diagnostic,) = self.diagnostics[self.uri]
        found: str = diagnostic["data"]["id"]
        return found

    async def actions(self, at: str = "", **context: Any) -> dict[str, Any]:
        """
        The actions where `at` first stands, or anywhere, by the first word of their titles.
        """
        start = self.document.text.index(at) if at else 0
        end = start + len(at) if at else self.document.length
        params = {
            "textDocument": {"uri": self.uri},
            "range": self._range(start, end),
            "context": {"diagnostics": self.diagnostics.get(self.uri, []), **context},
        }
        found = await self.call("textDocument/codeAction", params)
        return {action["title"].replace(":", ",").partition(",")[0]: action for action in found}

    async def take_action(self, action: Any) -> Any:
        """
        Do what editors do with an action that is chosen: ask for its edit, make that, then run its command.
        """
        assert "disabled" not in action, action
        if "edit" not in action and "command" not in action:
            action = await self.call("codeAction/resolve", action)
        if "edit" in action:
            assert self.make(action["edit"])
        if "command" in action:
            command = action["command"]
            return await self.run(command["command"], *command["arguments"])
        return None

    def make(self, edit: Any) -> bool:
        """
        Make a workspace edit, unless it is for another version of the document.
        """
        edits = edit.get("changes", {}).get(self.uri, [])
        for change in edit.get("documentChanges", []):
            assert change["textDocument"]["uri"] == self.uri
            if change["textDocument"]["version"] != self.document.version:
                return False
            edits = change["edits"]
        self.applied.append(edit)
        for one in edits:
            start, end = (self._offset(one["range"][key]) for key in ("start", "end"))
            self.edit(start, end, one["newText"])
        return True

    def replace(self, old: str, new: str) -> None:
        """
        Type `new` in the place of the first `old`.
        """
        start = self.document.text.index(old)
        self.edit(start, start + len(old), new)

    def edit(self, start: int, end: int, text: str) -> None:
        """
        Replace some of the document, and tell the server.
        """
        self._past.append(self.document.text)
        self._change({"range": self._range(start, end), "text": text})

    def undo(self) -> None:
        """
        Take the last edit back.
        """
        self._change({"text": self._past.pop()})

    def _change(self, change: Any) -> None:
        place = change.get("range")
        places = tuple(_position(place[key]) for key in ("start", "end")) if place else None
        edit = ContentChange((places[0], places[1]) if places else None, change["text"])
        self.document, _ = self.document.apply([edit], self.document.version + 1, self.encoding)
        document = {"uri": self.uri, "version": self.document.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def _handle(self, message: dict[str, Any]) -> bool:
        """
        Take in a notification, or answer a request of the server's; an answer to ours is left to whoever waits.
        """
        method, params = message.get("method"), message.get("params") or {}
        if method is None:
            return True
        if "handled" in message:
            return False
        message["handled"] = True
        result: Any = None
        if method == "textDocument/publishDiagnostics":
            self.diagnostics[params["uri"]] = params["diagnostics"]
        elif method == "workspace/applyEdit":
            result = {"applied": self.make(params["edit"])}
        elif method == "window/showMessage":
            self.said.append(params["message"])
        elif method == "workspace/diagnostic/refresh":
            self.refreshes += 1
        elif method == "$/progress":
            self.progress.append(params["value"].get("title") or params["value"].get("message") or "end")
            if self.cancels_progress:
                self.notify("window/workDoneProgress/cancel", {"token": params["token"]})
        if "id" in message:
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return False

    def _range(self, start: int, end: int) -> Any:
        places = (self.document.position_at(offset, self.encoding) for offset in (start, end))
        first, last = ({"line": place.line, "character": place.character} for place in places)
        return {"start": first, "end": last}

    def _offset(self, place: Any) -> int:
        return self.document.offset_at(_position(place), self.encoding)

    def _start(self, diagnostic: Any) -> int:
        return self._offset(diagnostic["range"]["start"])


def _position(place: Any) -> Position:
    return Position(place["line"], place["character"])


def folder_of(path: Path) -> dict[str, str]:
    """
    A workspace folder on disk.
    """
    return {"uri": path.as_uri(), "name": path.name}
