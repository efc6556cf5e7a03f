"""
Measure whether findings keep their names: `python -m tests.evaluation.review_names --repository FOLDER …`.

Three ways in which code moves on without the hazard in it going away: two hundred later commits, another name of the
file, and a formatter with other ideas (`--prettier`, the folder that the formatter is installed in).
"""

import argparse
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from random import Random

from lsp_server.review.finding import Category
from lsp_server.review.fingerprint import anchor_at, fingerprint
from lsp_server.review.source import Source, source_of
from lsp_server.review.whole import change_of_text
from lsp_server.text.positions import Span
from tests.support.quoting import TrueQuote, is_unique, true_quotes

SEED = 29
STYLES = (
    {"printWidth": 80},
    {"printWidth": 120, "singleQuote": True, "semi": False, "useTabs": True, "trailingComma": "none"},
    {"printWidth": 100, "tabWidth": 4, "arrowParens": "avoid", "bracketSpacing": False, "singleQuote": True},
)
SCRIPT = """
const prettier = require('prettier'), fs = require('fs');
(async () => {
  const out = [];
  for (const {path, text, style} of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    try { out.push(await prettier.format(text, {...style, filepath: path})); } catch { out.push(null); }
  }
  process.stdout.write(JSON.stringify(out));
})();
"""


def main() -> None:
    """
    Print the shares that survive.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, action="append", required=True)
    parser.add_argument("--prettier", type=Path)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    moved: Counter[str] = Counter()
    for repository in options.repository:
        _measure_commits(repository, options.files, moved, verbose=options.verbose)
        if options.prettier:
            _measure_styles(repository, options.prettier, options.files, moved, verbose=options.verbose)
    for what in ("commits", "reformat", "collision"):
        kept, made = moved[what + " kept"], moved[what]
        print(f"{what:12}{kept:8} of {made:8}  {100 * kept / max(1, made):.2f} %")


def _measure_commits(repository: Path, most: int, counts: Counter[str], *, verbose: bool) -> None:
    random = Random(SEED)
    for path, before, after in _pairs(repository, most):
        old, new = _source(path, before), _source(path, after)
        if old is None or new is None:
            continue
        names: dict[str, tuple[int, int]] = {}
        for quote in true_quotes(old, random, 12):
            if not is_unique(old, quote):
                continue
            span = _span(old, quote.first, quote.last)
            name = _name(old, span)
            counts["collision"] += 1
            counts["collision kept"] += names.setdefault(name, (quote.first, quote.last)) == (quote.first, quote.last)
            there = _find(new, quote)
            if there is None:
                continue
            counts["commits"] += 1
            same = _name(new, there) == name
            counts["commits kept"] += same
            if verbose and not same:
                print("commits", path, quote, anchor_at(old, span), anchor_at(new, there))


def _measure_styles(repository: Path, prettier: Path, most: int, counts: Counter[str], *, verbose: bool) -> None:
    random = Random(SEED)
    files = [(path, after) for path, _, after in _pairs(repository, most)]
    jobs = [{"path": path, "text": text, "style": style} for path, text in files for style in STYLES]
    run = subprocess.run(
        ["node", "-e", SCRIPT], cwd=prettier, input=json.dumps(jobs), capture_output=True, text=True, check=True
    )
    for job, text in zip(jobs, json.loads(run.stdout), strict=True):
        old, new = _source(str(job["path"]), str(job["text"])), _source(str(job["path"]), text or "")
        if old is None or new is None or not text:
            continue
        for quote in true_quotes(old, random, 8):
            span = _span(old, quote.first, quote.last)
            there = _lines_of_same_words(old, new, span)
            if there is None or not is_unique(old, quote):
                continue
            counts["reformat"] += 1
            same = _name(new, there) == _name(old, span)
            counts["reformat kept"] += same
            if verbose and not same:
                print(
                    "reformat",
                    job["path"],
                    repr(old.text[span.start : span.end]),
                    "→",
                    repr(new.text[there.start : there.end]),
                )


def _lines_of_same_words(old: Source, new: Source, span: Span) -> Span | None:
    """
    The whole lines of `new` that say what `span` says in `old`.
    """
    here = old.code_words.between(old.document.byte_offset(span.start), old.document.byte_offset(span.end))
    if not here:
        return None
    matcher = SequenceMatcher(None, old.code_words.words, new.code_words.words, autojunk=False)
    if old.code_words.words == new.code_words.words:
        shift = {index: index for index in here}
    else:
        shift = {block.a + k: block.b + k for block in matcher.get_matching_blocks() for k in range(block.size)}
    if here[0] not in shift or here[-1] not in shift:
        return None
    starts = [new.document.offset_of_byte(new.code_words.starts[shift[index]]) for index in (here[0], here[-1])]
    first, last = (new.document.line_of(start) + 1 for start in starts)
    return _span(new, first, last)


def _pairs(repository: Path, most: int) -> Iterator[tuple[str, str, str]]:
    """
    Files that both the newest commit and the one two hundred before have, changed in between, and both texts.
    """
    changed = _git(repository, "diff", "--name-only", "--diff-filter=M", "HEAD~200", "HEAD", "--", "*.ts", "*.tsx")
    paths = [path for path in changed.splitlines() if not path.endswith(".d.ts")]
    for path in Random(SEED).sample(paths, min(most, len(paths))):
        before, after = _git(repository, "show", f"HEAD~200:{path}"), _git(repository, "show", f"HEAD:{path}")
        if len(before) < 100_000 and len(after) < 100_000:
            yield path, before, after


def _git(repository: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout


def _source(path: str, text: str) -> Source | None:
    change = change_of_text(path, text)
    return source_of(change.files[0])


def _span(source: Source, first: int, last: int) -> Span:
    start, end = source.document.line_start(first - 1), source.document.line_end(last - 1)
    text = source.document.slice(start, end)
    return Span(start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip()))


def _find(source: Source, quote: TrueQuote) -> Span | None:
    """
    The one place where the lines of `quote` still stand, at whatever depth.
    """
    lines = [source.document.line(number).strip() for number in range(source.document.line_count)]
    wanted = [line.strip() for line in quote.lines]
    found = [row for row in range(len(lines) - len(wanted) + 1) if lines[row : row + len(wanted)] == wanted]
    return _span(source, found[0] + 1, found[0] + len(wanted)) if len(found) == 1 else None


def _name(source: Source, span: Span) -> str:
    return fingerprint(Category.CORRECTNESS, source.path, anchor_at(source, span))


if __name__ == "__main__":
    main()
