"""
Our figures in the rows of GitHub's Copilot usage-metrics reports, so that dashboards made for those show them.

The rows follow the fields of `organization-1-day` and `organization-28-day` reports: `shown` is
`code_generation_activity_count`, `accepted` is `code_acceptance_activity_count`, lines shown are
`loc_suggested_to_add_sum`, accepted lines `loc_added_sum`, and the feature is `code_completion`. Rows of single people
are not made. Days of fewer than five developers are left out, with others until nobody can be worked out from a total;
groups within a day that are as small are put together as `others`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
from ibis import _

from telemetry.engines import Row
from telemetry.measures.acceptance import acceptance
from telemetry.measures.adoption import person_days
from telemetry.measures.table import HELPED, named
from telemetry.report.figures import Report
from telemetry.report.scope import Scope
from telemetry.suppression import publishable

FEATURE = "code_completion"
WEEK_DAYS, MONTH_DAYS = 7, 28
COUNTED = ("shown", "accepted", "shown_lines", "accepted_lines")
IDES = {"visual-studio": "visualstudio", "vscodium": "vscode"}


def as_days(report: Report) -> str:
    """
    One JSON object a day and line.
    """
    return "".join(json.dumps(day, separators=(",", ":")) + "\n" for day in report.days)


def as_report(report: Report) -> str:
    """
    The last 28 days as one report.
    """
    days = report.days[-MONTH_DAYS:]
    document = {
        "report_start_day": days[0]["day"] if days else None,
        "report_end_day": days[-1]["day"] if days else None,
        "organization_id": "0",
        "enterprise_id": "0",
        "created_at": f"{report.made_on}T00:00:00Z",
        "day_totals": list(days),
    }
    return json.dumps(document, indent=2) + "\n"


def days_of(scope: Scope) -> tuple[Mapping[str, Any], ...]:
    """
    A row for each day on which anything happened and enough people were there.
    """
    t = scope.events
    people: dict[str, set[str]] = defaultdict(set)
    for row in scope.engine.rows(person_days(t).select("day", "dev_id")):
        people[row["day"]].add(row["dev_id"])
    sizes = [{"day": day, "developers": len(there)} for day, there in sorted(people.items())]
    kept = publishable(sizes, size="developers", least=scope.least)
    totals = {row["day"]: row for row in scope.engine.rows(acceptance(t, "day"))}
    splits = {name: _by_day(scope, t, *columns) for name, columns in SPLITS.items()}
    findings = {row["day"]: row for row in scope.engine.rows(_findings(t))}
    merged = {row["day"]: row["merged"] for row in scope.engine.rows(_merged(t))}
    return tuple(
        {
            **_day(day["day"], totals.get(day["day"]), splits),
            **_users(day["day"], people),
            "pull_requests": _requests(findings.get(day["day"], {}), merged.get(day["day"], 0)),
        }
        for day in kept.rows
    )


SPLITS: Mapping[str, tuple[str, ...]] = {
    "totals_by_ide": ("client_editor",),
    "totals_by_language_feature": ("lang",),
    "totals_by_language_model": ("lang", "model"),
    "totals_by_model_feature": ("model",),
}

NAMES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "client_editor": ("ide", lambda editor: IDES.get(editor, editor)),
    "lang": ("language", str),
    "model": ("model", str),
}


def _by_day(scope: Scope, events: ir.Table, *columns: str) -> dict[str, list[Row]]:
    t = events
    if "model" in columns:
        returned = named(t, "completion.returned").select("completion_id", "model")
        t = named(t, "completion.shown", "completion.ended").drop("model").inner_join(returned, "completion_id")
    people = named(t, "completion.shown").group_by("day", *columns).aggregate(developers=_.dev_id.nunique())
    counts = acceptance(t, "day", *columns).inner_join(people, ["day", *columns])
    found: dict[str, list[Row]] = defaultdict(list)
    for row in scope.engine.rows(counts.order_by("day", *columns)):
        found[row["day"]].append(row)
    return {day: _pooled(rows, columns, scope.least) for day, rows in found.items()}


def _pooled(rows: list[Row], columns: tuple[str, ...], least: int) -> list[Row]:
    """
    The groups of a day that may be shown, and the rest of them together under `others`.
    """
    kept = publishable(rows, size="shown", least=least).rows
    rest = [row for row in rows if row not in kept]
    sums = {name: sum(row[name] for row in rest) for name in COUNTED}
    return [*kept, *([{**dict.fromkeys(columns, "others"), **sums}] if rest else ())]


def _findings(events: ir.Table) -> ir.Table:
    t = named(events, "review.finding_shown", "review.finding_ended")
    return t.group_by("day").aggregate(
        shown=t.count(where=t.name == "review.finding_shown"),
        helped=t.count(where=~t.silent & t.outcome.isin(HELPED)),
    )


def _merged(events: ir.Table) -> ir.Table:
    t = named(events, "outcome.pull_request")
    return t.group_by("day").aggregate(merged=t.pull_request_id.nunique(where=t.merged_ts.notnull()))


def _users(day: str, people: Mapping[str, set[str]]) -> Mapping[str, int]:
    return {
        "daily_active_users": len(people[day]),
        "weekly_active_users": _active(people, day, WEEK_DAYS),
        "monthly_active_users": _active(people, day, MONTH_DAYS),
    }


def _requests(findings: Mapping[str, Any], merged: int) -> Mapping[str, int]:
    return {
        "total_merged": merged,
        "total_copilot_suggestions": findings.get("shown", 0),
        "total_copilot_applied_suggestions": findings.get("helped", 0),
    }


def _day(day: str, total: Row | None, splits: Mapping[str, Mapping[str, list[Row]]]) -> Mapping[str, Any]:
    return {
        "day": day,
        "organization_id": "0",
        "enterprise_id": "0",
        "user_initiated_interaction_count": 0,
        **_counts(total),
        "totals_by_ide": _rows(splits["totals_by_ide"].get(day, ()), ("client_editor",), {}),
        "totals_by_feature": [{"feature": FEATURE, "user_initiated_interaction_count": 0, **_counts(total)}],
        **{
            name: _rows(splits[name].get(day, ()), SPLITS[name], {} if name.endswith("model") else {"feature": FEATURE})
            for name in ("totals_by_language_feature", "totals_by_language_model", "totals_by_model_feature")
        },
    }


def _rows(found: Iterable[Row], columns: tuple[str, ...], fixed: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {**{NAMES[column][0]: NAMES[column][1](row[column] or "others") for column in columns}, **fixed, **_counts(row)}
        for row in found
    ]


def _counts(row: Row | None) -> dict[str, int]:
    row = row or defaultdict(int)
    return {
        "code_generation_activity_count": row["shown"],
        "code_acceptance_activity_count": row["accepted"],
        "loc_suggested_to_add_sum": row["shown_lines"],
        "loc_suggested_to_delete_sum": 0,
        "loc_added_sum": row["accepted_lines"],
        "loc_deleted_sum": 0,
    }


def _active(people: Mapping[str, set[str]], day: str, days: int) -> int:
    """
    How many people there were on that day or within the days before.
    """
    last = date.fromisoformat(day)
    names = ((last - timedelta(days=back)).isoformat() for back in range(days))
    return len(set().union(*(people.get(name, set()) for name in names)))
