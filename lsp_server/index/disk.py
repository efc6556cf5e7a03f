"""
The few questions that module resolution asks of a file system, answered once and remembered until told otherwise.
"""

from pathlib import Path
from posixpath import dirname
from typing import Protocol


class FileSystem(Protocol):
    """
    A read-only view of files by absolute path with forward slashes.
    """

    def is_file(self, path: str) -> bool:
        """
        Whether a regular file is there.
        """
        ...

    def read(self, path: str) -> str | None:
        """
        The text of a small configuration file, or None.
        """
        ...

    def real(self, path: str) -> str:
        """
        The path with symbolic links followed.
        """
        ...


class Disk:
    """
    The real file system, with answers kept until `forget`.
    """

    def __init__(self) -> None:
        self._files: dict[str, bool] = {}
        self._folders: dict[str, bool] = {}
        self._real: dict[str, str] = {}

    def is_file(self, path: str) -> bool:
        """
        Whether a regular file is there.
        """
        known = self._files.get(path)
        if known is None:
            known = self._files[path] = self._is_folder(dirname(path)) and _is_file(path)
        return known

    def read(self, path: str) -> str | None:
        """
        The text of the file, or None when it can't be read as UTF-8.
        """
        try:
            return Path(path).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return None

    def real(self, path: str) -> str:
        """
        The path with symbolic links followed.
        """
        known = self._real.get(path)
        if known is None:
            known = self._real[path] = _resolved(path)
        return known

    def forget(self) -> None:
        """
        Ask the disk again from now on.
        """
        self._files.clear()
        self._folders.clear()
        self._real.clear()

    def _is_folder(self, path: str) -> bool:
        # Most misses lie in folders that do not exist: one answer serves them all.
        known = self._folders.get(path)
        if known is None:
            parent = dirname(path)
            known = self._folders[path] = (parent == path or self._is_folder(parent)) and _is_folder(path)
        return known


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def _resolved(path: str) -> str:
    try:
        return Path(path).resolve().as_posix()
    except (OSError, ValueError, RuntimeError):
        return path
