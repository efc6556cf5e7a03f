"""
Watch the ghost text of a window frame by frame, and judge what a person would have seen.
"""

from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import Page

WATCH = """() => {
    const frames = [];
    const seen = () => {
        const plain = text => text.replace(/\\u00a0/g, ' ').trimEnd();
        const found = [...document.querySelectorAll('.ghost-text-decoration')];
        const ghost = plain(found.map(piece => piece.textContent).join(''));
        const line = found.length ? plain(found[0].closest('.view-line').textContent) : '';
        const row = document.querySelector('.suggest-widget.visible .monaco-list-row.focused .label-name');
        const open = document.querySelector('.suggest-widget.visible') !== null;
        return { ghost, line, open, chosen: row ? row.textContent : '' };
    };
    let last = '';
    const look = () => {
        const now = seen(), key = JSON.stringify(now);
        if (key !== last) { frames.push({ at: performance.now(), ...now }); last = key; }
        requestAnimationFrame(look);
    };
    const keys = [];
    document.addEventListener('keydown', event => keys.push({ at: performance.now(), key: event.key }), true);
    requestAnimationFrame(look);
    window.pacenotesGauge = { frames, keys };
}"""


@dataclass(frozen=True)
class Frame:
    """
    From `at_ms` on this was seen: ghost text, the whole line that it stands in, and whether a menu was open with which
    entry highlighted.
    """

    at_ms: float
    ghost: str
    line: str
    menu_open: bool
    chosen: str


@dataclass(frozen=True)
class Key:
    """
    A key that went down.
    """

    at_ms: float
    key: str


@dataclass(frozen=True)
class Seen:
    """
    What was seen and typed, in order.
    """

    frames: tuple[Frame, ...]
    keys: tuple[Key, ...]

    def waits_ms(self, pause_ms: float) -> list[float]:
        """
        For each pause in typing of at least so long: from the last key until there was ghost text.

        Pauses with ghost text in sight when the key went down are left out: nobody waited for it.
        """
        waits = []
        for key, after in zip(self.keys, [*self.keys[1:], Key(float("inf"), "")], strict=True):
            before = [frame for frame in self.frames if frame.at_ms < key.at_ms]
            if after.at_ms - key.at_ms < pause_ms or (before and before[-1].ghost):
                continue
            shown = [frame for frame in self.frames if key.at_ms <= frame.at_ms < after.at_ms and frame.ghost]
            if shown:
                waits.append(shown[0].at_ms - key.at_ms)
        return waits

    def flickers(self) -> list[tuple[str, str]]:
        """
        Each time that ghost text turned into other text under the eye.

        The line is looked at as it is read, typed and offered together: what a key takes from the front of the offer,
        or an editor that closes a bracket inside of it, changes nothing.
        """
        return [
            (before.line, after.line)
            for before, after in pairwise(self.frames)
            if before.ghost and after.ghost and before.line != after.line
        ]

    def blinks_ms(self) -> list[float]:
        """
        Each time that ghost text went and the very same line came back: for how long it was away.
        """
        texts = [(index, frame) for index, frame in enumerate(self.frames) if frame.ghost]
        return [
            after.at_ms - self.frames[index + 1].at_ms
            for (index, before), (later, after) in pairwise(texts)
            if later > index + 1 and before.line == after.line
        ]

    def fights(self, lasting_ms: float = 500) -> list[Frame]:
        """
        Each time that ghost text stood for so long beside an open menu without going on from its highlighted entry.

        When the menu opens the editor asks anew, and shows what it had until the answer comes.
        """
        return [
            frame
            for frame, after in pairwise(self.frames)
            if after.at_ms - frame.at_ms >= lasting_ms
            and frame.menu_open
            and frame.ghost
            and frame.chosen
            and not _agrees(frame.ghost, frame.chosen)
        ]


def watch(page: Page) -> None:
    """
    Begin to watch; what was seen before is forgotten.
    """
    page.evaluate(WATCH)


def seen(page: Page) -> Seen:
    """
    What has been seen since.
    """
    found = page.evaluate("() => window.pacenotesGauge")
    return Seen(
        tuple(Frame(each["at"], each["ghost"], each["line"], each["open"], each["chosen"]) for each in found["frames"]),
        tuple(Key(each["at"], each["key"]) for each in found["keys"] if each["key"] != "Shift"),
    )


def _agrees(ghost: str, chosen: str) -> bool:
    """
    The ghost text stands behind what has been typed of the entry, so it begins with some end of it.
    """
    return any(ghost.startswith(chosen[start:]) for start in range(len(chosen)))
