"""
Context for other programs: as a JSON document, and line by line over a workspace that stays open.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import isabs, join, normpath
from typing import Any

from lsp_server.context.gather import Clock, gather_now
from lsp_server.context.snippet import Context
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.syntax.tree import SyntaxTree, parse
from lsp_server.text.document import Document
from lsp_server.text.positions import Position, PositionEncoding

DEFAULT_BUDGET = 2000
MAX_BUDGET = 100_000
LANGUAGES = {".tsx": "typescriptreact", ".jsx": "javascriptreact"} | dict.fromkeys(
    (".js", ".mjs", ".cjs"), "javascript"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """
    A cursor that a program asks about.
    """

    document: Document
    tree: SyntaxTree
    offset: int
    path: str


class BadRequest(ValueError):  # noqa: N818 -- it is the request that is bad.
    """
    A request that can't be answered, and why, in one sentence.
    """


def as_json(context: Context) -> dict[str, Any]:
    """
    A context as other programs read it.
    """
    return {
        "context": context.text,
        "tokens": context.tokens,
        "snippets": [
            {
                "path": snippet.path,
                "startLine": snippet.start_line,
                "endLine": snippet.end_line,
                "retriever": snippet.retriever,
                "reason": snippet.reason,
                "score": snippet.score,
                "tokens": snippet.tokens,
            }
            for snippet in context.snippets
        ],
        "dropped": [
            {"path": item.path, "startLine": item.start_line, "retriever": item.retriever, "reason": item.reason}
            for item in context.dropped
        ],
    }


@dataclass(frozen=True)
class Batch:
    """
    Answers requests, a JSON line each, about the workspace at `root`; `walk` gives its files, `clock` seconds.
    """

    root: str
    index: WorkspaceIndex
    walk: Callable[[], Iterable[Path]]
    clock: Clock

    def answer(self, line: str) -> str:
        """
        The answer to one line, a line itself; a line that makes no sense is answered with `error`.
        """
        identity: Any = None
        try:
            request = _object(line)
            identity = request.get("id")
            answer = self._index() if request.get("cmd") == "index" else self._context(request)
        except BadRequest as error:
            answer = {"error": str(error)}
        if identity is not None:
            answer = {"id": identity, **answer}
        return json.dumps(answer, ensure_ascii=False)

    def _index(self) -> dict[str, Any]:
        begun = self.clock()
        self.index.build(self.walk())
        return {"files": len(self.index), "elapsed_ms": self._since(begun)}

    def _context(self, request: Mapping[str, Any]) -> dict[str, Any]:
        begun = self.clock()
        if "cmd" in request:
            raise BadRequest(f'There is no command {json.dumps(request["cmd"])}; there is only "index".')
        asked = self._asked(request)
        budget = _number(request, "budget", DEFAULT_BUDGET, MAX_BUDGET)
        context = gather_now(asked, budget, self.index, opened=self._open_files(request))
        answer = as_json(context)
        answer.pop("dropped")
        return {"id": request.get("id"), **answer, "elapsed_ms": self._since(begun)}

    def _asked(self, request: Mapping[str, Any]) -> Asked:
        path = self._path(request.get("file"))
        text = request.get("text")
        if text is None:
            text = None if self.index.excluded(path) else self.index.text(path)
        if not isinstance(text, str):
            raise BadRequest(f"{request['file']} can't be read as text, or is excluded.")
        position = Position(_number(request, "line", None), _number(request, "character", None))
        document = Document.create("file://" + path, language_of(path), 0, text)
        offset = document.offset_at(position, PositionEncoding.UTF16)
        return Asked(document=document, tree=parse(document), offset=offset, path=self.index.relative(path))

    def _open_files(self, request: Mapping[str, Any]) -> tuple[str, ...]:
        given = request.get("open_files") or ()
        return tuple(self._path(name) for name in given if isinstance(name, str)) if isinstance(given, list) else ()

    def _path(self, file: Any) -> str:
        if not isinstance(file, str) or not file or "\0" in file:
            raise BadRequest('"file" must name a file.')
        return file if isabs(file) else normpath(join(self.root, file))

    def _since(self, begun: float) -> float:
        return round((self.clock() - begun) * 1000, 3)


def language_of(path: str) -> str:
    """
    The language id of a file, by its ending.
    """
    return LANGUAGES.get(path[path.rfind(".") :], "typescript")


def _object(line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequest("The line is not JSON.") from None
    if not isinstance(request, dict):
        raise BadRequest("A request is a JSON object.")
    return request


def _number(request: Mapping[str, Any], key: str, default: int | None, most: int | None = None) -> int:
    value = request.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRequest(f'"{key}" must be a whole number from 0.')
    return value if most is None else min(value, most)
