"""
Read pull requests out of a git history: merges and squashed commits that name one, their size, and their reverts.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from telemetry.importing.outcome import PullRequest, UnusableExportError

RECORD, FIELD = "\x1e", "\x1f"
FORMAT = f"{RECORD}%H{FIELD}%P{FIELD}%aE{FIELD}%at{FIELD}%ct{FIELD}%s{FIELD}%b{FIELD}"
NUMBER = re.compile(r"^Merge pull request #(\d+)\b|\(#(\d+)\)\s*$|^Merged? .*\bMR ?!(\d+)\b")
"""GitHub's merges and squashes, and GitLab's merges when the project names the request."""

REVERTS = re.compile(r"This reverts commit ([0-9a-f]{7,40})")
SIZE = re.compile(r"^(\d+|-)\t(\d+|-)\t")


@dataclass(slots=True)
class Commit:
    """
    What of a commit matters here.
    """

    sha: str
    parents: tuple[str, ...]
    author: str
    authored_ts: int
    committed_ts: int
    subject: str
    body: str
    added: int = 0
    deleted: int = 0
    branch: list["Commit"] = field(default_factory=list)


def read_git(repository: Path) -> list[PullRequest]:
    """
    Pull requests of the branch that is checked out, oldest first.

    A squashed one was opened when its commit was authored, a merged one when the first commit of its branch was.

    Raises:
        UnusableExportError: there is no repository, or git is not there.
    """
    main = list(_commits(repository, "--first-parent", "-m"))
    sides = {commit.sha: commit for commit in _commits(repository)}
    reverts = {
        target: commit.committed_ts for commit in main for target in REVERTS.findall(f"{commit.subject}\n{commit.body}")
    }
    named = [commit for commit in main if NUMBER.search(commit.subject)]
    # Numbers begin anew in each repository; its first commit tells it from others, wherever it is cloned.
    return [
        replace(_pull_request(commit, sides, main[0].sha), reverted_ts=_reverted(commit, reverts)) for commit in named
    ]


def _pull_request(commit: Commit, sides: dict[str, Commit], root: str) -> PullRequest:
    matched = NUMBER.search(commit.subject)
    assert matched is not None
    number = next(group for group in matched.groups() if group)
    first = min([*_side(commit, sides), commit], key=lambda each: each.authored_ts)
    return PullRequest(
        key=f"{root}#{number}",
        author=first.author,
        where=f"commit {commit.sha[:12]}",
        opened_ts=min(first.authored_ts, commit.committed_ts),
        merged_ts=commit.committed_ts,
        lines_added=commit.added,
        lines_deleted=commit.deleted,
    )


def _side(commit: Commit, sides: dict[str, Commit]) -> Iterator[Commit]:
    """
    The commits of the branch that a merge brought in, back to where it left the main line; none for a squash.
    """
    at = sides.get(commit.parents[1]) if len(commit.parents) > 1 else None
    seen = 0
    while at is not None and len(at.parents) == 1 and seen < MOST_OF_A_BRANCH and at.sha not in commit.parents[:1]:
        yield at
        seen += 1
        # A branch ends where the main line has a commit of it; that line's own commits are merges or squashes.
        parent = sides.get(at.parents[0])
        at = None if parent is None or NUMBER.search(parent.subject) else parent


MOST_OF_A_BRANCH = 500


def _reverted(commit: Commit, reverts: dict[str, int]) -> int | None:
    return next((at for target, at in reverts.items() if commit.sha.startswith(target)), None)


def _commits(repository: Path, *options: str) -> Iterator[Commit]:
    command = [
        "git", "-C", str(repository), "log", "--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature",
        "--numstat", "--reverse", f"--format={FORMAT}", *options,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise UnusableExportError("git is not installed: it is needed to read a history.") from error
    if done.returncode:
        raise UnusableExportError(f"{repository} has no git history that can be read.")
    for record in done.stdout.split(RECORD)[1:]:
        sha, parents, author, authored, committed, subject, body, sizes = record.split(FIELD, 7)
        commit = Commit(sha, tuple(parents.split()), author, 1000 * int(authored), 1000 * int(committed), subject, body)
        for line in sizes.splitlines():
            if size := SIZE.match(line):
                commit.added += int(size[1].replace("-", "0"))
                commit.deleted += int(size[2].replace("-", "0"))
        yield commit
