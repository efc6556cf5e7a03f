"""
Commands beside completion and review: asking about a selection, snoozing, records as documents, the walkthrough.
"""

import re

from tests.editor.conftest import Stage
from tests.editor.teacher import Taught
from tests.editor.window import Window

FUNCTION = "export function double(kilometres: number): number {\n  return kilometres + kilometres;\n}\n"
OTHERWISE = "  return 2 * kilometres;"


def test_an_edit_that_is_asked_for_is_seen_before_it_is_made(window: Window, stage: Stage) -> None:
    """
    Select a line, say what is wanted, see the difference; nothing changes before *Apply*.
    """
    window.open("src/double.ts", FUNCTION)
    window.press("ArrowUp", "ArrowUp", "Home", "Home", "Shift+End")
    stage.api.script(f"Multiplied instead.\n<replacement>\n{OTHERWISE}\n</replacement>")
    window.command("Pacenotes: Ask About Selection")
    window.answer("Write it as a product")
    window.choose("Edit")

    window.wait(lambda: window.page.locator(".monaco-diff-editor").count(), lambda: "the difference")
    message = window.notification("Nothing has changed yet.")
    message.wait_for()
    window.shoot("ask")
    assert (window.workspace / "src/double.ts").read_text("utf-8") == FUNCTION
    message.get_by_role("button", name="Apply").click()
    window.wait_for_text("return 2 * kilometres;")


def test_a_question_is_answered_in_a_document(window: Window, stage: Stage) -> None:
    """
    Beside the code, with the question above the answer.
    """
    window.open("src/triple.ts", FUNCTION)
    window.press("Control+a")
    stage.api.script("It adds the number to itself.")
    window.command("Pacenotes: Ask About Selection")
    window.answer("What does it do?")
    window.choose("Answer")

    window.wait_for_text("It adds the number to itself.")


def test_snoozed(window: Window, stage: Stage) -> None:
    """
    For as long as was chosen nothing is offered, and the status bar says until when.
    """
    stage.api.script(Taught(["const limit = 42 * 1000;"]))
    window.open("src/snoozed.ts", "")
    asked = len(stage.api.exchanges)
    window.command("Pacenotes: Snooze")
    window.choose("15 minutes")
    window.wait_for_status("paused")
    said = window.status_label()
    window.to_the_end("")
    window.type("const limit = ")
    window.command("Pacenotes: Resume")
    window.wait_for_status("anthropic")

    assert re.search(r"until \d", said)
    assert len(stage.api.exchanges) == asked


def test_what_was_sent_and_my_report(window: Window, stage: Stage) -> None:
    """
    Both as documents; what reports calculate with is fetched at the first of them.
    """
    stage.api.script(Taught(["const limit = 42 * 1000;"]))
    window.open("src/records.ts", "")
    window.type("const limit = ")
    window.wait_for_ghost("42 * 1000;")
    window.command("Pacenotes: What Was Sent")
    window.wait_for_text("claude-")
    window.command("Pacenotes: My Report")
    window.wait(lambda: "My report" in str(window.tabs()), lambda: f"the report, seen {window.tabs()}", seconds=240)
    window.wait_for_text("accept")
    window.shoot("report")


def test_the_walkthrough_opens(window: Window) -> None:
    """
    With its four steps.
    """
    window.command("Welcome: Open Walkthrough")
    window.choose("Get Started with Pacenotes")

    window.page.get_by_text("See a completion").first.wait_for()
    window.shoot("walkthrough")
    for step in ("Choose who answers", "Have your changes reviewed", "See what was sent"):
        assert window.page.get_by_text(step).first.is_visible()
