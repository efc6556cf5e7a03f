"""
A review as Markdown, for a comment or the summary of a CI step.
"""

from collections import Counter
from collections.abc import Iterator

from lsp_server.review import harmless
from lsp_server.review.finding import Finding
from lsp_server.review.formats.context import FormatContext, by_file, shown, summary
from lsp_server.review.outcome import HunkStatus, Review

LONGEST = 60_000
"""In characters: a comment on GitHub holds 65,536."""
LONGEST_SUMMARY = 1_000_000
"""In bytes: a step summary on GitHub holds 1 MiB."""

_LANGUAGES = {"tsx": "tsx", "jsx": "jsx", "js": "js", "mjs": "js", "cjs": "js"}


def markdown(review: Review, context: FormatContext) -> str:
    """
    Findings by file, the gravest first, each with its code and its fix; as many as a comment holds.
    """
    return _written(review, context, LONGEST, per_character=1)


def step_summary(review: Review, context: FormatContext) -> str:
    """
    The same at the length that a step summary holds.
    """
    return _written(review, context, LONGEST_SUMMARY, per_character=4)


def _written(review: Review, context: FormatContext, limit: int, *, per_character: int) -> str:
    del context
    head = [f"## Pacenotes\n\n{harmless.markdown(summary(review))}\\.\n"]
    tail = list(_remarks(review))
    room = limit // per_character - sum(map(len, head)) - sum(map(len, tail)) - _RESERVE
    blocks = [(file, _finding(finding)) for file, findings in by_file(review.findings) for finding in findings]
    body: list[str] = []
    named = ""
    for number, (file, block) in enumerate(blocks):
        piece = (f"### {harmless.markdown(harmless.sentence(file))}\n\n" if file != named else "") + block
        if len(piece) > room:
            body.append(f"{len(blocks) - number} more did not fit here.\n")
            break
        room -= len(piece)
        named = file
        body.append(piece)
    return "\n".join([*head, *body, *tail])


def _finding(finding: Finding) -> str:
    one = shown(finding)
    language = _LANGUAGES.get(finding.file.rpartition(".")[2], "ts")
    lines = f"line {finding.line}" if finding.line == finding.end_line else f"lines {finding.line}–{finding.end_line}"
    parts = [
        f"**{finding.severity}** · {harmless.markdown(one.rule_id)} · {lines} · `{finding.id[:12]}`",
        harmless.markdown(one.message),
        harmless.fenced(one.quote, language),
    ]
    if finding.fix and one.replacement is not None:
        parts += [
            "Fix:" if finding.fix.safe else "Possible fix:",
            harmless.fenced(harmless.code(one.replacement), language),
        ]
    return "\n\n".join(parts) + "\n"


def _remarks(review: Review) -> Iterator[str]:
    sentences = [*review.notices, *review.problems, *review.unused_suppressions]
    if review.incomplete:
        sentences.append(f"The review is not complete: {review.incomplete.replace('_', ' ')}.")
    skipped = Counter(row.reason or row.status for row in review.coverage if row.status is not HunkStatus.REVIEWED)
    sentences += [f"Not wholly reviewed: {count} × {reason.replace('_', ' ')}." for reason, count in skipped.items()]
    rows = [f"- {harmless.markdown(harmless.sentence(sentence))}" for sentence in sentences[:_MOST_REMARKS]]
    if rows:
        yield "\n".join(rows) + "\n"


_MOST_REMARKS = 40
_RESERVE = 200
