"""
Turn whatever an SDK or a socket raised into one `ProviderError`, whose sentence says what to do.

No sentence repeats what the service or the SDK said: an answer may echo the request, and an exception its headers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lsp_server.providers.base import (
    Interrupted,
    NotAuthorised,
    NotConfigured,
    Overloaded,
    ProviderError,
    Purpose,
    RateLimited,
    Refused,
    RequestRejected,
    TimedOut,
    Unreachable,
)
from lsp_server.providers.wire import StreamFault


@dataclass(frozen=True, kw_only=True, slots=True)
class Vendor:
    """
    How a service is called in sentences to the user, and what they can do about their credential.
    """

    title: str
    missing_credential: str
    refused_credential: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """
    The request that failed, as far as a sentence may name it.
    """

    vendor: Vendor
    model: str
    purpose: Purpose

    @property
    def model_setting(self) -> str:
        """
        The setting that chose the model.
        """
        return "completion.model" if self.purpose is Purpose.COMPLETION else "review.model"


def not_configured(call: Call) -> ProviderError:
    """
    No credential was found.
    """
    return NotConfigured(f"No credential for {call.vendor.title} was found; {call.vendor.missing_credential}.")


def refused(call: Call) -> ProviderError:
    """
    The model declined.
    """
    return Refused(f"The model {call.model} declined to answer this request; nothing needs to be done.")


def timed_out(call: Call, seconds: float, *, has_begun: bool) -> ProviderError:
    """
    Our own patience ran out.
    """
    what = "stopped in the middle of its answer" if has_begun else "gave no answer"
    advice = "; raise completion.timeoutS if this is usual" if call.purpose is Purpose.COMPLETION else ""
    return TimedOut(f"{call.vendor.title} {what} for {seconds:g} s{advice or '; try again'}.")


def interrupted(call: Call) -> ProviderError:
    """
    The stream broke off or could not be read.
    """
    return Interrupted(
        f"The answer from {call.vendor.title} broke off or could not be read;"
        " if this repeats, look for a proxy or gateway in between."
    )


def from_exception(error: Exception, call: Call, *, opened: bool) -> ProviderError:
    """
    The error for anything raised while a request was sent or its reply read.

    SDK types are recognised by name, so that an error can be explained without importing an SDK.
    """
    if isinstance(error, ProviderError):
        return error
    if isinstance(error, StreamFault):
        return from_status(_status_of(error.kind) or 500, call)
    if isinstance(getattr(error, "status_code", None), int) and hasattr(error, "response"):
        return _from_status_error(error, call)
    names = set(_names(error))
    if names & MISSING_CREDENTIAL or "Could not resolve" in str(error):
        return not_configured(call)
    for recognised, kind, sentence in CAUSES:
        if names & recognised and not (opened and kind is Unreachable):
            return kind(sentence(call))
    return interrupted(call)


MISSING_CREDENTIAL = {"NoCredentialsError", "PartialCredentialsError"}

Sentence = Callable[[Call], str]
Kind = Callable[..., ProviderError]

CAUSES: tuple[tuple[set[str], Kind, Sentence], ...] = (
    (
        {"SSOError", "TokenRetrievalError", "CredentialRetrievalError", "CredentialsError"},
        NotAuthorised,
        lambda call: f"The sign-in to {call.vendor.title} is missing or expired; {call.vendor.refused_credential}.",
    ),
    (
        {"ProfileNotFound", "NoRegionError", "InvalidURL", "UnsupportedProtocol", "InvalidConfigError"},
        NotConfigured,
        lambda call: f"{call.vendor.title} can't be used as configured; check {call.vendor.address}.",
    ),
    (
        {"LocalProtocolError"},
        NotConfigured,
        lambda call: (
            f"The credential for {call.vendor.title} can't be sent as it is; {call.vendor.refused_credential}."
        ),
    ),
    (
        {"SSLError"},
        Unreachable,
        lambda call: (
            f"No trusted connection to {call.vendor.title};"
            " if a company proxy signs traffic, set SSL_CERT_FILE to its certificate."
        ),
    ),
    (
        {"ReadTimeout", "WriteTimeout"},
        TimedOut,
        lambda call: f"{call.vendor.title} did not answer in time; try again.",
    ),
    (
        {"APIConnectionError", "ConnectError", "ConnectTimeout", "ProxyError", "NetworkError"},
        Unreachable,
        lambda call: f"{call.vendor.title} can't be reached; check the network, the proxy and {call.vendor.address}.",
    ),
)


def _names(error: BaseException) -> Iterator[str]:
    """
    The class names of an error, of its bases and of what caused it.
    """
    seen: BaseException | None = error
    while seen is not None:
        yield from (kind.__name__ for kind in type(seen).__mro__)
        seen = seen.__cause__ or seen.__context__


def _from_status_error(error: Any, call: Call) -> ProviderError:
    headers: Mapping[str, str] = error.response.headers
    status = _status_of(str(headers.get("x-amzn-errortype", ""))) or error.status_code
    if "credit balance" in str(getattr(error, "api_message", "")):
        status = 402
    return from_status(status, call, retry_after_s=_retry_after(headers))


def _status_of(kind: str) -> int | None:
    """
    The HTTP status that a service's own name for a failure stands for.
    """
    name = kind.partition(":")[0].lower().removesuffix("exception").removesuffix("_error")
    return KIND_STATUS.get(name)


# What a stream says in its middle, and AWS in a header, where the HTTP status says less or nothing.
KIND_STATUS = {
    "accessdenied": 403,
    "api": 500,
    "authentication": 401,
    "billing": 402,
    "expiredtoken": 401,
    "internalserver": 500,
    "invalidsignature": 401,
    "modelerror": 500,
    "modelnotready": 503,
    "modelstreamerror": 500,
    "modeltimeout": 504,
    "not_found": 404,
    "overloaded": 529,
    "permission": 403,
    "rate_limit": 429,
    "resourcenotfound": 404,
    "servicequotaexceeded": 429,
    "serviceunavailable": 503,
    "throttling": 429,
    "timeout": 504,
    "unrecognizedclient": 401,
}


def from_status(status: int, call: Call, *, retry_after_s: float | None = None) -> ProviderError:
    """
    The error for an HTTP status.
    """
    if status in SENTENCES:
        kind, sentence = SENTENCES[status]
    elif status >= 500:
        kind, sentence = SENTENCES[500]
    else:
        kind, sentence = SENTENCES[400]
    return kind(sentence(call, status), retry_after_s=retry_after_s)


SENTENCES: Mapping[int, tuple[Kind, Callable[[Call, int], str]]] = {
    400: (
        RequestRejected,
        lambda call, status: (
            f"{call.vendor.title} rejected the request to {call.model} ({status});"
            f" choose another model in {call.model_setting}, or see the request with `pacenotes audit`."
        ),
    ),
    401: (
        NotAuthorised,
        lambda call, status: (
            f"{call.vendor.title} refused the credential ({status}); {call.vendor.refused_credential}."
        ),
    ),
    402: (
        NotAuthorised,
        lambda call, status: (
            f"The account at {call.vendor.title} has no credit left ({status}); ask its owner to add some."
        ),
    ),
    403: (
        NotAuthorised,
        lambda call, status: (
            f"{call.vendor.title} does not let this credential use {call.model} ({status});"
            f" ask for access, or choose another model in {call.model_setting}."
        ),
    ),
    404: (
        RequestRejected,
        lambda call, status: (
            f"{call.vendor.title} does not know {call.model} ({status});"
            f" check {call.model_setting} and {call.vendor.address}."
        ),
    ),
    407: (Unreachable, lambda _, status: f"The network's proxy asks for a sign-in ({status}); check HTTPS_PROXY."),
    408: (TimedOut, lambda call, status: f"{call.vendor.title} did not answer in time ({status}); try again."),
    413: (
        RequestRejected,
        lambda call, status: f"The request is too large for {call.model} ({status}); lower completion.contextTokens.",
    ),
    429: (
        RateLimited,
        lambda call, status: f"{call.vendor.title} is receiving too many requests ({status}); pausing for a while.",
    ),
    500: (
        Overloaded,
        lambda call, status: f"{call.vendor.title} is failing or overloaded ({status}); pausing for a while.",
    ),
    504: (TimedOut, lambda call, status: f"{call.vendor.title} did not answer in time ({status}); try again."),
}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """
    The pause that the service asked for, in seconds.
    """
    for header, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(header, "")) * scale
        except ValueError:
            continue
        if 0 <= seconds < 24 * 3600:
            return seconds
    return None
