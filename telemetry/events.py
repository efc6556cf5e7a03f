"""
Every event, declared once: what can happen, and what is noted of it.

Those of sessions, completions and model calls are declared here; those of reviews, of people and experiments, and of
deliveries in the modules beside.
`telemetry/EVENTS.md` and the JSON Schema are made from here (`python -m telemetry.catalog`).
"""

from typing import Any, get_args

from telemetry.declaration import (
    Sensitivity,
    bucket,
    choice,
    event,
    flag,
    identifier,
    measure,
    model_id,
    ratio,
    step,
)
from telemetry.events_outcomes import OutcomePullRequest, OutcomeTicket
from telemetry.events_people import (
    ExperimentAssigned,
    ExperimentExposed,
    ExperimentRefused,
    FeedbackThumb,
    SurveyAnswer,
    SurveyAsked,
)
from telemetry.events_review import FindingEnded, FindingShown, FindingSilent, ReviewGenerated, ReviewWithheld
from telemetry.vocabulary import (
    EndCause,
    EndOutcome,
    ErrorKind,
    Extent,
    FinishReason,
    Intent,
    Level,
    ProviderName,
    Purpose,
    Source,
    SuppressedReason,
    Trigger,
)

PREFIX_FLOORS = (0, 1, 10, 100, 1_000, 10_000, 100_000)
CHECKPOINTS_S = (30, 120, 300, 600)
"""When accepted text is looked at again. Cody's four intervals; Copilot adds one at 15 s."""


