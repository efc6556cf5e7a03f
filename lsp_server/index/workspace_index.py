"""
The index of a workspace: what its files declare, import and export, and where their imports lead.
"""

from collections.abc import Callable, Iterable
from posixpath import basename, dirname, join
from urllib.parse import unquote, urlsplit

from lsp_server.index.disk import Disk, FileSystem
from lsp_server.index.record import FileRecord
from lsp_server.index.records import Read, Records
from lsp_server.index.resolution import Resolver
from lsp_server.index.symbols import Symbols, summary_of
from lsp_server.index.windows import TermIds, WindowIndex, blocks_of

COMMON_NAMES = 300


class WorkspaceIndex:
    """
    The code of the workspace, as retrievers ask for it.

    `folders` are the absolute paths of the workspace folders; `read` gives the text of a file unless it is excluded.
    """

    def __init__(
        self,
        folders: Iterable[str],
        *,
        read: Read,
        is_excluded: Callable[[str], bool],
        files: FileSystem | None = None,
    ) -> None:
        self.folders = tuple(sorted(folders, key=len, reverse=True))
        self._is_excluded = is_excluded
        self.files = files or Disk()
        self.records = Records(read)
        self.resolver = Resolver(self.files)
        self.symbols = Symbols()
        self.windows = WindowIndex.build(())
        self.common_names: tuple[str, ...] = ()
        self._known_folders: set[str] = set()

    def absolute(self, uri: str, path: str) -> str:
        """
        The absolute path of a document; an untitled one is given a place in the first folder.
        """
        parts = urlsplit(uri)
        if parts.scheme == "file":
            return unquote(parts.path)
        return join(self.folders[-1] if self.folders else "/", path)

    def relative(self, path: str) -> str:
        """
        The path relative to its workspace folder.
        """
        for folder in self.folders:
            if path.startswith(folder + "/"):
                return path[len(folder) + 1 :]
        return basename(path)

    def record(self, path: str) -> FileRecord | None:
        """
        What the file declares, or None.
        """
        return self.records.record(path)

    def text(self, path: str) -> str | None:
        """
        The text of the file, or None.
        """
        return self.records.text(path)

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that an import leads to, or None.
        """
        self._learn_packages(importer)
        return self.resolver.resolve(specifier, importer)

    def excluded(self, path: str) -> bool:
        """
        Whether the file must not be shown.
        """
        return self._is_excluded(path)

    def build(self, paths: Iterable[str]) -> None:
        """
        Take in the files at `paths`.
        """
        ids = TermIds()
        blocks = []
        for path in paths:
            record, text = self.records.record(path), self.records.text(path)
            if record is not None and text is not None:
                self.symbols.put(path, summary_of(record))
                blocks.append((path, blocks_of(text, ids)))
        self.windows = WindowIndex.build(blocks)
        self.common_names = self.windows.commonest(sorted(self.symbols.names()), COMMON_NAMES)

    def _learn_packages(self, path: str) -> None:
        # Every folder between a source file and its workspace folder may hold a package.
        folder = dirname(path)
        found: list[str] = []
        while folder not in self._known_folders and any(self._within(folder, root) for root in self.folders):
            self._known_folders.add(folder)
            found.append(folder)
            folder = dirname(folder)
        if found:
            self.resolver.add_packages(found)

    def _within(self, path: str, root: str) -> bool:
        return path == root or path.startswith(root + "/")
