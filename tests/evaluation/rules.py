"""
Measure the rules of the review: `python -m tests.evaluation.rules [--show] [--corpus FOLDER]`.

Recall is the share of planted slips that are found, noise is what they find in code as it was released: read it with
`--show`, for only a reader can say whether a finding is true.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from lsp_server.review.change import FileChange, FileStatus
from lsp_server.review.finding import Placed
from lsp_server.review.rules import RULES, check
from lsp_server.review.rules.code import Code
from lsp_server.review.rules.places import is_left_alone, is_test
from lsp_server.review.source import Source, source_of
from tests.evaluation.local.corpora import DEFAULT_FOLDER, DEVELOPED, TESTED, TRAINED, read_files
from tests.evaluation.mutants import Mutant, mutants_of

SEED = 11


def main() -> None:
    """
    Print recall, noise and speed.
    """
    options = _options()
    print("\nthe rules of the review")
    sources = [
        _source(file.path, file.text)
        for source in (*TESTED, *DEVELOPED, *(TRAINED if options.all else ()))
        for file in read_files(source, options.corpus)
    ]
    found, spent = _checked(sources)
    _print_noise(sources, found, show=options.show)
    size = sum(len(source.text) for source in sources)
    print(f"{sum(spent) / size * 1e4 * 1000:.1f} CPU-ms for 10 KB, at most {_slowest(sources, spent):.1f} in one file")
    _print_recall(recall(sources, Random(SEED), at_most=options.mutants), show=options.show)


def recall(sources: Iterable[Source], random: Random, *, at_most: int) -> list[tuple[Mutant, bool]]:
    """
    Mutants of the files, at most so many of each kind, and whether the rule of their kind found the planted slip.
    """
    done: Counter[str] = Counter()
    results: list[tuple[Mutant, bool]] = []
    for source in random.sample(sorted(sources, key=lambda source: source.path), k=len(list(sources))):
        if is_left_alone(source.path, source.text) or is_test(source.path) or source.tree.root.has_error:
            continue
        code = Code(source.document.utf8, source.path)
        for mutant in mutants_of(code, source.tree.root, random):
            if done[mutant.rule] < at_most and (is_found := _is_found(source, mutant)) is not None:
                done[mutant.rule] += 1
                results.append((mutant, is_found))
    return results


def _is_found(source: Source, mutant: Mutant) -> bool | None:
    """
    Whether the rule reports it where it was planted; None for a mutant that is no program any more.
    """
    mutated = _source(source.path, mutant.text)
    if mutated.tree.root.has_error:
        return None
    before = {placed.claim.quote for placed in check(source, whole_file=True) if placed.claim.rule == mutant.rule}
    return any(
        placed.claim.rule == mutant.rule and placed.claim.quote not in before
        for placed in check(mutated, whole_file=True)
    )


def _checked(sources: Sequence[Source]) -> tuple[list[tuple[Source, Placed]], list[float]]:
    found: list[tuple[Source, Placed]] = []
    spent = []
    for source in {source.tree.language: source for source in sources}.values():
        check(source)  # The queries are compiled once, which is no file's cost.
    for source in sources:
        begun = time.process_time()
        found += [(source, placed) for placed in check(source, whole_file=True)]
        spent.append(time.process_time() - begun)
    return found, spent


def _slowest(sources: Sequence[Source], spent: Sequence[float]) -> float:
    """
    Milliseconds for 10 KB in the file that takes longest for its size, of those that are long enough to tell.
    """
    return max(
        seconds / len(source.text) * 1e4 * 1000
        for source, seconds in zip(sources, spent, strict=True)
        if len(source.text) >= 1e4
    )


def _print_noise(sources: Sequence[Source], found: Sequence[tuple[Source, Placed]], *, show: bool) -> None:
    counts = Counter(placed.claim.rule for _, placed in found)
    print(
        f"{len(found)} findings in {len(sources)} files:", ", ".join(f"{n} {rule}" for rule, n in counts.most_common())
    )
    for source, placed in found if show else ():
        line = source.lines_of(placed.span)[0]
        print(f"{source.path}:{line}: {placed.claim.rule}: {placed.claim.message}\n{placed.claim.quote}")


def _print_recall(results: Sequence[tuple[Mutant, bool]], *, show: bool) -> None:
    for rule in RULES:
        outcomes = [is_found for mutant, is_found in results if mutant.rule == rule.id]
        share = f"{sum(outcomes) / len(outcomes):.3f}" if outcomes else "no place"
        print(f"{rule.id:26} {share} of {len(outcomes)} planted slips found{' (hint)' if rule.hint else ''}")
    for mutant in _missed(results) if show else ():
        line = mutant.text.encode()[: mutant.start].count(b"\n")
        print(f"missed {mutant.rule}: {mutant.text.splitlines()[line].strip()}")


def _missed(results: Iterable[tuple[Mutant, bool]]) -> Iterator[Mutant]:
    return (mutant for mutant, is_found in results if not is_found)


def _source(path: str, text: str) -> Source:
    source = source_of(FileChange(path=path, status=FileStatus.WHOLE, text=text))
    assert source is not None
    return source


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--mutants", type=int, default=150, help="planted slips of each kind")
    parser.add_argument("--all", action="store_true", help="look at the training sources too")
    parser.add_argument("--show", action="store_true", help="print every finding and every slip that was missed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
