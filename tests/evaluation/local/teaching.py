"""
Turn code into lessons for the ranker: the candidates at a place, and which of them the author took.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.cursor import Cursor, PrefixCache, read_cursor
from lsp_server.providers.local.features import candidates
from lsp_server.providers.local.hypothesis import extend, start
from lsp_server.providers.local.lexer import NEWLINE, lex
from lsp_server.providers.local.vocabulary import Vocabulary
from lsp_server.providers.local.workspace_index import WorkspaceIndex, build_index, lex_file
from tests.evaluation.local.positions import Position, near_duplicates, sample_positions

STEPS = 8


@dataclass(frozen=True, slots=True)
class Lesson:
    """
    A table of candidates, the row that is right (the last one for none of them), and where it was met.
    """

    features: NDArray[np.float32]
    right: int
    step: int


def index_files(files: Sequence[SourceFile]) -> WorkspaceIndex:
    """
    The index that a server would build over these files.
    """
    vocabulary = Vocabulary()
    return build_index([lex_file(file, vocabulary) for file in files], vocabulary)


def lessons(files: Sequence[SourceFile], count: int, seed: int) -> Iterator[Lesson]:
    """
    Lessons from `count` positions in `files`, in situations as they occur while typing.
    """
    chance = random.Random(seed)
    index = index_files(files)
    duplicates = near_duplicates(files)
    for position in sample_positions(files, count, seed):
        varied = _vary(position, chance)
        cursor = read_cursor(
            varied.inputs(), index, cache=PrefixCache(), hidden=_hide(files, duplicates[position.path], chance)
        )
        yield from _along(cursor, varied, chance)


def _hide(files: Sequence[SourceFile], duplicates: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    """
    Near-duplicates always; now and then nearly everything, as in a young workspace.
    """
    if chance.random() < 0.9:
        return duplicates
    kept = chance.choice((0.0, 0.02, 0.1))
    return (*duplicates, *(file.path for file in files if chance.random() >= kept))


def _vary(position: Position, chance: random.Random) -> Position:
    """
    The text after the cursor as it is, missing, or without the block that the line is about to open.
    """
    draw = chance.random()
    prefix = position.prefix
    if position.kind == "between" and prefix.endswith(" ") and chance.random() < 0.2:
        return replace(position, prefix=prefix[:-1], truth=f" {position.truth}")
    if draw < 0.15:
        return replace(position, suffix="")
    if draw < 0.35 and position.truth.rstrip()[-1:] in ("{", "(", "["):
        return replace(position, suffix=_without_block(position.suffix))
    return position


def _without_block(suffix: str) -> str:
    lexed = lex(suffix)
    depth = 0
    for number, word in enumerate(lexed.words):
        depth += (word in "([{") - (word in ")]}")
        if depth < 0:
            end = suffix.find("\n", lexed.starts[number])
            return suffix[end:] if end >= 0 else ""
    return suffix


def _along(cursor: Cursor, position: Position, chance: random.Random) -> Iterator[Lesson]:
    """
    Lessons at the cursor and further along what the author wrote.
    """
    vocabulary = cursor.index.vocabulary
    whole = lex(position.prefix + position.truth)
    count = cursor.before - 24
    following = [*zip(whole.words[count:], whole.spaced[count:], strict=True), (NEWLINE, False)]
    hypothesis = start(cursor)
    for step, (word, spaced) in enumerate(following[:STEPS]):
        number = vocabulary[word]
        if step == 0 or chance.random() < 0.5:
            found = candidates(cursor, hypothesis)
            places = np.flatnonzero(found.words == number)
            right = int(places[0]) if len(places) else len(found.words)
            yield Lesson(found.features, right, step)
        if number >= len(cursor.counts_before):
            return
        hypothesis = extend(cursor, hypothesis, number, spaced, 1.0)
