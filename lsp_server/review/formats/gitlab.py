"""
A review as GitLab's code quality report.
"""

import json

from lsp_server.review.finding import Severity
from lsp_server.review.formats.context import FormatContext, gravest_first, shown
from lsp_server.review.outcome import Review

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab(review: Review, context: FormatContext) -> str:
    """
    One entry a finding, with its id as fingerprint; paths are relative to the root of the review.

    The check stands in the description as well, since GitLab shows nothing else.
    """
    del context
    rows = []
    for finding in gravest_first(review.findings):
        one = shown(finding)
        rows.append(
            {
                "description": f"{one.rule_id}: {one.message}",
                "check_name": one.rule_id,
                "fingerprint": finding.id,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": finding.file, "lines": {"begin": finding.line, "end": finding.end_line}},
            }
        )
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
