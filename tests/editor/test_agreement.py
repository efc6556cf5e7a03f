"""
What becomes of completions: what a person did, what the client tells, and what the server concludes from edits alone.
"""

import random
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from lsp_server.completion.fate import EndOutcome
from tests.editor.code_server import TIDY
from tests.editor.conftest import SHOTS, Stage, Windows
from tests.editor.replay import outcomes
from tests.editor.teacher import Taught
from tests.editor.waiting import until
from tests.editor.window import Window

FILE = "interface Stage { km: number; name: string }\nconst stages: Stage[] = [];\n\n"
RESTS = (
    "stages.map((stage) => stage.km * 1000);",
    "stages.filter((stage) => stage.km > 10).length;",
    "Math.max(...stages.map((stage) => stage.km));",
    "stages.length > 0 ? stages[0].name : undefined;",
    "new Map(stages.map((stage) => [stage.name, stage]));",
    "[1, 2, 3].concat([4, 5]).reverse();",
    "`${stages.length} stages`;",
)
WORDY = RESTS[:-2]
"""Those that begin with a word: a single character that a key accepts is one that is typed, for all that edits tell."""
BODY = ") {\n  return stages.length;\n}"
MIX = {
    "accept": 29,
    "accept_the_rest": 8,
    "accept_words": 8,
    "accept_a_line": 4,
    "type_through": 10,
    "type_otherwise": 22,
    "delete_and_type": 5,
    "leave": 6,
    "close": 4,
    "dismiss": 4,
}
"""Out of a hundred; what people do most is to take it or to type on, and Esc is seldom worth the way."""

EXPECTED = {
    "accept": EndOutcome.ACCEPTED,
    "accept_the_rest": EndOutcome.ACCEPTED,
    "accept_words": EndOutcome.PARTIAL,
    "accept_a_line": EndOutcome.PARTIAL,
    "type_through": EndOutcome.TYPED_THROUGH,
    "type_otherwise": EndOutcome.SUPERSEDED,
    "delete_and_type": EndOutcome.SUPERSEDED,
    "leave": EndOutcome.SUPERSEDED,
    "close": EndOutcome.EXPIRED,
    "dismiss": EndOutcome.REJECTED,
}
EVERY_FILE = 20
"""So many completions are played in one file."""


@dataclass(frozen=True)
class Session:
    """
    What was done to each completion, in order, and what became of it by the client's word and from the edits alone.
    """

    done: tuple[str, ...]
    told: Mapping[int, EndOutcome]
    concluded: Mapping[int, EndOutcome]


