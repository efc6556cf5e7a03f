"""
The words that events are allowed to use: every enumeration, closed.
"""

from enum import StrEnum


class Basis(StrEnum):
    """
    On whose word an event stands.
    """

    CLIENT = "client"
    """The client said so, or the server itself did it."""
    INFERRED = "inferred"
    """Concluded by the server from the changes of the document."""


class Language(StrEnum):
    """
    The language of the document.
    """

    TYPESCRIPT = "typescript"
    TYPESCRIPTREACT = "typescriptreact"
    JAVASCRIPT = "javascript"
    JAVASCRIPTREACT = "javascriptreact"
    OTHER = "other"


class Editor(StrEnum):
    """
    The program that the session serves.
    """

    VSCODE = "vscode"
    VSCODIUM = "vscodium"
    CURSOR = "cursor"
    WINDSURF = "windsurf"
    VISUAL_STUDIO = "visual-studio"
    JETBRAINS = "jetbrains"
    NEOVIM = "neovim"
    VIM = "vim"
    EMACS = "emacs"
    HELIX = "helix"
    SUBLIME = "sublime"
    ZED = "zed"
    ECLIPSE = "eclipse"
    COMMAND_LINE = "command-line"
    OTHER = "other"


class Unit(StrEnum):
    """
    What an experiment assigns to its arms.
    """

    USER = "user"
    USER_WEEK = "user-week"
    REQUEST = "request"


class Level(StrEnum):
    """
    What the editor's own telemetry setting says.
    """

    ALL = "all"
    ERROR = "error"
    CRASH = "crash"
    OFF = "off"


class Trigger(StrEnum):
    """
    Who asked for a completion.
    """

    AUTO = "auto"
    MANUAL = "manual"


class Intent(StrEnum):
    """
    What the cursor stands in, by the syntax tree.
    """

    COMMENT = "comment"
    STRING = "string"
    IMPORT = "import"
    PARAMETERS = "parameters"
    ARGUMENTS = "arguments"
    TYPE = "type"
    CLASS_BODY = "class_body"
    TYPE_BODY = "type_body"
    FUNCTION_BODY = "function_body"
    BLOCK = "block"
    OBJECT = "object"
    ARRAY = "array"
    JSX = "jsx"
    MEMBER = "member"
    EXPRESSION = "expression"
    TOP_LEVEL = "top_level"
    OTHER = "other"


class SuppressedReason(StrEnum):
    """
    Why nothing was offered: the engine's own reasons, and `failed` for an error of the server itself.
    """

    DISABLED = "disabled"
    LANGUAGE_DISABLED = "language_disabled"
    EXCLUDED = "excluded"
    FILE_TOO_LARGE = "file_too_large"
    UNKNOWN_DOCUMENT = "unknown_document"
    NOTHING_TYPED = "nothing_typed"
    MID_WORD = "mid_word"
    MID_LINE = "mid_line"
    AFTER_STATEMENT_END = "after_statement_end"
    INSIDE_COMMENT = "inside_comment"
    INSIDE_STRING = "inside_string"
    CONFLICTS_WITH_MENU = "conflicts_with_menu"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EMPTY_REPLY = "empty_reply"
    DECLINED = "declined"
    """The model writes nothing of the kind, as the local one writes no comments."""
    NOT_CODE = "not_code"
    WHITESPACE_ONLY = "whitespace_only"
    REPEATS_PREFIX = "repeats_prefix"
    REPEATS_SUFFIX = "repeats_suffix"
    REPETITIVE = "repetitive"
    ADDS_PARSE_ERRORS = "adds_parse_errors"
    UNKNOWN_NAME = "unknown_name"
    PROVIDER_FAILED = "provider_failed"
    BUDGET_SPENT = "budget_spent"
    FAILED = "failed"


class ErrorKind(StrEnum):
    """
    How a model call failed.
    """

    PROVIDER_ERROR = "provider_error"
    NOT_CONFIGURED = "not_configured"
    NOT_AUTHORISED = "not_authorised"
    REQUEST_REJECTED = "request_rejected"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    NOT_ALLOWED = "not_allowed"
    BUDGET_SPENT = "budget_spent"
    BACKING_OFF = "backing_off"
    CANCELLED = "cancelled"
    OTHER = "other"


class ProviderName(StrEnum):
    """
    Who answers.
    """

    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    LOCAL = "local"
    OTHER = "other"


class Purpose(StrEnum):
    """
    What a model call was for.
    """

    COMPLETION = "completion"
    REVIEW = "review"
    ASK = "ask"


class FinishReason(StrEnum):
    """
    Why the model stopped.
    """

    END = "end"
    STOP_SEQUENCE = "stop_sequence"
    MAX_TOKENS = "max_tokens"
    TOOL = "tool"
    REFUSAL = "refusal"
    DECLINED = "declined"


class Source(StrEnum):
    """
    Where a completion came from.
    """

    NETWORK = "network"
    CACHE = "cache"
    TYPED_THROUGH = "typed_through"
    IN_FLIGHT = "in_flight"
    LATER_PART = "later_part"


class Extent(StrEnum):
    """
    How far a completion was allowed to reach.
    """

    LINE = "line"
    BLOCK = "block"


