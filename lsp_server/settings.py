"""
Every setting, declared once: name, type, default, scope and one sentence.

The VS Code settings block, the JSON Schema of `pacenotes.toml` and the documentation are generated from here.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Form(StrEnum):
    """
    What a text setting must look like beyond being text.
    """

    URL = "url"
    DIRECTORY = "directory"


class Scope(StrEnum):
    """
    Who may set it: a workspace may tune behaviour, only the user or the machine say where data goes.
    """

    WORKSPACE = "workspace"
    MACHINE = "machine"


class ProviderChoice(StrEnum):
    """
    Which provider answers.
    """

    AUTO = "auto"
    LOCAL = "local"
    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"


class BedrockRoute(StrEnum):
    """
    Which of Bedrock's two interfaces carries a request.
    """

    AUTO = "auto"
    INVOKE = "invoke"
    MESSAGES = "messages"


class ReviewOnSave(StrEnum):
    """
    What a saved document is reviewed with.
    """

    OFF = "off"
    RULES = "rules"
    MODEL = "model"


class Verification(StrEnum):
    """
    Whether findings are looked at a second time before they are shown.
    """

    OFF = "off"
    AUTO = "auto"
    ON = "on"


class FailOn(StrEnum):
    """
    From which severity on findings make a review fail.
    """

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    NEVER = "never"


class ExperimentUnit(StrEnum):
    """
    What an experiment assigns to its arms.
    """

    USER = "user"
    USER_WEEK = "user-week"


def setting(
    name: str,
    default: Any,
    sentence: str,
    *,
    scope: Scope = Scope.WORKSPACE,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    form: Form | None = None,
    adds_up: bool = False,
) -> Any:
    """
    Declare one setting as a field of `Settings`.

    `name` is what users write (`completion.debounceMs`; editors put `pacenotes.` before it).
    `choices` are the values that a text, or each entry of a list, may take.
    A list that `adds_up` gathers the entries of every layer; any other setting takes the strongest layer's value.
    """
    limits = {"minimum": minimum, "maximum": maximum}
    metadata = {
        "name": name,
        "sentence": sentence,
        "scope": scope,
        "limits": {key: value for key, value in limits.items() if value is not None},
        "choices": choices,
        "form": form,
        "adds_up": adds_up,
    }
    return field(default=default, metadata=metadata)


MACHINE = Scope.MACHINE
LANGUAGES = ("typescript", "typescriptreact", "javascript", "javascriptreact")
CATEGORIES = (
    "correctness",
    "null-safety",
    "async",
    "error-handling",
    "security",
    "resource-leak",
    "api-misuse",
    "type-safety",
    "data-loss",
    "performance",
    "other",
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """
    The settings in force, after every layer was applied.
    """

    enabled: bool = setting("enabled", True, "Switch everything on or off.")
    provider: ProviderChoice = setting(  # noqa: RUF009 - it is `field` with our metadata
        "provider",
        ProviderChoice.AUTO,
        "Who answers: `local` (offline), `anthropic`, `bedrock`, or `auto`, which takes the remote provider"
        " whose own credential or endpoint is in the server's environment, else `local`.",
        scope=MACHINE,
    )
    fallback: tuple[str, ...] = setting(
        "fallback",
        ("local",),
        "Who completes code in the editor, in this order, while the provider cannot; the status then says so, and why."
        " `local` needs no network.",
        scope=MACHINE,
        choices=("anthropic", "bedrock", "local"),
    )
    budget_daily_usd: float = setting(
        "budget.dailyUsd",
        0.0,
        "What model calls may cost in a day (UTC), in US dollars; from 80 % on completions come more seldom, at 100 %"
        " nothing is sent. 0 sets no limit.",
        scope=MACHINE,
        minimum=0,
        maximum=100_000,
    )
    exclude: tuple[str, ...] = setting(
        "exclude",
        (),
        "More files never to read or send, as `.gitignore` patterns; the built-in ones and `.gitignore` always hold."
        " Patterns from every place where this is set add up.",
        adds_up=True,
    )

    completion_enabled: bool = setting("completion.enabled", True, "Offer inline completions.")
    completion_languages: tuple[str, ...] = setting(
        "completion.languages", LANGUAGES, "Language ids in which completions are offered.", choices=LANGUAGES
    )
    completion_model: str = setting(
        "completion.model", "", "Model id for completions; empty takes the provider's default.", scope=MACHINE
    )
    completion_debounce_ms: int = setting(
        "completion.debounceMs", 75, "Pause in typing before a model is asked.", minimum=0, maximum=5000
    )
    completion_context_tokens: int = setting(
        "completion.contextTokens",
        2000,
        "Budget for context from other places than the code around the cursor, at four characters a token.",
        minimum=0,
        maximum=32000,
    )
    completion_prefix_tokens: int = setting(
        "completion.prefixTokens", 1500, "Budget for the code before the cursor.", minimum=50, maximum=32000
    )
    completion_suffix_tokens: int = setting(
        "completion.suffixTokens", 500, "Budget for the code after the cursor.", minimum=0, maximum=32000
    )
    completion_max_tokens: int = setting(
        "completion.maxTokens", 256, "Longest reply asked of the model.", minimum=16, maximum=4096
    )
    completion_in_comments: bool = setting(
        "completion.inComments", True, "Complete inside comments when the engineer is writing one."
    )
    completion_in_strings: bool = setting(
        "completion.inStrings", True, "Complete inside string literals, such as paths of imports and messages."
    )
    completion_menu: bool = setting(
        "completion.menu",
        False,
        "Offer the same text through the ordinary completion menu, for editors without inline completion.",
    )
    completion_timeout_s: float = setting(
        "completion.timeoutS", 10.0, "Give up when no token came for this long.", minimum=0.5, maximum=120
    )

    review_enabled: bool = setting("review.enabled", True, "Offer reviews and show their findings.")
    review_silent: bool = setting(
        "review.silent",
        False,
        "Show no finding of a review in the editor, and only count what becomes of each: for the arm of an experiment"
        " that tells what is repaired without a word. A review that somebody asks for says so."
        " `pacenotes review` shows its findings all the same.",
    )
    review_model: str = setting(
        "review.model", "", "Model id for reviews; empty takes the provider's default.", scope=MACHINE
    )
    review_on_save: ReviewOnSave = setting(  # noqa: RUF009 - it is `field` with our metadata
        "review.onSave",
        ReviewOnSave.RULES,
        "What a saved document is reviewed with: nothing (`off`), the rules, which cost nothing, or a model as well,"
        " which costs money with every save.",
        scope=MACHINE,
    )
    review_categories: tuple[str, ...] = setting(
        "review.categories", CATEGORIES, "Kinds of hazards to report; all others are withheld.", choices=CATEGORIES
    )
    review_min_confidence: int = setting(
        "review.minConfidence", 60, "Findings less certain than this, in percent, are withheld.", minimum=0, maximum=100
    )
    review_max_findings_per_file: int = setting(
        "review.maxFindingsPerFile", 3, "Findings shown of one file, the gravest first.", minimum=1, maximum=1000
    )
    review_max_findings: int = setting(
        "review.maxFindings", 15, "Findings shown of one review, the gravest first.", minimum=1, maximum=25_000
    )
    review_error_categories: tuple[str, ...] = setting(
        "review.errorCategories",
        (),
        "Kinds of hazards whose findings become errors when they are certain enough; a model alone only warns.",
        choices=CATEGORIES,
    )
    review_error_confidence: int = setting(
        "review.errorConfidence",
        90,
        "How certain, in percent, a finding of review.errorCategories must be to become an error.",
        minimum=0,
        maximum=100,
    )
    review_fail_on: FailOn = setting(  # noqa: RUF009 - it is `field` with our metadata
        "review.failOn",
        FailOn.ERROR,
        "Severity from which findings make `pacenotes review` fail; `--fail-on` overrides it.",
    )
    review_verify: Verification = setting(  # noqa: RUF009 - it is `field` with our metadata
        "review.verify",
        Verification.AUTO,
        "Have a second, small request check what would be shown: whenever money is left (`auto`), never (`off`), or"
        " always (`on`), so that what could not be checked is withheld.",
    )
    review_max_cost_usd: float = setting(
        "review.maxCostUsd",
        1.0,
        "US dollars that one review may cost; it is passed by one request at most.",
        scope=MACHINE,
        minimum=0,
        maximum=1000,
    )
    review_max_requests: int = setting(
        "review.maxRequests", 100, "Requests that one review may send to a model.", minimum=0, maximum=10_000
    )
    review_baseline: str = setting(
        "review.baseline",
        "pacenotes-baseline.json",
        "File of findings that were dismissed, relative to the workspace folder.",
    )
    review_guidelines: tuple[str, ...] = setting(
        "review.guidelines",
        ("AGENTS.md",),
        "Files with the project's own rules for reviewers, relative to the workspace folder.",
    )
    review_type_check: bool = setting(
        "review.typeCheck",
        False,
        "Offer a fix only if the workspace's own TypeScript finds no new type error in it; this runs that TypeScript.",
        scope=MACHINE,
    )

    anthropic_base_url: str = setting(
        "anthropic.baseUrl",
        "",
        "Gateway in front of the Anthropic API; empty leaves it to the SDK.",
        scope=MACHINE,
        form=Form.URL,
    )
    bedrock_region: str = setting("bedrock.region", "", "AWS region; empty leaves it to the AWS chain.", scope=MACHINE)
    bedrock_profile: str = setting(
        "bedrock.profile", "", "AWS profile; empty leaves it to the AWS chain.", scope=MACHINE
    )
    bedrock_endpoint: str = setting(
        "bedrock.endpoint",
        "",
        "Endpoint in place of AWS's own, for a VPC or a gateway.",
        scope=MACHINE,
        form=Form.URL,
    )
    bedrock_route: BedrockRoute = setting(  # noqa: RUF009 - it is `field` with our metadata
        "bedrock.route", BedrockRoute.AUTO, "Bedrock interface; `auto` takes the one the model id needs.", scope=MACHINE
    )

    cache_enabled: bool = setting(
        "cache.enabled", True, "Keep replies on disk, so that the same question is paid once."
    )
    cache_size_mb: int = setting(
        "cache.sizeMb", 200, "Size limit of the reply cache.", scope=MACHINE, minimum=1, maximum=100_000
    )
    storage_directory: str = setting(
        "storage.directory",
        "",
        "Folder for telemetry, audit, caches and logs; empty takes the platform's user folders.",
        scope=MACHINE,
        form=Form.DIRECTORY,
    )

    telemetry_enabled: bool = setting("telemetry.enabled", True, "Keep usage events in the local store.")
    telemetry_export_to: str = setting(
        "telemetry.exportTo",
        "",
        "Where the server brings events to while it runs: `s3://BUCKET/PREFIX`, `otlp://HOST:PORT` or a folder;"
        " empty keeps them on this machine.",
        scope=MACHINE,
    )
    telemetry_aggregate_only: bool = setting(
        "telemetry.aggregateOnly",
        False,
        "Export daily sums only, so that no single event leaves this machine.",
        scope=MACHINE,
    )
    telemetry_retention_days: int = setting(
        "telemetry.retentionDays", 400, "Events older than this are deleted.", scope=MACHINE, minimum=1, maximum=3650
    )
    audit_retention_days: int = setting(
        "audit.retentionDays",
        30,
        "Recorded requests older than this are deleted.",
        scope=MACHINE,
        minimum=1,
        maximum=3650,
    )

    experiment_id: str = setting(
        "experiment.id", "", "Name of the experiment that this workspace takes part in; empty for none."
    )
    experiment_salt: str = setting("experiment.salt", "", "Salt of its assignment; never change it while it runs.")
    experiment_unit: ExperimentUnit = setting(  # noqa: RUF009 - it is `field` with our metadata
        "experiment.unit",
        ExperimentUnit.USER,
        "What is assigned to an arm: each engineer for good, or anew every week.",
    )
    experiment_arms: tuple[str, ...] = setting(
        "experiment.arms", ("control=1", "treatment=1"), "Its arms with their weights, as `NAME=WEIGHT`."
    )
    experiment_overrides: tuple[str, ...] = setting(
        "experiment.overrides",
        (),
        "What an arm changes, as `ARM:SETTING=VALUE`; only settings that a workspace may set, and the user's own win.",
    )
    experiment_opt_out: bool = setting(
        "experiment.optOut", False, "Take part in no experiment; the refusal is counted.", scope=MACHINE
    )

    max_file_kb: int = setting(
        "maxFileKb", 1024, "Larger files are neither completed in nor read as context.", minimum=1, maximum=20_000
    )


@dataclass(frozen=True, slots=True)
class Declaration:
    """
    One row of the table of settings, for loaders and generators.
    """

    attribute: str
    name: str
    type: Any
    default: Any
    scope: Scope
    sentence: str
    limits: Mapping[str, float]
    choices: tuple[str, ...]
    form: Form | None
    adds_up: bool


def declarations() -> tuple[Declaration, ...]:
    """
    Every setting in the order of declaration.
    """
    return tuple(
        Declaration(attribute=row.name, type=row.type, default=row.default, **row.metadata)
        for row in dataclasses.fields(Settings)
    )
