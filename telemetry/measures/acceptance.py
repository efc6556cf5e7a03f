"""
How often what is shown is taken: by count, by characters, by lines, and of what was there long enough to be read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from telemetry.measures.table import READ_MS, Rate, named, total

RATES = (
    Rate(
        name="acceptance_by_count",
        title="Acceptance by count",
        sentence="Completions accepted in full, of those shown; pooled over everything, not a mean of daily rates.",
        numerator="accepted",
        denominator="shown",
    ),
    Rate(
        name="acceptance_in_part",
        title="Taken at least in part",
        sentence="Completions accepted in full or in part, of those shown.",
        numerator="taken",
        denominator="shown",
    ),
    Rate(
        name="acceptance_read",
        title="Acceptance among those read",
        sentence="Completions taken in full or in part, of those visible for 750 ms or taken sooner.",
        numerator="taken",
        denominator="read",
    ),
    Rate(
        name="acceptance_by_characters",
        title="Acceptance by characters",
        sentence="Characters accepted, of the characters shown.",
        numerator="accepted_chars",
        denominator="shown_chars",
    ),
    Rate(
        name="acceptance_by_lines",
        title="Acceptance by lines",
        sentence="Lines accepted, of the lines shown.",
        numerator="accepted_lines",
        denominator="shown_lines",
    ),
    Rate(
        name="explicit_rejection",
        title="Explicitly rejected",
        sentence="Completions that somebody dismissed, of those shown.",
        numerator="rejected",
        denominator="shown",
    ),
    Rate(
        name="inferred",
        title="Shown by inference",
        sentence="Completions that the server concluded were shown, of those shown; the client said so of the others.",
        numerator="inferred",
        denominator="shown",
    ),
)


def acceptance(events: ir.Table, *by: str) -> ir.Table:
    """
    One row for each value of `by`: what was shown, and what was taken of it.
    """
    t = named(events, "completion.shown", "completion.ended")
    shown, ended = t.name == "completion.shown", t.name == "completion.ended"
    taken = t.outcome.isin(("accepted", "partial"))
    measures = {
        "shown": t.count(where=shown),
        "ended": t.count(where=ended),
        "accepted": t.count(where=t.outcome == "accepted"),
        "taken": t.count(where=taken),
        "rejected": t.count(where=t.outcome == "rejected"),
        "read": t.count(where=(t.visible_ms >= READ_MS) | taken),
        "accepted_chars": total(t.accepted_chars),
        "shown_chars": total(t.chars),
        "accepted_lines": total(t.accepted_lines),
        "shown_lines": total(t.lines),
        "inferred": t.count(where=shown & (t.basis == "inferred")),
    }
    return t.group_by(*by).aggregate(**measures) if by else t.aggregate(**measures)


def acceptance_of_groups(events: ir.Table, by: str) -> ir.Table:
    """
    As `acceptance` by one column, with how many developers are in each group and the share of the busiest of them.
    """
    t = named(events, "completion.shown", "completion.ended")
    per_person = acceptance(events, by, "dev_id")
    groups = per_person.group_by(by).aggregate(
        developers=per_person.dev_id.nunique(),
        most=per_person.shown.max(),
        **{name: per_person[name].sum() for name in acceptance(t).columns},
    )
    return groups.order_by(groups.shown.desc(), groups[by])


def acceptance_by_origin(events: ir.Table) -> ir.Table:
    """
    As `acceptance`, for each person and what is only known of the answer: its `source` and its `model`.

    The two tables are joined once for both; `pooled` adds up the people.
    """
    returned = named(events, "completion.returned").select("completion_id", "source", "model")
    shown = named(events, "completion.shown", "completion.ended").drop("source", "model")
    return acceptance(shown.inner_join(returned, "completion_id"), "source", "model", "dev_id")


def pooled(rows: Sequence[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
    """
    Rows of `acceptance_by_origin` added up by one column, as `acceptance_of_groups` gives them.
    """
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    found = [_pooled(group, by) for group in groups.values()]
    return sorted(found, key=lambda row: (-row["shown"], str(row[by])))


def _pooled(rows: Sequence[Mapping[str, Any]], by: str) -> dict[str, Any]:
    shown: dict[str, int] = defaultdict(int)
    for row in rows:
        shown[row["dev_id"]] += row["shown"]
    counted = (name for name in rows[0] if name not in ("source", "model", "dev_id"))
    return {
        by: rows[0][by],
        "developers": len(shown),
        "most": max(shown.values()),
        **{name: sum(row[name] for row in rows) for name in counted},
    }


def opportunities(events: ir.Table) -> ir.Table:
    """
    One row: how far requests got, from being asked for to being kept.
    """
    t = named(
        events,
        "completion.requested",
        "completion.suppressed",
        "completion.returned",
        "completion.shown",
        "completion.ended",
        "completion.persistence",
    )
    return t.aggregate(
        requested=t.count(where=t.name == "completion.requested"),
        suppressed=t.count(where=t.name == "completion.suppressed"),
        returned=t.count(where=t.name == "completion.returned"),
        shown=t.count(where=t.name == "completion.shown"),
        read=t.count(where=(t.visible_ms >= READ_MS) | t.outcome.isin(("accepted", "partial"))),
        taken=t.count(where=t.outcome.isin(("accepted", "partial"))),
        kept_30=t.count(where=(t.at_s == 30) & (t.retained_ratio >= 0.67)),
        kept_600=t.count(where=(t.at_s == 600) & (t.retained_ratio >= 0.67)),
    )