class EndOutcome(StrEnum):
    """
    What became of a completion that was shown.
    """

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    TYPED_THROUGH = "typed_through"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class EndCause(StrEnum):
    """
    What ended it.
    """

    INSERTED = "inserted"
    DISMISSED = "dismissed"
    TYPED_AS_OFFERED = "typed_as_offered"
    TYPED_OTHERWISE = "typed_otherwise"
    NEWER_COMPLETION = "newer_completion"
    MOVED_AWAY = "moved_away"
    IGNORED = "ignored"
    DOCUMENT_CLOSED = "document_closed"
    SESSION_ENDED = "session_ended"


class Surface(StrEnum):
    """
    Where a review's findings appear.
    """

    EDITOR = "editor"
    COMMAND_LINE = "command-line"


class ReviewScope(StrEnum):
    """
    What was reviewed.
    """

    CHANGE = "change"
    FILE = "file"
    SELECTION = "selection"


class ReviewEnd(StrEnum):
    """
    How a review ended.
    """

    COMPLETE = "complete"
    CAPPED = "capped"
    CANCELLED = "cancelled"
    NO_MODEL = "no_model"
    PROVIDER_FAILED = "provider_failed"
    FAILED = "failed"


class ClaimOrigin(StrEnum):
    """
    Who says that there is a hazard.
    """

    MODEL = "model"
    RULE = "rule"


class Severity(StrEnum):
    """
    How much a finding matters.
    """

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class FindingCategory(StrEnum):
    """
    What kind of hazard.
    """

    CORRECTNESS = "correctness"
    NULL_SAFETY = "null-safety"
    ASYNC = "async"
    ERROR_HANDLING = "error-handling"
    SECURITY = "security"
    RESOURCE_LEAK = "resource-leak"
    API_MISUSE = "api-misuse"
    TYPE_SAFETY = "type-safety"
    DATA_LOSS = "data-loss"
    PERFORMANCE = "performance"
    OTHER = "other"


class WithheldReason(StrEnum):
    """
    Why a claim was not shown.
    """

    UNKNOWN_FILE = "unknown_file"
    QUOTE_NOT_FOUND = "quote_not_found"
    QUOTE_AMBIGUOUS = "quote_ambiguous"
    NOT_IN_CHANGE = "not_in_change"
    OLD_SIDE = "old_side"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"
    BASELINE = "baseline"
    CATEGORY_OFF = "category_off"
    DO_NOT_REPORT = "do_not_report"
    LOW_CONFIDENCE = "low_confidence"
    NOT_VERIFIED = "not_verified"
    OVER_LIMIT = "over_limit"
    MALFORMED = "malformed"


class FindingOutcome(StrEnum):
    """
    What became of a finding.
    """

    APPLIED = "applied"
    """Its fix was applied as offered."""
    EDITED_APPLIED = "edited_applied"
    """Its fix was applied and then changed."""
    FIXED_LATER = "fixed_later"
    """The code was changed so that a later review finds nothing of the kind there, or to what a silent fix says."""
    DISMISSED_WRONG = "dismissed_wrong"
    DISMISSED_NOISE = "dismissed_noise"
    """True, but not worth saying."""
    DISMISSED_OTHER = "dismissed_other"
    IGNORED = "ignored"
    """Still open when the session ended."""
    STALE = "stale"
    """Its code went away for other reasons."""


class Thumb(StrEnum):
    """
    A judgement.
    """

    UP = "up"
    DOWN = "down"


class FeedbackReason(StrEnum):
    """
    Why somebody judged an answer as they did.
    """

    HELPFUL = "helpful"
    WRONG = "wrong"
    NOT_RELEVANT = "not_relevant"
    TOO_LONG = "too_long"
    TOO_SLOW = "too_slow"
    IN_THE_WAY = "in_the_way"
    NOT_SAID = "not_said"


class SurveyQuestion(StrEnum):
    """
    What the weekly question asks to agree with.
    """

    FASTER = "faster"
    """I got more done this week because of it."""
    TRUST = "trust"
    """I can rely on what it offers."""
    FLOW = "flow"
    """It keeps me in the flow rather than takes me out of it."""
    KEEP = "keep"
    """I would miss it."""


class RefusalReason(StrEnum):
    """
    Why somebody left the arm of an experiment.
    """

    OPTED_OUT = "opted_out"
    SETTING = "setting"
    """A setting of the user's contradicts the arm."""
    NOT_SUPPORTED = "not_supported"
    """The client or the provider can't do what the arm asks for."""


class OutcomeSource(StrEnum):
    """
    What an outcome was read from.
    """

    GIT = "git"
    CSV = "csv"
    GITHUB = "github"
    JIRA = "jira"
    SYNTHETIC = "synthetic"


class PullRequestState(StrEnum):
    """
    Where a pull request stands.
    """

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class TicketKind(StrEnum):
    """
    What kind of work a ticket is.
    """

    FEATURE = "feature"
    DEFECT = "defect"
    INCIDENT = "incident"
    OTHER = "other"


class TicketState(StrEnum):
    """
    Where a ticket stands.
    """

    OPEN = "open"
    STARTED = "started"
    CLOSED = "closed"
