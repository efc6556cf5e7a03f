"""
A review for a terminal or a log, in plain characters.
"""

from collections import Counter
from collections.abc import Iterator

from lsp_server.review import harmless
from lsp_server.review.finding import Finding, Origin
from lsp_server.review.formats.context import FormatContext, by_file, counted, shown, summary
from lsp_server.review.outcome import HunkStatus, Review
from lsp_server.text.positions import PositionEncoding


def text(review: Review, context: FormatContext) -> str:
    """
    Findings by file, the gravest first, then in few lines what else there is to know.
    """
    lines: list[str] = []
    for file, findings in by_file(review.findings):
        lines += [harmless.sentence(file)]
        for finding in findings:
            lines += _finding(finding, context)
        lines.append("")
    lines += _remarks(review)
    lines.append(summary(review) + ".")
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, context: FormatContext) -> Iterator[str]:
    one = shown(finding)
    place = context.place(finding.file, finding.span, PositionEncoding.UTF16)
    column = f":{place[0].character + 1}" if place else ""
    said_by = f"rule {finding.rule}" if finding.origin is Origin.RULE else f"{finding.confidence} % sure"
    where = f"{harmless.sentence(finding.file)}:{finding.line}{column}"
    yield f"  {where}: {finding.severity}: {one.message} [{finding.category}; {said_by}; {finding.id[:12]}]"
    yield from (f"      | {line}" for line in one.quote.splitlines()[:_MOST_QUOTED])
    if finding.fix and one.replacement is not None:
        yield "      fix: safe to apply" if finding.fix.safe else "      fix: look at it first (--diff shows it)"


def _remarks(review: Review) -> Iterator[str]:
    yield from (harmless.sentence(notice) for notice in review.notices)
    yield from (harmless.sentence(problem) for problem in review.problems)
    yield from (harmless.sentence(unused) for unused in review.unused_suppressions)
    reasons = Counter(row.reason or row.status for row in review.coverage if row.status is not HunkStatus.REVIEWED)
    yield from (f"{counted(count, 'hunk')} not wholly reviewed: {_words(reason)}." for reason, count in reasons.items())
    withheld = Counter(one.reason for one in review.withheld)
    if withheld:
        yield "Withheld: " + ", ".join(f"{count} {_words(reason)}" for reason, count in sorted(withheld.items())) + "."
    if review.incomplete:
        yield f"The review is not complete: {_words(review.incomplete)}."


def _words(reason: str) -> str:
    return reason.replace("_", " ")


_MOST_QUOTED = 4
