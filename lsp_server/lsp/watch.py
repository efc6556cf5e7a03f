"""
Findings followed through the edits of a session, with a log of what becomes of them: those that are shown, or those
that an experiment keeps silent.
"""

from collections.abc import Callable, Iterable

from lsp_server.lsp.finding_log import FindingLog
from lsp_server.lsp.findings import Findings, Journey
from lsp_server.lsp.journal import Journal
from lsp_server.review.finding import Finding
from lsp_server.text.document import Document, TextEdit
from telemetry.vocabulary import FindingOutcome


class Watch:
    """
    One set of findings, and what has become of each.
    """

    def __init__(self, findings: Findings, journal: Journal, clock: Callable[[], float], *, silent: bool) -> None:
        self.findings = findings
        self.log = FindingLog(journal, clock, silent=silent)
        # Nobody was offered the fix of a silent finding: who makes it has found it alone.
        self._made = FindingOutcome.FIXED_LATER if silent else FindingOutcome.APPLIED

    def edited(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """
        A document has become this one.
        """
        for held in self.findings.edited(document, edits):
            self.log.ended(held.finding.id, self._made)

    def on_disk(self, uri: str, text: str | None) -> None:
        """
        A file that is not open holds this text, or is gone.
        """
        for held in self.findings.on_disk(uri, text):
            self.log.ended(held.finding.id, FindingOutcome.STALE)

    def take(
        self, review_id: str, journey: Journey, found: Iterable[Finding], now: Document | None, *, complete: bool
    ) -> None:
        """
        A review has found these in a document, which is this one `now`.
        """
        found = tuple(found)
        self.log.not_found_again(self.findings.take(journey, found, now, complete=complete))
        self.log.found(review_id, journey.uri, found)

    def end(self) -> None:
        """
        The session is over.
        """
        self.log.end(self.findings.all())
