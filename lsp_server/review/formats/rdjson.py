"""
A review as reviewdog's diagnostic format, `rdjson`.
"""

import json
from typing import Any

from lsp_server.review.finding import Finding, Severity
from lsp_server.review.formats.context import TOOL, FormatContext, gravest_first, shown
from lsp_server.review.outcome import Review
from lsp_server.text.positions import PositionEncoding, Span

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def rdjson(review: Review, context: FormatContext) -> str:
    """
    One diagnostic a finding. Lines and columns are 1-based, columns count bytes of UTF-8, ends are exclusive.
    """
    document = {
        "source": {"name": TOOL.lower()},
        "diagnostics": [_diagnostic(finding, context) for finding in gravest_first(review.findings)],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(finding: Finding, context: FormatContext) -> dict[str, Any]:
    one = shown(finding)
    diagnostic: dict[str, Any] = {
        "message": one.message,
        "location": {"path": finding.file, "range": _range(finding, finding.span, context)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": one.rule_id},
    }
    if finding.fix and one.replacement is not None and finding.file in context.texts:
        where = _range(finding, finding.fix.span, context)
        diagnostic["suggestions"] = [{"range": where, "text": one.replacement}]
    return diagnostic


def _range(finding: Finding, span: Span, context: FormatContext) -> dict[str, Any]:
    place = context.place(finding.file, span, PositionEncoding.UTF8)
    if place is None:
        return {"start": {"line": finding.line}, "end": {"line": finding.end_line}}
    start, end = place
    return {
        "start": {"line": start.line + 1, "column": start.character + 1},
        "end": {"line": end.line + 1, "column": end.character + 1},
    }
