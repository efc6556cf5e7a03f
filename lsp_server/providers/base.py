"""
The seam to language models: what we ask, what comes back, and how it fails.

Everything outside this package speaks in these types and never learns which provider answers.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol


class Purpose(StrEnum):
    """
    What a request is for; it chooses the model and labels the bill.
    """

    COMPLETION = "completion"
    REVIEW = "review"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """
    A piece of a message; `stable` marks the end of a part that rarely changes, where a cache marker may stand.
    """

    text: str
    stable: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """
    One turn of the conversation.
    """

    role: Literal["user", "assistant"]
    blocks: tuple[TextBlock, ...]

    @property
    def text(self) -> str:
        """
        The blocks joined.
        """
        return "".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Tool:
    """
    A tool that the model is forced to answer with; `input_schema` is JSON Schema.
    """

    name: str
    description: str
    input_schema: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionInputs:
    """
    The values that a completion prompt was rendered from, for a provider that reads no prose.

    `prefix` and `suffix` are the whole document on either side of the cursor, not the clipped prompt text.
    """

    uri: str
    path: str
    language_id: str
    prefix: str
    suffix: str
    multiline: bool
    automatic: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """
    One request to a model, before any provider's dialect.

    `fingerprint` identifies the wording (template, few-shots): a changed word changes cache keys and events.
    `files` names the workspace files whose text is in the prompt, relative and with forward slashes.
    `reply_start` is what the reply should begin with: prefill for a model that accepts it; others are only told.
    """

    purpose: Purpose
    system: tuple[TextBlock, ...]
    messages: tuple[Message, ...]
    max_tokens: int
    fingerprint: str
    stop_sequences: tuple[str, ...] = ()
    reply_start: str = ""
    tool: Tool | None = None
    files: tuple[str, ...] = ()
    inputs: CompletionInputs | None = None
    request_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """
    Who has written a reply in place of the provider that was asked; `note` says in one sentence why.

    `error_kind` is the `ProviderError.kind` of what kept that one from answering.
    """

    provider: str
    model: str
    note: str
    error_kind: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """
    The next characters of the reply (for a forced tool: of its input as JSON text).

    `origin` is there when somebody else answers than was asked.
    """

    text: str
    origin: Origin | None = None


class StopReason(StrEnum):
    """
    Why the model stopped.
    """

    END = "end"
    STOP_SEQUENCE = "stop_sequence"
    MAX_TOKENS = "max_tokens"
    TOOL = "tool"
    REFUSAL = "refusal"
    DECLINED = "declined"
    """It writes nothing of the kind, and its note says so; another model may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """
    Tokens as billed; `estimated` when the stream was closed before the provider reported them.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageStop:
    """
    The end of a reply. Always the last chunk of a stream that was read to its end.
    """

    reason: StopReason
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    cached: bool = False
    note: str = ""
    """One sentence for the user, such as why the local provider stayed silent."""


Chunk = TextDelta | MessageStop


@dataclass(frozen=True, kw_only=True, slots=True)
class WireRequest:
    """
    Exactly what would leave this machine for a prompt, for the audit; `route` names the API, never a credential.
    """

    provider: str
    model: str
    route: str
    body: Mapping[str, Any]


class Provider(Protocol):
    """
    A language model, or a wrapper round one.
    """

    @property
    def name(self) -> str:
        """
        `anthropic`, `bedrock` or `local`.
        """
        ...

    def model_for(self, purpose: Purpose) -> str:
        """
        The id of the model that answers prompts of this purpose.
        """
        ...

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        Build the request for `prompt` without sending it. Pure.
        """
        ...

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        Send `prompt` and yield the reply as it comes.

        Closing the iterator (`aclose`) or cancelling the task closes the connection at once.

        Raises:
            ProviderError: nothing else, whatever the SDK or the socket did.
        """
        ...

    async def warm_up(self) -> None:
        """
        Import and construct what the first request needs, off the event loop; sends nothing.
        """
        ...

    async def aclose(self) -> None:
        """
        Close connections.
        """
        ...


class ProviderError(Exception):
    """
    The provider gave no usable reply. `str(error)` is one sentence for the user that says what to do.

        ProviderError
        ├── NotConfigured      no key, region or model (nothing was sent)
        ├── NotAuthorised      401, 403
        ├── RequestRejected    400, 404, 413, 422: our request or model id is wrong
        ├── RateLimited        429, with `retry_after_s` when it was said
        ├── Overloaded         500, 503, 529
        ├── Unreachable        refused, DNS, TLS, proxy
        ├── TimedOut           no first token or no next token in time
        ├── Interrupted        the stream died or turned to garbage half-way
        ├── Refused            the model declined to answer
        ├── NotAllowed         our own policy keeps it from leaving (nothing was sent)
        ├── BudgetSpent        the day's budget does not allow it; nothing was sent
        └── BackingOff         a recent failure; nothing was sent
    """

    kind = "provider_error"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotConfigured(ProviderError):  # noqa: N818
    """
    Something the provider needs is missing.
    """

    kind = "not_configured"


class NotAuthorised(ProviderError):  # noqa: N818
    """
    The credential was refused.
    """

    kind = "not_authorised"


class RequestRejected(ProviderError):  # noqa: N818
    """
    The provider says that the request itself is wrong.
    """

    kind = "request_rejected"


class RateLimited(ProviderError):  # noqa: N818
    """
    Too many requests.
    """

    kind = "rate_limited"


class Overloaded(ProviderError):  # noqa: N818
    """
    The provider failed or is overloaded.
    """

    kind = "overloaded"


class Unreachable(ProviderError):  # noqa: N818
    """
    No connection could be made.
    """

    kind = "unreachable"


class TimedOut(ProviderError):  # noqa: N818
    """
    The reply did not come in time.
    """

    kind = "timed_out"


class Interrupted(ProviderError):  # noqa: N818
    """
    The reply broke off or could not be read.
    """

    kind = "interrupted"


class Refused(ProviderError):  # noqa: N818
    """
    The model declined to answer.
    """

    kind = "refused"


class NotAllowed(ProviderError):  # noqa: N818
    """
    Something in the request must not leave this machine.
    """

    kind = "not_allowed"


class BudgetSpent(ProviderError):  # noqa: N818
    """
    What may be spent in a day is spent, or what is left of it is used sparingly.
    """

    kind = "budget_spent"


class BackingOff(ProviderError):  # noqa: N818
    """
    The provider failed a moment ago and is left alone for now.
    """

    kind = "backing_off"
