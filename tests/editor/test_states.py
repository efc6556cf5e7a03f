"""
What the status bar says, and what stands behind it: states of the server, pauses, trust.
"""

import re

from tests.editor.conftest import Stage
from tests.editor.teacher import Taught
from tests.editor.waiting import until
from tests.editor.window import Window
from tests.support.replies import Reply

LINE = "const limit = 42 * 1000;"
ACTIVATION = re.compile(r"Activation: (\d+)\s?ms")
FILE = "export const one = 1;\n"


def test_provider_model_and_cost(window: Window, stage: Stage) -> None:
    """
    The status bar names the provider; behind it stand the model and today's cost.
    """
    stage.api.script(Taught([LINE]))
    window.open("src/cost.ts", FILE)
    window.type("const limit = ")
    window.wait_for_ghost("42 * 1000;")

    assert window.status().startswith("Pacenotes · anthropic")
    assert "Model: claude-haiku-5-5" in window.status_label()
    assert "Today: $0.0" in window.status_label()


def test_a_killed_server_is_back(window: Window, stage: Stage) -> None:
    """
    Killed, it is started again, knows the open documents and completes in them.
    """
    stage.api.script(Taught([LINE]))
    window.open("src/killed.ts", FILE)
    (server,) = stage.code_server.language_servers()
    window.watch_status()
    server.kill()

    until("another process", lambda: {now.pid for now in stage.code_server.language_servers()} - {server.pid})
    window.wait_for_status("anthropic")
    assert any("restarting" in said for said in window.statuses())
    window.type("const limit = ")
    window.wait_for_ghost("42 * 1000;")


def test_paused(window: Window, stage: Stage) -> None:
    """
    While paused nothing is offered and nobody is asked; resumed, all is as before.
    """
    stage.api.script(Taught([LINE]))
    window.open("src/paused.ts", FILE)
    window.command("Pacenotes: Pause")
    window.wait_for_status("paused")
    asked = len(stage.api.exchanges)
    window.to_the_end(FILE)
    window.type("const limit = ")
    window.command("Pacenotes: Resume")
    window.wait_for_status("anthropic")
    assert (len(stage.api.exchanges), window.ghost()) == (asked, "")

    window.to_the_end(f"{FILE}const limit = ")
    window.type("4")
    window.wait_for_ghost("2 * 1000;")


def test_the_start_of_the_editor_does_not_wait(window: Window) -> None:
    """
    It is activated by the first file that it knows; how long that took by the editor's own account, is printed.
    """
    window.open("src/activated.ts", FILE)
    window.command("Developer: Show Running Extensions")
    row = window.page.locator(".runtime-extensions-editor .monaco-list-row", has_text="Pacenotes").first
    window.wait(lambda: ACTIVATION.search(row.inner_text()), lambda: f"an activation, seen {row.inner_text()!r}")
    took = sum(map(int, ACTIVATION.findall(row.inner_text())))
    window.press("Control+w")

    print(f"activation: {took} ms, with loading its code")
    assert took


def test_the_menu(window: Window) -> None:
    """
    A click on the status bar opens the menu, which says how things are.
    """
    window.open("src/menu.ts", FILE)
    window.page.locator(".statusbar-item[id*='pacenotes.status'] a").click()
    rows = window.page.locator(".quick-input-list .monaco-list-row")
    rows.first.wait_for()
    window.shoot("menu")
    labels = "\n".join(rows.all_inner_texts())
    window.press("Escape")

    for entry in ("Pause", "Snooze", "Off for typescript", "Review My Changes", "Show Request", "What Was Sent"):
        assert entry in labels


def test_the_request_behind_a_completion(window: Window, stage: Stage) -> None:
    """
    *Show Request* opens it as a document, exactly as it was sent.
    """
    stage.api.script(Taught([LINE]))
    window.open("src/request.ts", FILE)
    window.type("const limit = ")
    window.wait_for_ghost("42 * 1000;")
    window.command("Pacenotes: Show Request")

    window.wait_for_text('"model": "claude-haiku-5-5"')
    window.press("Control+w")


def test_a_refused_key_is_said_once(window: Window, stage: Stage) -> None:
    """
    One sentence with ways out, in a message and in the status bar; the next answer clears it.
    """
    stage.api.script(Reply(status=401, message="invalid x-api-key"))
    window.open("src/refused.ts", FILE)
    window.type("const limit = ")

    message = window.notification("Pacenotes:")
    message.wait_for()
    window.shoot("refused")
    said = message.inner_text()
    assert "Set API Key" in said
    assert "ANTHROPIC_API_KEY" in window.status_label()
    stage.api.script(Taught([LINE]))
