"""
Whether findings help, what people say, and what was delivered meanwhile.
"""

from telemetry.measures import deliveries, people, review
from telemetry.report.figures import Chart, Column, Section, Unit, figure, share, table_of
from telemetry.report.scope import Scope, Totals
from telemetry.suppression import publishable


def review_section(scope: Scope, totals: Totals) -> Section:
    """
    Do its findings help?
    """
    categories = publishable(
        scope.engine.rows(review.findings_by_category(scope.events)), size="ended", least=scope.least
    )
    withheld = publishable(scope.engine.rows(review.withheld(scope.events)), size="claims", least=scope.least)
    return Section(
        name="review",
        title="Do its findings help?",
        sentence="What is repaired in the silent arm would have been repaired anyway: only the difference is ours.",
        figures=tuple(figure(rate, totals.reviews) for rate in review.RATES),
        tables=(
            table_of(
                [{**row, "precision": share(row["helped"], row["ended"])} for row in categories.rows],
                (
                    Column(name="category", title="Category", unit=Unit.TEXT),
                    Column(name="ended", title="Settled"),
                    Column(name="helped", title="Acted on"),
                    Column(name="precision", title="Precision", unit=Unit.SHARE, drawn=True),
                ),
                name="categories",
                title="Precision by category",
                sentence="Findings acted on, of those settled.",
                chart=Chart.BARS,
                hidden=categories.hidden,
            ),
            table_of(
                [{**row, "reason": row["reason"].replace("_", " ")} for row in withheld.rows],
                (
                    Column(name="reason", title="Reason", unit=Unit.TEXT),
                    Column(name="claims", title="Claims", drawn=True),
                ),
                name="withheld",
                title="Claims that were withheld",
                sentence="Not fit to be shown, and why.",
                chart=Chart.BARS,
                hidden=withheld.hidden,
            ),
        ),
    )


def opinion_section(scope: Scope, _: Totals) -> Section:
    """
    What do people say?
    """
    row = scope.one(people.opinions(scope.events))
    answers = publishable(scope.engine.rows(people.answers(scope.events)), size="answered", least=scope.least)
    return Section(
        name="opinion",
        title="What do people say?",
        sentence="Felt and measured benefit differ in every study that looked at both; neither replaces the other.",
        figures=tuple(figure(rate, row) for rate in people.RATES),
        tables=(
            table_of(
                [{**found, "mean": share(found["points"], found["answered"])} for found in answers.rows],
                (
                    Column(name="question", title="Question", unit=Unit.TEXT),
                    Column(name="answered", title="Answers"),
                    Column(name="mean", title="Agreement, of 5", unit=Unit.NUMBER, drawn=True),
                    Column(name="minutes_saved", title="Minutes saved, at the least"),
                    Column(name="minutes_lost", title="Minutes lost, at the least"),
                ),
                name="answers",
                title="Answers by question",
                sentence="Minutes are what people say; they are never multiplied by anything.",
                chart=Chart.BARS,
                hidden=answers.hidden,
            ),
        ),
    )


def delivery_section(scope: Scope, _: Totals) -> Section:
    """
    What was delivered meanwhile?
    """
    requests = scope.one(deliveries.pull_requests(scope.events))
    tickets = scope.one(deliveries.tickets(scope.events, scope.now_ms))
    weekly = publishable(scope.engine.rows(deliveries.merged_by_week(scope.events)), size="merged", least=scope.least)
    medians = [
        {
            "what": "Pull requests, from opening to merging",
            "count": requests["merged"],
            "hours": requests["median_hours"],
        },
        {
            "what": "Tickets without an error in production within 90 days, from start to end",
            "count": tickets["clean"],
            "hours": tickets["median_hours"],
        },
    ]
    return Section(
        name="delivery",
        title="What was delivered meanwhile?",
        sentence="A description of everybody, whoever used what: only an experiment can say what caused it.",
        figures=(
            *(figure(rate, requests) for rate in deliveries.RATES),
            *(figure(rate, tickets) for rate in deliveries.TICKET_RATES),
        ),
        tables=(
            table_of(
                [row for row in medians if row["count"]],
                (
                    Column(name="what", title="What", unit=Unit.TEXT),
                    Column(name="count", title="How many"),
                    Column(name="hours", title="Median", unit=Unit.HOURS),
                ),
                name="lead_times",
                title="Lead times",
                sentence="Medians, in hours of the calendar.",
            ),
            table_of(
                [{**row, "week": deliveries.monday_of(row["week"]).isoformat()} for row in weekly.rows],
                (
                    Column(name="week", title="Week of", unit=Unit.TEXT),
                    Column(name="merged", title="Merged", drawn=True),
                    Column(name="developers", title="Developers"),
                ),
                name="merged_by_week",
                title="Pull requests merged, by week",
                sentence="Of everybody whose pull requests were imported.",
                chart=Chart.LINE,
                hidden=weekly.hidden,
            ),
        ),
    )
