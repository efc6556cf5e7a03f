"""
What happened to reviews and their findings, as telemetry events. No text and no path gets through.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from lsp_server.review.change import Change
from lsp_server.review.finding import Finding
from lsp_server.review.outcome import HunkStatus, Incomplete, Review
from telemetry import events_review as events
from telemetry import vocabulary
from telemetry.declaration import bucket_of

Appeared = TypeVar("Appeared", events.FindingShown, events.FindingSilent)

ENDINGS = {
    None: vocabulary.ReviewEnd.COMPLETE,
    Incomplete.COST_CAP: vocabulary.ReviewEnd.CAPPED,
    Incomplete.COVERAGE: vocabulary.ReviewEnd.CAPPED,
    Incomplete.CANCELLED: vocabulary.ReviewEnd.CANCELLED,
    Incomplete.PROVIDER_FAILED: vocabulary.ReviewEnd.PROVIDER_FAILED,
}


def generated(
    review_id: str,
    scope: vocabulary.ReviewScope,
    change: Change,
    review: Review,
    duration_s: float,
    *,
    surface: vocabulary.Surface = vocabulary.Surface.EDITOR,
    silent: bool = False,
) -> events.ReviewGenerated:
    """
    A review has ended, in the editor or on the command line; `silent` when none of its findings is shown.
    """
    found = len(review.findings)
    hunks = Counter(entry.status for entry in review.coverage if entry.hunk)
    added = sum(hunk.new_count for file in change.files for hunk in file.hunks)
    return events.ReviewGenerated(
        review_id=review_id,
        surface=surface,
        scope=scope,
        ending=ENDINGS[review.incomplete],
        files=len(change.files),
        diff_lines_bucket=bucket_of(added, events.DIFF_LINE_FLOORS),
        hunks_reviewed=hunks[HunkStatus.REVIEWED],
        hunks_clipped=hunks[HunkStatus.CLIPPED],
        hunks_skipped=hunks[HunkStatus.SKIPPED],
        claims=found + len(review.withheld),
        claims_shown=0 if silent else found,
        claims_silent=found if silent else 0,
        claims_withheld=len(review.withheld),
        requests=review.spending.requests,
        cached_requests=review.spending.cached_units,
        duration_ms=max(0, round(1000 * duration_s)),
    )


def withheld(review_id: str, review: Review) -> Iterator[events.ReviewWithheld]:
    """
    How many claims were withheld, for each reason that there was.
    """
    for reason, claims in sorted(Counter(one.reason for one in review.withheld).items()):
        yield events.ReviewWithheld(review_id=review_id, reason=vocabulary.WithheldReason(reason), claims=claims)


def shown(review_id: str, finding: Finding, pseudonym: str) -> events.FindingShown:
    """
    A finding became visible.
    """
    return _made(events.FindingShown, review_id, finding, pseudonym)


def kept_silent(review_id: str, finding: Finding, pseudonym: str) -> events.FindingSilent:
    """
    A finding would have become visible, but for the silent arm of an experiment.
    """
    return _made(events.FindingSilent, review_id, finding, pseudonym)


def ended(
    review_id: str, pseudonym: str, outcome: vocabulary.FindingOutcome, open_s: float, *, silent: bool
) -> events.FindingEnded:
    """
    A finding is no longer open, whether anybody has seen it or not.
    """
    return events.FindingEnded(
        review_id=review_id,
        finding_id=pseudonym,
        outcome=outcome,
        silent=silent,
        open_ms=max(0, round(1000 * open_s)),
    )


def _made(event: type[Appeared], review_id: str, finding: Finding, pseudonym: str) -> Appeared:
    return event(
        review_id=review_id,
        finding_id=pseudonym,
        category=vocabulary.FindingCategory(finding.category),
        severity=vocabulary.Severity(finding.severity),
        confidence=finding.confidence / 100,
        origin=vocabulary.ClaimOrigin(finding.origin),
        lines=finding.end_line - finding.line + 1,
        fixable=finding.fix is not None,
    )
