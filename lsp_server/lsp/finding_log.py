"""
Follow what becomes of findings and note it as telemetry events: each is shown, or kept silent, once in a session, and
ends once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lsp_server.lsp import review_events
from lsp_server.lsp.findings import Over
from lsp_server.lsp.journal import Journal
from lsp_server.review.baseline_file import DismissReason
from lsp_server.review.change import Change
from lsp_server.review.finding import Finding
from lsp_server.review.outcome import Review
from lsp_server.review.tracking import Held
from telemetry.events_review import ReviewWithheld
from telemetry.vocabulary import FindingOutcome, ReviewScope

DISMISSED = {
    DismissReason.WRONG: FindingOutcome.DISMISSED_WRONG,
    DismissReason.NOISE: FindingOutcome.DISMISSED_NOISE,
    DismissReason.OTHER: FindingOutcome.DISMISSED_OTHER,
}


@dataclass(kw_only=True)
class _Seen:
    review_id: str
    uri: str
    since: float
    is_over: bool = False


class FindingLog:
    """
    Which findings the engineer has seen in this session, or would have but for a `silent` arm.
    """

    def __init__(self, journal: Journal, clock: Callable[[], float], *, silent: bool = False) -> None:
        self._journal = journal
        self._clock = clock
        self._silent = silent
        self._seen: dict[str, _Seen] = {}

    def reviewed(self, review_id: str, scope: ReviewScope, change: Change, review: Review, duration_s: float) -> None:
        """
        A review has ended.
        """
        self._journal.record(
            lambda _: review_events.generated(review_id, scope, change, review, duration_s, silent=self._silent)
        )
        for event in review_events.withheld(review_id, review):
            self._record(event)

    def found(self, review_id: str, uri: str, findings: Iterable[Finding]) -> None:
        """
        These findings are visible now, or would be.
        """
        for finding in findings:
            if finding.id in self._seen:
                continue
            self._seen[finding.id] = _Seen(review_id=review_id, uri=uri, since=self._clock())
            self._record_found(review_id, uri, finding)

    def ended(self, finding_id: str, outcome: FindingOutcome) -> None:
        """
        A finding is no longer open; only the first time counts.
        """
        seen = self._seen.get(finding_id)
        if seen is None or seen.is_over:
            return
        seen.is_over = True
        open_s = self._clock() - seen.since
        self._journal.record(
            lambda telemetry: review_events.ended(
                seen.review_id, telemetry.finding_id(finding_id), outcome, open_s, silent=self._silent
            ),
            seen.uri,
        )

    def not_found_again(self, over: Iterable[Over]) -> None:
        """
        A later review has looked at the place of these and does not report them any more.
        """
        for one in over:
            self.ended(one.held.finding.id, FindingOutcome.FIXED_LATER if one.repaired else FindingOutcome.STALE)

    def end(self, held: Iterable[Held]) -> None:
        """
        The session is over; `held` is what was left.
        """
        left = {one.finding.id: one for one in held}
        for finding_id in self._seen:
            one = left.get(finding_id)
            self.ended(finding_id, FindingOutcome.IGNORED if one and one.is_shown else FindingOutcome.STALE)

    def _record_found(self, review_id: str, uri: str, finding: Finding) -> None:
        event = review_events.kept_silent if self._silent else review_events.shown
        self._journal.record(lambda telemetry: event(review_id, finding, telemetry.finding_id(finding.id)), uri)

    def _record(self, event: ReviewWithheld) -> None:
        self._journal.record(lambda _: event)
