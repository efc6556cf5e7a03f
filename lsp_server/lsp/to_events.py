"""
What happened to completions, as telemetry events. No text and no path gets through.
"""

import re
from enum import StrEnum
from typing import Any, TypeVar

from lsp_server.completion.fate import Ended, Fate, Persistence, Shown
from lsp_server.completion.offer import lines_in
from lsp_server.completion.request import Completion, NoCompletion, Source, TriggerKind
from lsp_server.experiment import Participation
from lsp_server.lsp.attempt import Attempt
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.policy.audit import CANCELLED, CallRecord
from lsp_server.syntax.surroundings import surroundings_at
from telemetry import events, events_people, vocabulary
from telemetry.declaration import PATTERNS, Kind, bucket_of
from telemetry.envelope import Assignment, Client, Subject

Word = TypeVar("Word", bound=StrEnum)


def requested(attempt: Attempt) -> events.CompletionRequested:
    """
    A completion was asked for.
    """
    cursor, request = attempt.cursor, attempt.request
    manual = cursor.trigger_kind is TriggerKind.INVOKED
    return events.CompletionRequested(
        completion_id=attempt.id,
        trigger=vocabulary.Trigger.MANUAL if manual else vocabulary.Trigger.AUTO,
        prefix_chars_bucket=bucket_of(cursor.offset, events.PREFIX_FLOORS),
        intent=vocabulary.Intent(surroundings_at(request.tree, request.offset)) if request else vocabulary.Intent.OTHER,
        rival_provider=None,
    )


def suppressed(outcome: NoCompletion, latency_s: float) -> events.CompletionSuppressed:
    """
    Nothing was offered.
    """
    return events.CompletionSuppressed(
        completion_id=outcome.id,
        reason=vocabulary.SuppressedReason(outcome.reason),
        error=_word(vocabulary.ErrorKind, outcome.error_kind) if outcome.error_kind else None,
        latency_ms=_milliseconds(latency_s),
    )


def failed(attempt: Attempt, latency_s: float) -> events.CompletionSuppressed:
    """
    Nothing was offered by a fault of ours.
    """
    return events.CompletionSuppressed(
        completion_id=attempt.id,
        reason=vocabulary.SuppressedReason.FAILED,
        error=None,
        latency_ms=_milliseconds(latency_s),
    )


def returned(attempt: Attempt, completion: Completion, latency_s: float) -> events.CompletionReturned:
    """
    A completion was sent to the client; typed through, it keeps its own id but answers this attempt.
    """
    typed = completion.document.slice(completion.span.start, completion.offset)
    added = completion.text.removeprefix(typed)
    first_token_ms = completion.timings.first_token_ms
    return events.CompletionReturned(
        completion_id=attempt.id,
        source=_SOURCES[completion.source],
        extent=vocabulary.Extent(completion.extent),
        provider=_word(vocabulary.ProviderName, completion.provider),
        model=_model(completion.model),
        prompt_id=completion.prompt_fingerprint or None,
        call_id=completion.call_id or None,
        chars=len(added),
        lines=lines_in(added),
        ctx_tokens=completion.context.tokens,
        latency_ms=_milliseconds(latency_s),
        first_token_ms=round(first_token_ms) if first_token_ms else None,
    )


def fate(fate: Fate) -> events.CompletionShown | events.CompletionEnded | events.CompletionPersistence:
    """
    What became of a completion.
    """
    match fate:
        case Shown():
            return events.CompletionShown(
                completion_id=fate.completion_id, chars=fate.chars, lines=fate.lines, latency_ms=fate.latency_ms
            )
        case Ended():
            return events.CompletionEnded(
                completion_id=fate.completion_id,
                outcome=vocabulary.EndOutcome(fate.outcome),
                cause=vocabulary.EndCause(fate.cause),
                visible_ms=fate.visible_ms,
                accepted_chars=fate.accepted_chars,
                accepted_lines=fate.accepted_lines,
            )
        case Persistence():
            return events.CompletionPersistence(
                completion_id=fate.completion_id,
                at_s=fate.at_s,
                retained_ratio=fate.retained_ratio,
                deleted=fate.deleted,
            )


def assignments(taking_part: Participation | None) -> tuple[Assignment, ...]:
    """
    The arm that every event of a session carries.
    """
    if taking_part is None:
        return ()
    unit = vocabulary.Unit(taking_part.unit)
    return (Assignment(id=taking_part.experiment, arm=taking_part.arm, unit=unit),)


def experiment(taking_part: Participation | None) -> tuple[events.Body, ...]:
    """
    Who was assigned what, and whether they got it.
    """
    if taking_part is None:
        return ()
    shared: dict[str, Any] = {
        "experiment_id": taking_part.experiment,
        "arm": taking_part.arm,
        "unit": vocabulary.Unit(taking_part.unit),
    }
    assigned = events_people.ExperimentAssigned(**shared, wave=None, registration=None)
    if taking_part.refusal is None:
        return assigned, events_people.ExperimentExposed(**shared)
    reason = vocabulary.RefusalReason(taking_part.refusal)
    return assigned, events_people.ExperimentRefused(**shared, reason=reason)


