"""
A review as one JSON document.
"""

import json
from typing import Any

from lsp_server.review import harmless
from lsp_server.review.finding import Finding, Withheld
from lsp_server.review.formats.context import FormatContext, shown
from lsp_server.review.outcome import Coverage, Review
from lsp_server.text.positions import Position, PositionEncoding


def json_document(review: Review, context: FormatContext) -> str:
    """
    Findings, what was withheld, the ledger and the bill; what a run has nothing to say on beyond these is left out.

    Lines are 1-based; the range of a fix is as LSP has it: 0-based, in UTF-16 units, its end exclusive.
    """
    spending = review.spending
    document: dict[str, Any] = {
        "findings": [_finding(finding, context) for finding in review.findings],
        "withheld": [
            *(_withheld(withheld) for withheld in review.withheld),
            *({"reason": "malformed", "detail": harmless.sentence(problem)} for problem in review.problems),
        ],
        "coverage": [_coverage(row) for row in review.coverage],
        "usage": {
            "requests": spending.requests,
            "inputTokens": spending.input_tokens,
            "outputTokens": spending.output_tokens,
            "costUsd": round(spending.cost_usd, 6),
        },
    }
    extras = {
        "incomplete": review.incomplete,
        "notices": [harmless.sentence(notice) for notice in review.notices],
        "unusedSuppressions": [harmless.sentence(one) for one in review.unused_suppressions],
    }
    document |= {key: value for key, value in extras.items() if value}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding, context: FormatContext) -> dict[str, Any]:
    one = shown(finding)
    row: dict[str, Any] = {
        "id": finding.id,
        "file": finding.file,
        "line": finding.line,
        "endLine": finding.end_line,
        "quote": one.quote,
        "category": finding.category,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": one.message,
        "origin": finding.origin,
    }
    optional = {"rule": finding.rule, "symbol": finding.symbol, "evidence": one.evidence}
    row |= {key: value for key, value in optional.items() if value}
    if finding.fix and one.replacement is not None:
        place = context.place(finding.file, finding.fix.span, PositionEncoding.UTF16)
        row["fix"] = {"replacement": one.replacement, "safe": finding.fix.safe}
        if place:
            row["fix"]["range"] = {"start": _position(place[0]), "end": _position(place[1])}
    elif finding.no_fix:
        row["noFix"] = finding.no_fix
    return row


def _withheld(withheld: Withheld) -> dict[str, Any]:
    row = {"reason": withheld.reason}
    optional = {
        "id": withheld.id,
        "file": harmless.sentence(withheld.file),
        "line": withheld.finding.line if withheld.finding else None,
        "category": withheld.category,
        "message": harmless.sentence(withheld.message),
        "detail": harmless.sentence(withheld.detail),
    }
    return row | {key: value for key, value in optional.items() if value}


def _coverage(row: Coverage) -> dict[str, Any]:
    optional = {"reason": row.reason, "detail": harmless.sentence(row.detail)}
    return {"file": row.file, "hunk": row.hunk, "status": row.status} | {
        key: value for key, value in optional.items() if value
    }


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
