"""
What `pacenotes review` was asked to look at: a change in git, a diff on standard input, or files as they stand.

What decides about a review is read from where the change comes from, not from what it makes of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server import configuration
from lsp_server.cli.failure import UnreadableInput
from lsp_server.cli.place import workspace_root
from lsp_server.configuration import FILE_NAME, LayerRead
from lsp_server.files import WorkspaceFiles
from lsp_server.review import baseline as baselines
from lsp_server.review.baseline import Baseline
from lsp_server.review.baseline_file import baseline_in
from lsp_server.review.change import Change
from lsp_server.review.foreign_diff import DiffRefused, change_of_diff
from lsp_server.review.git import Git, GitFailed, file_at, merge_base, read_change, top_of
from lsp_server.review.whole import change_of_files
from lsp_server.reviewing import guidelines_of
from lsp_server.settings import Scope, Settings


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    What the command line says: at most one of `since`, `staged` and `diff`, and paths that narrow it or stand alone.
    """

    paths: tuple[Path, ...] = ()
    since: str = ""
    staged: bool = False
    diff: bytes | None = None

    @property
    def whole_files(self) -> bool:
        """
        Whether files are reviewed as they stand.
        """
        return bool(self.paths) and not self.since and not self.staged and self.diff is None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """
    Where a review takes place: its root, and the commit that decides about it, if any.
    """

    root: Path
    base: str = ""

    def trusted(self, name: str) -> str | None:
        """
        The text of a file as it was before the change; None if there was none.

        Raises:
            UnreadableInput: it is not UTF-8.
        """
        content = file_at(Git(self.root), self.base, name)
        try:
            return None if content is None else content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadableInput(f"{name} of {self.base[:12]} is not UTF-8.") from None


def ground_of(wanted: Wanted) -> Ground:
    """
    Find the root.

    Raises:
        UnreadableInput: there is no such file, repository or commit.
    """
    for path in wanted.paths:
        if not path.exists() and wanted.whole_files:
            raise UnreadableInput(f"There is no file or folder {path}.")
    start = wanted.paths[0] if wanted.paths else Path.cwd()
    # A path may narrow a change to what it has deleted.
    folder = next(folder for folder in (start.absolute(), *start.absolute().parents) if folder.is_dir())
    try:
        root = top_of(folder)
        return Ground(root=root, base=merge_base(Git(root), wanted.since) if wanted.since else "")
    except GitFailed as error:
        if wanted.whole_files:
            return Ground(root=workspace_root(start / "file" if start.is_dir() else start))
        if wanted.diff is not None:
            return Ground(root=Path.cwd())
        raise UnreadableInput(str(error)) from None


def workspace_settings(ground: Ground) -> LayerRead | None:
    """
    The workspace's own settings as they were before the change; None when those on disk may be believed.
    """
    if not ground.base:
        return None
    text = ground.trusted(FILE_NAME)
    return configuration.read_toml(text or "", f"{FILE_NAME} of {ground.base[:12]}", Scope.WORKSPACE)


def notices_on_settings(ground: Ground) -> tuple[str, ...]:
    """
    That the change has other settings than those that hold.
    """
    if not ground.base:
        return ()
    path = ground.root / FILE_NAME
    now = path.read_text("utf-8", "replace") if path.is_file() else None
    if now == ground.trusted(FILE_NAME):
        return ()
    return (f"This change touches {FILE_NAME}; the settings of before it, at {ground.base[:12]}, hold for its review.",)


def change_of(wanted: Wanted, ground: Ground, files: WorkspaceFiles) -> Change:
    """
    Read the change.

    Raises:
        UnreadableInput: it can't be had, in one sentence.
    """
    root = ground.root
    try:
        if wanted.diff is not None:
            return change_of_diff(wanted.diff, root, files)
        below = [_below(root, path) for path in wanted.paths]
        if wanted.whole_files:
            return change_of_files(root, files, _files_below(root, files, below))
        return read_change(root, files, since=wanted.since, staged=wanted.staged, paths=below)
    except (GitFailed, DiffRefused) as error:
        raise UnreadableInput(str(error)) from None


def baseline_of(ground: Ground, settings: Settings) -> tuple[Baseline, frozenset[str]]:
    """
    The dismissals that hold, and the ids of those that the change itself adds: they count, and are reported.

    Raises:
        UnreadableInput: a baseline is malformed.
    """
    now = baseline_on_disk(ground, settings)
    if not ground.base:
        return now, frozenset()
    name = settings.review_baseline
    text = ground.trusted(name)
    try:
        before = baselines.read(text) if text is not None else Baseline()
    except baselines.BaselineMalformed as error:
        raise UnreadableInput(f"{name} of {ground.base[:12]}: {error}") from None
    return Baseline(entries={**now.entries, **before.entries}), frozenset(now.entries.keys() - before.entries.keys())


def baseline_on_disk(ground: Ground, settings: Settings) -> Baseline:
    """
    The dismissals as the work tree has them.

    Raises:
        UnreadableInput: they are malformed, or lie outside of the root.
    """
    try:
        return baseline_in(ground.root, settings.review_baseline)
    except baselines.BaselineMalformed as error:
        raise UnreadableInput(str(error)) from None


def guidelines(ground: Ground, settings: Settings) -> str | None:
    """
    What the project told its reviewers before the change; None when what is on disk may be believed.
    """
    if not ground.base:
        return None
    return guidelines_of([ground.trusted(name) or "" for name in settings.review_guidelines])


def _below(root: Path, path: Path) -> str:
    absolute = path.absolute()
    for top, inner in ((root, absolute), (root.resolve(), absolute.resolve())):
        if inner.is_relative_to(top):
            return inner.relative_to(top).as_posix()
    raise UnreadableInput(f"{path} lies outside of {root}.")


def _files_below(root: Path, files: WorkspaceFiles, below: Sequence[str]) -> Iterator[Path]:
    """
    The files that were named, and the source files in folders that were.
    """
    folders = [root / name for name in below if (root / name).is_dir()]
    yield from (root / name for name in below if not (root / name).is_dir())
    if folders:
        tops = [folder.resolve() for folder in folders]
        for path in files.walk():
            if any(path.is_relative_to(top) for top in tops):
                yield root / path.relative_to(root.resolve())
