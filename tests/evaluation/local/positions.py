"""
Cursors at which a completion is asked for, with what the author went on to write.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.providers.base import CompletionInputs
from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.lexer import NEWLINE, lex

LONG_FILE = 200
"""Held-out files have more words than this."""

PER_FILE = 10


@dataclass(frozen=True, slots=True)
class Position:
    """
    A file cut open at a cursor: `truth` stood between `prefix` and `suffix`.
    """

    path: str
    prefix: str
    truth: str
    suffix: str
    kind: str

    def inputs(self) -> CompletionInputs:
        """
        What a provider is asked.
        """
        return CompletionInputs(
            uri=f"file:///{self.path}",
            path=self.path,
            language_id="typescriptreact" if self.path.endswith("x") else "typescript",
            prefix=self.prefix,
            suffix=self.suffix,
            multiline=False,
        )


def sample_positions(files: Sequence[SourceFile], count: int, seed: int = 7) -> list[Position]:
    """
    Ten positions in each of some held-out files: 40 % at the start of a line, 40 % between words, 20 % inside a word.
    """
    chance = random.Random(seed)
    order = [file for file in files if len(lex(file.text).words) > LONG_FILE]
    chance.shuffle(order)
    positions: list[Position] = []
    for file in order:
        if len(positions) >= count:
            break
        positions += list(_in_file(file, chance))[:PER_FILE]
    return positions[:count]


def near_duplicates(files: Sequence[SourceFile]) -> dict[str, tuple[str, ...]]:
    """
    For each file the others that hold more than half of its distinct longer lines.
    """
    lines = {file.path: {line.strip() for line in file.text.split("\n") if len(line.strip()) > 12} for file in files}
    where: dict[str, list[str]] = {}
    for path, held in lines.items():
        for line in held:
            where.setdefault(line, []).append(path)
    found: dict[str, tuple[str, ...]] = {}
    for path, held in lines.items():
        shared: dict[str, int] = {}
        for line in held:
            for other in where[line]:
                shared[other] = shared.get(other, 0) + 1
        found[path] = tuple(o for o, n in shared.items() if o != path and n > 0.5 * max(1, len(held)))
    return found


_PARTIAL = re.compile(r"[A-Za-z_$][\w$]{3,}")


def _in_file(file: SourceFile, chance: random.Random) -> Iterator[Position]:
    lexed = lex(file.text)
    lines: list[list[int]] = [[]]
    for number, word in enumerate(lexed.words):
        if word == NEWLINE:
            lines.append([])
        else:
            lines[-1].append(number)
    usable = [line for line in lines if len(line) >= 2]
    chance.shuffle(usable)
    for line in usable[: PER_FILE * 3]:
        kind, offset = _cursor(line, lexed.words, lexed.starts, chance)
        if offset < 0:
            continue
        end = file.text.find("\n", offset)
        end = len(file.text) if end < 0 else end
        last = max(n for n in line if lexed.starts[n] < end) if lexed.starts[line[0]] < end else line[0]
        stop = min(end, max(offset, lexed.starts[last] + len(lexed.words[last])))
        truth = file.text[offset:stop]
        if len(truth.strip()) >= 3 and re.search(r"[A-Za-z_$]", truth):
            yield Position(file.path, file.text[:offset], truth, file.text[end:], kind)


def _cursor(line: list[int], words: list[str], starts: list[int], chance: random.Random) -> tuple[str, int]:
    draw = chance.random()
    if draw < 0.4:
        return "line", starts[line[0]]
    if draw < 0.8:
        return "between", starts[chance.choice(line[1:])]
    inside = [number for number in line if _PARTIAL.fullmatch(words[number])]
    if not inside:
        return "word", -1
    return "word", starts[chance.choice(inside)] + chance.randint(1, 3)
