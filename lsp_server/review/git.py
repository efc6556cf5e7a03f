"""
Read what has changed in a git repository: since a commit, in the index, or in the work tree.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lsp_server.file_text import FileText, UnreadReason
from lsp_server.files import SKIPPED_FOLDERS, SOURCE_ENDINGS, WorkspaceFiles
from lsp_server.review import git_diff
from lsp_server.review.change import Change, FileChange, FileStatus, SkipReason
from lsp_server.review.git_diff import Entry
from lsp_server.review.git_process import Git, GitFailed
from lsp_server.review.hunks import fitted, whole_hunk, without_lines

__all__ = ["Git", "GitFailed", "file_at", "merge_base", "read_change", "read_commit", "top_of"]

DIFF = (
    "--raw", "-z", "--abbrev=64", "--patch", "-U0", "--inter-hunk-context=0", "--full-index", "--find-renames",
    "-l2000", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--ignore-submodules=dirty",
    "--submodule=short", "-O/dev/null", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers",
    "--indent-heuristic",
)  # fmt: skip
STATUSES = {"A": FileStatus.ADDED, "D": FileStatus.DELETED, "R": FileStatus.RENAMED, "C": FileStatus.ADDED}
UNREAD = {
    UnreadReason.EXCLUDED: SkipReason.EXCLUDED,
    UnreadReason.BINARY: SkipReason.BINARY,
    UnreadReason.NOT_UTF8: SkipReason.NOT_TEXT,
    UnreadReason.TOO_LARGE: SkipReason.TOO_LARGE,
    UnreadReason.MINIFIED: SkipReason.GENERATED,
    UnreadReason.GENERATED: SkipReason.GENERATED,
}
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def read_change(
    root: Path, files: WorkspaceFiles, *, since: str = "", staged: bool = False, paths: Sequence[str] = ()
) -> Change:
    """
    The change in the repository whose top folder is `root`.

    `since` names a commit: everything is shown that came after the point where it and HEAD part, the work tree
    included. `staged` is the index against HEAD. With neither it is the work tree against HEAD. Source files that git
    does not know yet belong to the work tree. `paths` narrow it to files and folders, relative to `root`.

    Raises:
        GitFailed: not a repository, an unknown commit, a clone that is too shallow.
    """
    git = Git(root)
    base = merge_base(git, since) if since else _head(git)
    narrowed = ("--", *paths) if paths else ()
    entries = _entries(git, ("--cached", base) if staged else (base,), narrowed)
    contents = _contents(git, entries) if staged else {}
    found = [_file_change(entry, _Reader(root, files, contents, from_disk=not staged)) for entry in entries]
    if not staged:
        found += _untracked(git, root, files, narrowed)
    return Change(files=tuple(sorted(found, key=lambda file: file.path)), base=base if since else "")


def read_commit(folder: Path, files: WorkspaceFiles, old: str, new: str) -> Change:
    """
    What lies between two commits, whatever the work tree holds; a bare repository will do.

    Raises:
        GitFailed: as `read_change`.
    """
    git = Git(folder)
    entries = _entries(git, (_commit(git, old), _commit(git, new)), ())
    reader = _Reader(folder, files, _contents(git, entries), from_disk=False)
    return Change(files=tuple(sorted((_file_change(entry, reader) for entry in entries), key=lambda file: file.path)))


def top_of(folder: Path) -> Path:
    """
    The top folder of the work tree that `folder` lies in.

    Raises:
        GitFailed: it lies in none.
    """
    top = os.fsdecode(Git(folder).output("rev-parse", "--show-toplevel")).removesuffix("\n")
    if not top:
        raise GitFailed(f"{folder} is in a repository without a work tree: name the files to review.")
    return Path(top)


def merge_base(git: Git, since: str) -> str:
    """
    The commit at which `since` and HEAD part.

    Raises:
        GitFailed: there is no such commit, or this clone does not reach it.
    """
    commit, head = _commit(git, since), _commit(git, "HEAD")
    found = git.attempt("merge-base", commit, head)
    if found.returncode == 0:
        return found.stdout.decode().split("\n", 1)[0]
    if _is_shallow(git):
        raise GitFailed(
            f"This clone is too shallow to reach the commit at which '{since}' and HEAD part:"
            " fetch more of it, with git fetch --unshallow or a fetch-depth of 0 in the checkout step."
        )
    raise GitFailed(f"'{since}' and HEAD have no commit in common: name a commit that HEAD comes from.")


def file_at(git: Git, commit: str, path: str) -> bytes | None:
    """
    What a file held in a commit; None if it was not there.
    """
    found = git.attempt("cat-file", "blob", f"{commit}:{path}")
    return found.stdout if found.returncode == 0 else None


def _commit(git: Git, name: str) -> str:
    # An empty name, or one with a line break or a null, is none; git itself would take some of them for HEAD.
    unusable = not name or _UNNAMEABLE.search(name)
    found = (
        None if unusable else git.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    )
    if found is not None and found.returncode == 0:
        return found.stdout.decode().strip()
    git.output("rev-parse", "--git-dir")
    if name == "HEAD":
        raise GitFailed("This repository has no commit yet: review its files by naming them.")
    shallow = "; this clone is shallow, so fetch more of it (a fetch-depth of 0)" if _is_shallow(git) else ""
    readable = _UNNAMEABLE.sub("?", name)[:100]
    raise GitFailed(f"There is no commit '{readable}' here: check its name, or fetch it first{shallow}.")


def _head(git: Git) -> str:
    """
    HEAD, or the tree without files before the first commit.
    """
    found = git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    return git.output("hash-object", "-t", "tree", "--stdin").decode().strip()


def _is_shallow(git: Git) -> bool:
    return git.attempt("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _entries(git: Git, compared: Sequence[str], narrowed: Sequence[str]) -> list[Entry]:
    command = ("diff", *DIFF, *compared)
    try:
        entries = list(git_diff.parse(git.output(*command, *narrowed)))
        # Attributes in the repository may call a source binary: that is for its content to say.
        hidden = [entry.path for entry in entries if entry.binary and _is_source(entry)]
        shown = git_diff.parse(git.output(*command, "--text", "--no-renames", "--", *hidden)) if hidden else ()
    except git_diff.DiffUnreadable as error:
        raise GitFailed(f"What git printed could not be read, since {error}.") from error
    by_path = {entry.path: entry for entry in shown}
    return [by_path.get(entry.path, entry) for entry in entries]


def _contents(git: Git, entries: Sequence[Entry]) -> Mapping[str, bytes]:
    """
    The new contents of source files that git itself holds, by id.
    """
    wanted = list(dict.fromkeys(entry.new_id for entry in entries if entry.new_id and _is_source(entry)))
    if not wanted:
        return {}
    output = git.output("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode())
    return dict(_blobs(output))


def _blobs(output: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        name, kind, *size = output[position:end].decode().split(" ")
        position = end + 1
        if size:
            length = int(size[0])
            if kind == "blob":
                yield name, output[position : position + length]
            position += length + 1


class _Reader:
    """
    Reads the new side of files, from disk or from git.
    """

    def __init__(self, root: Path, files: WorkspaceFiles, contents: Mapping[str, bytes], *, from_disk: bool) -> None:
        self.root = root
        self.files = files
        self._contents = contents
        self._from_disk = from_disk

    def text(self, entry: Entry) -> FileText:
        path = self.root / entry.path
        if self._from_disk:
            return self.files.read(path)
        return self.files.of_content(path, self._contents.get(entry.new_id, b""))


def _file_change(entry: Entry, reader: _Reader) -> FileChange:
    change = FileChange(
        path=_shown(entry.path),
        status=STATUSES.get(entry.status, FileStatus.MODIFIED),
        hunks=entry.hunks,
        old_path=_shown(entry.old_path) if entry.old_path != entry.path else "",
    )
    if reason := _reason_to_skip(entry):
        return without_lines(change, *reason)
    if rule := reader.files.is_excluded(reader.root / entry.path):
        return without_lines(change, SkipReason.EXCLUDED, f"it is excluded by {rule}")
    if not _is_source(entry):
        return without_lines(change, SkipReason.BINARY if entry.binary else SkipReason.NOT_SOURCE)
    file = reader.text(entry)
    if file.text is None:
        return without_lines(change, _skip_reason(file), file.why)
    if not entry.hunks:
        return without_lines(change, *_reason_without_hunks(entry))
    return fitted(change, file.text)


def _reason_to_skip(entry: Entry) -> tuple[SkipReason, str] | None:
    reasons = (
        (_UNNAMEABLE.search(entry.path), SkipReason.UNREADABLE, "its name holds characters that cannot be shown"),
        (entry.status == "U", SkipReason.UNREADABLE, "it has merge conflicts"),
        (git_diff.SUBMODULE in (entry.old_mode, entry.new_mode), SkipReason.SUBMODULE, ""),
        (entry.new_mode == git_diff.SYMLINK, SkipReason.SYMLINK, ""),
        (entry.status == "D", SkipReason.DELETED, ""),
        (_is_installed(entry.path), SkipReason.GENERATED, "it belongs to an installed package or a tool"),
    )
    return next(((reason, detail) for holds, reason, detail in reasons if holds), None)


def _reason_without_hunks(entry: Entry) -> tuple[SkipReason, str]:
    if entry.status in ("R", "C"):
        return SkipReason.RENAMED_ONLY, ""
    if entry.old_mode not in (entry.new_mode, git_diff.NO_FILE):
        return SkipReason.MODE_ONLY, ""
    return SkipReason.DELETION_ONLY, "it is empty"


def _skip_reason(file: FileText) -> SkipReason:
    return UNREAD.get(file.reason, SkipReason.UNREADABLE) if file.reason else SkipReason.UNREADABLE


def _untracked(git: Git, root: Path, files: WorkspaceFiles, narrowed: Sequence[str]) -> Iterator[FileChange]:
    """
    Source files that git does not know yet. Others are left out: a report of this very review may be among them.
    """
    listed = git.output("ls-files", "--others", "--exclude-standard", "-z", *narrowed)
    for name in listed.decode(errors="surrogateescape").split("\0"):
        if not name.endswith(SOURCE_ENDINGS) or _is_installed(name) or (root / name).is_symlink():
            continue
        change = FileChange(path=_shown(name), status=FileStatus.ADDED)
        file = files.read(root / name)
        if file.text is None:
            yield without_lines(change, _skip_reason(file), file.why)
        elif hunk := whole_hunk(file.text):
            yield replace(change, hunks=(hunk,), text=file.text)


def _is_source(entry: Entry) -> bool:
    return entry.path.endswith(SOURCE_ENDINGS)


def _is_installed(path: str) -> bool:
    return not SKIPPED_FOLDERS.isdisjoint(path.split("/")[:-1])


def _shown(path: str) -> str:
    return _UNNAMEABLE.sub("\ufffd", path)
