"""
A second look at what would be shown: small requests that ask how sure one is of each finding, and may only doubt.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lsp_server.prompts import review_template
from lsp_server.providers.base import Prompt
from lsp_server.review.finding import Finding, Origin
from lsp_server.review.packing import Planned, render
from lsp_server.review.reply import parse
from lsp_server.review.tool import REPORT_FINDINGS
from lsp_server.review.visible import show_hidden

LARGEST = 24_000
VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubtful:
    """
    A finding to be checked, in the unit that it lies in, and the key that the outcome is kept under.
    """

    finding: Finding
    planned: Planned
    key: str


def doubtful(findings: Iterable[Finding], planned: Sequence[Planned], *, asked: Sequence[str]) -> tuple[Doubtful, ...]:
    """
    The findings of a model that can be checked: those whose code was shown.
    """
    found = []
    for finding in findings:
        one = next((one for one in planned if _holds(one, finding)), None)
        if one is not None and finding.origin is Origin.MODEL:
            question = json.dumps([VERSION, *asked, one.key, _as_json(finding)], ensure_ascii=True)
            key = "verdict-" + hashlib.blake2b(question.encode(), digest_size=20).hexdigest()
            found.append(Doubtful(finding=finding, planned=one, key=key))
    return tuple(found)


def groups(findings: Sequence[Doubtful]) -> tuple[tuple[Doubtful, ...], ...]:
    """
    The findings of each request.
    """
    made: list[list[Doubtful]] = []
    size = 0
    for one in findings:
        own = len(one.planned.unit.text)
        if not made or size + own > LARGEST:
            made.append([])
            size = 0
        made[-1].append(one)
        size += own
    return tuple(tuple(group) for group in made)


def prompt_of(group: Sequence[Doubtful], *, request_id: str) -> Prompt:
    """
    The request that has a group checked.
    """
    planned = list({one.planned.key: one.planned for one in group}.values())
    findings = json.dumps([_as_json(one.finding) for one in group], ensure_ascii=False, indent=1)
    return review_template.verification(
        render(planned),
        findings,
        tool=REPORT_FINDINGS,
        files=[path for one in planned for path in (one.unit.path, *(other.path for other in one.references))],
        request_id=request_id,
    )


def confidences(group: Sequence[Doubtful], reply: str) -> Mapping[str, int]:
    """
    How sure the second look is, by key; what it does not speak of is not in it.
    """
    said = {(claim.file, _flat(claim.quote), claim.category): claim.confidence for claim in parse(reply).claims}
    found = {}
    for one in group:
        shown = _as_json(one.finding)
        confidence = said.get((one.finding.file, _flat(str(shown["quote"])), one.finding.category))
        if confidence is not None:
            found[one.key] = confidence
    return found


def _holds(planned: Planned, finding: Finding) -> bool:
    lines = range(finding.line, finding.end_line + 1)
    return planned.unit.path == finding.file and any(
        line in piece.lines for piece in planned.unit.pieces for line in lines
    )


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "file": finding.file,
        "quote": show_hidden(finding.quote),
        "category": finding.category.value,
        "severity": finding.severity.value,
        "confidence": finding.confidence,
        "message": show_hidden(finding.message),
    }


def _flat(text: str) -> str:
    return " ".join(text.split())
