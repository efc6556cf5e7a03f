"""
Read a unified diff that somebody else made; what is not wholly understood is refused, never passed over.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lsp_server.files import SKIPPED_FOLDERS, SOURCE_ENDINGS, WorkspaceFiles
from lsp_server.review.change import Change, FileChange, FileStatus, Hunk, SkipReason
from lsp_server.review.git import UNREAD
from lsp_server.review.hunks import fitted, lines_of, without_lines

if TYPE_CHECKING:
    from unidiff.patch import Hunk as DiffHunk
    from unidiff.patch import PatchedFile

NOWHERE = "/dev/null"
LARGEST_NUMBER = 10_000_000

_ESCAPED = re.compile(rb"\\([abtnvfr\"\\]|[0-7]{3})")
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\\]")
_SAYS_ENOUGH = re.compile(
    r"^(similarity index|rename from|copy from|old mode|new mode|new file mode|deleted file mode)", re.M
)


class DiffRefused(ValueError):  # noqa: N818 - named after what happened
    """
    The diff can't be reviewed; `str()` is one sentence that says why and what to do.
    """


def change_of_diff(content: bytes, root: Path, files: WorkspaceFiles) -> Change:
    """
    The change that a diff describes, against the files below `root`, which may hold its new side or its old one.

    An empty diff is an empty change.

    Raises:
        DiffRefused: it is no diff, broken off, leads out of `root`, or fits neither side of the files.
    """
    text = _decoded(content)
    if not text.strip():
        return Change(files=())
    return Change(files=tuple(sorted(_files(text, root, files), key=lambda file: file.path)))


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise DiffRefused("The diff holds null characters: give a text diff, without --binary and -z.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What is not UTF-8 in it belongs to files that are skipped, or to context; those that are reviewed are read.
        return content.decode("utf-8", "replace")


def _files(text: str, root: Path, files: WorkspaceFiles) -> Iterator[FileChange]:
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    try:
        patches = PatchSet(text)
    except (UnidiffParseError, ValueError, RecursionError) as error:
        reason = str(error).strip().split("\n", 1)[0][:100]
        raise DiffRefused(f"The diff is broken or incomplete ({reason}): make it anew.") from None
    if not len(patches):
        raise DiffRefused("There is no diff on standard input: pipe in the output of git diff.")
    _refuse_left_over(text, str(patches))
    seen: set[str] = set()
    for patch in patches:
        change = _file_change(patch)
        if change.path in seen:
            raise DiffRefused(f"The diff names {change.path} twice: give one diff against the files as they are.")
        seen.add(change.path)
        yield _with_text(change, patch, root, files)


def _refuse_left_over(text: str, understood: str) -> None:
    """
    Every line that could be part of a change must have been read as one.
    """
    left = Counter(_changes(text)) - Counter(_changes(understood))
    # The signature that git puts under a patch sent by mail, and the line between its parts.
    left.pop("-- ", None)
    left.pop("---", None)
    if left:
        line = next(iter(left))
        shown = "".join(character if character.isprintable() else "?" for character in line[:60])
        raise DiffRefused(f"The diff is broken or of an unknown form (at '{shown}'): make it with git diff.")


def _changes(text: str) -> Iterator[str]:
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith(("diff ", "--- ", "Index: "))), 0)
    for line in lines[start:]:
        if line.startswith("@"):
            # Sizes of one may be left out.
            yield line[:1]
        elif line.startswith(("--- ", "+++ ")):
            yield line.split("\t", 1)[0].rstrip("\r")
        elif line.startswith(("+", "-")):
            yield line.rstrip("\r")


def _file_change(patch: "PatchedFile") -> FileChange:
    old, new = _path(patch.source_file), _path(patch.target_file)
    hunks = tuple(_hunk(hunk) for hunk in patch)
    binary = bool(patch.is_binary_file)
    if not hunks and not binary and not _SAYS_ENOUGH.search(str(patch.patch_info or "")):
        raise DiffRefused(f"The diff breaks off at {new or old}: make it anew.")
    status = FileStatus.MODIFIED
    if old == NOWHERE:
        status = FileStatus.ADDED
    elif new == NOWHERE:
        status = FileStatus.DELETED
    elif old != new:
        status = FileStatus.RENAMED
    path = old if new == NOWHERE else new
    change = FileChange(path=path, status=status, hunks=hunks, old_path=old if status is FileStatus.RENAMED else "")
    if binary:
        return without_lines(change, SkipReason.BINARY)
    if status is FileStatus.DELETED:
        return without_lines(change, SkipReason.DELETED)
    if not hunks:
        return without_lines(change, SkipReason.RENAMED_ONLY if old != new else SkipReason.MODE_ONLY)
    return change


def _path(named: str) -> str:
    """
    The path in a heading, without quotes, date and the prefix that git puts there.

    Raises:
        DiffRefused: it leads out of the root of the review.
    """
    name = named.rstrip("\r").split("\t", 1)[0]
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = _ESCAPED.sub(_unescaped, name[1:-1].encode()).decode(errors="surrogateescape")
    if name == NOWHERE:
        return name
    path = re.sub(r"^[abciwo]/", "", name)
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or _CONTROL.search(path) or re.match(r"[A-Za-z]:", path):
        shown = "".join(character if character.isprintable() else "?" for character in name[:80])
        raise DiffRefused(f"The diff names '{shown}', which is no path below the root of the review.")
    return "/".join(parts)


def _unescaped(found: "re.Match[bytes]") -> bytes:
    escape = found[1]
    return bytes([_ESCAPES[escape] if escape in _ESCAPES else int(escape, 8) & 0xFF])


def _hunk(hunk: "DiffHunk") -> Hunk:
    numbers = (hunk.source_start, hunk.source_length, hunk.target_start, hunk.target_length)
    if max(numbers) > LARGEST_NUMBER:
        raise DiffRefused("The diff names lines that no file has: make it anew.")
    return Hunk(old_start=numbers[0], old_count=numbers[1], new_start=numbers[2], new_count=numbers[3])


def _with_text(change: FileChange, patch: "PatchedFile", root: Path, files: WorkspaceFiles) -> FileChange:
    """
    The file with its new side, read from disk, or made from what is there, or from the diff alone if it is all new.
    """
    if change.skipped:
        return change
    path = root / change.path
    if rule := files.is_excluded(path):
        return without_lines(change, SkipReason.EXCLUDED, f"it is excluded by {rule}")
    if not change.path.endswith(SOURCE_ENDINGS):
        return without_lines(change, SkipReason.NOT_SOURCE)
    if not SKIPPED_FOLDERS.isdisjoint(change.path.split("/")[:-1]):
        return without_lines(change, SkipReason.GENERATED, "it belongs to an installed package or a tool")
    return _placed(change, _Sides(patch), path, root, files)


def _placed(change: FileChange, sides: "_Sides", path: Path, root: Path, files: WorkspaceFiles) -> FileChange:
    file = files.read(path if path.exists() or not change.old_path else root / change.old_path)
    exists = path.exists() or bool(change.old_path)
    if file.text is None and (exists or change.status is not FileStatus.ADDED):
        if not exists:
            raise DiffRefused(f"The diff changes {change.path}, which is not there: run it where the change was made.")
        return without_lines(
            change, UNREAD.get(file.reason, SkipReason.UNREADABLE) if file.reason else SkipReason.UNREADABLE, file.why
        )
    lines = lines_of(file.text or "")
    if file.text is not None and sides.fits_new(lines):
        return fitted(replace(change, hunks=tuple(sides.tight_hunks())), file.text)
    if sides.fits_old(lines) or (file.text is None and change.status is FileStatus.ADDED):
        eol = "\r\n" if "\r\n" in (file.text or "") else "\n"
        text = eol.join([*sides.applied(lines), ""])
        return fitted(replace(change, hunks=tuple(sides.tight_hunks())), text)
    raise DiffRefused(f"The diff fits {change.path} neither before nor after: give one against the files as they are.")


class _Sides:
    """
    What the hunks of one file say stood there before, and stands there after.
    """

    def __init__(self, patch: "PatchedFile") -> None:
        self._hunks = [
            (
                (hunk.source_start, hunk.source_length, hunk.target_start, hunk.target_length),
                [
                    (line.line_type, line.value.removesuffix("\n").removesuffix("\r"))
                    for line in hunk
                    if line.line_type in "+- "
                ],
            )
            for hunk in patch
        ]

    def fits_new(self, lines: Sequence[str]) -> bool:
        """
        Whether `lines` hold the new side where the hunks say.
        """
        return all(
            _stands(lines, at[2], at[3], [text for kind, text in rows if kind != "-"]) for at, rows in self._hunks
        )

    def fits_old(self, lines: Sequence[str]) -> bool:
        """
        Whether `lines` hold the old side where the hunks say.
        """
        return all(
            _stands(lines, at[0], at[1], [text for kind, text in rows if kind != "+"]) for at, rows in self._hunks
        )

    def applied(self, lines: Sequence[str]) -> list[str]:
        """
        The new side of a file whose old side is `lines`.
        """
        result: list[str] = []
        taken = 0
        for at, rows in self._hunks:
            start = at[0] - 1 if at[1] else at[0]
            result += lines[taken:start]
            result += [text for kind, text in rows if kind != "-"]
            taken = start + at[1]
        return [*result, *lines[taken:]]

    def tight_hunks(self) -> Iterator[Hunk]:
        """
        The hunks without their context, as if they had been made with -U0.
        """
        for at, rows in self._hunks:
            yield from _tight(at, rows)


def _tight(at: tuple[int, int, int, int], rows: Iterable[tuple[str, str]]) -> Iterator[Hunk]:
    old, new = at[0] + (at[1] == 0), at[2] + (at[3] == 0)
    removed: list[str] = []
    added: list[str] = []
    for kind, text in [*rows, (" ", "")]:
        if kind == "-":
            removed.append(text)
        elif kind == "+":
            added.append(text)
        else:
            if removed or added:
                yield Hunk(
                    old_start=old if removed else old - 1,
                    old_count=len(removed),
                    new_start=new if added else new - 1,
                    new_count=len(added),
                    removed=tuple(removed),
                    added=tuple(added),
                )
            old += len(removed) + 1
            new += len(added) + 1
            removed, added = [], []


def _stands(lines: Sequence[str], start: int, count: int, wanted: Sequence[str]) -> bool:
    if not count:
        return start <= len(lines)
    return start >= 1 and list(lines[start - 1 : start - 1 + count]) == list(wanted)
