"""
One window of VS Code, as a person sees it and types into it.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page
from playwright.sync_api import TimeoutError as NotSeen

from tests.editor.code_server import TIDY
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

ATTEMPTS, ATTEMPT_S = 6, 10
"""How often, and how long each time, something is asked for that the editor drops while it is still drawing."""

GHOST = """() => [...document.querySelectorAll('.ghost-text-decoration, .ghost-text')]
    .filter(found => !found.parentElement.closest('.ghost-text'))
    .map(found => found.textContent.replace(/\\u00a0/g, ' ').replace(/\\u200b/g, '')).join('')"""

WATCH_STATUS = """() => {
    const said = window.pacenotesStatuses = [];
    const look = () => {
        const now = document.querySelector(".statusbar-item[id*='pacenotes.status']")?.textContent ?? "";
        if (now !== said.at(-1)) said.push(now);
    };
    look();
    const all = { subtree: true, childList: true, characterData: true };
    new MutationObserver(look).observe(document.querySelector(".part.statusbar"), all);
}"""


class Window:
    """
    A window on one workspace, in a browser's page.
    """

    def __init__(self, page: Page, workspace: Path, shots: Path) -> None:
        self.page = page
        self.workspace = workspace
        self.console: list[str] = []
        self._shots = shots
        self._awaited: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))

    def begin(self, shots: Path) -> None:
        """
        Another scene, with its pictures in `shots`: no files of earlier ones, no messages, nothing on the console.
        """
        self._shots = shots
        left = self.page.locator(".tabs-container .tab, .notification-list-item")
        self._until_pressed(TIDY, lambda: left.count() == 0, lambda: f"a tidy window, seen {left.all_inner_texts()!r}")
        for file in self.workspace.rglob("*.ts"):
            file.unlink()
        self.console.clear()
        self._awaited.clear()

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
        Run a command of the palette.
        """
        self._pick(lambda: self.press("F1"), f">{title}", title)

    def answer(self, words: str) -> None:
        """
        Type into the box that asks for a text.
        """
        box = self.page.locator(".quick-input-widget input.input")
        box.fill(words)
        self.press("Enter")

    def choose(self, label: str) -> None:
        """
        Choose an entry of the list that has come up.
        """
        self.page.locator(".quick-input-list .monaco-list-row", has_text=label).first.click()

    def open(self, name: str, text: str) -> None:
        """
        Open a new file of the workspace, with the cursor at its end.
        """
        file = self.workspace / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        # By its whole path: the search for files may not know one yet that has just been written.
        self._pick(lambda: self.press("Control+p"), str(file), file.name)
        self.page.locator(f".tab.active[data-resource-name='{file.name}']").wait_for()
        self.to_the_end(text)

    def to_the_end(self, text: str) -> None:
        """
        Put the cursor behind the last character of the document, which is `text`.
        """
        lines = text.split("\n")
        end = f"Ln {len(lines)}, Col {len(lines[-1]) + 1}"
        self.focus()
        self._until_pressed("Control+End", lambda: self.cursor() == end, lambda: f"{end}, seen {self.cursor()!r}")

    def focus(self) -> None:
        """
        Put the keyboard into the editor.
        """
        focused = self.page.locator(".editor-group-container.active .monaco-editor.focused")
        self._until_pressed("Control+1", lambda: focused.count() == 1, lambda: "the focus in the editor")

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

    def tabs(self) -> list[str]:
        """
        The names of what is open.
        """
        names: list[str] = self.page.locator(".tabs-container .tab").all_inner_texts()
        return names

    def cursor(self) -> str:
        """
        Where the cursor stands, as the status bar has it: `Ln 3, Col 1`.
        """
        item = self.page.locator("#status\\.editor\\.selection")
        return (item.text_content() or "").strip() if item.count() else ""

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

    def watch_status(self) -> None:
        """
        From now on remember all that the status bar says of Pacenotes, however shortly.
        """
        self.page.evaluate(WATCH_STATUS)

    def statuses(self) -> list[str]:
        """
        What it has said since.
        """
        found: list[str] = self.page.evaluate("() => window.pacenotesStatuses")
        return [said.replace("\xa0", " ").strip() for said in found]

    def wait_for_status(self, expected: str, *, seconds: float = 60) -> None:
        """
        Wait until the status bar says this.
        """
        self.wait(
            lambda: expected in self.status(), lambda: f"status {expected!r}, seen {self.status()!r}", seconds=seconds
        )

    def notification(self, words: str) -> Locator:
        """
        The message that holds `words`; it is no complaint that it is on the console as well.
        """
        self._awaited.append(words)
        return self.page.locator(".notification-list-item", has_text=words).first

    def problems(self) -> str:
        """
        What the panel *Problems* lists; it is opened if need be.
        """
        if not self.page.locator(".markers-panel-container").count():
            self.command("Problems: Focus on Problems View")
        self.page.locator(".markers-panel-container").wait_for()
        return "\n".join(self.page.locator(".markers-panel-container .monaco-list-row").all_inner_texts())

    def fix(self, words: str) -> Locator:
        """
        The entry behind the light bulb at the cursor that says `words`.
        """
        entry = self.page.locator(".action-widget .monaco-list-row", has_text=words).first
        self._until_pressed("Control+.", entry.is_visible, lambda: f"the fix {words!r}")
        return entry

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
        Errors on the console of this scene that are neither of the set-up nor what the scene was about.
        """
        found = [line for line in self.console if not NOISE.search(line)]
        return [line for line in found if not any(words in line for words in self._awaited)]

    def close(self) -> None:
        """
        Leave without being asked whether to save.
        """
        try:
            self.page.close(run_before_unload=False)
        except Error:
            return

    def _pick(self, call: Callable[[], None], words: str, label: str) -> None:
        """
        Choose what `words` find, once the editor has found it: Enter takes the entry that is highlighted.
        """
        box = self.page.locator(".quick-input-widget input.input")
        entry = self.page.locator(".quick-input-list .monaco-list-row.focused", has_text=label).first
        for _ in range(ATTEMPTS):
            call()
            try:
                box.fill(words, timeout=ATTEMPT_S * 1000)
                entry.wait_for(timeout=ATTEMPT_S * 1000)
                break
            except NotSeen:
                self.press("Escape")
        else:
            self.shoot("failure")
            raise AssertionError(f"{label!r} is not to be found by {words!r}")
        self.press("Enter")
        entry.wait_for(state="hidden")

    def _until_pressed(self, key: str, look: Callable[[], object], what: Callable[[], str]) -> None:
        """
        Press a key until it has worked: a window that is still drawing drops one now and then.
        """
        for _ in range(ATTEMPTS):
            self.press(key)
            with suppress(AssertionError):
                until("", look, seconds=ATTEMPT_S)
                return
            self.shoot("failure")
            self.press("Escape")
        raise AssertionError(what())

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} ({message.location.get('url', '')})")

    def _status_item(self) -> Locator:
        return self.page.locator(".statusbar-item[id*='pacenotes.status']")
