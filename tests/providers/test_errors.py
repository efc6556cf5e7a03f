"""
The sentences in which failures reach the user.
"""

import re

import pytest

from lsp_server.providers import anthropic, base, bedrock, errors
from lsp_server.providers.base import ProviderError, Purpose
from lsp_server.providers.errors import CAUSES, KIND_STATUS, SENTENCES, Call
from lsp_server.providers.wire import StreamFault

CALLS = [
    Call(vendor=vendor, model="claude-haiku-5-5", purpose=purpose)
    for vendor in (anthropic.VENDOR, bedrock.VENDOR)
    for purpose in Purpose
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.vendor.title} {call.purpose}")
def test_every_failure_is_one_finished_sentence(call: Call) -> None:
    """
    One line, one full stop, nothing left to fill in.
    """
    every: list[ProviderError] = [
        *(errors.from_status(status, call) for status in (*SENTENCES, 409, 418, 502, 529)),
        *(kind(sentence(call)) for _, kind, sentence in CAUSES),
        errors.not_configured(call),
        errors.refused(call),
        errors.interrupted(call),
        errors.timed_out(call, 10.0, has_begun=False),
        errors.timed_out(call, 0.5, has_begun=True),
    ]
    for error in every:
        assert re.fullmatch(r"[A-Z][^\n{}]+[^.]\.", str(error)), str(error)


def test_the_sentence_names_the_setting_that_chose_the_model() -> None:
    """
    A wrong model id is mended where it was set.
    """
    completion = Call(vendor=anthropic.VENDOR, model="claude-x", purpose=Purpose.COMPLETION)
    review = Call(vendor=anthropic.VENDOR, model="claude-x", purpose=Purpose.REVIEW)
    assert "completion.model" in str(errors.from_status(404, completion))
    assert "review.model" in str(errors.from_status(404, review))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(409, base.RequestRejected), (418, base.RequestRejected), (502, base.Overloaded), (504, base.TimedOut)],
)
def test_an_unlisted_status_is_taken_by_its_class(status: int, kind: type[ProviderError]) -> None:
    """
    Any 4xx is our fault, any 5xx theirs.
    """
    assert type(errors.from_status(status, CALLS[0])) is kind


def test_a_model_id_may_hold_anything() -> None:
    """
    Whatever was typed into the setting is quoted as it is.
    """
    call = Call(vendor=anthropic.VENDOR, model="{my} %s model", purpose=Purpose.COMPLETION)
    assert "{my} %s model" in str(errors.from_status(404, call))


class Response:
    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class StatusError(Exception):
    """
    What an SDK raises for a status, as far as we look at it.
    """

    def __init__(self, status: int, message: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status_code = status
        self.api_message = message
        self.response = Response(**headers)


def explained(error: Exception, *, opened: bool = False) -> ProviderError:
    return errors.from_exception(error, CALLS[0], opened=opened)


@pytest.mark.parametrize("kind", KIND_STATUS)
def test_what_the_stream_reports_is_understood(kind: str) -> None:
    """
    A stream that began well says in its middle what went wrong.
    """
    expected = type(errors.from_status(KIND_STATUS[kind], CALLS[0]))
    assert type(explained(StreamFault(f"{kind}_error"), opened=True)) is expected
    assert type(explained(StreamFault(f"{kind}Exception"), opened=True)) is expected


def test_an_unknown_kind_in_the_stream_is_the_services_fault() -> None:
    """
    Whatever else a service reports while it answers is a failure of its own.
    """
    assert type(explained(StreamFault("dog_ate_it_error"), opened=True)) is base.Overloaded


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("ThrottlingException:http://internal.amazon.com/", base.RateLimited),
        ("ServiceQuotaExceededException", base.RateLimited),
        ("ExpiredTokenException", base.NotAuthorised),
        ("ModelNotReadyException", base.Overloaded),
    ],
)
def test_the_error_type_of_aws_is_understood(header: str, kind: type[ProviderError]) -> None:
    """
    AWS names the failure in a header, sometimes with an address behind it.
    """
    assert type(explained(StatusError(400, x_amzn_errortype=header))) is kind


def test_an_empty_account_is_told_apart_from_a_bad_request() -> None:
    """
    The API reports missing credit as a 400.
    """
    error = explained(StatusError(400, "Your credit balance is too low to access the API."))
    assert type(error) is base.NotAuthorised
    assert "credit" in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "3"}, 3.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "250", "retry_after": "1"}, 0.25),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_pause_asked_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    """
    Seconds or milliseconds; anything else is as if nothing had been said.
    """
    assert explained(StatusError(429, **headers)).retry_after_s == seconds


def test_our_own_errors_pass_through() -> None:
    """
    What is already explained is not explained again.
    """
    error = base.Refused("Declined.")
    assert explained(error) is error


def test_a_lost_connection_is_named_by_when_it_was_lost() -> None:
    """
    Before the reply nobody was reached; within it, it broke off.
    """
    lost = type("ReadError", (type("NetworkError", (Exception,), {}),), {})()
    assert type(explained(lost)) is base.Unreachable
    assert type(explained(lost, opened=True)) is base.Interrupted


def test_a_cause_is_looked_for_beneath() -> None:
    """
    SDKs wrap what happened; the wrapping says little.
    """
    outer = type("APIConnectionError", (Exception,), {})()
    outer.__cause__ = type("ConnectError", (Exception,), {})()
    outer.__cause__.__context__ = type("SSLCertVerificationError", (type("SSLError", (OSError,), {}),), {})()
    assert "SSL_CERT_FILE" in str(explained(outer))


def test_anything_else_is_an_answer_that_could_not_be_read() -> None:
    """
    Nothing escapes unexplained.
    """
    assert type(explained(ValueError("Expecting value: line 1 column 1"))) is base.Interrupted
    assert type(explained(KeyError("type"), opened=True)) is base.Interrupted
