"""
Pull requests and tickets as importers read them, and the events that are kept of them: pseudonyms, times and sizes.
"""

import hmac
import json
import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from telemetry.envelope import NO_SUBJECT, Client, Event, Origin, Stamp, uuid7
from telemetry.events_outcomes import OutcomePullRequest, OutcomeTicket
from telemetry.identity import Identity
from telemetry.vocabulary import Basis, Editor, OutcomeSource, PullRequestState, TicketKind, TicketState

GRACE_MS = 24 * 3_600_000
"""Clocks differ, and so do time zones that somebody forgot."""


class UnusableExportError(Exception):
    """
    An export can't be imported; the message is one sentence for the user, without any of its text.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    """
    A pull request; `key` and `author` are whatever names them in their source, times are milliseconds since 1970, UTC.

    `where` says where it stands in the export, for complaints.
    """

    key: str
    author: str
    where: str
    opened_ts: int | None = None
    reviewed_ts: int | None = None
    merged_ts: int | None = None
    closed_ts: int | None = None
    reverted_ts: int | None = None
    lines_added: int | None = None
    lines_deleted: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """
    A ticket, likewise.
    """

    key: str
    author: str
    where: str
    kind: TicketKind = TicketKind.OTHER
    opened_ts: int | None = None
    started_ts: int | None = None
    closed_ts: int | None = None
    reopened_ts: int | None = None
    production_error_ts: int | None = None


Outcome = PullRequest | Ticket

ORDERED = {
    PullRequest: (("opened_ts", "merged_ts"), ("opened_ts", "closed_ts"), ("merged_ts", "reverted_ts")),
    Ticket: (("opened_ts", "closed_ts"), ("started_ts", "closed_ts")),
}
"""Pairs of times of which the second cannot come first."""


def event_of(outcome: Outcome, source: OutcomeSource, identity: Identity, now_ms: int) -> Event:
    """
    The event of an outcome. The same state gives the same event, so that importing it twice counts it once.

    Raises:
        UnusableExportError: it has no time at all, one in the future, or one before another that it must follow.
    """
    _check_times(outcome, now_ms)
    body = (
        _pull_request(outcome, source, identity)
        if isinstance(outcome, PullRequest)
        else _ticket(outcome, source, identity)
    )
    moments = [value for name, value in asdict(outcome).items() if name.endswith("_ts") and value is not None]
    ts = max(moments)
    state = json.dumps({**asdict(outcome), "source": source.value, "where": ""}, sort_keys=True, default=str)
    digest = hmac.digest(identity.key, state.encode("utf-8", "surrogatepass"), "sha256")
    return Event(
        stamp=Stamp(event_id=uuid7(ts, int.from_bytes(digest)), ts=ts, basis=Basis.CLIENT, dropped_before=0),
        origin=Origin(
            dev_id=identity.dev_id(outcome.author),
            session_id=digest.hex()[:32],
            client=Client(editor=Editor.COMMAND_LINE, editor_version=None, plugin_version=None, server_version=None),
        ),
        subject=NO_SUBJECT,
        body=body,
    )


def moment(text: Any, where: str) -> int | None:
    """
    A time of ISO 8601, as milliseconds since 1970; one without a zone is UTC. None for nothing.

    Raises:
        UnusableExportError: it is something else.
    """
    if text is None or text == "":
        return None
    try:
        read = datetime.fromisoformat(str(text).strip())
    except ValueError:
        raise UnusableExportError(f"{where} is no time: write it like 2026-05-04T09:30:00Z.") from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return max(0, int(aware.timestamp() * 1000))


def count(text: Any, where: str) -> int | None:
    """
    A whole number that is not negative; None for nothing.

    Raises:
        UnusableExportError: it is something else.
    """
    if text is None or text == "":
        return None
    try:
        number = float(text)
    except (TypeError, ValueError):
        raise UnusableExportError(f"{where} is no number.") from None
    if not math.isfinite(number) or number < 0 or number != int(number):
        raise UnusableExportError(f"{where} is no whole number of lines.")
    return int(number)


def _check_times(outcome: Outcome, now_ms: int) -> None:
    times = {name: value for name, value in asdict(outcome).items() if name.endswith("_ts") and value is not None}
    if not times:
        raise UnusableExportError(f"{outcome.where} has no time at all: it can't be placed.")
    late = next((name for name, value in times.items() if value > now_ms + GRACE_MS), None)
    if late:
        raise UnusableExportError(f"{outcome.where}: {_said(late)} lies in the future.")
    for first, second in ORDERED[type(outcome)]:
        if first in times and second in times and times[second] < times[first]:
            raise UnusableExportError(
                f"{outcome.where}: {_said(second)} comes before {_said(first)}; a clock ran backwards."
            )


def _said(name: str) -> str:
    return name.removesuffix("_ts").replace("_", " ")


def _pull_request(found: PullRequest, source: OutcomeSource, identity: Identity) -> OutcomePullRequest:
    state = PullRequestState.OPEN
    if found.merged_ts is not None:
        state = PullRequestState.MERGED
    elif found.closed_ts is not None:
        state = PullRequestState.CLOSED
    return OutcomePullRequest(
        pull_request_id=identity.outcome_id("pull request", found.key),
        source=source,
        pull_request_state=state,
        opened_ts=found.opened_ts,
        reviewed_ts=found.reviewed_ts,
        merged_ts=found.merged_ts,
        reverted_ts=found.reverted_ts,
        lines_added=found.lines_added,
        lines_deleted=found.lines_deleted,
    )


def _ticket(found: Ticket, source: OutcomeSource, identity: Identity) -> OutcomeTicket:
    state = TicketState.OPEN
    if found.closed_ts is not None:
        state = TicketState.CLOSED
    elif found.started_ts is not None:
        state = TicketState.STARTED
    return OutcomeTicket(
        ticket_id=identity.outcome_id("ticket", found.key),
        source=source,
        ticket_kind=found.kind,
        ticket_state=state,
        opened_ts=found.opened_ts,
        started_ts=found.started_ts,
        closed_ts=found.closed_ts,
        reopened_ts=found.reopened_ts,
        production_error_ts=found.production_error_ts,
    )
