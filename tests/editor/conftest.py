"""
One VS Code for all tests of this folder, with the packaged extension in it and a stand-in for the model beside it.

Nothing of the repository's environment is on its path: the server is the one that comes with the extension.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from lsp_server.storage import locate
from telemetry.store import read
from tests.editor.code_server import NODE, CodeServer
from tests.editor.waiting import until
from tests.editor.window import Window
from tests.support.messages_api import API_KEY, MessagesApi

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "editor-shots"
CALM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--completions", type=int, default=19, help="How many completions the agreement is taken over.")


@dataclass
class Stage:
    """
    Where scenes are played, one after another.
    """

    code_server: CodeServer
    api: MessagesApi
    storage: Path
    began_ms: int = 0

    def begin(self) -> None:
        """
        A scene begins; what telemetry has told of earlier ones is of no interest to it.
        """
        self.began_ms = time.time_ns() // 1_000_000

    def events(self, name: str) -> list[dict[str, Any]]:
        """
        What the telemetry store holds of one event since the scene began.
        """
        store = locate(str(self.storage)).telemetry
        found = [json.loads(line) for line in read(store, since_ms=self.began_ms)] if store.exists() else []
        return [event for event in found if event["name"] == name]

    def shown(self) -> dict[str, Any]:
        """
        Wait for the first completion that the scene has shown.
        """
        return until("completion.shown in the store", lambda: self.events("completion.shown"))[0]

    def ended(self) -> dict[str, Any]:
        """
        Wait for the end of that completion.
        """
        completion_id = self.shown()["completion_id"]
        return until("completion.ended in the store", lambda: self._end_of(completion_id))

    def _end_of(self, completion_id: str) -> dict[str, Any]:
        ends = self.events("completion.ended")
        return next((event for event in ends if event["completion_id"] == completion_id), {})


@pytest.fixture(scope="session")
def vsix() -> Path:
    """
    The extension as `make extension` packs it.
    """
    packed = sorted((ROOT / "editor_client").glob("pacenotes-*.vsix"))
    assert packed, "Run `make extension` first."
    return packed[-1]


@pytest.fixture(scope="session")
def api() -> Iterator[MessagesApi]:
    """
    The stand-in for the model.
    """
    with MessagesApi() as api:
        yield api


@pytest.fixture(scope="session")
def stage(vsix: Path, api: MessagesApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """
    The editor, running; its extension has not been started yet.
    """
    folder = tmp_path_factory.mktemp("editor")
    storage = folder / "storage"
    environ = {
        "PATH": f"{_folder_with_python(folder)}:{NODE.parent}:/usr/bin:/bin",
        "TMPDIR": str(tmp_path_factory.mktemp("tmp")),
        "PACENOTES_STORAGE_DIRECTORY": str(storage),
        "PACENOTES_PROVIDER": "anthropic",
        "ANTHROPIC_API_KEY": API_KEY,
        "ANTHROPIC_BASE_URL": api.url,
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
    }
    with CodeServer(folder, environ) as code_server:
        code_server.install(vsix)
        yield Stage(code_server, api, storage)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """
    The browser that windows open in.
    """
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("browser"),
            executable_path="/usr/bin/chromium",
            args=CALM,
            viewport={"width": 1200, "height": 760},
        )
        yield context
        context.close()


Files = Mapping[str, str]


class Windows:
    """
    Opens windows, and closes them with a last picture.
    """

    def __init__(self, stage: Stage, browser: BrowserContext, folder: Path, name: str) -> None:
        self._stage, self._browser, self._folder, self._name = stage, browser, folder, name
        self._opened: list[Window] = []

    def open(self, files: Files, *, trusted: bool = True) -> Window:
        """
        A window on a workspace made of `files`, with the first of them in its editor.
        """
        self._stage.code_server.set_person(security__workspace__trust__enabled=not trusted)
        workspace = self._folder / f"workspace{len(self._opened)}"
        for name, text in files.items():
            file = workspace / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        window = Window(self._browser.new_page(), workspace, SHOTS / self._name)
        self._opened.append(window)
        window.page.goto(self._stage.code_server.url(workspace, next(iter(files))))
        window.page.locator(".monaco-editor .view-line").first.wait_for(timeout=60_000)
        return window

    def close(self) -> None:
        """
        Close them all.
        """
        for window in self._opened:
            window.shoot("end")
            window.close()


@pytest.fixture
def windows(stage: Stage, browser: BrowserContext, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """
    Windows for one test.
    """
    windows = Windows(stage, browser, tmp_path, request.node.name)
    yield windows
    windows.close()


@pytest.fixture(scope="session")
def window(stage: Stage, browser: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """
    One window for all scenes, with the server running; each scene opens files of its own in it.
    """
    windows = Windows(stage, browser, tmp_path_factory.mktemp("window"), "window")
    window = windows.open({"src/stage.ts": "export interface Stage {\n  readonly km: number;\n}\n"})
    # The first start sets the server up.
    window.wait_for_status("anthropic", seconds=240)
    yield window
    windows.close()


@pytest.fixture(autouse=True)
def _scene(request: pytest.FixtureRequest) -> Iterator[None]:
    """
    Every scene finds the window as it should be, and leaves no error on its console.
    """
    if "stage" in request.fixturenames:
        request.getfixturevalue("stage").begin()
    if "window" not in request.fixturenames:
        yield
        return
    window: Window = request.getfixturevalue("window")
    window.begin(SHOTS / request.module.__name__.rpartition(".")[2])
    window.wait_for_status("anthropic")
    yield
    assert window.complaints() == []


def _folder_with_python(folder: Path) -> Path:
    # The interpreter that the tests run with, without its environment.
    programs = folder / "programs"
    programs.mkdir()
    (programs / "python3.11").symlink_to(
        Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    )
    return programs
