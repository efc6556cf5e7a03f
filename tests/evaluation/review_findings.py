"""
Measure how findings are placed and written: `python -m tests.evaluation.review_findings WHAT …`.

Quotes are made from the history of real repositories, given as folders of git; findings to be written are random.
See `review_names` and `review_fixes` for the names of findings and for fixes.
"""

import argparse
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings

from lsp_server.files import WorkspaceFiles
from lsp_server.review.finding import Placed
from lsp_server.review.formats import FORMATS, FormatContext
from lsp_server.review.git import read_commit
from lsp_server.review.outcome import Review
from lsp_server.review.placing import place
from lsp_server.review.source import Source, sources_of
from lsp_server.settings import Settings
from tests.support.edits import STEADY
from tests.support.quoting import PERTURBED, TrueQuote, claim_of, invented, is_unique, true_quotes
from tests.support.random_reviews import reviews
from tests.support.validity import CHECKS

SEED = 23


def main() -> None:
    """
    Print the figures that were asked for.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("placing", "formats"))
    parser.add_argument("--repository", type=Path, action="append", default=[], help="for placing")
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--verbose", action="store_true", help="print what was missed")
    options = parser.parse_args()
    if options.what == "placing":
        _measure_placing(options.repository, options.commits, verbose=options.verbose)
    else:
        _measure_formats()


def commits_of(repository: Path, most: int, *pattern: str) -> list[str]:
    """
    The newest commits with one parent that touch TypeScript.
    """
    command = [
        "git",
        "-C",
        str(repository),
        "log",
        "--no-merges",
        "--format=%H",
        f"-n{most}",
        *pattern,
        "--",
        "*.ts",
        "*.tsx",
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def sources_of_commits(repositories: Sequence[Path], most: int) -> Iterator[dict[str, Source]]:
    """
    The files of each commit, as they are under review.
    """
    for repository in repositories:
        files = WorkspaceFiles([repository], Settings())
        for commit in commits_of(repository, most):
            yield sources_of(read_commit(repository, files, f"{commit}^", commit))


def _measure_placing(repositories: Sequence[Path], most: int, *, verbose: bool) -> None:
    random, tally = Random(SEED), Tally()
    for sources in sources_of_commits(repositories, most):
        for source in list(sources.values())[:6]:
            for quote in true_quotes(source, random, 4):
                _place_perturbed(source, quote, sources, random, tally, verbose=verbose)
                _place_strange(source, quote, sources, random, tally)
            _place_removed(source, sources, tally)
    tally.print()


@dataclass
class Tally:
    """
    How many claims of each kind were made, placed wrongly, were unique, and of those placed rightly.
    """

    made: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unique: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)

    def print(self) -> None:
        """
        A table, and the sums below it.
        """
        print(f"{'perturbation':26}{'made':>8}{'wrong':>8}{'unique':>8}{'placed':>8}")
        for name, count in self.made.items():
            share = f"{100 * self.placed[name] / self.unique[name]:8.2f} %" if self.unique[name] else ""
            print(f"{name:26}{count:8}{self.wrong[name]:8}{self.unique[name]:8}{self.placed[name]:8}{share}")
        placed = 100 * self.placed.total() / max(1, self.unique.total())
        print(f"all: {self.wrong.total()} wrong of {self.made.total()}; {placed:.2f} % of unique ones placed")


def _place_perturbed(
    source: Source, quote: TrueQuote, sources: Mapping[str, Source], random: Random, tally: Tally, *, verbose: bool
) -> None:
    counts = is_unique(source, quote)
    for name, perturb in PERTURBED.items():
        outcome = place(claim_of(source.path, perturb(list(quote.lines), random)), sources)
        lines = source.lines_of(outcome.span) if isinstance(outcome, Placed) else None
        right = lines == range(quote.first, quote.last + 1)
        tally.made[name] += 1
        tally.unique[name] += counts
        tally.placed[name] += right and counts
        tally.wrong[name] += lines is not None and not right
        if verbose and (counts or lines) and not right:
            print(name, source.path, quote, outcome)


def _place_strange(
    source: Source, quote: TrueQuote, sources: Mapping[str, Source], random: Random, tally: Tally
) -> None:
    """
    Place what is not in the file: invented lines, and lines of another file.
    """
    text = invented(quote.lines, random)
    if text is not None:
        tally.made["invented"] += 1
        tally.wrong["invented"] += isinstance(place(claim_of(source.path, text), sources), Placed)
    text = "\n".join(quote.lines)
    for other in [other for other in sources.values() if other is not source][:2]:
        tally.made["other file"] += 1
        tally.wrong["other file"] += _is_placed_elsewhere(other, text, sources)


def _place_removed(source: Source, sources: Mapping[str, Source], tally: Tally) -> None:
    for hunk in source.change.hunks[:3]:
        text = "\n".join(hunk.removed[:12])
        if text.strip():
            tally.made["old side"] += 1
            tally.wrong["old side"] += _is_placed_elsewhere(source, text, sources)


def _is_placed_elsewhere(source: Source, text: str, sources: Mapping[str, Source]) -> bool:
    """
    Whether a claim is placed on something that does not read as its quote does.
    """
    outcome = place(claim_of(source.path, text), sources)
    return isinstance(outcome, Placed) and _words(source.text[outcome.span.start : outcome.span.end]) != _words(text)


def _measure_formats() -> None:
    """
    Hold every format to its schema or parser over ten thousand random findings.
    """
    counts: Counter[str] = Counter()

    @given(reviews(most=12))
    @settings(STEADY, max_examples=1700, suppress_health_check=list(HealthCheck))
    def check(made: tuple[Review, FormatContext]) -> None:
        review, context = made
        for name, form in FORMATS.items():
            CHECKS[name](form(review, context), review, context)
        counts["reviews"] += 1
        counts["findings"] += len(review.findings) + sum(one.finding is not None for one in review.withheld)

    check()
    print(f"{counts['findings']} findings in {counts['reviews']} reviews: all {len(FORMATS)} formats valid")


def _words(text: str) -> str:
    return "".join(text.split())


if __name__ == "__main__":
    main()
