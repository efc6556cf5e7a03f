"""
A review as workflow commands, which GitHub Actions shows as annotations.
"""

from collections.abc import Iterator

from lsp_server.review import harmless
from lsp_server.review.finding import Finding, Severity
from lsp_server.review.formats.context import FormatContext, counted, gravest_first, shown, summary
from lsp_server.review.outcome import Review
from lsp_server.text.positions import PositionEncoding

MOST_OF_A_LEVEL = 10
"""Annotations that GitHub shows of each level in one step; any more are dropped without a word."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(review: Review, context: FormatContext) -> str:
    """
    The gravest findings of each level as commands, then one plain line; the step summary has the others.
    """
    lines: list[str] = []
    left_out = 0
    findings = gravest_first(review.findings)
    for level in reversed(Severity):
        of_level = [finding for finding in findings if finding.severity is level]
        lines += [_command(finding, context) for finding in of_level[:MOST_OF_A_LEVEL]]
        left_out += len(of_level[MOST_OF_A_LEVEL:])
    if left_out:
        lines.append(f"{counted(left_out, 'more finding')} in the step summary.")
    lines += _remarks(review)
    lines.append(f"{summary(review)}.")
    return "\n".join(lines) + "\n"


def _command(finding: Finding, context: FormatContext) -> str:
    one = shown(finding)
    properties = {
        "file": finding.file,
        "line": str(finding.line),
        "endLine": str(finding.end_line),
        "title": f"{one.rule_id} ({finding.id[:12]})",
    }
    place = context.place(finding.file, finding.span, PositionEncoding.UTF16)
    # GitHub takes columns only for what lies on one line.
    if place and finding.line == finding.end_line:
        properties |= {"col": str(place[0].character + 1), "endColumn": str(place[1].character + 1)}
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {written}::{_data(one.message)}"


def _remarks(review: Review) -> Iterator[str]:
    """
    What is wrong with the run itself, one line each that is no command.
    """
    for sentence in (*review.notices, *review.problems, *review.unused_suppressions):
        yield f"Note: {harmless.sentence(sentence)}"
    if review.incomplete:
        yield f"The review is not complete: {review.incomplete.replace('_', ' ')}."


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
