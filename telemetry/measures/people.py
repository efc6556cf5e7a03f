"""
What people say: the weekly question and thumbs, with the share of those who answered.
"""

import ibis.expr.types as ir

from telemetry.measures.table import Rate, named, total

RATES = (
    Rate(
        name="survey_response",
        title="Survey response",
        sentence="Weekly questions that were answered, of those asked.",
        numerator="answered",
        denominator="asked",
    ),
    Rate(
        name="survey_agreement",
        title="Agreement",
        sentence="Points from 1 to 5 over answers; 3 is neither agreement nor disagreement.",
        numerator="points",
        denominator="answered",
        unit="of 5",
    ),
    Rate(
        name="thumbs_up",
        title="Thumbs up",
        sentence="Thumbs up, of all thumbs; people who are angry or delighted give them, not a sample.",
        numerator="up",
        denominator="thumbs",
    ),
)


def opinions(events: ir.Table) -> ir.Table:
    """
    One row: questions asked and answered, points, thumbs.
    """
    t = named(events, "survey.asked", "survey.answer", "feedback.thumb")
    return t.aggregate(
        asked=t.count(where=t.name == "survey.asked"),
        answered=t.count(where=t.name == "survey.answer"),
        points=total(t.agreement),
        thumbs=t.count(where=t.name == "feedback.thumb"),
        up=t.count(where=t.thumb == "up"),
    )


def answers(events: ir.Table) -> ir.Table:
    """
    One row a question: answers and points, and the minutes that people say they saved or lost, at the least.
    """
    t = named(events, "survey.answer")
    return (
        t.group_by("question")
        .aggregate(
            developers=t.dev_id.nunique(),
            answered=t.count(),
            points=total(t.agreement),
            minutes_saved=total(t.minutes_saved_bucket),
            minutes_lost=total(t.minutes_lost_bucket),
        )
        .order_by("question")
    )
