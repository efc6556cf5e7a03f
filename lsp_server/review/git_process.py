"""
Run git as a reader: nothing that a repository says can make it start a program, open a pager or write.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

TIMEOUT_S = 120

# What a repository's own configuration could otherwise have git run, or could use to change the shape of a diff.
HARMLESS = (
    "core.quotePath=false", "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.sshCommand=ssh",
    "core.gitProxy=", "core.askPass=", "core.alternateRefsCommand=", "diff.external=",
    "diff.renames=true", "diff.suppressBlankEmpty=false", "log.showSignature=false",
    "submodule.recurse=false", "gc.auto=0", "maintenance.auto=false",
)  # fmt: skip
ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
WITHHELD = ("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_TRACE", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT")
"""Variables of the environment that would bend what git prints."""

_FILTER = re.compile(r"^(filter\..+)\.(?:clean|smudge|process|required)$", re.IGNORECASE)


class GitFailed(Exception):  # noqa: N818 - named after what happened
    """
    Git could not give what was asked for; `str()` is one sentence that says what to do.
    """


class Git:
    """
    One repository, or one of its work trees.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filters: tuple[str, ...] | None = None

    def output(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """
        What git prints.

        Raises:
            GitFailed: it ended with an error, or is not installed.
        """
        done = self.attempt(*arguments, stdin=stdin)
        if done.returncode:
            raise GitFailed(_sentence(done.stderr.decode(errors="replace"), self.folder))
        return done.stdout

    def attempt(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """
        Run git and leave it to the caller what its exit code means.

        Raises:
            GitFailed: it is not installed, or hangs.
        """
        return self._run(self._harmless(), arguments, stdin)

    def _harmless(self) -> tuple[str, ...]:
        if self._filters is None:
            self._filters = self._own_filters()
        return (*HARMLESS, *self._filters)

    def _own_filters(self) -> tuple[str, ...]:
        """
        Settings that switch off the filters which the repository's own configuration declares.
        """
        listed = self._run(HARMLESS, ("config", "--local", "--includes", "--name-only", "-z", "--list"), b"")
        names = {
            found[1] for name in listed.stdout.decode(errors="replace").split("\0") if (found := _FILTER.match(name))
        }
        return tuple(
            f"{name}.{key}" for name in sorted(names) for key in ("clean=", "smudge=", "process=", "required=false")
        )

    def _run(
        self, settings: Sequence[str], arguments: Sequence[str], stdin: bytes
    ) -> "subprocess.CompletedProcess[bytes]":
        options = [word for setting in settings for word in ("-c", setting)]
        environ = {name: value for name, value in os.environ.items() if name not in WITHHELD}
        try:
            return subprocess.run(
                ["git", "--no-pager", *options, *arguments],
                cwd=self.folder,
                env={**environ, **ENVIRONMENT},
                input=stdin,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except (FileNotFoundError, NotADirectoryError):
            if not self.folder.is_dir():
                raise GitFailed(f"{self.folder} is not a folder, so it is no git repository either.") from None
            raise GitFailed("Git was not found: install it, or name the files to review.") from None
        except subprocess.TimeoutExpired:
            raise GitFailed(f"Git did not answer within {TIMEOUT_S} s in {self.folder}.") from None


def _sentence(stderr: str, folder: Path) -> str:
    if "not a git repository" in stderr:
        return f"{folder} is not in a git repository: name the files to review, or give a diff with --stdin-diff."
    if "dubious ownership" in stderr:
        return (
            f"Git does not trust {folder}, since it belongs to another user;"
            f" run: git config --global --add safe.directory '{folder}'"
        )
    said = next((line for line in stderr.splitlines() if line.strip()), "it gave no reason")
    readable = "".join(character if character.isprintable() else "?" for character in said)
    return f"Git failed in {folder}: {readable[:200]}"