@pytest.fixture(scope="module")
def session(
    stage: Stage,
    browser: BrowserContext,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Session:
    """
    So many completions as `--completions` says, each dealt with in one of ten ways.
    """
    folder = tmp_path_factory.mktemp("agreement")
    log = folder / "messages.jsonl"
    done = actions(request.config.getoption("--completions"))
    with stage.code_server.machine({"pacenotes.server.path": str(recording_server(folder, log))}):
        windows = Windows(stage, browser, folder, "agreement")
        window = windows.open({"src/first.ts": FILE})
        window.wait_for_status("anthropic", seconds=120)
        for number, action in enumerate(done):
            if number % EVERY_FILE == 0:
                window.begin(SHOTS / "agreement")
                window.open(f"src/part{number}.ts", FILE)
            play(window, stage, number, action)
        window.begin(SHOTS / "agreement")
        windows.close()
    until("the server has left", lambda: not stage.code_server.language_servers())
    return Session(tuple(done), outcomes(log, listening=True), outcomes(log, listening=False))


def test_what_the_client_tells_is_what_was_done(session: Session) -> None:
    """
    With the signals believed, by the number that stands in each line.
    """
    wrong = Counter(
        (action, str(session.told.get(number)))
        for number, action in enumerate(session.done)
        if session.told.get(number) is not EXPECTED[action]
    )

    print(f"client: {len(session.done) - wrong.total()} of {len(session.done)} as done; otherwise {dict(wrong)}")
    assert wrong.total() <= 0.05 * len(session.done)


def test_what_the_server_concludes_alone_agrees(session: Session) -> None:
    """
    From the edits alone the same end is concluded; Esc leaves no trace in them, so that it counts as turning elsewhere.
    """
    differing = Counter(
        (str(session.told.get(number)), str(session.concluded.get(number)))
        for number in range(len(session.done))
        if session.told.get(number) is not session.concluded.get(number)
    )

    agreed = len(session.done) - differing.total()
    print(f"server alone: {agreed} of {len(session.done)} agree; otherwise {dict(differing)}")
    assert agreed >= 0.95 * len(session.done)


def actions(count: int) -> list[str]:
    """
    A mix of what people do, in an order that is always the same.
    """
    dealt = [action for action, share in MIX.items() for _ in range(share)]
    random.Random(5).shuffle(dealt)
    return [dealt[number % len(dealt)] for number in range(count)]


def play(window: Window, stage: Stage, number: int, action: str) -> None:
    """
    Be offered a completion in a line of its own, and deal with it.
    """
    rests = WORDY if action in ("accept_words", "accept_the_rest") else RESTS
    rest = rests[number % len(rests)]
    start = f"const n{number}th = "
    if action == "accept_a_line":
        start, rest = f"function n{number}th(stages: Stage[]", BODY
    stage.api.script(Taught([start + rest], least=len(start)))
    stage.begin()
    window.type(start, delay_ms=10)
    window.wait(lambda: rest[-12:-3] in window.ghost(), lambda: f"ghost text {rest!r}, seen {window.ghost()!r}")
    stage.shown()
    deal(window, action, rest)
    window.wait_for_ghost("")
    if action == "close":
        window.begin(SHOTS / "agreement")
        window.open(f"src/after{number}.ts", FILE)
    else:
        # What is left behind is whole: nothing is offered where a file is broken.
        window.press("Control+End")
        window.type("0;" if action == "leave" else "")
        window.press("Escape", "Enter")


def deal(window: Window, action: str, rest: str) -> None:
    """
    What a person does with ghost text.
    """
    match action:
        case "accept":
            window.press("Tab")
        case "accept_the_rest":
            window.type(rest[:4], delay_ms=60)
            window.wait(lambda: window.ghost().endswith(rest[-6:]), lambda: f"the rest, seen {window.ghost()!r}")
            window.press("Tab")
        case "accept_words":
            take_a_word(window)
            take_a_word(window)
            window.press("Escape")
            window.wait_for_ghost("")
            window.type("x;")
        case "accept_a_line":
            window.press("Control+ArrowDown")
            window.wait(lambda: ") {" in window.text().splitlines()[-1], lambda: f"a line, seen {window.text()!r}")
            window.type("}")
        case "type_through":
            window.type(rest, delay_ms=60)
        case "type_otherwise":
            window.type("Number(1);", delay_ms=60)
        case "delete_and_type":
            window.press("Backspace", "Backspace", "Backspace")
            window.type(" = 1;", delay_ms=60)
        case "leave":
            window.press("ArrowUp")
        case "close":
            window.press(TIDY)
        case "dismiss":
            window.press("Escape")
            window.wait_for_ghost("")
            window.type("1;")


def take_a_word(window: Window) -> None:
    """
    And see what is left.
    """
    before = window.ghost()
    window.press("Control+ArrowRight")
    window.wait(lambda: window.ghost() not in ("", before), lambda: f"the rest, seen {window.ghost()!r}")


def recording_server(folder: Path, log: Path) -> Path:
    """
    A program that serves as `pacenotes` and writes down every message.
    """
    recorder = Path(__file__).with_name("recorder.py")
    program = folder / "pacenotes"
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} {recorder} {log} {sys.executable} -m lsp_server "$@"\n', "utf-8"
    )
    program.chmod(0o755)
    return program
