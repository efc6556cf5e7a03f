"""
Type lines again, key by key, and count what the model would have spared its author.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.providers.base import CompletionInputs
from lsp_server.providers.local.answer import answer
from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.cursor import PrefixCache, read_cursor
from lsp_server.providers.local.ranker import Ranker
from lsp_server.providers.local.workspace_index import WorkspaceIndex
from tests.evaluation.local.positions import Position, sample_positions


@dataclass(frozen=True, slots=True)
class Replay:
    """
    Totals over lines: characters, keys pressed (an accept is one), texts shown and texts accepted.
    """

    lines: int
    characters: int
    keys: int
    shown: int
    accepted: int

    @property
    def saved(self) -> float:
        """
        The share of keys that were not pressed.
        """
        return 1 - self.keys / max(1, self.characters)

    @property
    def acceptance(self) -> float:
        """
        The share of shown texts that were accepted.
        """
        return self.accepted / max(1, self.shown)


def sample_lines(files: Sequence[SourceFile], count: int, seed: int = 7) -> list[Position]:
    """
    Whole lines, cut open at their start.
    """
    chance = random.Random(seed)
    positions = [position for position in sample_positions(files, count * 8, seed) if position.kind == "line"]
    return chance.sample(positions, min(count, len(positions)))


def replay(
    lines: Sequence[Position],
    index: WorkspaceIndex,
    ranker: Ranker,
    duplicates: dict[str, tuple[str, ...]],
) -> Replay:
    """
    Type all of them; whoever types accepts a text as soon as all of it is right.
    """
    total = Replay(0, 0, 0, 0, 0)
    for line in lines:
        one = _type(line, index, ranker, duplicates[line.path])
        total = Replay(
            total.lines + 1,
            total.characters + one.characters,
            total.keys + one.keys,
            total.shown + one.shown,
            total.accepted + one.accepted,
        )
    return total


def _type(line: Position, index: WorkspaceIndex, ranker: Ranker, hidden: tuple[str, ...]) -> Replay:
    cache = PrefixCache()
    truth = line.truth.rstrip()
    at = keys = shown = accepted = 0
    standing = ""
    while at < len(truth):
        text = _offer(line, line.prefix + truth[:at], index, ranker, cache, hidden)
        if text and text != standing:
            shown += 1
        if text and truth[at:].startswith(text):
            accepted += 1
            keys += 1
            at += len(text)
            standing = ""
            continue
        typed = truth[at]
        standing = text[1:] if text.startswith(typed) else ""
        at += 1
        keys += 1
    return Replay(1, len(truth), keys, shown, accepted)


def _offer(
    line: Position, prefix: str, index: WorkspaceIndex, ranker: Ranker, cache: PrefixCache, hidden: tuple[str, ...]
) -> str:
    inputs = CompletionInputs(
        uri=line.path, path=line.path, language_id="typescript", prefix=prefix, suffix=line.suffix, multiline=False
    )
    cursor = read_cursor(inputs, index, cache=cache, hidden=hidden)
    found = answer(cursor, ranker, prefix=prefix, automatic=True, multiline=False)
    return re.sub(r"\s+$", "", found.text)
