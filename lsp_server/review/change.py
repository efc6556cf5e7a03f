"""
What is under review, as values: files, their hunks, and why a file has none to show.
"""

from dataclasses import dataclass
from enum import StrEnum


class FileStatus(StrEnum):
    """
    What happened to a file.
    """

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    WHOLE = "whole"
    """Nothing happened to it: the file, or a selection of it, is reviewed as it stands."""


class SkipReason(StrEnum):
    """
    Why a hunk, or a file with all its hunks, was not reviewed.
    """

    BINARY = "binary"
    DELETED = "deleted"
    DELETION_ONLY = "deletion_only"
    EXCLUDED = "excluded"
    GENERATED = "generated"
    NOT_SOURCE = "not_source"
    NOT_TEXT = "not_text"
    MODE_ONLY = "mode_only"
    RENAMED_ONLY = "renamed_only"
    SUBMODULE = "submodule"
    SYMLINK = "symlink"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    COST_CAP = "cost_cap"
    NO_MODEL = "no_model"
    PROVIDER_FAILED = "provider_failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hunk:
    """
    One run of changed lines, without context, as `git diff -U0` cuts them.

    Lines are 1-based; `new_count` 0 is a pure deletion that stood after line `new_start`, as in unified diffs.
    `removed` and `added` hold the lines without their terminators.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def new_lines(self) -> range:
        """
        The 1-based lines that the hunk added.
        """
        return range(self.new_start, self.new_start + self.new_count)

    @property
    def header(self) -> str:
        """
        The hunk as the ledger names it: `@@ -3,2 +3,4 @@`.
        """
        return f"@@ -{self.old_start},{self.old_count} +{self.new_start},{self.new_count} @@"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileChange:
    """
    One file of a change; `text` is its new side, None when it has none that may be shown.

    `path` is relative to the root of the review, with forward slashes.
    """

    path: str
    status: FileStatus
    hunks: tuple[Hunk, ...] = ()
    text: str | None = None
    old_path: str = ""
    skipped: SkipReason | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """
    Everything that one review looks at, files in order of their paths.

    `base` names the commit that configuration and guidelines were read from; empty without git.
    """

    files: tuple[FileChange, ...]
    base: str = ""
    notices: tuple[str, ...] = ()
    """Sentences for the user, such as that untracked files were left out."""
