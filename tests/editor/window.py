"""
One window of VS Code, as a person sees it and types into it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page
from playwright.sync_api import TimeoutError as NotSeen

from tests.editor.waiting import until

NOISE = re.compile(
    # Without a network: the gallery of extensions, and parts that are only in the vendor's own builds.
    r"ENOTFOUND|getaddrinfo|net::ERR_|Failed to load resource|vsda|Failed to fetch"
    # Native parts that are not built, since nothing depends on them: log files, and ending with the parent.
    r"|Could not locate the bindings file|native-watchdog"
    # The vendor's own sign-in and telemetry, which have nobody to talk to, and a machine that is busy.
    r"|authentication provider 'github'|ERR color: #f33 An unknown error occurred|Aborted onWillSave",
    re.IGNORECASE,
)
"""What the console says of the set-up of these tests; none of it is of the extension."""

PALETTE_ATTEMPTS, PALETTE_MS = 3, 15_000

GHOST = """() => [...document.querySelectorAll('.ghost-text-decoration, .ghost-text')]
    .filter(found => !found.parentElement.closest('.ghost-text'))
    .map(found => found.textContent.replace(/\\u00a0/g, ' ').replace(/\\u200b/g, '')).join('')"""


class Window:
    """
    A window on one workspace, in a browser's page.
    """

    def __init__(self, page: Page, workspace: Path, shots: Path) -> None:
        self.page = page
        self.workspace = workspace
        self.console: list[str] = []
        self._shots = shots
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))

    # Keys.

    def type(self, text: str, *, delay_ms: float = 30) -> None:
        """
        Type as a person does, each line break included.
        """
        self.page.keyboard.type(text, delay=delay_ms)

    def press(self, *keys: str) -> None:
        """
        Press one key after another, such as `Control+ArrowRight`.
        """
        for key in keys:
            self.page.keyboard.press(key)

    def command(self, title: str) -> None:
        """
        Run a command of the palette. Now and then the palette closes again while the window is still being drawn.
        """
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=title).first
        for attempt in range(PALETTE_ATTEMPTS):
            self.press("F1")
            self._box().fill(f">{title}")
            try:
                row.wait_for(timeout=PALETTE_MS)
                break
            except NotSeen:
                if attempt == PALETTE_ATTEMPTS - 1:
                    raise
                self.press("Escape")
        self.press("Enter")

    def open(self, name: str, text: str) -> None:
        """
        Open a new file of the workspace, with the cursor at its end.
        """
        file = self.workspace / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.press("Control+p")
        box = self._box()
        box.fill(name)
        self.page.locator(".quick-input-list .monaco-list-row", has_text=file.name).first.wait_for()
        self.press("Enter")
        self.page.locator(f".tab.active[data-resource-name='{file.name}']").wait_for()
        self.focus()
        self.press("Control+End")

    def focus(self) -> None:
        """
        Put the focus into the editor.
        """
        self.page.locator(".editor-group-container.active .monaco-editor .view-lines").first.click()

    # What is seen.

    def ghost(self) -> str:
        """
        The ghost text that is visible, or nothing.
        """
        found = self.page.evaluate(GHOST)
        assert isinstance(found, str)
        return found

    def wait_for_ghost(self, expected: str) -> None:
        """
        Wait until the ghost text is this.
        """
        self.wait(lambda: self.ghost() == expected, lambda: f"ghost text {expected!r}, seen {self.ghost()!r}")

    def wait_for_text(self, expected: str) -> None:
        """
        Wait until the visible text of the editor holds this.
        """
        self.wait(lambda: expected in self.text(), lambda: f"{expected!r} in the editor, seen {self.text()!r}")

    def text(self) -> str:
        """
        The visible text of the active editor, without ghost text.
        """
        found = self.page.evaluate(
            """() => [...document.querySelectorAll('.editor-group-container.active .monaco-editor .view-line')]
                .sort((a, b) => parseInt(a.style.top) - parseInt(b.style.top))
                .map(line => { const copy = line.cloneNode(true);
                    copy.querySelectorAll('.ghost-text-decoration, .ghost-text').forEach(ghost => ghost.remove());
                    return copy.textContent; }).join('\\n').replace(/\\u00a0/g, ' ')"""
        )
        assert isinstance(found, str)
        return found

    def status(self) -> str:
        """
        What the status bar says of Pacenotes.
        """
        item = self._status_item()
        return (item.text_content() or "").replace("\xa0", " ").strip() if item.count() else ""

    def status_label(self) -> str:
        """
        The same as a screen reader has it, with the whole of the tooltip.
        """
        return self._status_item().locator("a").first.get_attribute("aria-label") or ""

    def wait_for_status(self, expected: str, *, seconds: float = 60) -> None:
        """
        Wait until the status bar says this.
        """
        self.wait(
            lambda: expected in self.status(), lambda: f"status {expected!r}, seen {self.status()!r}", seconds=seconds
        )

    def notification(self, words: str) -> Locator:
        """
        The message that holds `words`.
        """
        return self.page.locator(".notification-list-item", has_text=words).first

    def problems(self) -> str:
        """
        What the panel *Problems* lists; it is opened if need be.
        """
        if not self.page.locator(".markers-panel-container").count():
            self.command("Problems: Focus on Problems View")
        self.page.locator(".markers-panel-container").wait_for()
        return "\n".join(self.page.locator(".markers-panel-container .monaco-list-row").all_inner_texts())

    def fixes(self) -> Locator:
        """
        The entries behind the light bulb at the cursor.
        """
        self.press("Control+.")
        entries = self.page.locator(".action-widget .monaco-list-row")
        entries.first.wait_for()
        return entries

    def wait(self, look: Callable[[], Any], what: Callable[[], str], *, seconds: float = 30) -> None:
        """
        Wait for something in this window, and leave a picture when it does not come.
        """
        try:
            until("", look, seconds=seconds)
        except AssertionError:
            self.shoot("failure")
            raise AssertionError(what()) from None

    def shoot(self, name: str) -> None:
        """
        Keep a picture.
        """
        self._shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self._shots / f"{name}.png")

    def complaints(self) -> list[str]:
        """
        Errors on the console that are not of the set-up; what a message of ours says is repeated there.
        """
        return [line for line in self.console if not NOISE.search(line) and not line.startswith("Pacenotes: ")]

    def close(self) -> None:
        """
        Leave without being asked whether to save.
        """
        try:
            self.page.close(run_before_unload=False)
        except Error:
            return

    def _box(self) -> Locator:
        box = self.page.locator(".quick-input-widget input.input")
        box.wait_for()
        return box

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} ({message.location.get('url', '')})")

    def _status_item(self) -> Locator:
        return self.page.locator(".statusbar-item[id*='pacenotes.status']")
