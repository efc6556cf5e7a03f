"""
Measure whether fixes can be trusted: `python -m tests.evaluation.review_fixes --repository FOLDER …`.

Each hunk of a small commit is a fix that is known to be right: what it removed is the quote, what it added the
replacement, and the file after it must come out byte for byte. Broken in many ways, it must not be offered, or at
least not add a parse error.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from lsp_server.files import WorkspaceFiles
from lsp_server.review.change import FileChange, FileStatus, Hunk
from lsp_server.review.finding import Fix, NoFixReason, Placed
from lsp_server.review.fixes import fix_for
from lsp_server.review.git import read_commit
from lsp_server.review.patching import apply
from lsp_server.review.placing import place
from lsp_server.review.source import Source, source_of
from lsp_server.settings import Settings
from lsp_server.syntax.tree import parse_text
from tests.evaluation.review_findings import commits_of
from tests.support.breaking import BROKEN
from tests.support.quoting import claim_of

SEED = 31


def main() -> None:
    """
    Print the figures.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, action="append", required=True)
    parser.add_argument("--commits", type=int, default=150)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    random = Random(SEED)
    counts: Counter[str] = Counter()
    for repository in options.repository:
        for before, hunk, after in _fixes(repository, options.commits):
            _measure(before, hunk, after, random, counts, verbose=options.verbose)
    for name, count in sorted(counts.items()):
        print(f"{name:40}{count:8}")


def _fixes(repository: Path, most: int) -> Iterator[tuple[Source, Hunk, str]]:
    """
    The file before a commit as if all of it were under review, one hunk of the commit, and the file with just that.
    """
    files = WorkspaceFiles([repository], Settings())
    for commit in commits_of(repository, most, "--grep=fix", "-i"):
        back = {file.path: file.text for file in read_commit(repository, files, commit, f"{commit}^").files}
        for file in read_commit(repository, files, f"{commit}^", commit).files:
            text = back.get(file.path)
            if file.status is not FileStatus.MODIFIED or file.text is None or text is None or len(file.hunks) > 6:
                continue
            for hunk in file.hunks:
                if 1 <= hunk.old_count <= 12 and hunk.new_count <= 20:
                    reviewed = Hunk(old_start=0, old_count=0, new_start=hunk.old_start, new_count=hunk.old_count)
                    source = source_of(
                        FileChange(path=file.path, status=FileStatus.WHOLE, text=text, hunks=(reviewed,))
                    )
                    if source is not None:
                        yield source, hunk, _with_hunk(text, hunk)


def _with_hunk(text: str, hunk: Hunk) -> str:
    lines = text.split("\n")
    lines[hunk.old_start - 1 : hunk.old_start - 1 + hunk.old_count] = hunk.added
    return "\n".join(lines)


def _measure(source: Source, hunk: Hunk, after: str, random: Random, counts: Counter[str], *, verbose: bool) -> None:
    if "\r" in source.text or not "".join(hunk.removed).strip():
        return
    counts["fixes"] += 1
    claim = claim_of(source.path, "\n".join(hunk.removed), "\n".join(hunk.added))
    placed = place(claim, {source.path: source})
    if not isinstance(placed, Placed):
        counts[f"fixes: not placed, {placed.reason}"] += 1
        return
    errors = source.tree.error_count()
    is_sound = parse_text(after, source.document.language_id).error_count() <= errors
    fix = fix_for(placed, source)
    if isinstance(fix, Fix):
        right = apply(source.text, [fix]) == after
        counts["fixes: exact" if right else "fixes: WRONG"] += 1
        if verbose and not right:
            print("wrong", source.path, hunk, fix)
    else:
        counts[f"fixes: {'sound' if is_sound else 'part of a larger edit'}, but {fix}"] += 1
        if verbose and is_sound and fix is not NoFixReason.IDENTICAL:
            print("refused", fix, source.path, hunk)
    for name, broken in BROKEN.items():
        text = broken(list(hunk.added), random)
        if text is None:
            continue
        counts[f"{name}: made"] += 1
        found = fix_for(replace(placed, claim=replace(claim, replacement=text)), source)
        if isinstance(found, Fix):
            result = apply(source.text, [found])
            counts[f"{name}: offered"] += result != after
            if parse_text(result, source.document.language_id).error_count() > errors:
                counts[f"{name}: ADDS AN ERROR"] += 1
            if verbose and name.startswith("mis") and result != after:
                print("offered", name, source.path, repr(text), hunk)


if __name__ == "__main__":
    main()
