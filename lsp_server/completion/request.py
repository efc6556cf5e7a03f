"""
What is asked of the completion engine, what it answers, and every named way of answering nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from lsp_server.context.snippet import Context
from lsp_server.providers.base import Usage
from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.document import Document
from lsp_server.text.positions import Span


class TriggerKind(StrEnum):
    """
    Whether the engineer asked, or the editor did.
    """

    AUTOMATIC = "automatic"
    INVOKED = "invoked"


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectedCompletion:
    """
    The entry highlighted in the editor's own menu, which the completion must extend.
    """

    span: Span
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionRequest:
    """
    One request at one cursor.

    `tree` is the syntax of exactly this `document`; `path` is relative to its workspace folder.
    """

    id: str
    document: Document
    tree: SyntaxTree
    offset: int
    path: str
    trigger_kind: TriggerKind = TriggerKind.AUTOMATIC
    selected: SelectedCompletion | None = None


class Extent(StrEnum):
    """
    How far a completion may reach.
    """

    LINE = "line"
    BLOCK = "block"


class Source(StrEnum):
    """
    Where a completion came from.
    """

    MODEL = "model"
    CACHE = "cache"
    TYPED_THROUGH = "typed_through"
    IN_FLIGHT = "in_flight"
    """A reply that an earlier request has asked for, which had shown nothing of it yet."""
    LATER_PART = "later_part"
    """The next piece of a reply that has been shown in part."""


class NoCompletionReason(StrEnum):
    """
    Why nothing is offered. Closed: telemetry counts each of them.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Timings:
    """
    Where the time of one request went, in milliseconds; a stage that was not reached is 0.
    """

    debounce_ms: float = 0.0
    context_ms: float = 0.0
    first_token_ms: float = 0.0
    stream_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """
    A text to offer.

    `span` is what it replaces, on one line, in offsets of `document`; `text` begins with what `span` holds up to the
    cursor at `offset`, so that an editor that filters by prefix keeps it.
    A completion that is being typed through stays the same completion: it keeps its id.
    `call_id` is the request to the model that has paid for it, its own or an earlier one; `is_whole` unless more of the
    same piece may come.
    """

    id: str
    document: Document
    text: str
    span: Span
    offset: int
    source: Source
    extent: Extent
    provider: str
    model: str
    prompt_fingerprint: str
    call_id: str = ""
    is_whole: bool = True
    note: str = ""
    """One sentence for the user, when somebody else has answered than was asked."""
    error_kind: str = ""
    """`ProviderError.kind` of what kept the one that was asked from answering."""
    timings: Timings = field(default_factory=Timings)
    usage: Usage = field(default_factory=Usage)
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoCompletion:
    """
    Nothing to offer, and why. `detail` is a sentence for the user when there is something to say, else empty.
    """

    id: str
    reason: NoCompletionReason
    detail: str = ""
    timings: Timings = field(default_factory=Timings)
    error_kind: str = ""
    """`ProviderError.kind` when the provider failed."""


Outcome = Completion | NoCompletion
