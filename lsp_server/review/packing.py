"""
Put units of review into requests: what belongs together side by side, in an order that never changes by itself.

A unit has a key of its own, made from all that a model is shown of it, so that its answer can be kept whatever other
units it shared a request with.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import basename, dirname

from lsp_server.review.change import FileChange, FileStatus
from lsp_server.review.related import Reference
from lsp_server.review.units import Unit, is_test
from lsp_server.review.visible import show_hidden

VERSION = 1
"""Raised when what is kept under a key changes its meaning."""
LARGEST_REQUEST = 24_000
"""In characters: small enough that a model reads all of it with care, and that its death costs little."""

_TEST_SUFFIXES = (".test", ".spec", ".stories", ".bench")


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """
    A unit with what bears on it elsewhere, and the key that its answer is kept under.
    """

    unit: Unit
    heading: str
    references: tuple[Reference, ...]
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """
    The units of one request, by file and line, and the text that shows them.
    """

    planned: tuple[Planned, ...]
    text: str

    @property
    def paths(self) -> tuple[str, ...]:
        """
        Every file of which something is shown.
        """
        shown = [one.unit.path for one in self.planned]
        shown += [reference.path for one in self.planned for reference in one.references]
        return tuple(dict.fromkeys(shown))


def plan(unit: Unit, change: FileChange, references: Sequence[Reference], *, asked: Sequence[str]) -> Planned:
    """
    The unit as it will be asked about; `asked` is what else decides on the answer, such as model and wording.
    """
    heading = heading_of(change)
    others = [[reference.path, reference.text] for reference in references]
    question = json.dumps([VERSION, *asked, heading, unit.text, others], ensure_ascii=True)
    return Planned(
        unit=unit,
        heading=heading,
        references=tuple(references),
        key="unit-" + hashlib.blake2b(question.encode(), digest_size=20).hexdigest(),
    )


def heading_of(change: FileChange) -> str:
    """
    The line above a file. Lines of code have a marker in front, so that none can look like it.
    """
    notes = {
        FileStatus.ADDED: " (added)",
        FileStatus.RENAMED: f" (renamed from {change.old_path})",
        FileStatus.WHOLE: " (as it stands)",
    }
    return show_hidden(f"=== {change.path}{notes.get(change.status, '')}")


def pack(planned: Iterable[Planned], largest: int = LARGEST_REQUEST) -> tuple[Batch, ...]:
    """
    Requests of at most `largest` characters, unless one unit alone is larger; code before the tests of other code.
    """
    batches: list[list[Planned]] = []
    size = 0
    for one in sorted(planned, key=_affinity):
        own = len(one.unit.text) + sum(len(reference.text) for reference in one.references)
        if not batches or size + own > largest or batches[-1][0].unit.is_test != one.unit.is_test:
            batches.append([])
            size = 0
        batches[-1].append(one)
        size += own
    return tuple(Batch(planned=tuple(batch), text=render(batch)) for batch in batches)


def render(planned: Sequence[Planned]) -> str:
    """
    What a model is shown: each file once with the lines of all its units, then each reference once.
    """
    files: dict[str, list[Planned]] = {}
    for one in planned:
        files.setdefault(one.unit.path, []).append(one)
    parts = []
    for ones in files.values():
        shown = {line for one in ones for line in one.unit.shown}
        parts.append(f"{ones[0].heading}\n{ones[0].unit.view.render(shown)}")
    elsewhere: dict[str, dict[str, None]] = {}
    for one in planned:
        for reference in one.references:
            if reference.path not in files or reference.text not in "\n".join(parts):
                elsewhere.setdefault(reference.path, {})[reference.text] = None
    for path, texts in elsewhere.items():
        lines = (f" {line}" for text in texts for line in text.split("\n"))
        parts.append("\n".join([show_hidden(f"=== elsewhere: {path}"), *lines]))
    return "\n\n".join(parts)


def _affinity(one: Planned) -> tuple[bool, str, str, str, int]:
    """
    Code before tests, then by folder, then names that differ only in what they end with side by side.
    """
    path = one.unit.path
    stem = basename(path).split(".", 1)[0]
    first = one.unit.pieces[0].first
    return is_test(path), dirname(path), stem, path, first
