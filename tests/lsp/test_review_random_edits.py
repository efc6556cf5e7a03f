"""
Whatever is typed between a finding and its fix, in any encoding, the edit that the server asks for is the right one.

The number of edits is that of `PACENOTES_RANDOM_EDITS` when it is set.
"""

import os
from random import Random
from typing import Any

import pytest

from lsp_server.text.positions import PositionEncoding
from tests.support.letters import Letters
from tests.support.reviewer import CAPABILITIES, Reviewer, claim

EDITS = int(os.environ.get("PACENOTES_RANDOM_EDITS", "600"))
EPISODE = 40
QUOTE = "  save(mean, '😀');\n  return mean;"
FIXED = "  return save(mean, '漢');"
PIECES = (
    QUOTE,
    "  save(mean, '😀');",
    "  return mean;",
    "\n",
    "\r\n",
    " ",
    "x",
    "😀",
    "// 漢\n",
    "return ",
    ";",
    "",
    "",
    "{",
)


class Scribe(Reviewer):
    """
    An editor that proves every edit which the server asks for, and knows how to undo.
    """

    def watch(self, random: Random, letters: Letters) -> None:
        """
        From now on, type at random and look closely.
        """
        self.random = random
        self.letters = letters
        self.versions: list[tuple[str, list[int]]] = []
        self.fixes = 0

    def make(self, edit: Any) -> bool:
        (change,) = edit["documentChanges"]
        assert change["textDocument"]["version"] == self.document.version
        (one,) = change["edits"]
        start, end = (self._offset(one["range"][key]) for key in ("start", "end"))
        self.letters.prove(self.document.text, start, end)
        self.fixes += 1
        return super().make(edit)

    def edit(self, start: int, end: int, text: str) -> None:
        old = self.document.text
        self.versions.append((old, list(self.letters.row)))
        super().edit(start, end, text)
        if self.document.text == old[:start] + text + old[end:]:
            self.letters.edit(old, start, end, text)
        else:
            # A place inside a line end, which editors know none of: the edit was another one.
            self.versions.clear()
            self.letters.edit(old, 0, len(old), self.document.text)

    def type_something(self) -> None:
        """
        One edit: anywhere, at the quote, or the last one taken back.
        """
        text, length = self.document.text, self.document.length
        if self.random.random() < 0.45 and self.versions:
            before, row = self.versions.pop()
            self._change({"text": before})
            self.letters.row = row
            return
        at = max(0, text.find(QUOTE))
        around = self.random.choice((0, length, length, at, at + len(QUOTE), self.random.randint(0, length)))
        start, end = sorted(min(max(0, around + self.random.randint(-3, 3)), length) for _ in range(2))
        self.edit(start, end, self.random.choice(PIECES))


@pytest.mark.parametrize("encoding", PositionEncoding)
async def test_no_edit_of_the_servers_is_ever_a_wrong_one(encoding: PositionEncoding) -> None:
    """
    Each replaces exactly the quote, in its own place, in the version that the editor has.
    """
    capabilities = {**CAPABILITIES, "general": {"positionEncodings": [encoding]}}
    random, fixes = Random(encoding), 0
    for _ in range(max(1, EDITS // 3 // EPISODE)):
        client = await Scribe.with_claims(claim(QUOTE, replacement=FIXED), capabilities=capabilities)
        assert isinstance(client, Scribe)
        client.encoding = encoding
        twin = random.choice(("", f"function b(mean) {{\n{QUOTE}\n}}\n"))
        await client.open(f"function a(mean) {{\n{QUOTE}\n}}\nend();\n")
        await client.review()
        finding_id = client.only_id
        fix = client.server.session.reviews.find(finding_id).held.finding.fix
        assert fix is not None
        client.watch(random, Letters(client.document.text, fix.span))
        client.edit(client.document.length, client.document.length, twin)
        for _ in range(EPISODE):
            client.type_something()
            if random.random() < 0.4 and client.server.session.reviews.findings.find(finding_id):
                await client.run("pacenotes.acceptFinding", finding_id)
        fixes += client.fixes
        await client.peer.close()

    assert fixes > EDITS // 3 // EPISODE
