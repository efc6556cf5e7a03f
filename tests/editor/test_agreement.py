"""
What becomes of completions: what a person did, what the client tells, and what the server concludes from edits alone.
"""

import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from lsp_server.completion.fate import EndOutcome
from tests.editor.conftest import Stage, Windows
from tests.editor.replay import outcomes
from tests.editor.teacher import Taught
from tests.editor.waiting import until
from tests.editor.window import Window

FILE = "interface Stage { km: number }\nconst stages: Stage[] = [];\n\n"
REST = "stages.map((stage) => stage.km * 1000);"
MIX = {"accept": 6, "type_otherwise": 7, "type_through": 2, "accept_a_word": 2, "leave": 1, "dismiss": 1}
"""Out of nineteen; what people do most is to take it or to type on."""

EXPECTED = {
    "accept": EndOutcome.ACCEPTED,
    "accept_a_word": EndOutcome.PARTIAL,
    "type_through": EndOutcome.TYPED_THROUGH,
    "type_otherwise": EndOutcome.SUPERSEDED,
    "leave": EndOutcome.SUPERSEDED,
    "dismiss": EndOutcome.REJECTED,
}


@dataclass(frozen=True)
class Session:
    """
    What was done to each completion, in order, and the recording of it all.
    """

    done: tuple[str, ...]
    log: Path


@pytest.fixture(scope="module")
def session(
    stage: Stage,
    browser: BrowserContext,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Session:
    """
    So many completions as `--completions` says, each dealt with in one of six ways.
    """
    folder = tmp_path_factory.mktemp("agreement")
    log = folder / "messages.jsonl"
    with stage.code_server.machine({"pacenotes.server.path": str(recording_server(folder, log))}):
        windows = Windows(stage, browser, folder, "agreement")
        window = windows.open({"src/first.ts": FILE})
        window.wait_for_status("anthropic", seconds=120)
        done = actions(request.config.getoption("--completions"))
        for number, action in enumerate(done):
            play(window, stage, number, action)
        until("a quiet end", lambda: "anthropic" in window.status())
        windows.close()
        until(
            "the server has left",
            lambda: '"exit"' in log.read_text("utf-8") or not stage.code_server.language_servers(),
        )
    return Session(tuple(done), log)


def test_what_the_client_tells_is_what_was_done(session: Session) -> None:
    """
    In the order of the completions, with the signals believed.
    """
    told = list(outcomes(session.log, listening=True).values())
    expected = [EXPECTED[action] for action in session.done]

    wrong = Counter((a, t) for a, e, t in zip(session.done, expected, told, strict=True) if e is not t)
    print(f"client: {len(told) - wrong.total()} of {len(told)} as done; otherwise: {dict(wrong)}")
    assert wrong.total() <= 0.05 * len(told)


def test_what_the_server_concludes_alone_agrees(session: Session) -> None:
    """
    From the edits alone the same end is concluded; only Esc cannot be told from turning elsewhere.
    """
    told, concluded = outcomes(session.log, listening=True), outcomes(session.log, listening=False)

    differing = Counter(
        (str(end), str(concluded.get(name))) for name, end in told.items() if concluded.get(name) is not end
    )
    unseen = Counter({pair: count for pair, count in differing.items() if pair[0] == EndOutcome.REJECTED})
    others = differing - unseen
    print(
        f"server alone: {len(told) - differing.total()} of {len(told)} agree; Esc {dict(unseen)}, others {dict(others)}"
    )
    assert others.total() <= 0.05 * len(told)


def actions(count: int) -> list[str]:
    """
    A mix of what people do, in an order that is always the same.
    """
    mix = [action for action, share in MIX.items() for _ in range(share)]
    dealt = [mix[number % len(mix)] for number in range(count)]
    random.Random(5).shuffle(dealt)
    return dealt


def play(window: Window, stage: Stage, number: int, action: str) -> None:
    """
    Be offered a completion in a line of its own, and deal with it.
    """
    start = f"const lengths{number} = "
    stage.api.script(Taught([start + REST]))
    if number % 20 == 0:
        window.open(f"src/part{number}.ts", FILE)
    window.press("Control+End")
    window.type(start)
    window.wait_for_ghost(REST)
    match action:
        case "accept":
            window.press("Tab")
        case "accept_a_word":
            window.press("Control+ArrowRight")
            window.wait_for_ghost(REST.removeprefix("stages"))
            window.press("Escape")
        case "type_through":
            window.type(REST, delay_ms=60)
        case "type_otherwise":
            window.type("Number(1)", delay_ms=60)
        case "leave":
            window.press("ArrowUp")
        case "dismiss":
            window.press("Escape")
    window.wait_for_ghost("")
    if action in ("accept_a_word", "type_otherwise", "leave", "dismiss"):
        window.type("" if action == "leave" else ";")
    window.press("Control+End", "Escape", "Enter")


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
