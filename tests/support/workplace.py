"""
A folder with a TypeScript workspace and state of its own, and the real `pacenotes` in a process over it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INHERITED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH", "TMPDIR")
TIMEOUT_S = 60


@dataclass(frozen=True)
class Workplace:
    """
    `workspace` holds the code, `home` all state; `environ` is what every process of ours gets.
    """

    workspace: Path
    home: Path
    environ: Mapping[str, str]

    def write(self, path: str, text: str) -> Path:
        """
        Put a file into the workspace.
        """
        file = self.workspace / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
        return file

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
        """
        Run `pacenotes` in the workspace.
        """
        return subprocess.run(
            [sys.executable, "-m", "lsp_server", *arguments],
            cwd=self.workspace,
            env={**self.environ, **environ},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=False,
        )

    def json_lines(self, *arguments: str, **environ: str) -> list[dict[str, Any]]:
        """
        What a command prints as JSON Lines.
        """
        done = self.run(*arguments, **environ)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def state_bytes(self) -> Iterator[tuple[Path, bytes]]:
        """
        Every file that was left behind outside the workspace.
        """
        for file in sorted(self.home.rglob("*")):
            if file.is_file():
                yield file, file.read_bytes()


def make_workplace(folder: Path, **environ: str) -> Workplace:
    """
    An empty workspace; nothing of the user's settings, credentials or state reaches it.
    """
    workspace, home = folder / "workspace", folder / "home"
    workspace.mkdir()
    home.mkdir()
    (workspace / ".git").mkdir()
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    root = str(Path(__file__).parents[2])
    state = {
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(filter(None, [root, inherited.pop("PYTHONPATH", "")])),
        "PACENOTES_STORAGE_DIRECTORY": str(home / "storage"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Workplace(workspace, home, {**inherited, **state, **environ})
