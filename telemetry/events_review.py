"""
The events of reviews: what was claimed, what was shown of it, and what became of each finding.
"""

from telemetry.declaration import Sensitivity, bucket, choice, event, flag, identifier, keyed_hash, measure, ratio
from telemetry.vocabulary import (
    ClaimOrigin,
    FindingCategory,
    FindingOutcome,
    ReviewEnd,
    ReviewScope,
    Severity,
    Surface,
    WithheldReason,
)

DIFF_LINE_FLOORS = (0, 1, 10, 50, 200, 1_000, 5_000)


@event(
    "review.generated",
    owner="review",
    why="How many reviews run, what they cover, and how much of what is claimed is worth showing.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class ReviewGenerated:
    """
    A review has ended. Its claims are those shown, those kept silent by an experiment, and those withheld.
    """

    review_id: str = identifier("Joins the events of one review.")
    surface: Surface = choice("Where the findings appear.")
    scope: ReviewScope = choice("What was reviewed.")
    ending: ReviewEnd = choice("How it ended.")
    files: int = measure("Files under review.", unit="files")
    diff_lines_bucket: int = bucket("How many lines the change adds.", unit="lines", floors=DIFF_LINE_FLOORS)
    hunks_reviewed: int = measure("Hunks that were shown to a model or a rule in full.", unit="hunks")
    hunks_clipped: int = measure("Hunks that were shown in part.", unit="hunks")
    hunks_skipped: int = measure("Hunks that were not shown, each with a reason in the ledger.", unit="hunks")
    claims: int = measure("Everything that models and rules have claimed.", unit="claims")
    claims_shown: int = measure("Claims that became findings which somebody can see.", unit="claims")
    claims_silent: int = measure("Claims that an experiment's silent arm has kept to itself.", unit="claims")
    claims_withheld: int = measure("Claims that were not fit to be shown.", unit="claims")
    requests: int = measure("Requests sent to a model.", unit="requests")
    cached_requests: int = measure("Requests answered from the cache.", unit="requests")
    duration_ms: int = measure("From the start to the last finding.", unit="ms")


@event(
    "review.withheld",
    owner="review",
    why="Which checks keep bad claims from people, and what models get wrong.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class ReviewWithheld:
    """
    Claims of one review that were not shown, for one reason.
    """

    review_id: str = identifier("Joins the events of one review.")
    reason: WithheldReason = choice("Why.")
    claims: int = measure("How many.", unit="claims")


@event(
    "review.finding_shown",
    owner="review",
    why="The denominator of review precision, by category, severity and confidence.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class FindingShown:
    """
    A finding became visible for the first time in a session. Exactly one `review.finding_ended` follows in an editor.
    """

    review_id: str = identifier("Joins the events of one review.")
    finding_id: str = keyed_hash("The finding.")
    category: FindingCategory = choice("What kind of hazard.")
    severity: Severity = choice("How much it matters.")
    confidence: float = ratio("How sure the model or rule was.")
    origin: ClaimOrigin = choice("Who says so.")
    lines: int = measure("Lines that it stands on.", unit="lines")
    fixable: bool = flag("Whether a fix is offered with it.")


@event(
    "review.finding_silent",
    owner="review",
    why="What would have been repaired without a word: the counterfactual of review precision.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class FindingSilent:
    """
    A finding that would have been shown, but for the silent arm of an experiment.
    """

    review_id: str = identifier("Joins the events of one review.")
    finding_id: str = keyed_hash("The finding.")
    category: FindingCategory = choice("What kind of hazard.")
    severity: Severity = choice("How much it matters.")
    confidence: float = ratio("How sure the model or rule was.")
    origin: ClaimOrigin = choice("Who says so.")
    lines: int = measure("Lines that it stands on.", unit="lines")
    fixable: bool = flag("Whether a fix would have been offered with it.")


@event(
    "review.finding_ended",
    owner="review",
    why="Review precision: how many findings were acted on, and why the others were not.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class FindingEnded:
    """
    A finding that was shown or kept silent is no longer open. Comes exactly once for each.
    """

    review_id: str = identifier("Joins the events of one review.")
    finding_id: str = keyed_hash("The finding.")
    outcome: FindingOutcome = choice("What became of it.")
    silent: bool = flag("Whether it was kept silent.")
    open_ms: int = measure("How long it stood.", unit="ms")
