"""
Whatever is edited between a finding and its fix, the fix never lands on other text.

The number of edits is that of `PACENOTES_RANDOM_EDITS` when it is set.
"""

import os
from random import Random

import pytest

from lsp_server.review.tracking import Held, Replacement, edit_for, follow, hold
from lsp_server.text.document import ContentChange
from lsp_server.text.positions import PositionEncoding, Span
from tests.support.edits import document_of
from tests.support.findings import finding_in
from tests.support.letters import Letters

EDITS = int(os.environ.get("PACENOTES_RANDOM_EDITS", "4000"))
QUOTE = "a(😀b);\nc(x)"
PIECES = (QUOTE, "a(😀b);", "c(x)", "\n", "\r\n", " ", "x", "😀", "a(", ";", "", "", "await ", "漢 = 1;\n")
FIXES = ("d();", "", f"await {QUOTE}", f"{QUOTE};\n{QUOTE}", "c(x)")


class Traced:
    """
    A text that is edited at random, in which each character knows who it is, and one finding in it.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        before = "".join(self.random.choices(PIECES, k=6))
        text = f"{before}\n{QUOTE}\n" + "".join(self.random.choices(PIECES, k=6))
        self.document = document_of(text)
        text, start = self.document.text, len(before) + 1
        place = Span(start, start + len(QUOTE))
        self.letters = Letters(text, place)
        fix = self.random.choice(FIXES)
        held = hold(finding_in(text, place, replacement=fix), self.document)
        assert held is not None
        self.held: Held = held
        self.past: list[tuple[int, int, str, list[int]]] = []
        self.fixes = 0

    def step(self) -> None:
        """
        One edit: anywhere, near the finding, of the finding alone, or the last one undone; and now and then the fix.
        """
        length = self.document.length
        kind = self.random.random()
        if kind < 0.4 and self.past:
            start, end, text, letters = self.past.pop()
            self._edit(start, end, text)
            self.letters.row = letters
            return
        if kind < 0.6:
            self.apply()
            return
        place = self.held.place
        around = self.random.choice((0, 0, length, length, place.start, place.end, self.random.randint(0, length)))
        start, end = sorted(min(max(0, around + self.random.randint(-4, 4)), length) for _ in range(2))
        if kind > 0.9:
            start, end = place.start, place.end
        text = self.random.choice(PIECES)
        self._remember(start, end, text)
        self._edit(start, end, text)

    def apply(self) -> None:
        """
        Make the fix if that is allowed, after proving that it is in the right place.
        """
        edit = edit_for(self.held, self.document)
        if not isinstance(edit, Replacement):
            return
        start, end = edit.span.start, edit.span.end
        self.letters.prove(self.document.text, start, end)
        self.fixes += 1
        self._remember(start, end, edit.text)
        self._edit(start, end, edit.text)

    def _remember(self, start: int, end: int, text: str) -> None:
        self.past.append((start, start + len(text), self.document.slice(start, end), list(self.letters.row)))

    def _edit(self, start: int, end: int, text: str) -> None:
        expected = self.document.text[:start] + text + self.document.text[end:]
        places = [self.document.position_at(offset, PositionEncoding.UTF32) for offset in (start, end)]
        change = ContentChange((places[0], places[1]), text)
        after, edits = self.document.apply([change], self.document.version + 1, PositionEncoding.UTF32)
        if after.text != expected:
            # A place inside a line end: editors know none, so the edit was another one.
            self.past.clear()
        (edit,) = edits
        self.letters.edit(self.document.text, edit.start, edit.old_end, edit.text)
        self.document = after
        self.held = follow(self.held, edits, after)


@pytest.mark.parametrize("batch", range(8))
def test_a_fix_never_lands_on_other_text(batch: int) -> None:
    """
    It replaces exactly the quote, behind all that stood before it and before all that stood behind it.
    """
    fixes = 0
    for seed in range(EDITS // 8 // 25):
        traced = Traced(1000 * batch + seed)
        for _ in range(25):
            traced.step()
        fixes += traced.fixes

    assert fixes > EDITS // 8 // 50
