"""
The events of what was delivered, as importers read it from git and from trackers: times and sizes, no names.
"""

from telemetry.declaration import Sensitivity, choice, event, keyed_hash, measure
from telemetry.vocabulary import OutcomeSource, PullRequestState, TicketKind, TicketState


@event(
    "outcome.pull_request",
    owner="research",
    why="Throughput, lead time and reverts: what acceptance rates can't tell.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class OutcomePullRequest:
    """
    A pull request as it stood when it was imported; of several for the same one, the last counts.
    """

    pull_request_id: str = keyed_hash("The pull request.")
    source: OutcomeSource = choice("What it was read from.")
    pull_request_state: PullRequestState = choice("Where it stands.")
    opened_ts: int | None = measure("When it was opened, since 1970, UTC; null when not known.", unit="ms")
    reviewed_ts: int | None = measure("When it was first reviewed; null when it wasn't.", unit="ms")
    merged_ts: int | None = measure("When it was merged; null when it wasn't.", unit="ms")
    reverted_ts: int | None = measure("When it was taken back; null when it wasn't.", unit="ms")
    lines_added: int | None = measure("Lines that it adds; null when not known.", unit="lines")
    lines_deleted: int | None = measure("Lines that it removes; null when not known.", unit="lines")


@event(
    "outcome.ticket",
    owner="research",
    why="Lead time of tickets without an error in production within 90 days, and the hazard of such errors.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class OutcomeTicket:
    """
    A ticket as it stood when it was imported; of several for the same one, the last counts.
    """

    ticket_id: str = keyed_hash("The ticket.")
    source: OutcomeSource = choice("What it was read from.")
    ticket_kind: TicketKind = choice("What kind of work.")
    ticket_state: TicketState = choice("Where it stands.")
    opened_ts: int | None = measure("When it was opened, since 1970, UTC; null when not known.", unit="ms")
    started_ts: int | None = measure("When work began; null when it hasn't or is not known.", unit="ms")
    closed_ts: int | None = measure("When it was closed; null when it wasn't.", unit="ms")
    reopened_ts: int | None = measure("When it was opened again; null when it wasn't.", unit="ms")
    production_error_ts: int | None = measure("When it first caused an error in production; null if never.", unit="ms")
