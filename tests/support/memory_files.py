"""
A file system in memory.
"""

from collections.abc import Mapping
from posixpath import normpath


class MemoryFiles:
    """
    Files held as text, and links between folders.
    """

    def __init__(self, files: Mapping[str, str], links: Mapping[str, str] | None = None) -> None:
        self._files = {normpath(path): text for path, text in files.items()}
        self._links = dict(links or {})

    def is_file(self, path: str) -> bool:
        """
        Whether it is one of the files.
        """
        return self.real(path) in self._files

    def read(self, path: str) -> str | None:
        """
        Its text, or None.
        """
        return self._files.get(self.real(path))

    def real(self, path: str) -> str:
        """
        The path with the links followed.
        """
        for link, target in self._links.items():
            if path == link or path.startswith(link + "/"):
                return target + path[len(link) :]
        return path
