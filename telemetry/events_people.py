"""
The events of what people say and of experiments that they take part in.
"""

from telemetry.declaration import Sensitivity, bucket, choice, event, identifier, label, measure, step
from telemetry.vocabulary import FeedbackReason, Purpose, RefusalReason, SurveyQuestion, Thumb, Unit

MINUTE_FLOORS = (0, 1, 15, 30, 60, 120, 240)
"""Of a week; the top one is half a day and more."""

AGREEMENT = (1, 2, 3, 4, 5)
"""A Likert item: from strong disagreement to strong agreement."""


@event(
    "feedback.thumb",
    owner="research",
    why="What people think of a single answer, in their own choice of moment.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class FeedbackThumb:
    """
    Somebody has judged one answer.
    """

    target: Purpose = choice("What was judged.")
    target_id: str | None = identifier("The completion or review; null when it is no longer known.")
    thumb: Thumb = choice("The judgement.")
    reason: FeedbackReason = choice("Why, as far as it was said.")


@event(
    "survey.asked",
    owner="research",
    why="The denominator of the survey's response rate.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class SurveyAsked:
    """
    The weekly question was put to somebody.
    """

    question: SurveyQuestion = choice("Which.")


@event(
    "survey.answer",
    owner="research",
    why="Perceived benefit, beside the measured one: the two differ, and which way is the finding.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class SurveyAnswer:
    """
    Somebody has answered the weekly question.
    """

    question: SurveyQuestion = choice("Which.")
    agreement: int = step("From 1, disagree strongly, to 5, agree strongly.", unit="1", steps=AGREEMENT)
    minutes_saved_bucket: int | None = bucket(
        "Time that they say it saved them in the week; null when not asked.", unit="minutes", floors=MINUTE_FLOORS
    )
    minutes_lost_bucket: int | None = bucket(
        "Time that they say it cost them in the week; null when not asked.", unit="minutes", floors=MINUTE_FLOORS
    )


@event(
    "experiment.assigned",
    owner="research",
    why="Intention to treat: who was meant to get what, whatever they then did.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class ExperimentAssigned:
    """
    A unit was given an arm.
    """

    experiment_id: str = label("The experiment.")
    arm: str = label("The arm.")
    unit: Unit = choice("What was assigned.")
    wave: int | None = measure("The wave of a staged roll-out, from 1; null when there are none.", unit="waves")
    registration: str | None = identifier("Fingerprint of the pre-registration; null when there is none.")


@event(
    "experiment.exposed",
    owner="research",
    why="Who really got what they were assigned, and since when.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class ExperimentExposed:
    """
    The arm has made a difference to somebody for the first time in a session.
    """

    experiment_id: str = label("The experiment.")
    arm: str = label("The arm that was obeyed.")
    unit: Unit = choice("What was assigned.")


@event(
    "experiment.refused",
    owner="research",
    why="Whoever leaves their arm biases the rest: it has to be counted.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class ExperimentRefused:
    """
    The arm could not be obeyed.
    """

    experiment_id: str = label("The experiment.")
    arm: str = label("The arm that was assigned.")
    unit: Unit = choice("What was assigned.")
    reason: RefusalReason = choice("Why.")
