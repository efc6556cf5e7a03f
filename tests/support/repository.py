"""
A real git repository in a folder of a test.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

WHO = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip


@dataclass(frozen=True)
class Repository:
    """
    The repository whose work tree is `folder`.
    """

    folder: Path

    def git(self, *arguments: str) -> str:
        """
        Run git and give what it printed.
        """
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**os.environ, **WHO}, capture_output=True, check=True
        )
        return done.stdout.decode(errors="replace").strip()

    def write(self, path: str, text: str | bytes) -> Path:
        """
        Put a file into the work tree.
        """
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def commit(self, message: str = "change", **files: str) -> str:
        """
        Write `files` (`a_ts` for `a.ts`), commit everything, and give the commit's id.
        """
        for name, text in files.items():
            self.write(name.replace("_", "."), text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def make_repository(folder: Path) -> Repository:
    """
    An empty repository at `folder`, which may hold files already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    return repository
