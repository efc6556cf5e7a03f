"""
Where retrievers get declarations from: the index in earnest, a handful of texts in a test.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from lsp_server.index.code_search import CodeSearch
from lsp_server.index.memory import Memory
from lsp_server.index.record import FileRecord
from lsp_server.index.symbols import Symbols


class Source(Protocol):
    """
    The code of the workspace. Paths are absolute, with forward slashes; nothing excluded is ever given.
    """

    def absolute(self, uri: str, path: str) -> str:
        """
        The absolute path of a document, of which the editor knows `uri` and we its relative `path`.
        """
        ...

    def relative(self, path: str) -> str:
        """
        A path as it is shown: relative to its workspace folder.
        """
        ...

    def record(self, path: str) -> FileRecord | None:
        """
        What the file declares, imports and exports; None when it can't or mustn't be read.
        """
        ...

    def text(self, path: str) -> str | None:
        """
        The text of the file; None when it can't or mustn't be read.
        """
        ...

    def words(self, path: str) -> frozenset[str]:
        """
        Every name that stands in the file; none when it can't or mustn't be read.
        """
        ...

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that an import leads to, or None.
        """
        ...

    def excluded(self, path: str) -> bool:
        """
        Whether the file must not be shown.
        """
        ...

    @property
    def symbols(self) -> Symbols:
        """
        The exported symbols of the workspace.
        """
        ...

    @property
    def common_names(self) -> tuple[str, ...]:
        """
        The declared names that are used the most.
        """
        ...

    @property
    def windows(self) -> CodeSearch:
        """
        The code of the workspace in windows.
        """
        ...

    @property
    def memory(self) -> Memory:
        """
        What has been worked out from the workspace as it is.
        """
        ...

    def asking(self) -> AbstractContextManager[None]:
        """
        Held while a question is answered, so that work in the background stands back.
        """
        ...
