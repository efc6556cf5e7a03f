"""
A machine on which the server cannot be set up: each cause is one sentence with ways out, and *Try Again* tries again.
"""

import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.editor.code_server import NODE, CodeServer
from tests.editor.conftest import Stage, Windows
from tests.editor.window import Window
from tests.support.messages_api import MessagesApi

OLD_PYTHON = "#!/bin/sh\necho /opt/old/python3\necho 3 9\n"
NEVER_WRITABLE = Path("/sys")
"""Not even for the administrator."""


@dataclass(frozen=True)
class Machine:
    """
    A window on a machine whose programs are those in one folder, and whose network is a proxy that refuses.
    """

    window: Window
    programs: Path
    profile: Path

    @property
    def wheelhouse(self) -> Path:
        """
        The wheels that came with the extension.
        """
        (found,) = (self.profile / "extensions").glob("pacenotes.pacenotes-*/wheelhouse")
        return found

    @property
    def storage(self) -> Path:
        """
        Where the extension may write.
        """
        return self.profile / "data" / "User" / "globalStorage" / "pacenotes.pacenotes"

    def install_python(self) -> None:
        """
        The interpreter that the tests run with, without its environment.
        """
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        (self.programs / "python3").unlink(missing_ok=True)
        (self.programs / "python3").symlink_to(Path(sys.base_prefix) / "bin" / name)

    def try_again(self) -> None:
        """
        Choose that way out of the message.
        """
        self.window.page.get_by_role("button", name="Try Again").first.click()


class Refusing(BaseHTTPRequestHandler):
    """
    A proxy that lets nobody through.
    """

    def do_CONNECT(self) -> None:
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    """
    Its address.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def machine(
    vsix: Path, api: MessagesApi, proxy: str, browser: BrowserContext, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """
    A machine without Python, on which the extension has just been installed.
    """
    folder = tmp_path_factory.mktemp("bare")
    programs = folder / "programs"
    programs.mkdir()
    path = f"{programs}:{NODE.parent}"
    # The editor asks the person's own shell for the environment of extensions.
    (folder / "home").mkdir()
    for profile in (".profile", ".bash_profile"):
        (folder / "home" / profile).write_text(f"PATH={path}\n", encoding="utf-8")
    environ = {
        "PATH": path,
        "HTTPS_PROXY": proxy,
        "PIP_INDEX_URL": "https://packages.invalid/simple",
        "PIP_RETRIES": "1",
        "PIP_CONFIG_FILE": "/dev/null",
    }
    with CodeServer(folder, environ) as code_server:
        code_server.install(vsix)
        windows = Windows(Stage(code_server, api, folder / "storage"), browser, folder, "test_set_up")
        yield Machine(windows.open({"a.ts": "export const one = 1;\n"}), programs, folder)
        windows.close()


def test_each_cause_is_said_with_a_way_out(machine: Machine) -> None:
    """
    No Python, then one that is too old, then a proxy in front of the packages, then a folder that cannot be written to.
    """
    window = machine.window
    message = window.notification("found no Python: install Python 3.11 or newer")
    message.wait_for()
    window.shoot("no-python")
    assert "Get Python" in message.inner_text()

    (machine.programs / "python3").write_text(OLD_PYTHON, encoding="utf-8")
    (machine.programs / "python3").chmod(0o755)
    machine.try_again()
    window.notification("needs Python 3.11 or newer and found only 3.9 (/opt/old/python3)").wait_for()

    machine.install_python()
    wheel = next(machine.wheelhouse.glob("click-*.whl"))
    wheel.rename(machine.profile / wheel.name)
    machine.try_again()
    message = window.notification("The network's proxy refused packages that Pacenotes needs")
    message.wait_for(timeout=120_000)
    window.shoot("proxy")
    assert "pacenotes.server.path" in message.inner_text()

    shutil.rmtree(machine.storage)
    machine.storage.symlink_to(NEVER_WRITABLE)
    machine.try_again()
    window.notification("make that folder writable").wait_for(timeout=60_000)
    assert "make that folder writable" in window.status_label()
    assert window.complaints() == []