@event(
    "session.started",
    owner="platform",
    why="How many people use it, with which editor; the denominator of adoption.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class SessionStarted:
    """
    A client has connected.
    """

    telemetry_level: Level | None = choice("What the editor's telemetry setting says; null when it says nothing.")
    opt_in: bool = flag("Whether somebody has switched telemetry on, rather than left it as it was.")


@event(
    "session.tick",
    owner="platform",
    why="How much code is typed by hand: the other part of the fraction of code that comes from completions.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class SessionTick:
    """
    An hour of a session has passed; counts are since the last tick.
    """

    active_ms: int = measure("Time with changes less than a minute apart.", unit="ms")
    typed_chars: int = measure("Characters typed by hand, not pasted, not accepted.", unit="chars")
    deleted_chars: int = measure("Characters removed.", unit="chars")


@event(
    "session.ended",
    owner="platform",
    why="As `session.tick`, for the last part of a session.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class SessionEnded:
    """
    The client has shut the server down; counts are since the last tick.
    """

    active_ms: int = measure("Time with changes less than a minute apart.", unit="ms")
    typed_chars: int = measure("Characters typed by hand, not pasted, not accepted.", unit="chars")
    deleted_chars: int = measure("Characters removed.", unit="chars")


@event(
    "completion.requested",
    owner="completion",
    why="Opportunities: the denominator that says how often nothing was offered.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class CompletionRequested:
    """
    An inline completion was asked for. Exactly one `completion.suppressed` or `completion.returned` follows.
    """

    completion_id: str = identifier("Joins the events of one completion.")
    trigger: Trigger = choice("Whether the editor or the person asked.")
    prefix_chars_bucket: int = bucket("How much code precedes the cursor.", unit="chars", floors=PREFIX_FLOORS)
    intent: Intent = choice("What the cursor stands in.")
    rival_provider: bool | None = flag("Whether another completion tool is active; null when the editor doesn't say.")


@event(
    "completion.suppressed",
    owner="completion",
    why="What keeps completions from being offered, and which filters earn their keep.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class CompletionSuppressed:
    """
    Nothing was offered.
    """

    completion_id: str = identifier("Joins the events of one completion.")
    reason: SuppressedReason = choice("Why.")
    error: ErrorKind | None = choice("How the provider failed, if it did.")
    latency_ms: int = measure("From the request to the decision.", unit="ms")


@event(
    "completion.returned",
    owner="completion",
    why="Speed, and what each source and wording of the prompt yields.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class CompletionReturned:
    """
    A completion was sent to the client.
    """

    completion_id: str = identifier("Joins the events of one completion.")
    source: Source = choice("Where it came from.")
    extent: Extent = choice("How far it was allowed to reach.")
    provider: ProviderName = choice("Who wrote it.")
    model: str = model_id("The model that wrote it.")
    prompt_id: str | None = identifier("Fingerprint of the prompt's wording.")
    call_id: str | None = identifier("The `request_id` of the `llm.call` that has paid for it, now or earlier.")
    chars: int = measure("Length of what it would add.", unit="chars")
    lines: int = measure("Lines that it would touch.", unit="lines")
    ctx_tokens: int = measure("Size of the context from other places.", unit="tokens")
    latency_ms: int = measure("From the request to the answer.", unit="ms")
    first_token_ms: int | None = measure(
        "From the request to the first token; null when no model was asked.", unit="ms"
    )


@event(
    "completion.shown",
    owner="completion",
    why="The denominator of the acceptance rate.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class CompletionShown:
    """
    A completion became visible. Exactly one `completion.ended` follows.
    """

    completion_id: str = identifier("Joins the events of one completion.")
    chars: int = measure("Length of what it would add.", unit="chars")
    lines: int = measure("Lines that it would touch.", unit="lines")
    latency_ms: int = measure("From the request until it was visible.", unit="ms")


@event(
    "completion.ended",
    owner="completion",
    why="The acceptance rate by count, characters and lines, and why completions are not taken.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class CompletionEnded:
    """
    A completion that was shown is no longer. Comes exactly once for each that was shown.
    """

    completion_id: str = identifier("Joins the events of one completion.")
    outcome: EndOutcome = choice("What became of it.")
    cause: EndCause = choice("What ended it.")
    visible_ms: int = measure("How long it was on screen.", unit="ms")
    accepted_chars: int = measure("Characters inserted by accepting; typed ones do not count.", unit="chars")
    accepted_lines: int = measure("Lines that they touch.", unit="lines")


@event(
    "completion.persistence",
    owner="completion",
    why="Whether accepted text was worth keeping.",
    sensitivity=Sensitivity.INTERACTION,
    expires="2027-12-31",
)
class CompletionPersistence:
    """
    How much of an accepted text is left in its document after a while. Not sent once the document or session is closed.
    """

    completion_id: str = identifier("Joins the events of one completion.")
    at_s: int = step("Time since it was accepted.", unit="s", steps=CHECKPOINTS_S)
    retained_ratio: float = ratio("1 - Levenshtein distance / length of the longer text.")
    deleted: bool = flag("Whether nothing is left.")


@event(
    "llm.call",
    owner="models",
    why="Cost, speed and failures of each model.",
    sensitivity=Sensitivity.TECHNICAL,
    expires="2027-12-31",
)
class LlmCall:
    """
    A call of a model has ended.
    """

    request_id: str = identifier("For a completion, its `completion_id`.")
    purpose: Purpose = choice("What it was for.")
    provider: ProviderName = choice("Who was asked.")
    request_model: str = model_id("The model that was asked for.")
    response_model: str | None = model_id("The model that answered; null when the reply didn't say.")
    input_tokens: int = measure("Tokens read at the full price.", unit="tokens")
    output_tokens: int = measure("Tokens written.", unit="tokens")
    cache_read_tokens: int = measure("Tokens read from the provider's cache.", unit="tokens")
    cache_creation_tokens: int = measure("Tokens written to the provider's cache.", unit="tokens")
    estimated: bool = flag("Whether the tokens are an estimate, because the stream was closed before its end.")
    ttft_ms: int | None = measure("To the first token; null when none came.", unit="ms")
    duration_ms: int = measure("To the end.", unit="ms")
    finish_reason: FinishReason | None = choice("Why the model stopped; null when we closed the stream.")
    error: ErrorKind | None = choice("How it failed, if it did.")
    cost_usd_micro: int | None = measure("Price; null when the model's is not known.", unit="millionths of a dollar")


Body = (
    SessionStarted
    | SessionTick
    | SessionEnded
    | CompletionRequested
    | CompletionSuppressed
    | CompletionReturned
    | CompletionShown
    | CompletionEnded
    | CompletionPersistence
    | LlmCall
    | ReviewGenerated
    | ReviewWithheld
    | FindingShown
    | FindingSilent
    | FindingEnded
    | FeedbackThumb
    | SurveyAsked
    | SurveyAnswer
    | ExperimentAssigned
    | ExperimentExposed
    | ExperimentRefused
    | OutcomePullRequest
    | OutcomeTicket
)

EVENTS: tuple[type[Any], ...] = get_args(Body)
