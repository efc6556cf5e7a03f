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


GROUPS = ("dev_id", "lang", "client_editor", "source", "model")
"""What a count of acceptance may be split by; all its other columns add up."""


def acceptance(events: ir.Table, *by: str) -> ir.Table:
    """
    One row for each value of `by`: what was shown, and what was taken of it.
    """
    t = named(events, "completion.shown", "completion.ended")
    measures = {name: _counted(t, mark) for name, mark in _marks(t).items()}
    return t.group_by(*by).aggregate(**measures) if by else t.aggregate(**measures)


def _marks(t: ir.Table) -> Mapping[str, ir.Value]:
    """
    What each event adds to the columns of `acceptance`: whether it is counted, or how much it is.
    """
    shown, taken = t.name == "completion.shown", t.outcome.isin(("accepted", "partial"))
    return {
        "shown": shown,
        "ended": t.name == "completion.ended",
        "accepted": t.outcome == "accepted",
        "taken": taken,
        "rejected": t.outcome == "rejected",
        "read": (t.visible_ms >= READ_MS) | taken,
        "accepted_chars": t.accepted_chars,
        "shown_chars": t.chars,
        "accepted_lines": t.accepted_lines,
        "shown_lines": t.lines,
        "inferred": shown & (t.basis == "inferred"),
    }


def _counted(t: ir.Table, mark: ir.Value) -> ir.Value:
    return t.count(where=mark) if mark.type().is_boolean() else total(mark)


def acceptance_by_person(events: ir.Table) -> ir.Table:
    """
    As `acceptance`, for each person and what their groups go by: `lang` and `client_editor`.
    """
    return acceptance(events, "dev_id", "lang", "client_editor")


def acceptance_of_all(by_person: ir.Table) -> ir.Table:
    """
    As `acceptance`, from that by person.
    """
    return by_person.aggregate(**_sums(by_person))


def acceptance_of_groups(by_person: ir.Table, by: str) -> ir.Table:
    """
    As `acceptance` by one column, with how many developers are in each group and the share of the busiest of them.
    """
    people = by_person.group_by(by, "dev_id").aggregate(**_sums(by_person))
    groups = people.group_by(by).aggregate(developers=people.dev_id.nunique(), most=people.shown.max(), **_sums(people))
    return groups.order_by(groups.shown.desc(), groups[by])


def _sums(counted: ir.Table) -> dict[str, ir.Value]:
    return {name: total(counted[name]) for name in counted.columns if name not in GROUPS}


def acceptance_by_origin(events: ir.Table) -> ir.Table:
    """
    As `acceptance`, for each person and what is only known of the answer: its `source` and its `model`.

    The two tables are joined once for both, and with no more than what is counted; `pooled` adds up the people.
    """
    returned = named(events, "completion.returned").select("completion_id", "source", "model")
    t = named(events, "completion.shown", "completion.ended")
    both = t.select("completion_id", "dev_id", **_marks(t)).inner_join(returned, "completion_id")
    counted = {name: _counted(both, both[name]) for name in _marks(t)}
    return both.group_by("source", "model", "dev_id").aggregate(**counted)


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
    counted = (name for name in rows[0] if name not in GROUPS)
    return {
        by: rows[0][by],
        "developers": len(shown),
        "most": max(shown.values()),
        **{name: sum(row[name] for row in rows) for name in counted},
    }


def opportunities(
    sizes: Mapping[str, int], accepted: Mapping[str, int], looks: Sequence[Mapping[str, int]]
) -> Mapping[str, int]:
    """
    How far requests got, from being asked for to being kept: from the number of events by name, the row of `acceptance`
    and those of `persistence`.
    """
    kept = {row["at_s"]: row["mostly_kept"] for row in looks}
    return {
        **{step: sizes.get(f"completion.{step}", 0) for step in ("requested", "suppressed", "returned")},
        **{step: accepted[step] for step in ("shown", "read", "taken")},
        "kept_30": kept.get(30, 0),
        "kept_600": kept.get(600, 0),
    }
