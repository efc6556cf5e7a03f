"""
Completions in a real VS Code: seen, taken whole or in part, sent away, and each of it in the telemetry store.
"""

import pytest

from tests.editor.conftest import Stage
from tests.editor.teacher import Taught
from tests.editor.window import Window

LONGEST = "const longest = stages.reduce((a, b) => (a.km > b.km ? a : b));"
START, REST = LONGEST[:16], LONGEST[16:]
FILE = "import { Stage } from './stage';\n\nconst stages: Stage[] = [];\n"


@pytest.fixture(autouse=True)
def _taught(stage: Stage) -> None:
    stage.api.script(Taught([LONGEST]))


def offer(window: Window, name: str) -> None:
    """
    Type the beginning of the line in a file of its own, and see the rest of it.
    """
    window.open(f"src/{name}.ts", FILE)
    window.type(START)
    window.wait_for_ghost(REST)


def test_tab_accepts(window: Window, stage: Stage) -> None:
    """
    Type, see ghost text, press Tab: the text stands in the file, and the acceptance in the store.
    """
    offer(window, "accepted")
    window.shoot("ghost-text")
    window.press("Tab")

    window.wait_for_text(LONGEST)
    shown, ended = stage.shown(), stage.ended()
    assert shown["completion_id"] == ended["completion_id"]
    assert (ended["outcome"], ended["basis"], ended["accepted_chars"]) == ("accepted", "client", len(REST))
    assert shown["client"]["editor"] == "vscode"
    assert shown["client"]["plugin_version"] == shown["client"]["server_version"]


def test_a_word_is_accepted_and_the_rest_sent_away(window: Window, stage: Stage) -> None:
    """
    Ctrl+Right takes a word, Esc the rest away: a partial acceptance of just that word.
    """
    offer(window, "words")
    window.press("Control+ArrowRight")
    window.wait_for_text(f"{START}stages")
    window.wait_for_ghost(REST.removeprefix("stages"))
    window.press("Escape")
    window.wait_for_ghost("")

    ended = stage.ended()
    assert (ended["outcome"], ended["cause"], ended["basis"]) == ("partial", "dismissed", "client")
    assert ended["accepted_chars"] == len("stages")
    assert window.text().count("reduce") == 0


def test_esc_dismisses(window: Window, stage: Stage) -> None:
    """
    What Esc sends away was rejected, after the time that it was to be seen.
    """
    offer(window, "dismissed")
    window.press("Escape")
    window.wait_for_ghost("")

    ended = stage.ended()
    assert (ended["outcome"], ended["cause"], ended["basis"]) == ("rejected", "dismissed", "client")


def test_typing_it_to_the_end(window: Window, stage: Stage) -> None:
    """
    What is typed as offered stays visible without another request, and counts as typed.
    """
    rest = "stages.map((stage) => stage.km * 1000);"
    stage.api.script(Taught([START + rest]))
    window.open("src/typed.ts", FILE)
    window.type(START)
    window.wait_for_ghost(rest)
    asked = len(stage.api.exchanges)
    window.type(rest, delay_ms=80)

    ended = stage.ended()
    assert (ended["outcome"], ended["accepted_chars"]) == ("typed_through", 0)
    assert len(stage.api.exchanges) == asked


def test_moving_away(window: Window, stage: Stage) -> None:
    """
    A cursor that leaves, without an edit, leaves the completion behind.
    """
    offer(window, "left")
    stage.shown()
    window.press("ArrowUp")
    window.wait_for_ghost("")

    ended = stage.ended()
    assert (ended["outcome"], ended["basis"]) == ("superseded", "client")


def test_the_line_key(window: Window, stage: Stage) -> None:
    """
    Ctrl+Down takes a line of several.
    """
    stage.api.script(Taught(["function total(stages: Stage[]) {\n  return stages.length;\n}"]))
    window.open("src/lines.ts", FILE)
    window.type("function total(stages: Stage[]")
    window.wait(lambda: "return" in window.ghost(), lambda: f"a ghost of lines, seen {window.ghost()!r}")
    window.shoot("lines")
    window.press("Control+ArrowDown")

    window.wait_for_text("function total(stages: Stage[]) {")
    assert "return stages.length" not in window.text()