def llm_call(call: CallRecord) -> events.LlmCall:
    """
    A model call has ended.
    """
    return events.LlmCall(
        request_id=call.request_id,
        purpose=vocabulary.Purpose(call.purpose),
        provider=_word(vocabulary.ProviderName, call.provider),
        request_model=_model(call.model),
        response_model=_model(call.response_model) if call.response_model else None,
        input_tokens=call.usage.input_tokens,
        output_tokens=call.usage.output_tokens,
        cache_read_tokens=call.usage.cache_read_tokens,
        cache_creation_tokens=call.usage.cache_write_tokens,
        estimated=call.usage.estimated,
        ttft_ms=None if call.ttft_ms is None else max(0, round(call.ttft_ms)),
        duration_ms=max(0, round(call.duration_ms)),
        finish_reason=vocabulary.FinishReason(call.stop) if call.stop in list(vocabulary.FinishReason) else None,
        error=_error(call),
        cost_usd_micro=round(1_000_000 * call.cost_usd),
    )


def client(identity: ClientIdentity, server_version: str) -> Client:
    """
    The program at the other end, by the name that it gives itself.
    """
    name = identity.name.lower()
    editor = next((editor for part, editor in _EDITORS.items() if part in name), vocabulary.Editor.OTHER)
    return Client(
        editor=editor,
        editor_version=_version(identity.version),
        plugin_version=_version(identity.plugin_version),
        server_version=_version(server_version),
    )


def subject(path: str, language_id: str, repo_id: str | None) -> Subject:
    """
    What kind of document an event is about.
    """
    return Subject(
        repo_id=repo_id,
        lang=_word(vocabulary.Language, language_id),
        test_file=_TEST.search(path) is not None,
    )


def level(said: str | None) -> vocabulary.Level | None:
    """
    The editor's telemetry setting; one that we don't know counts as off.
    """
    if said is None:
        return None
    return vocabulary.Level(said) if said in list(vocabulary.Level) else vocabulary.Level.OFF


_SOURCES = {
    Source.MODEL: vocabulary.Source.NETWORK,
    Source.CACHE: vocabulary.Source.CACHE,
    Source.TYPED_THROUGH: vocabulary.Source.TYPED_THROUGH,
    Source.IN_FLIGHT: vocabulary.Source.IN_FLIGHT,
    Source.LATER_PART: vocabulary.Source.LATER_PART,
}
_EDITORS = {
    "vscodium": vocabulary.Editor.VSCODIUM,
    "cursor": vocabulary.Editor.CURSOR,
    "windsurf": vocabulary.Editor.WINDSURF,
    "visual studio code": vocabulary.Editor.VSCODE,
    "vscode": vocabulary.Editor.VSCODE,
    "code-server": vocabulary.Editor.VSCODE,
    "code - oss": vocabulary.Editor.VSCODE,
    "visual studio": vocabulary.Editor.VISUAL_STUDIO,
    "intellij": vocabulary.Editor.JETBRAINS,
    "webstorm": vocabulary.Editor.JETBRAINS,
    "jetbrains": vocabulary.Editor.JETBRAINS,
    "neovim": vocabulary.Editor.NEOVIM,
    "nvim": vocabulary.Editor.NEOVIM,
    "vim": vocabulary.Editor.VIM,
    "emacs": vocabulary.Editor.EMACS,
    "eglot": vocabulary.Editor.EMACS,
    "helix": vocabulary.Editor.HELIX,
    "sublime": vocabulary.Editor.SUBLIME,
    "zed": vocabulary.Editor.ZED,
    "eclipse": vocabulary.Editor.ECLIPSE,
}
"""What an editor's name for itself contains; of two that fit, the first."""

_VERSION = re.compile(r"\d{1,8}(?:\.\d{1,8}){0,3}")
_TEST = re.compile(r"(?:^|/)(?:__tests__|tests?|specs?|e2e|cypress)/|[._-](?:test|spec|e2e|cy)\.[cm]?[jt]sx?$")


def _model(model: str) -> str:
    """
    The model's id; that of an inference profile of one's own, which may hold a name, is nobody's business.
    """
    return model if re.fullmatch(PATTERNS[Kind.MODEL], model) else "other"


def _error(call: CallRecord) -> vocabulary.ErrorKind | None:
    if call.stop == CANCELLED:
        return vocabulary.ErrorKind.CANCELLED
    return _word(vocabulary.ErrorKind, call.error_kind) if call.error_kind else None


def _version(said: str) -> str | None:
    found = _VERSION.search(said)
    return found[0] if found else None


def _word(words: type[Word], said: str) -> Word:
    return words(said) if said in list(words) else words("other")


def _milliseconds(seconds: float) -> int:
    return max(0, round(1000 * seconds))
