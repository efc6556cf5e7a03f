"""
Read one file as text, or say in a named reason and one sentence why not.
"""

import codecs
import errno
import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SNIFFED = 8192


class UnreadReason(StrEnum):
    """
    Why a file has no text for us.
    """

    MISSING = "missing"
    DIRECTORY = "directory"
    NOT_A_FILE = "not_a_file"
    OUTSIDE_WORKSPACE = "outside_workspace"
    EXCLUDED = "excluded"
    TOO_LARGE = "too_large"
    BINARY = "binary"
    NOT_UTF8 = "not_utf8"
    MINIFIED = "minified"
    GENERATED = "generated"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileText:
    """
    The text of a file without its byte order mark, or the reason for having none; `why` says that to the user.
    """

    path: Path
    text: str | None = None
    reason: UnreadReason | None = None
    why: str = ""

    @property
    def sentence(self) -> str:
        """
        The reason as one sentence.
        """
        return f"{self.path} can't be used: {self.why}."


def unread(path: Path, reason: UnreadReason, why: str) -> FileText:
    """
    A file without text.
    """
    return FileText(path=path, reason=reason, why=why)


def read_text(path: Path, limit: int) -> FileText:
    """
    Read a regular file of at most `limit` bytes as UTF-8. Pipes, sockets and devices are never opened.
    """
    try:
        if blocked := _refuse(path, path.stat(), limit):
            return blocked
        # The file may have been exchanged since; a pipe must not hold us even then.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - pathlib opens no descriptors
            if blocked := _refuse(path, os.fstat(descriptor), limit):
                return blocked
            content = file.read(limit + 1)
    except OSError as error:
        return _failed(path, error)
    except ValueError:
        return unread(path, UnreadReason.MISSING, "its name holds a null character")
    return decode_text(path, content, limit)


def decode_text(path: Path, content: bytes, limit: int) -> FileText:
    """
    Read what a file holds, of at most `limit` bytes, as UTF-8.
    """
    if len(content) > limit:
        return _too_large(path, limit)
    return _decode(path, content)


def _refuse(path: Path, status: os.stat_result, limit: int) -> FileText | None:
    if stat.S_ISDIR(status.st_mode):
        return unread(path, UnreadReason.DIRECTORY, "it is a directory")
    if not stat.S_ISREG(status.st_mode):
        return unread(path, UnreadReason.NOT_A_FILE, "it is not a regular file")
    return _too_large(path, limit) if status.st_size > limit else None


def _too_large(path: Path, limit: int) -> FileText:
    return unread(path, UnreadReason.TOO_LARGE, f"it is larger than {limit // 1024} KB")


def _failed(path: Path, error: OSError) -> FileText:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return unread(path, UnreadReason.MISSING, "there is no such file")
    return unread(path, UnreadReason.UNREADABLE, (error.strerror or "it could not be read").lower())


def _decode(path: Path, content: bytes) -> FileText:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return unread(path, UnreadReason.NOT_UTF8, "it is UTF-16, and only UTF-8 is read")
    if b"\0" in content[:SNIFFED]:
        return unread(path, UnreadReason.BINARY, "it is binary, not text")
    try:
        return FileText(path=path, text=content.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return unread(path, UnreadReason.NOT_UTF8, f"it is not UTF-8 (line {line}), and only UTF-8 is read")
