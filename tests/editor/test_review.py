"""
Review in a real VS Code: findings in Problems, fixes behind the light bulb, dismissal, lenses.
"""

from tests.editor.conftest import Stage
from tests.editor.teacher import reviewed
from tests.editor.window import Window

HAZARD = """\
export function isFaster(a: number, b: number): boolean {
  if (a === a) {
    return true;
  }
  return a < b;
}
"""
FASTER = """\
export function average(kilometres: number, minutes: number): number {
  return kilometres / minutes / 60;
}
"""
SLIP = {
    "file": "src/average.ts",
    "quote": "  return kilometres / minutes / 60;",
    "category": "correctness",
    "severity": "warning",
    "confidence": 92,
    "message": "Minutes are divided by 60 on the wrong side: the speed comes out 3600 times too small.",
    "evidence": "`minutes` counts minutes",
    "replacement": "  return kilometres / (minutes / 60);",
}


def test_a_hazard_that_takes_no_model(window: Window, stage: Stage) -> None:
    """
    What the rules know is underlined as soon as a file is open, and nothing is sent for it.
    """
    asked = len(stage.api.exchanges)
    window.open("src/faster.ts", HAZARD)
    window.page.locator(".monaco-editor .squiggly-warning").first.wait_for()

    assert len(stage.api.exchanges) == asked
    window.wait(lambda: "pacenotes" in window.problems(), lambda: f"a finding, seen {window.problems()!r}")


def test_a_finding_and_its_fix(window: Window, stage: Stage) -> None:
    """
    Ask for a review, see the finding in Problems, apply its fix: the text is mended and the finding gone.
    """
    stage.api.script(reviewed([SLIP]))
    window.open("src/average.ts", FASTER)
    window.command("Pacenotes: Review This File")
    window.wait(lambda: "wrong side" in window.problems(), lambda: f"the finding, seen {window.problems()!r}")
    # The editor draws lenses only while the keyboard is in it.
    window.focus()
    window.wait(lambda: window.page.locator(".codelens-decoration", has_text="wrong side").count(), lambda: "a lens")
    window.shoot("problems")
    window.press("Control+Home", "ArrowDown", "End")
    fix = window.fix("Fix, after a look at it")
    window.shoot("fixes")
    fix.click()
    # A fix that a model wrote is looked at before it is made: nothing in the preview is ticked.
    window.page.locator(".edit-checkbox").first.click()
    window.shoot("preview")
    window.page.get_by_role("button", name="Apply", exact=True).first.click()

    window.wait_for_text("return kilometres / (minutes / 60);")
    window.wait(lambda: "wrong side" not in window.problems(), lambda: f"no finding, seen {window.problems()!r}")


def test_a_finding_dismissed(window: Window, stage: Stage) -> None:
    """
    What is dismissed leaves Problems, and a word about it stays in the workspace's baseline.
    """
    stage.api.script(reviewed([{**SLIP, "file": "src/mean.ts"}]))
    window.open("src/mean.ts", FASTER)
    window.command("Pacenotes: Review This File")
    window.wait(lambda: "wrong side" in window.problems(), lambda: f"the finding, seen {window.problems()!r}")
    window.focus()
    window.press("Control+Home", "ArrowDown", "End")
    window.fix("Dismiss as wrong").click()

    window.wait(lambda: "wrong side" not in window.problems(), lambda: f"no finding, seen {window.problems()!r}")
    assert (window.workspace / "pacenotes-baseline.json").exists()
