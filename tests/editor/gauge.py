"""
Watch the ghost text of a window frame by frame, and judge what a person would have seen.
"""

from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import Page

WATCH = """() => {
    const frames = [];
    const seen = () => {
        const ghost = [...document.querySelectorAll('.ghost-text-decoration, .ghost-text')]
            .filter(found => !found.parentElement.closest('.ghost-text'))
            .map(found => found.textContent.replace(/\\u00a0/g, ' ')).join('');
        const row = document.querySelector('.suggest-widget.visible .monaco-list-row.focused .label-name');
        const open = document.querySelector('.suggest-widget.visible') !== null;
        return { ghost, open, chosen: row ? row.textContent : '' };
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
    From `at_ms` on this was seen: ghost text, and whether a menu was open with which entry highlighted.
    """

    at_ms: float
    ghost: str
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
        """
        waits = []
        for key, after in zip(self.keys, [*self.keys[1:], Key(float("inf"), "")], strict=True):
            if after.at_ms - key.at_ms < pause_ms:
                continue
            shown = [frame for frame in self.frames if key.at_ms <= frame.at_ms < after.at_ms and frame.ghost]
            if shown:
                waits.append(shown[0].at_ms - key.at_ms)
        return waits

    def flickers(self) -> list[tuple[str, str]]:
        """
        Each time that ghost text changed under the eye: it turned into other text, or went and came back.

        What a key took from its front is no flicker, and neither is other text after a key that was not as offered.
        """
        texts = [(index, frame) for index, frame in enumerate(self.frames) if frame.ghost]
        found = []
        for (index, before), (later, after) in pairwise(texts):
            typed = self._typed_between(before.at_ms, after.at_ms)
            went, goes_on = later > index + 1, _goes_on(before.ghost, after.ghost, typed)
            if goes_on if went else not goes_on:
                found.append((before.ghost, after.ghost))
        return found

    def fights(self) -> list[Frame]:
        """
        Each time that ghost text stood beside an open menu without going on from its highlighted entry.
        """
        return [
            frame
            for frame in self.frames
            if frame.menu_open and frame.ghost and frame.chosen and not _agrees(frame.ghost, frame.chosen)
        ]

    def _typed_between(self, start_ms: float, end_ms: float) -> str:
        # A key goes down a moment before what it types is drawn.
        return "".join(key.key for key in self.keys if start_ms - 100 <= key.at_ms <= end_ms and len(key.key) == 1)


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
        tuple(Frame(each["at"], each["ghost"], each["open"], each["chosen"]) for each in found["frames"]),
        tuple(Key(each["at"], each["key"]) for each in found["keys"] if each["key"] != "Shift"),
    )


def _goes_on(before: str, after: str, typed: str) -> bool:
    # Some of what was typed may have been typed before the first of the two was drawn.
    return any(before == typed[start:] + after for start in range(len(typed) + 1))


def _agrees(ghost: str, chosen: str) -> bool:
    """
    The ghost text stands behind what has been typed of the entry, so it begins with some end of it.
    """
    return any(ghost.startswith(chosen[start:]) for start in range(len(chosen)))
