"""
What a reviewer is shown of real commits: that every added line is accounted for, how often the signature of the
function around a changed line is there, and how many bytes of prompt a changed line takes.

    python -m tests.evaluation.review_coverage [--commits 200] REPOSITORY…

Repositories are git folders, bare or not. Nothing is sent anywhere.
"""

import argparse
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.review import packing
from lsp_server.review.change import Change
from lsp_server.review.git import GitFailed, read_commit
from lsp_server.review.ledger import Fate, account
from lsp_server.review.outcome import HunkStatus
from lsp_server.review.packing import Batch
from lsp_server.review.related import Related
from lsp_server.review.source import Source, sources_of
from lsp_server.review.symbols import FUNCTIONS
from lsp_server.review.units import units_of
from lsp_server.settings import Settings

SMALL = 80
"""Changed lines up to which a commit counts as small."""


def main() -> None:
    """
    Print the figures.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=200)
    options = parser.parse_args()
    total: Counter[str] = Counter()
    for repository in options.repositories:
        found = measure(repository, options.commits)
        report(repository.parent.name, found)
        total += found
    report("all", total)


def report(name: str, found: Counter[str]) -> None:
    """
    One line of figures.
    """
    print(
        f"{name}: {found['commits']} commits, {found['changed']} changed lines;"
        f" accounted for {100 * found['accounted'] / max(1, found['added']):.3f} % of added lines;"
        f" signature shown {100 * found['signed'] / max(1, found['in_function']):.2f} %"
        f" of {found['in_function']} lines in functions;"
        f" {found['bytes'] / max(1, found['changed']):.1f} bytes a changed line"
        f" ({found['small_bytes'] / max(1, found['small_changed']):.1f} in small commits)",
        flush=True,
    )


def measure(repository: Path, commits: int) -> Counter[str]:
    """
    The sums over the newest `commits` that touch TypeScript.
    """
    found: Counter[str] = Counter()
    files = WorkspaceFiles([repository], Settings(), {})
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(repository, Path(folder))
        for commit in newest(repository, commits):
            try:
                change = read_commit(repository, files, f"{commit}~1", commit)
            except GitFailed:
                continue
            found["commits"] += 1
            found += figures(change, index)
    return found


def newest(repository: Path, count: int) -> Sequence[str]:
    """
    Commits with one parent that touch TypeScript.
    """
    command = ["git", "log", "--no-merges", "--format=%H", f"-{count}", "--", "*.ts", "*.tsx"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.split()


def index_of(repository: Path, folder: Path) -> WorkspaceIndex:
    """
    The index of the newest state, which stands in for that of every commit.
    """
    tip = folder / "tip"
    subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", repository, tip], check=True)
    subprocess.run(["git", "checkout", "--quiet", "HEAD", "--", "*.ts", "*.tsx", "*.json"], cwd=tip, check=True)
    files = WorkspaceFiles([tip], Settings(), {})
    index = WorkspaceIndex(
        [tip.as_posix()],
        read=lambda path: files.read(Path(path)).text,
        is_excluded=lambda path: files.is_excluded(Path(path)) is not None,
    )
    index.build(files.walk())
    return index


def figures(change: Change, index: WorkspaceIndex) -> Counter[str]:
    """
    The sums for one commit.
    """
    sources = sources_of(change)
    related = Related(index, index.folders[0], {path: source.text for path, source in sources.items()})
    by_path = {file.path: file for file in change.files}
    units = [unit for source in sources.values() for unit in units_of(source)]
    asked = [unit for unit in units if any(piece.lines for piece in unit.pieces)]
    batches = packing.pack(packing.plan(unit, by_path[unit.path], related.of(unit), asked=()) for unit in asked)
    found: Counter[str] = Counter()
    found["bytes"] = sum(len(batch.text.encode()) for batch in batches)
    found["changed"] = sum(unit.changed_lines for unit in units)
    if found["changed"] <= SMALL:
        found["small_bytes"], found["small_changed"] = found["bytes"], found["changed"]
    ledger = account(change, [(unit, Fate()) for unit in units])
    found["added"] = sum(hunk.new_count for file in change.files for hunk in file.hunks)
    found["accounted"] = sum(row.added_lines for row in ledger if row.status is HunkStatus.SKIPPED)
    found["accounted"] += len(shown_lines(batches))
    for source in sources.values():
        found += signatures(source, batches)
    return found


def shown_lines(batches: Sequence[Batch]) -> set[tuple[str, int]]:
    """
    The added lines that stand in a request under the heading of their file.
    """
    found: set[tuple[str, int]] = set()
    for batch in batches:
        parts = {part.split("\n", 1)[0]: set(part.split("\n")) for part in batch.text.split("\n\n===")}
        parts = {heading.removeprefix("===").strip(): lines for heading, lines in parts.items()}
        for one in batch.planned:
            lines = parts[one.heading.removeprefix("===").strip()]
            view = one.unit.view
            found |= {
                (view.path, line)
                for piece in one.unit.pieces
                for line in piece.lines
                if "+" + view.lines[line - 1] in lines
            }
    return found


def signatures(source: Source, batches: Sequence[Batch]) -> Counter[str]:
    """
    Of the added lines inside a function, how many stand in a request that shows the whole head of that function.
    """
    found: Counter[str] = Counter()
    for batch in batches:
        units = [one.unit for one in batch.planned if one.unit.path == source.path]
        shown = {line for unit in units for line in unit.shown}
        for line in (line for unit in units for piece in unit.pieces for line in piece.lines):
            if head := head_around(source, line):
                found["in_function"] += 1
                found["signed"] += shown.issuperset(head)
    return found


def head_around(source: Source, line: int) -> range | None:
    """
    The lines from the beginning of the innermost function around a line to the beginning of its body.
    """
    text = source.document.line(line - 1)
    offset = source.document.line_start(line - 1) + len(text) - len(text.lstrip())
    functions = [node for node in source.tree.path_at(offset) if node.type in FUNCTIONS] if text.strip() else []
    body = functions[-1].child_by_field_name("body") if functions else None
    return range(functions[-1].start_point.row + 1, body.start_point.row + 2) if body else None


if __name__ == "__main__":
    main()
