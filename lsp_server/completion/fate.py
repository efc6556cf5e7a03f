"""
What can become of a completion: it is shown, it ends, and what was accepted of it stays or goes.
"""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """
    On whose word a value stands.
    """

    CLIENT = "client"
    INFERRED = "inferred"


class EndOutcome(StrEnum):
    """
    What became of a completion that was shown.

    Typed through means typed by hand to its end. Superseded means that the text or the cursor went another way,
    or that another completion took its place; expired, that nothing happened to it until there was no more time.
    """

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    TYPED_THROUGH = "typed_through"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class EndCause(StrEnum):
    """
    What ended it.
    """

    INSERTED = "inserted"
    DISMISSED = "dismissed"
    TYPED_AS_OFFERED = "typed_as_offered"
    TYPED_OTHERWISE = "typed_otherwise"
    NEWER_COMPLETION = "newer_completion"
    MOVED_AWAY = "moved_away"
    IGNORED = "ignored"
    DOCUMENT_CLOSED = "document_closed"
    SESSION_ENDED = "session_ended"


class DismissReason(StrEnum):
    """
    Why a client took a completion away, in the words of VS Code's end-of-life reasons.
    """

    REJECTED = "rejected"
    IGNORED = "ignored"
    SUPERSEDED = "superseded"

    @classmethod
    def from_client(cls, said: str) -> "DismissReason":
        """
        The reason that a client gave; any other word means that the person did it.
        """
        return next((reason for reason in cls if reason.value == said.strip().lower()), cls.REJECTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """
    A completion became visible.
    """

    completion_id: str
    uri: str
    language_id: str
    basis: Basis
    chars: int
    lines: int
    latency_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """
    A completion that was shown no longer is. `accepted_chars` counts what was inserted by accepting, not by typing.
    """

    completion_id: str
    uri: str
    language_id: str
    basis: Basis
    outcome: EndOutcome
    cause: EndCause
    visible_ms: int
    accepted_chars: int
    accepted_lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Persistence:
    """
    How much of an accepted text is left after a while.
    """

    completion_id: str
    uri: str
    language_id: str
    basis: Basis
    at_s: int
    retained_ratio: float
    deleted: bool


Fate = Shown | Ended | Persistence
