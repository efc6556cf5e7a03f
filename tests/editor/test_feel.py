"""
What a person sees who types a key every 120 ms, when the model takes 300 ms to its first word.
"""

import statistics

import pytest

from tests.editor import gauge
from tests.editor.conftest import Stage
from tests.editor.teacher import Taught
from tests.editor.window import Window

FILE = """\
export interface Stage {
  readonly name: string;
  readonly km: number;
  readonly minutes: number;
}

export const stages: Stage[] = [];

"""
LINES = (
    "const lengths = stages.map((stage) => stage.km);",
    "const total = lengths.reduce((sum, km) => sum + km, 0);",
    "const longest = stages.reduce((a, b) => (a.km > b.km ? a : b));",
    "const names = stages.filter((stage) => stage.km > 10).map((stage) => stage.name);",
    "const average = total / Math.max(1, lengths.length);",
    "const fastest = stages.find((stage) => stage.minutes < 5);",
    'console.log(names.join(", "), average, longest, fastest);',
)
pytestmark = pytest.mark.timeout(400)
"""A person takes a minute and a half for it, beside what the editor takes to start."""

KEY_MS = 120
FIRST_TOKEN_S = 0.3
PAUSE_MS = 1500
STOPS = (16, 24)
"""In each line the person pauses behind so many characters, to see what is offered, and types on."""


@pytest.fixture(scope="module")
def watched(window: Window, stage: Stage) -> gauge.Seen:
    """
    All lines typed with two pauses each, as offered and all of it by hand.
    """
    stage.api.script(Taught(LINES, first_token_s=FIRST_TOKEN_S))
    window.open("src/feel.ts", FILE)
    gauge.watch(window.page)
    for line in LINES:
        for start, end in zip((0, *STOPS), (*STOPS, len(line)), strict=True):
            window.type(line[start:end], delay_ms=KEY_MS)
            window.page.wait_for_timeout(PAUSE_MS if end < len(line) else 0)
        window.press("Escape", "End", "Enter")
    return gauge.seen(window.page)


def test_how_soon(watched: gauge.Seen) -> None:
    """
    There is ghost text soon after the person pauses; how soon is printed, since a test does not judge a busy machine.
    """
    waits = watched.waits_ms(pause_ms=PAUSE_MS / 2)

    print(f"pause to ghost text: median {statistics.median(waits):.0f} ms of {len(waits)} pauses without any before")
    assert waits


def test_nothing_changes_under_the_eye(watched: gauge.Seen) -> None:
    """
    Less than one key in a hundred makes visible text change into other text; how often it blinks is printed.
    """
    flickers = watched.flickers()

    blinks = watched.blinks_ms()
    print(f"flicker: {len(flickers)} of {len(watched.keys)} keys; blinks for {[round(ms) for ms in blinks]} ms")
    assert len(flickers) < 0.01 * len(watched.keys), flickers


def test_no_fight_with_the_menu(watched: gauge.Seen) -> None:
    """
    While IntelliSense is open, ghost text goes on from its highlighted entry or is not there.
    """
    menus = [frame for frame in watched.frames if frame.menu_open]

    print(f"menu open in {len(menus)} frames, {sum(bool(frame.ghost) for frame in menus)} of them with ghost text")
    assert watched.fights() == []
