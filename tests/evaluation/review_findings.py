"""
Measure how findings are placed, named, mended and written: `python -m tests.evaluation.review_findings WHAT …`.

Everything is made from the history of real repositories, given as folders of git.
"""

import argparse
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from lsp_server.files import WorkspaceFiles
from lsp_server.review.finding import Placed
from lsp_server.review.git import read_commit
from lsp_server.review.placing import place
from lsp_server.review.source import Source, sources_of
from lsp_server.settings import Settings
from tests.support.quoting import PERTURBED, claim_of, invented, is_unique, true_quotes

SEED = 23


def main() -> None:
    """
    Print the figures that were asked for.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("placing",))
    parser.add_argument("--repository", type=Path, action="append", required=True)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--verbose", action="store_true", help="print what was missed")
    options = parser.parse_args()
    if options.what == "placing":
        _measure_placing(options.repository, options.commits, verbose=options.verbose)


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
    random = Random(SEED)
    unique: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for sources in sources_of_commits(repositories, most):
        for source in list(sources.values())[:6]:
            others = [other for other in sources.values() if other is not source]
            for quote in true_quotes(source, random, 4):
                counts = is_unique(source, quote)
                for name, perturb in PERTURBED.items():
                    outcome = place(claim_of(source.path, perturb(list(quote.lines), random)), sources)
                    right = isinstance(outcome, Placed) and source.lines_of(outcome.span) == range(
                        quote.first, quote.last + 1
                    )
                    made[name] += 1
                    unique[name] += counts
                    found[name] += right and counts
                    if isinstance(outcome, Placed) and not right:
                        wrong[name] += 1
                        print(name, source.path, quote, source.lines_of(outcome.span))
                    elif verbose and counts and not right:
                        print("missed", name, source.path, quote, outcome)
                text = invented(quote.lines, random)
                if text is not None:
                    made["invented"] += 1
                    outcome = place(claim_of(source.path, text), sources)
                    if isinstance(outcome, Placed):
                        wrong["invented"] += 1
                        print("invented", source.path, repr(text), source.lines_of(outcome.span))
                for other in others[:2]:
                    made["other file"] += 1
                    outcome = place(claim_of(other.path, "\n".join(quote.lines)), sources)
                    if isinstance(outcome, Placed):
                        same = _words(other.text[outcome.span.start : outcome.span.end]) == _words(
                            "\n".join(quote.lines)
                        )
                        wrong["other file"] += not same
            for hunk in source.change.hunks[:3]:
                if "".join(hunk.removed).strip():
                    made["old side"] += 1
                    text = "\n".join(hunk.removed[:12])
                    outcome = place(claim_of(source.path, text), sources)
                    if isinstance(outcome, Placed) and _words(
                        source.text[outcome.span.start : outcome.span.end]
                    ) != _words(text):
                        wrong["old side"] += 1
                        print("old", source.path, repr(text), source.lines_of(outcome.span))
    print(f"{'perturbation':26}{'made':>8}{'wrong':>8}{'unique':>8}{'placed':>8}")
    for name in made:
        share = f"{100 * found[name] / unique[name]:8.2f} %" if unique[name] else ""
        print(f"{name:26}{made[name]:8}{wrong[name]:8}{unique[name]:8}{found[name]:8}{share}")
    print(
        f"all: {sum(wrong.values())} wrong of {sum(made.values())}; {100 * sum(found.values()) / sum(unique.values()):.2f} % placed"
    )


def _words(text: str) -> str:
    return "".join(text.split())


if __name__ == "__main__":
    main()
