"""
What is known of one completion between its answer and its end.
"""

from dataclasses import dataclass

from lsp_server.completion.fate import Basis, EndCause, Ended, EndOutcome, Shown
from lsp_server.completion.offer import Offer, lines_in
from lsp_server.completion.retention import Accepted
from lsp_server.completion.tracking import Stretch


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """
    How a completion has probably ended, and since when.
    """

    outcome: EndOutcome
    cause: EndCause
    basis: Basis
    at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """
    One completion from its answer to its end. `newest_id` is that of the last answer that offered the same text.

    `assumed_shown` holds for an answer that the client had no reason to leave out, if it isn't one that says so itself;
    `announced` is how far the client said that it is accepted, before the change came; `typed_last` how much of it the
    last change has typed; `told` whether the client ever said that it accepted.
    """

    offer: Offer
    newest_id: str
    latency_s: float
    returned_at: float
    heard_at: float
    assumed_shown: bool
    shown_at: float | None = None
    announced: int = 0
    typed_last: int = 0
    told: bool = False
    end: End | None = None

    @property
    def awaits_change(self) -> bool:
        """
        Whether the client has said that it was accepted, and the change that does so has not come.
        """
        return self.announced == len(self.offer.insertion) > self.offer.done and self.end is not None


def with_part(case: Case, outcome: EndOutcome) -> EndOutcome:
    """
    What ends in whichever way after some of it was accepted was accepted in part.
    """
    return EndOutcome.PARTIAL if case.offer.accepted and outcome is not EndOutcome.ACCEPTED else outcome


def accepted_text(offer: Offer, stretch: Stretch, text: str) -> Accepted:
    """
    A text of an offer, to be followed.
    """
    return Accepted(completion_id=offer.id, uri=offer.uri, language_id=offer.language_id, text=text, stretch=stretch)


def shown_fate(case: Case, basis: Basis, at: float) -> Shown:
    """
    The completion became visible.
    """
    offer = case.offer
    return Shown(
        completion_id=offer.id,
        uri=offer.uri,
        language_id=offer.language_id,
        basis=basis,
        chars=len(offer.insertion),
        lines=lines_in(offer.insertion),
        latency_ms=_milliseconds(case.latency_s + at - case.returned_at),
    )


def ended_fate(case: Case, end: End, shown_at: float) -> Ended:
    """
    The completion, visible since `shown_at`, no longer is.
    """
    offer = case.offer
    accepted = offer.insertion[offer.accepted_from :][: offer.accepted]
    return Ended(
        completion_id=offer.id,
        uri=offer.uri,
        language_id=offer.language_id,
        basis=end.basis,
        outcome=end.outcome,
        cause=end.cause,
        visible_ms=_milliseconds(end.at - shown_at),
        accepted_chars=offer.accepted,
        accepted_lines=lines_in(accepted),
    )


def _milliseconds(seconds: float) -> int:
    return max(0, round(1000 * seconds))
