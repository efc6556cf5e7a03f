"""
Whether the figures can be trusted: what the events cover, what is missing from them, and what cannot be right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import ibis
import ibis.expr.types as ir

from telemetry.declaration import declaration_of
from telemetry.events import EVENTS
from telemetry.measures.table import named, total

NAMES = tuple(declaration_of(cls).name for cls in EVENTS)
GRACE_MS = 24 * 3_600_000
"""Clocks of other machines may be ahead; a day of it is forgiven."""

EARLIEST_MS = 1_577_836_800_000
"""2020 began: nothing that is measured here is older, but moments that were written in seconds seem to be."""


def without_duplicates(events: ir.Table) -> ir.Table:
    """
    The table with each event once, whatever arrived twice.
    """
    place = ibis.row_number().over(group_by="event_id", order_by="ts")
    ranked = events.mutate(place=place)
    return ranked.filter(ranked.place == 0).drop("place")


def copies(events: ir.Table, told_by: ir.Value | None = None) -> ir.Table:
    """
    One row: how many events there are, and how many different ones, by their ids unless told by something else.
    """
    told_by = events.event_id if told_by is None else told_by
    return events.aggregate(events=events.count(), different=told_by.nunique())


def sizes(events: ir.Table) -> ir.Table:
    """
    One row a name: how many events have it.
    """
    return events.group_by("name").aggregate(events=events.count()).order_by("name")


def unknown(counted: Mapping[str, int]) -> int:
    """
    How many events have a name that is not declared.
    """
    return sum(count for name, count in counted.items() if name not in NAMES)


def coverage(events: ir.Table, now_ms: int) -> ir.Table:
    """
    One row: from when to when, of how many people, how many were lost, and what cannot be right.
    """
    t = events
    return t.aggregate(
        events=t.count(),
        developers=t.dev_id.nunique(where=~t.name.isin(("outcome.pull_request", "outcome.ticket"))),
        first_day=t.day.min(),
        last_day=t.day.max(),
        days=t.day.nunique(),
        lost=total(t.dropped_before),
        synthetic=t.count(where=t.synthetic),
        from_the_future=t.count(where=t.ts > now_ms + GRACE_MS),
        from_the_past=t.count(where=t.ts < EARLIEST_MS),
    )


def backward_clocks(events: ir.Table) -> ir.Table:
    """
    One row: completions that ended before they were shown, by the clock of the machine.
    """
    shown = named(events, "completion.shown").select("completion_id", "ts")
    ended = named(events, "completion.ended").select("completion_id", ended_ts="ts")
    both = shown.inner_join(ended, "completion_id")
    return both.aggregate(backward=both.count(where=both.ended_ts < both.ts))


def versions(events: ir.Table) -> ir.Table:
    """
    One row for each version of the server and of the schema.
    """
    t = named(events, "session.started")
    grouped = t.group_by("client_server_version", "schema").aggregate(sessions=t.count(), developers=t.dev_id.nunique())
    return grouped.order_by(grouped.sessions.desc(), "client_server_version", "schema")


class Verdict(StrEnum):
    """
    What an identity came to.
    """

    HOLDS = "holds"
    NEARLY = "nearly"
    """Off by no more than killed processes and lost events explain."""
    BROKEN = "broken"


TOLERANCE = 0.01
"""Of the larger side. A process that is killed owes the events of its last completion."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """
    Two numbers that should be equal, or of which the first should be at most the second.
    """

    sentence: str
    left: int
    right: int
    at_most: bool = False

    @property
    def off_by(self) -> int:
        """
        How far the left side is from where it should be.
        """
        difference = self.left - self.right
        return max(0, difference) if self.at_most else difference

    @property
    def verdict(self) -> Verdict:
        """
        Whether it adds up.
        """
        if self.off_by == 0:
            return Verdict.HOLDS
        within = abs(self.off_by) <= TOLERANCE * max(self.left, self.right)
        return Verdict.NEARLY if within else Verdict.BROKEN


def identities(
    opportunities: Mapping[str, int], acceptance: Mapping[str, int], kept: Mapping[str, int], reviews: Mapping[str, int]
) -> tuple[Identity, ...]:
    """
    Everything that must add up, from the single rows of the measures of these names; `kept` is that of 30 s.
    """
    o, a, r = opportunities, acceptance, reviews
    return (
        Identity(
            sentence="requested = nothing offered + returned",
            left=o["requested"],
            right=o["suppressed"] + o["returned"],
        ),
        Identity(sentence="shown ≤ returned", left=a["shown"], right=o["returned"], at_most=True),
        Identity(sentence="shown = ended", left=a["shown"], right=a["ended"]),
        Identity(sentence="taken ≤ shown", left=a["taken"], right=a["shown"], at_most=True),
        Identity(sentence="looked at after 30 s ≤ taken", left=kept["measured"], right=a["taken"], at_most=True),
        Identity(
            sentence="claims = shown + silent + withheld",
            left=r["claims"],
            right=r["claims_shown"] + r["claims_silent"] + r["claims_withheld"],
        ),
        Identity(sentence="findings ended ≤ findings shown", left=r["all_ended"], right=r["shown"], at_most=True),
        Identity(
            sentence="silent findings ended ≤ silent findings",
            left=r["all_silent_ended"],
            right=r["silent"],
            at_most=True,
        ),
    )
