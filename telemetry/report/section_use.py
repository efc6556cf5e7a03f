"""
Who uses it, what they take of it, and what they keep.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from telemetry.engines import Row
from telemetry.measures import acceptance, adoption, persistence
from telemetry.measures.table import by_week
from telemetry.report.figures import Chart, Column, Section, Table, Unit, figure, share, table_of
from telemetry.report.scope import Scope, Totals
from telemetry.suppression import publishable

LAST_LOOK_S = 600


def adoption_section(scope: Scope, totals: Totals) -> Section:
    """
    Who uses it, and do they stay?
    """
    row = totals.funnel
    steps = [
        {"step": title, "developers": row[name], "share": share(row[name], row["connected"])}
        for name, title in (
            ("connected", "Connected"),
            ("offered", "Were offered a completion"),
            ("took", "Took a completion or acted on a finding"),
            ("engaged_once", "Engaged in some week"),
        )
    ]
    return Section(
        name="adoption",
        title="Who uses it, and do they stay?",
        sentence="Somebody is engaged in a week when they took something on two days of it or more.",
        figures=tuple(figure(rate, row) for rate in adoption.RATES),
        tables=(
            table_of(
                steps,
                (
                    Column(name="step", title="Step", unit=Unit.TEXT),
                    Column(name="developers", title="Developers", drawn=True),
                    Column(name="share", title="Of those connected", unit=Unit.SHARE),
                ),
                name="funnel",
                title="Adoption funnel",
                sentence="Developers who got so far at any time.",
                chart=Chart.STEPS,
            ),
            _weeks(scope, totals),
            _cohorts(scope, totals),
        ),
    )


def value_section(scope: Scope, totals: Totals) -> Section:
    """
    Is what it writes worth keeping?
    """
    weekly = publishable(
        scope.engine.rows(persistence.retained(by_week(totals.writing), "week")), size="taken", least=scope.least
    )
    rows = [
        {
            **row,
            "per_day": share(row["retained_chars"], row["developer_days"]),
            "ai_share": share(row["accepted_chars"], row["written_chars"]),
        }
        for row in weekly.rows
    ]
    return Section(
        name="value",
        title="Is what it writes worth keeping?",
        sentence="Accepting is cheap; the headline counts only what is still there after ten minutes.",
        figures=(
            *(figure(rate, totals.retained) for rate in persistence.RETAINED_RATES),
            *(figure(rate, totals.kept_at(LAST_LOOK_S)) for rate in persistence.RATES),
        ),
        tables=(
            table_of(
                rows,
                (
                    Column(name="week", title="Week of", unit=Unit.TEXT),
                    Column(name="per_day", title="Retained characters per developer-day", unit=Unit.NUMBER, drawn=True),
                    Column(name="retained_chars", title="Retained characters"),
                    Column(name="developer_days", title="Developer-days"),
                    Column(name="ai_share", title="Code from completions", unit=Unit.SHARE),
                ),
                name="retained_by_week",
                title="Retained characters per developer-day, by week",
                sentence="Each week pools its own characters and days.",
                chart=Chart.LINE,
                hidden=weekly.hidden,
            ),
            _persistence(totals),
        ),
    )


def acceptance_section(scope: Scope, totals: Totals) -> Section:
    """
    How often is it taken?
    """
    o = totals.opportunities
    languages = scope.engine.rows(acceptance.acceptance_of_groups(totals.by_person, "lang"))
    editors = scope.engine.rows(acceptance.acceptance_of_groups(totals.by_person, "client_editor"))
    origins = scope.engine.rows(acceptance.acceptance_by_origin(scope.events))
    steps = [
        {"step": title, "count": o[name], "share": share(o[name], o["requested"])}
        for name, title in (
            ("requested", "Requested"),
            ("returned", "Returned"),
            ("shown", "Shown"),
            ("read", "Visible for 750 ms, or taken sooner"),
            ("taken", "Taken in full or in part"),
            ("kept_30", "Mostly kept after 30 s"),
            ("kept_600", "Mostly kept after 10 min"),
        )
    ]
    return Section(
        name="acceptance",
        title="How often is it taken?",
        sentence="Rates that differ only in what they count: none of them is the true one, and all of them are here.",
        figures=tuple(figure(rate, totals.acceptance) for rate in acceptance.RATES),
        tables=(
            table_of(
                steps,
                (
                    Column(name="step", title="Step", unit=Unit.TEXT),
                    Column(name="count", title="Completions", drawn=True),
                    Column(name="share", title="Of those requested", unit=Unit.SHARE),
                ),
                name="opportunities",
                title="From a request to kept text",
                sentence="Texts whose document was closed early are missing from the last two steps.",
                chart=Chart.STEPS,
            ),
            _groups(scope, "lang", "Language", languages),
            _groups(scope, "client_editor", "Editor", editors),
            _groups(scope, "source", "Source", acceptance.pooled(origins, "source")),
            _groups(scope, "model", "Model", acceptance.pooled(origins, "model")),
        ),
    )


def _weeks(scope: Scope, totals: Totals) -> Table:
    weekly = publishable(
        scope.engine.rows(adoption.weeks(totals.person_days)), size="developer_days", least=scope.least
    )
    return table_of(
        weekly.rows,
        (
            Column(name="week", title="Week of", unit=Unit.TEXT),
            Column(name="developers", title="Connected", drawn=True),
            Column(name="took", title="Took something", drawn=True),
            Column(name="engaged", title="Engaged", drawn=True),
        ),
        name="weeks",
        title="Developers by week",
        sentence="How many were connected, took something, and were engaged.",
        chart=Chart.LINE,
        hidden=weekly.hidden,
    )


def _cohorts(scope: Scope, totals: Totals) -> Table:
    found = scope.engine.rows(adoption.cohorts(totals.person_days))
    starts = {row["cohort"]: row["developers"] for row in found if row["cohort"] == row["week"]}
    rows = [
        {
            "cohort": row["cohort"],
            "age": (date.fromisoformat(row["week"]) - date.fromisoformat(row["cohort"])).days // 7,
            "began": starts[row["cohort"]],
            "developers": row["developers"],
            "share": share(row["developers"], starts[row["cohort"]]),
        }
        for row in found
        if starts[row["cohort"]] >= scope.least
    ]
    return table_of(
        rows,
        (
            Column(name="cohort", title="Began in the week of", unit=Unit.TEXT),
            Column(name="age", title="Weeks later"),
            Column(name="began", title="Began"),
            Column(name="developers", title="Took something"),
            Column(name="share", title="Still with it", unit=Unit.SHARE, drawn=True),
        ),
        name="cohorts",
        title="Retention by week of beginning",
        sentence="Of those who took something first in one week, how many did in a later one.",
        chart=Chart.TRIANGLE,
        hidden=sum(1 for count in starts.values() if count < scope.least),
    )


def _persistence(totals: Totals) -> Table:
    rows = [
        {
            **row,
            "at": f"{row['at_s']} s",
            "kept_share": share(row["mostly_kept"], row["measured"]),
            "unchanged_share": share(row["unchanged"], row["measured"]),
            "looked_at": share(row["measured"], totals.acceptance["taken"]),
        }
        for row in totals.kept
    ]
    return table_of(
        rows,
        (
            Column(name="at", title="After", unit=Unit.TEXT),
            Column(name="kept_share", title="Mostly kept", unit=Unit.SHARE, drawn=True),
            Column(name="unchanged_share", title="Unchanged", unit=Unit.SHARE, drawn=True),
            Column(name="mostly_kept", title="Mostly kept, texts"),
            Column(name="unchanged", title="Unchanged, texts"),
            Column(name="measured", title="Looked at"),
            Column(name="looked_at", title="Looked at, of those taken", unit=Unit.SHARE),
        ),
        name="persistence",
        title="What is left of accepted text",
        sentence="Of texts whose document was still open at that time; the others are not known, and not guessed.",
        chart=Chart.LINE,
    )


def _groups(scope: Scope, by: str, title: str, found: Sequence[Row]) -> Table:
    groups = publishable(found, size="shown", most="most", least=scope.least)
    rows: list[Mapping[str, Any]] = [
        {
            **row,
            "group": row[by] or "not known",
            "by_count": share(row["accepted"], row["shown"]),
            "by_chars": share(row["accepted_chars"], row["shown_chars"]),
        }
        for row in groups.rows
    ]
    return table_of(
        rows,
        (
            Column(name="group", title=title, unit=Unit.TEXT),
            Column(name="by_count", title="Acceptance by count", unit=Unit.SHARE, drawn=True),
            Column(name="accepted", title="Accepted"),
            Column(name="shown", title="Shown"),
            Column(name="by_chars", title="By characters", unit=Unit.SHARE),
            Column(name="developers", title="Developers"),
        ),
        name=f"acceptance_by_{by.removeprefix('client_')}",
        title=f"Acceptance by {title.lower()}",
        sentence="Each group pools its own; the groups differ in more than their name.",
        chart=Chart.BARS,
        hidden=groups.hidden,
    )
