"""
A workspace written down in a test, with the cursor in one of its files.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lsp_server.context.gather import gather_now
from lsp_server.context.snippet import Context
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.syntax.tree import SyntaxTree, parse
from lsp_server.text.document import Document
from tests.support.marked import CURSOR, parse_marked
from tests.support.memory_files import MemoryFiles

ROOT = "/workspace"
LANGUAGES = {"ts": "typescript", "tsx": "typescriptreact", "js": "javascript", "jsx": "javascriptreact"}


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """
    A cursor in a document, as a completion request is one.
    """

    document: Document
    tree: SyntaxTree
    offset: int
    path: str


@dataclass(frozen=True)
class Scene:
    """
    A cursor and the index of the workspace around it.
    """

    cursor: Cursor
    index: WorkspaceIndex
    texts: Mapping[str, str]

    def build(self) -> None:
        """
        Index every file, the one with the cursor included.
        """
        for path, text in self.texts.items():
            self.index.open_document(path, text)

    def context(self, budget: int = 2000) -> Context:
        """
        What would be shown.
        """
        return gather_now(self.cursor, budget, self.index)


def scene(files: Mapping[str, str], *, excluded: tuple[str, ...] = ()) -> Scene:
    """
    A workspace of `files` by relative path, one of which holds the cursor mark.
    """
    marked = next(path for path, text in files.items() if CURSOR in text)
    whole = parse_marked(files[marked])
    texts = {f"{ROOT}/{path}": text for path, text in {**files, marked: whole.text}.items()}
    index = WorkspaceIndex(
        [ROOT],
        read=lambda path: None if path.endswith(excluded or ("\0",)) else texts.get(path),
        is_excluded=lambda path: path.endswith(excluded or ("\0",)),
        files=MemoryFiles(texts),
    )
    return Scene(cursor_in(marked, whole.text, whole.offset), index, texts)


def cursor_in(path: str, text: str, offset: int) -> Cursor:
    """
    A cursor in one document.
    """
    document = Document.create(f"file://{ROOT}/{path}", LANGUAGES[path.rsplit(".", 1)[-1]], 1, text)
    return Cursor(document=document, tree=parse(document), offset=offset, path=path)
