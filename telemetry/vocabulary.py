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
    NOT_CODE = "not_code"
    WHITESPACE_ONLY = "whitespace_only"
    REPEATS_PREFIX = "repeats_prefix"
    REPEATS_SUFFIX = "repeats_suffix"
    REPETITIVE = "repetitive"
    ADDS_PARSE_ERRORS = "adds_parse_errors"
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


class Source(StrEnum):
    """
    Where a completion came from.
    """

    NETWORK = "network"
    CACHE = "cache"
    TYPED_THROUGH = "typed_through"


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
