"""
Measure the local model beside its baselines: `python -m tests.evaluation.local [--positions 300] [--lines 40]`.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from lsp_server.providers.local.answer import AUTOMATIC, INVOKED
from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.ranker import Ranker, read_ranker, shipped_ranker
from lsp_server.providers.local.workspace_index import WorkspaceIndex
from tests.evaluation.local.baselines import copied_line, greedy, longest_suffix, mixed_ngrams
from tests.evaluation.local.corpora import DEFAULT_FOLDER, DEVELOPED, TESTED, read_files
from tests.evaluation.local.measure import (
    Guesser,
    Result,
    answering,
    coverage,
    exact,
    footprint,
    local_model,
    percentile,
    similarity,
    speaking,
)
from tests.evaluation.local.positions import Position, near_duplicates, sample_positions
from tests.evaluation.local.replay import replay, sample_lines
from tests.evaluation.local.teaching import index_files

OURS = "local model"


def main() -> None:
    """
    Print one table for each source and one for all together.
    """
    options = _options()
    ranker = read_ranker(options.ranker) if options.ranker else shipped_ranker()
    every: dict[str, list[Result]] = {}
    for source in DEVELOPED if options.development else TESTED:
        files = read_files(source, options.corpus)
        begun = time.process_time()
        index = index_files(files)
        spent = (time.process_time() - begun) / sum(len(file.text) for file in files) * 1e6
        print(
            f"\n{source.name}: {len(files)} files, for each MB learnt in {spent:.2f} CPU-seconds"
            f" and kept in {footprint(index) / index.size:.1f} MB"
        )
        duplicates = near_duplicates(files)
        positions = sample_positions(files, options.positions)
        for name, guesser in _models(index, ranker, baselines=not options.alone).items():
            results = _ask(guesser, positions, duplicates)
            every.setdefault(name, []).extend(results)
            print(_line(name, results), flush=True)
        if options.lines:
            _replay(files, index, ranker, duplicates, options.lines)
    print("\nall together")
    for name, results in every.items():
        print(_line(name, results))
    _speaking(every[OURS])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--positions", type=int, default=300, help="positions in each source")
    parser.add_argument("--lines", type=int, default=40, help="lines typed again in each source")
    parser.add_argument("--development", action="store_true", help="measure on what choices are made with")
    parser.add_argument("--alone", action="store_true", help="leave out the baselines")
    parser.add_argument("--ranker", type=Path, help="other weights than the shipped ones")
    return parser.parse_args()


def _models(index: WorkspaceIndex, ranker: Ranker, *, baselines: bool) -> dict[str, Guesser]:
    simple: dict[str, Guesser] = {
        "copied line": copied_line(index),
        "n-grams of 6": greedy(index, mixed_ngrams(6)),
        "n-grams of 10": greedy(index, mixed_ngrams(10)),
        "longest suffix": greedy(index, longest_suffix),
    }
    return {**(simple if baselines else {}), OURS: local_model(index, ranker)}


def _ask(guesser: Guesser, positions: Sequence[Position], duplicates: dict[str, tuple[str, ...]]) -> list[Result]:
    return [guesser(position, duplicates[position.path]) for position in positions]


def _line(name: str, results: Sequence[Result]) -> str:
    kinds = {kind: [r for r in results if r.position.kind == kind] for kind in ("line", "between", "word")}
    by_kind = " ".join(f"{_share(found):.3f}" for found in kinds.values())
    covered = " ".join(f"{coverage(results, precision):.3f}" for precision in (0.6, 0.7, 0.8))
    spent = [result.guess.cpu_ms for result in results]
    alike = sum(map(similarity, results)) / max(1, len(results))
    return (
        f"{name:15} exact {_share(results):.3f} (line, between, word: {by_kind})  alike {alike:.3f}"
        f"  coverage at 60,70,80 %: {covered}"
        f"  CPU ms p50 {percentile(spent, 0.5):.1f} p95 {percentile(spent, 0.95):.1f}"
    )


def _share(results: Sequence[Result]) -> float:
    return sum(map(exact, results)) / max(1, len(results))


def _speaking(results: Sequence[Result]) -> None:
    spent = [result.answer.cpu_ms for result in results]
    spoken, right = answering(results)
    print(
        f"\nunasked it speaks at {spoken:.3f} of the positions, {right:.3f} of that is a right beginning;"
        f" an answer takes CPU ms p50 {percentile(spent, 0.5):.1f} p95 {percentile(spent, 0.95):.1f}"
    )
    print("threshold: speaks at, of which a right beginning")
    for threshold in sorted({INVOKED, 0.5, 0.6, AUTOMATIC, 0.75, 0.8, 0.9}):
        spoken, right = speaking(results, threshold)
        print(f"{threshold:.2f}: {spoken:.3f} {right:.3f}")


def _replay(
    files: Sequence[SourceFile],
    index: WorkspaceIndex,
    ranker: Ranker,
    duplicates: dict[str, tuple[str, ...]],
    lines: int,
) -> None:
    typed = replay(sample_lines(files, lines), index, ranker, duplicates)
    print(
        f"typing {typed.lines} lines: {typed.saved:.1%} of keys saved,"
        f" {typed.acceptance:.1%} of {typed.shown} texts accepted"
    )


if __name__ == "__main__":
    main()
