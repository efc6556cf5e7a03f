"""
Keep the client told how we are: each change once, and one clear thing at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from lsp_server.completion.request import Completion, NoCompletion, NoCompletionReason, Outcome, Source


class StatusKind(StrEnum):
    """
    How we are, at a glance.
    """

    NORMAL = "normal"
    BUSY = "busy"
    WARNING = "warning"
    ERROR = "error"
    INACTIVE = "inactive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """
    How we are; `message` is one sentence or empty.
    """

    kind: StatusKind = StatusKind.NORMAL
    message: str = ""
    provider: str = ""
    model: str = ""
    spent_today_usd: float = 0.0


ERRORS = frozenset(("not_configured", "not_authorised", "request_rejected"))
"""Failures that stay until somebody mends something; the others pass."""


_SILENCES = (NoCompletionReason.EMPTY_REPLY, NoCompletionReason.DECLINED)
_FAILURES = (NoCompletionReason.PROVIDER_FAILED, NoCompletionReason.BUDGET_SPENT)
_FROM_A_MODEL = (Source.MODEL, Source.IN_FLIGHT)

SLOW_S = 2.0
"""A model that lets people wait longer is worth a word."""


class StatusBoard:
    """
    What the client was last told, and telling it when that has changed.
    """

    def __init__(self, send: Callable[[Status], None]) -> None:
        self._send = send
        self._status: Status | None = None
        self._waiting = 0
        self._told: Status | None = None

    @property
    def message(self) -> str:
        """
        What there is to say at the moment.
        """
        return self._status.message if self._status else ""

    def show(self, status: Status) -> None:
        """
        From now on we are like that.
        """
        self._status = status
        self._tell()

    def after(
        self, outcome: Outcome, spent_today_usd: float, *, is_answering: bool = False, latency_s: float | None = None
    ) -> None:
        """
        A request has been answered: a failure is shown until the model that was chosen has answered again.

        `is_answering` says that it has done so lately, if not for this request, and `latency_s` how long it takes to
        begin.
        """
        current = replace(self._status or Status(), spent_today_usd=round(spent_today_usd, 2))
        if isinstance(outcome, Completion) and outcome.source in _FROM_A_MODEL:
            current = replace(current, provider=outcome.provider, model=outcome.model)
            if outcome.note:
                current = _failing(current, outcome.note, outcome.error_kind)
            else:
                current = _answering(current, latency_s)
        if isinstance(outcome, NoCompletion) and outcome.reason in _FAILURES:
            current = _failing(current, outcome.detail, outcome.error_kind)
        elif isinstance(outcome, NoCompletion) and is_answering:
            current = _answering(current, latency_s)
        if isinstance(outcome, NoCompletion) and outcome.reason in _SILENCES:
            # Why the local model stays silent is no trouble, but somebody who wonders should be told.
            current = replace(current, message=outcome.detail) if current.kind is StatusKind.NORMAL else current
        self.show(current)

    def spent(self, today_usd: float) -> None:
        """
        Something has been paid for.
        """
        self.show(replace(self._status or Status(), spent_today_usd=round(today_usd, 2)))

    def begin_work(self) -> None:
        """
        Somebody has been waiting for a while.
        """
        self._waiting += 1
        self._tell()

    def end_work(self) -> None:
        """
        One who was waiting has an answer, or waits no more.
        """
        self._waiting = max(0, self._waiting - 1)
        self._tell()

    def _tell(self) -> None:
        status = self._status
        if status and self._waiting and status.kind is StatusKind.NORMAL:
            status = replace(status, kind=StatusKind.BUSY)
        if status and status != self._told:
            self._told = status
            self._send(status)


def _answering(current: Status, latency_s: float | None) -> Status:
    if current.kind is StatusKind.INACTIVE:
        return current
    slow = latency_s is not None and latency_s >= SLOW_S
    message = f"{current.model} takes {latency_s:.0f} s to begin an answer, so it is asked less often." if slow else ""
    return replace(current, kind=StatusKind.NORMAL, message=message)


def _failing(current: Status, sentence: str, error_kind: str) -> Status:
    is_told = current.kind in (StatusKind.WARNING, StatusKind.ERROR)
    # That we leave it alone for a while is no news to whoever has been told why, nor is a part of what was said.
    if is_told and (error_kind == "backing_off" or current.message.startswith(sentence)):
        return current
    kind = StatusKind.ERROR if error_kind in ERRORS else StatusKind.WARNING
    return replace(current, kind=kind, message=sentence)
