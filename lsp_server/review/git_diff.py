"""
Read what `git diff --raw -z --patch -U0` prints: every file of a change and every run of changed lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lsp_server.review.change import Hunk

SYMLINK = "120000"
SUBMODULE = "160000"
NO_FILE = "000000"

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_SECTION = b"diff --git "
_QUOTED = re.compile(rb'[\x00-\x1f\x7f"\\]')
_ESCAPES = {
    b'"': b'\\"', b"\\": b"\\\\", b"\a": b"\\a", b"\b": b"\\b", b"\t": b"\\t", b"\n": b"\\n", b"\v": b"\\v",
    b"\f": b"\\f", b"\r": b"\\r",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """
    One file of a change as git lists it.

    `status` is git's letter: A, C, D, M, R, T, U; modes are its six octal digits; `new_id` names the new content if git
    holds it.
    """

    status: str
    path: str
    old_path: str
    old_mode: str
    new_mode: str
    new_id: str
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False


class DiffUnreadable(ValueError):  # noqa: N818 - named after what happened
    """
    The text is not what git prints.
    """


def parse(output: bytes) -> tuple[Entry, ...]:
    """
    The entries of a diff, in git's order.

    Raises:
        DiffUnreadable: the list and the patch behind it do not fit together.
    """
    entries, patch = _split(output)
    found = []
    position = 0
    for entry in entries:
        position = _skip_to_section(patch, position)
        heading = _SECTION + _quoted(f"a/{entry.old_path}") + b" " + _quoted(f"b/{entry.path}") + b"\n"
        hunks: list[Hunk] = []
        binary = False
        # A file that became a link, or the other way round, has two sections.
        while patch.startswith(heading, position):
            section = _Section(patch, position + len(heading))
            hunks += section.hunks
            binary = binary or section.binary
            position = _skip_to_section(patch, section.end)
        found.append(replace(entry, hunks=tuple(hunks), binary=binary))
    if position < len(patch):
        raise DiffUnreadable("a part of the diff belongs to none of its files")
    return tuple(found)


def hunk_of(heading: bytes) -> Hunk | None:
    """
    The places that a heading `@@ -1,2 +3 @@` names, as a hunk that has no lines yet.
    """
    found = _HUNK.match(heading)
    if found is None:
        return None
    old_start, old_count, new_start, new_count = found.groups()
    return Hunk(
        old_start=int(old_start),
        old_count=1 if old_count is None else int(old_count),
        new_start=int(new_start),
        new_count=1 if new_count is None else int(new_count),
    )


def line_text(line: bytes) -> str:
    """
    A line of a patch without its terminator.
    """
    return line.decode(errors="replace").removesuffix("\n").removesuffix("\r")


def _split(output: bytes) -> tuple[list[Entry], bytes]:
    """
    The list of files, and the patch behind it.
    """
    entries = []
    position = 0
    while output.startswith(b":", position):
        head, position = _field(output, position)
        old_mode, new_mode, _, new_id, status = head[1:].split(" ")
        old_path, position = _field(output, position)
        path = old_path
        if status[0] in "RC":
            path, position = _field(output, position)
        entries.append(
            Entry(
                status=status[0],
                path=path,
                old_path=old_path,
                old_mode=old_mode,
                new_mode=new_mode,
                new_id="" if set(new_id) == {"0"} else new_id,
            )
        )
    return entries, output[position:].removeprefix(b"\0")


def _field(output: bytes, position: int) -> tuple[str, int]:
    end = output.find(b"\0", position)
    if end < 0:
        raise DiffUnreadable("the list of files breaks off")
    return output[position:end].decode(errors="surrogateescape"), end + 1


def _quoted(path: str) -> bytes:
    """
    A path as it stands in the heading of a section, where git quotes some characters as C does.
    """
    name = path.encode(errors="surrogateescape")
    escaped = _QUOTED.sub(lambda found: _ESCAPES.get(found[0], b"\\%03o" % found[0][0]), name)
    return name if escaped == name else b'"%s"' % escaped


def _skip_to_section(patch: bytes, position: int) -> int:
    """
    Where the next section begins; between two there is nothing but `* Unmerged path …`.
    """
    while position < len(patch) and not patch.startswith(_SECTION, position):
        position = _line_end(patch, position)
    return position


class _Section:
    """
    The hunks of one file, from behind its heading on.
    """

    def __init__(self, patch: bytes, start: int) -> None:
        self.hunks: list[Hunk] = []
        self.binary = False
        self.end = start
        while self.end < len(patch) and not patch.startswith(_SECTION, self.end):
            end = _line_end(patch, self.end)
            line = patch[self.end : end]
            self.end = end
            if line.startswith(b"Binary files "):
                self.binary = True
            elif (hunk := hunk_of(line)) is not None:
                self._read_lines(patch, hunk)

    def _read_lines(self, patch: bytes, hunk: Hunk) -> None:
        lines = list(self._lines(patch, hunk.old_count + hunk.new_count))
        removed = tuple(line_text(line[1:]) for line in lines if line.startswith(b"-"))
        added = tuple(line_text(line[1:]) for line in lines if line.startswith(b"+"))
        if (len(removed), len(added)) != (hunk.old_count, hunk.new_count):
            raise DiffUnreadable("a hunk has other lines than its heading says")
        self.hunks.append(replace(hunk, removed=removed, added=added))

    def _lines(self, patch: bytes, count: int) -> Iterator[bytes]:
        while count and self.end < len(patch):
            end = _line_end(patch, self.end)
            line = patch[self.end : end]
            self.end = end
            # `\ No newline at end of file` is no line of the file.
            if not line.startswith(b"\\"):
                count -= 1
                yield line


def _line_end(patch: bytes, position: int) -> int:
    end = patch.find(b"\n", position)
    return len(patch) if end < 0 else end + 1
