"""
Measure what unknown names tell of a completion: `python -m tests.evaluation.names [--block]`.

What the authors wrote must hold none, and the same text with one used name exchanged for one that nobody has must.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_server.completion.unknown_names import UnknownName, known_part, unknown_names
from lsp_server.index.known_names import language_names
from lsp_server.providers.local.corpus import SourceFile
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from lsp_server.text.positions import Span
from tests.evaluation.local.corpora import DEFAULT_FOLDER, TESTED, read_files
from tests.evaluation.local.measure import percentile
from tests.evaluation.local.positions import Position, near_duplicates, sample_positions

LINES = 5
"""How many lines after its own a block has."""

SEED = 9


@dataclass
class Tally:
    """
    What was counted, in completions, characters and milliseconds of CPU time.
    """

    asked: int = 0
    false_alarms: int = 0
    characters: int = 0
    lost: int = 0
    planted: int = 0
    found: int = 0
    exchanged: int = 0
    exchanged_found: int = 0
    spent: list[float] = field(default_factory=list)


def main() -> None:
    """
    Print a line for workspaces as they are, and one for workspaces of which a tenth is there.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--positions", type=int, default=300, help="positions in each source")
    parser.add_argument("--block", action="store_true", help="completions of six lines instead of one")
    options = parser.parse_args()
    for share in (1.0, 0.1):
        tally, chance = Tally(), random.Random(SEED)
        for source in TESTED:
            _measure(read_files(source, options.corpus), share, options, chance, tally)
        print(
            f"with {share:.0%} of the files: {tally.false_alarms / tally.asked:.4f} false alarms,"
            f" which take {tally.lost / tally.characters:.4f} of the right characters;"
            f" {tally.found / tally.planted:.3f} of {tally.planted} names that nobody has were found,"
            f" and {tally.exchanged_found / tally.exchanged:.3f} of names that stand elsewhere;"
            f" CPU ms p50 {percentile(tally.spent, 0.5):.2f} p95 {percentile(tally.spent, 0.95):.2f}"
        )


def _measure(
    files: Sequence[SourceFile], share: float, options: argparse.Namespace, chance: random.Random, tally: Tally
) -> None:
    names = {file.path: frozenset(_NAME.findall(file.text)) for file in files}
    seen = files if share == 1 else chance.sample(files, int(len(files) * share))
    files_with = Counter(name for file in seen for name in names[file.path])
    everywhere = frozenset().union(*names.values()) | language_names()
    pool = sorted(name for name in everywhere - language_names() if len(name) >= 4)
    paths = {file.path for file in seen}
    duplicates = near_duplicates(files)
    for position in sample_positions(files, options.positions):
        hidden = {position.path, *duplicates[position.path]} & paths

        def is_known(name: str, hidden: set[str] = hidden) -> bool:
            elsewhere = files_with[name] - sum(name in names[path] for path in hidden)
            return elsewhere > 0 or name in language_names()

        truth, suffix = _widened(position) if options.block else (position.truth, position.suffix)
        _try(position, truth, suffix, is_known, everywhere, pool, chance, tally)


def _try(
    position: Position,
    truth: str,
    suffix: str,
    is_known: Callable[[str], bool],
    everywhere: frozenset[str],
    pool: Sequence[str],
    chance: random.Random,
    tally: Tally,
) -> None:
    def ask(text: str, is_known: Callable[[str], bool] = is_known) -> tuple[UnknownName, ...]:
        document = Document.create("", position.inputs().language_id, 0, position.prefix + text + suffix)
        tree, start = parse(document), len(position.prefix)
        begun = time.process_time()
        found = unknown_names(tree, Span(start, start + len(text)), is_known)
        tally.spent.append((time.process_time() - begun) * 1e3)
        return found

    alarms = ask(truth)
    tally.asked += 1
    tally.characters += len(truth)
    tally.false_alarms += bool(alarms)
    tally.lost += len(truth) - len(known_part(truth, alarms))
    other = Document.create("", position.inputs().language_id, 0, truth)
    used = [] if alarms else unknown_names(parse(other), Span(0, len(truth)), lambda name: name not in everywhere)
    used = [name for name in used if len(name.name) >= 4]
    if not used:
        return
    target = chance.choice(used)
    before, after = truth[: target.offset], truth[target.offset + len(target.name) :]
    made_up = _made_up(target.name, pool, everywhere, chance)
    tally.planted += 1
    tally.found += bool(ask(before + made_up + after))
    tally.exchanged += 1
    tally.exchanged_found += bool(ask(before + chance.choice(pool) + after))


def _widened(position: Position) -> tuple[str, str]:
    _, *rest = position.suffix.split("\n")
    return "\n".join((position.truth, *rest[:LINES])), "\n" + "\n".join(rest[LINES:])


def _made_up(name: str, pool: Sequence[str], taken: frozenset[str], chance: random.Random) -> str:
    """
    A name as a model would guess it: parts of `name` and of another name of the workspace.
    """
    made = name
    while made in taken:
        own, others = _parts(name), _parts(chance.choice(pool))
        place = chance.randrange(len(own) + 1)
        part = chance.choice(others)
        own[place : place + chance.randrange(2)] = [part.capitalize() if place else part.lower()]
        made = "".join(own) if chance.random() < 0.9 else f"{made}{chance.choice(others).capitalize()}"
    return made


def _parts(name: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])|[_$]+", name) or [name]


_NAME = re.compile(r"(?<![\w$])[A-Za-z_$#][\w$]*")

if __name__ == "__main__":
    main()
