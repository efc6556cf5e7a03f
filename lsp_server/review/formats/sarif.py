"""
A review as SARIF 2.1.0, within the limits of GitHub's code scanning.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lsp_server.review import harmless
from lsp_server.review.finding import Category, Finding, Severity, Withheld, WithheldReason
from lsp_server.review.formats.context import (
    DESCRIPTIONS,
    TOOL,
    FormatContext,
    Shown,
    gravest_first,
    rule_id,
    shown,
    silenced,
)
from lsp_server.review.outcome import Coverage, HunkStatus, Review
from lsp_server.text.positions import PositionEncoding, Span

FINGERPRINT = "pacenotes/v1"
"""Our own key: under `primaryLocationLineHash` the upload action expects its own hash, and warns of any other."""

MOST_RESULTS = 5000
"""GitHub keeps no more of one run; the gravest are written."""
MOST_NOTIFICATIONS = 5000

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(review: Review, context: FormatContext) -> str:
    """
    One run: findings as results, silenced ones as suppressed results, and the ledger as notifications.

    Columns are 1-based and count UTF-16 units.
    """
    suppressed = [(withheld, finding) for withheld, finding in silenced(review) if withheld.reason in _SUPPRESSIONS]
    findings = gravest_first(review.findings)[:MOST_RESULTS]
    suppressed = suppressed[: MOST_RESULTS - len(findings)]
    rules = _rules([*findings, *(finding for _, finding in suppressed)], context)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": TOOL, "semanticVersion": context.version, "rules": rules}},
        "automationDetails": {"id": "pacenotes/"},
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": review.incomplete is None,
                "toolExecutionNotifications": _notifications(review)[:MOST_NOTIFICATIONS],
            }
        ],
        "results": [
            *(_result(shown(finding), index, context) for finding in findings),
            *(_result(shown(finding), index, context, withheld) for withheld, finding in suppressed),
        ],
        "properties": _properties(review),
    }
    if context.root_uri:
        run["originalUriBaseIds"] = {_ROOT: {"uri": context.root_uri.rstrip("/") + "/"}}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rules(findings: Iterable[Finding], context: FormatContext) -> list[dict[str, Any]]:
    """
    Each rule that a finding is listed under, in the order of the ids, so that equal runs give equal bytes.
    """
    categories = {rule_id(finding): finding.category for finding in findings}
    return [_rule(name, category, context.rules) for name, category in sorted(categories.items())]


def _rule(name: str, category: Category, described: Mapping[str, str]) -> dict[str, Any]:
    text = harmless.sentence(described.get(name, DESCRIPTIONS[category]))
    return {
        "id": name,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} To silence one: // pacenotes-ignore[{name}]: reason"},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["review", str(category)]},
    }


def _result(
    one: Shown, index: Mapping[str, int], context: FormatContext, withheld: Withheld | None = None
) -> dict[str, Any]:
    finding = one.finding
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(finding.file),
            "region": {**_region(finding, finding.span, context), "snippet": {"text": one.quote}},
        }
    }
    if finding.symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": harmless.sentence(finding.symbol)}]
    result: dict[str, Any] = {
        "ruleId": one.rule_id,
        "ruleIndex": index[one.rule_id],
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(one)},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "rank": float(finding.confidence),
        "baselineState": "unchanged" if withheld and withheld.reason is WithheldReason.BASELINE else "new",
        "suppressions": _suppressions(withheld),
        "properties": {"category": finding.category, "origin": finding.origin, "confidence": finding.confidence},
    }
    # Without the text there are no columns, and a fix without columns would replace whole lines.
    if finding.fix and one.replacement is not None and finding.file in context.texts:
        deleted = _region(finding, finding.fix.span, context)
        replacement = {"deletedRegion": deleted, "insertedContent": {"text": one.replacement}}
        change = {"artifactLocation": _artifact(finding.file), "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": _FIX[finding.fix.safe]}, "artifactChanges": [change]}]
    return result


_FIX = {True: "Apply the rule's fix.", False: "Apply the proposed fix after a look at it."}
_SUPPRESSIONS = {WithheldReason.SUPPRESSED: "inSource", WithheldReason.BASELINE: "external"}


def _message(one: Shown) -> str:
    """
    The message with what SARIF would read as a link or a placeholder escaped (sections 3.11.5 and 3.11.6).
    """
    unlinked = _LINK.sub(r"\\[\1\\](", one.message)
    return _PLACEHOLDER.sub(r"{{\1}}", unlinked)


def _suppressions(withheld: Withheld | None) -> list[dict[str, str]]:
    if withheld is None:
        return []
    suppression = {"kind": _SUPPRESSIONS[withheld.reason], "status": "accepted"}
    if withheld.detail:
        suppression["justification"] = harmless.sentence(withheld.detail)
    return [suppression]


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "replace"), safe="/-._~!$&'()*+,;=@"), "uriBaseId": _ROOT}


def _region(finding: Finding, span: Span, context: FormatContext) -> dict[str, int]:
    place = context.place(finding.file, span, PositionEncoding.UTF16)
    if place is None:
        return {"startLine": finding.line, "endLine": finding.end_line}
    start, end = place
    return {
        "startLine": start.line + 1,
        "startColumn": start.character + 1,
        "endLine": end.line + 1,
        "endColumn": end.character + 1,
    }


def _notifications(review: Review) -> list[dict[str, Any]]:
    """
    The ledger and what else there is to know of the run; what was left out comes first.
    """
    rows = sorted(review.coverage, key=lambda row: _STATUS_ORDER[row.status])
    sentences = [*review.problems, *review.notices, *review.unused_suppressions]
    return [
        *(_note("run", "warning", harmless.sentence(sentence)) for sentence in sentences if sentence.strip()),
        *(_covered(row) for row in rows),
    ]


_STATUS_ORDER = {HunkStatus.SKIPPED: 0, HunkStatus.CLIPPED: 1, HunkStatus.REVIEWED: 2}


def _covered(row: Coverage) -> dict[str, Any]:
    because = f": {row.reason.replace('_', ' ')}" if row.reason else ""
    detail = f" ({harmless.sentence(row.detail)})" if row.detail else ""
    where = f"{row.file} {row.hunk}".strip()
    level = "note" if row.status is HunkStatus.REVIEWED else "warning"
    note = _note(f"hunk-{row.status}", level, f"{harmless.sentence(where)} was {row.status}{because}{detail}.")
    return note | {"locations": [{"physicalLocation": {"artifactLocation": _artifact(row.file)}}]}


def _note(descriptor: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": descriptor}, "level": level, "message": {"text": text}}


def _properties(review: Review) -> dict[str, Any]:
    spending = review.spending
    said: Sequence[tuple[str, Any]] = (
        ("provider", review.provider),
        ("model", review.model),
        ("base", review.base),
        ("incomplete", review.incomplete),
    )
    return {key: value for key, value in said if value} | {
        "requests": spending.requests,
        "inputTokens": spending.input_tokens,
        "outputTokens": spending.output_tokens,
        "costUsd": round(spending.cost_usd, 6),
        "withheld": len(review.withheld),
    }


_LINK = re.compile(r"\[([^\[\]]*)\]\(")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
