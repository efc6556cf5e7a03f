"""
A file as a model is shown it: without secrets, with hidden characters made visible, removed lines in their place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lsp_server.policy.redaction import redact
from lsp_server.review.change import Hunk
from lsp_server.review.hunks import lines_of
from lsp_server.review.source import Source
from lsp_server.review.visible import show_hidden

LONGEST_LINE = 600
"""In characters; of a longer line, only the beginning is shown."""
MOST_REMOVED = 60
"""Lines; of a longer run of removed ones, only the beginning is shown."""
ELISION = "…"


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """
    `lines` are those of the new side; `removed` holds what stood before the 1-based line that it is filed under.

    `clipped` are the lines of which only the beginning is shown.
    """

    path: str
    lines: tuple[str, ...]
    added: frozenset[int]
    removed: Mapping[int, tuple[str, ...]]
    clipped: frozenset[int]

    def render(self, shown: Iterable[int]) -> str:
        """
        The lines numbered `shown`, each behind a marker: `+` added, `-` removed, a blank otherwise.

        What is left out before and behind them is not marked, so that the same lines look the same wherever they stand.
        """
        parts: list[str] = []
        behind = 0
        for number in sorted(shown):
            if parts and number != behind + 1:
                parts.append(ELISION)
            parts += [f"-{line}" for line in self.removed.get(number, ())]
            if number <= len(self.lines):
                parts.append(("+" if number in self.added else " ") + self.lines[number - 1])
            behind = number
        return "\n".join(parts)

    def size(self, first: int, last: int) -> int:
        """
        How many characters the lines from `first` to `last` take, both included.
        """
        return sum(map(len, self.lines[first - 1 : last])) + 2 * (last - first + 1)


def view_of(source: Source) -> View:
    """
    The file as it may be shown.
    """
    text = redact(source.text).text
    lines = lines_of(text)
    if len(lines) != len(lines_of(source.text)):
        # A secret over several lines with unusual ends: then each line is searched by itself.
        lines = [redact(line).text for line in lines_of(source.text)]
    shown = [show_hidden(line) for line in lines]
    return View(
        path=source.path,
        lines=tuple(_short(line) for line in shown),
        added=source.added_lines,
        removed=_removed(source.change.hunks),
        clipped=frozenset(number for number, line in enumerate(shown, 1) if len(line) > LONGEST_LINE),
    )


def _removed(hunks: Iterable[Hunk]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for hunk in hunks:
        if hunk.removed:
            lines = lines_of(redact("\n".join(hunk.removed)).text + "\n")
            kept = tuple(_short(show_hidden(line)) for line in lines[:MOST_REMOVED])
            more = len(lines) - len(kept)
            position = hunk.new_start if hunk.new_count else hunk.new_start + 1
            found[position] = (*kept, f"{ELISION} ({more} more removed lines)") if more > 0 else kept
    return found


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + ELISION
