"""
Telemetry imports nothing of the server, so that its words are written down twice; here they are compared.
"""

import re
from enum import StrEnum

import pytest

from lsp_server.completion import fate, request, retention
from lsp_server.providers import base
from lsp_server.providers.capabilities import MODELS
from lsp_server.providers.local.provider import MODEL
from lsp_server.review import finding
from lsp_server.settings import LANGUAGES
from lsp_server.syntax.surroundings import Surroundings
from telemetry import vocabulary
from telemetry.declaration import PATTERNS, Kind
from telemetry.events import CHECKPOINTS_S


def words(enumeration: type[StrEnum]) -> set[str]:
    """
    The words of an enumeration.
    """
    return {word.value for word in enumeration}


def error_kinds(error: type[base.ProviderError] = base.ProviderError) -> set[str]:
    """
    The kinds of an error and of all below it.
    """
    return {error.kind}.union(*(error_kinds(below) for below in error.__subclasses__()))


def test_reasons_for_offering_nothing() -> None:
    """
    Exactly the engine's reasons, and one for an error of the server itself.
    """
    assert words(vocabulary.SuppressedReason) == words(request.NoCompletionReason) | {"failed"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (vocabulary.Basis, fate.Basis),
        (vocabulary.EndOutcome, fate.EndOutcome),
        (vocabulary.EndCause, fate.EndCause),
        (vocabulary.Extent, request.Extent),
        (vocabulary.Purpose, base.Purpose),
        (vocabulary.FinishReason, base.StopReason),
        (vocabulary.Intent, Surroundings),
        (vocabulary.FindingCategory, finding.Category),
        (vocabulary.Severity, finding.Severity),
        (vocabulary.ClaimOrigin, finding.Origin),
        (vocabulary.WithheldReason, finding.WithheldReason),
    ],
)
def test_words_that_are_the_same_on_both_sides(ours: type[StrEnum], theirs: type[StrEnum]) -> None:
    """
    Each word that the server uses has its twin, and none is left over.
    """
    assert words(ours) == words(theirs)


def test_errors_of_providers() -> None:
    """
    Each way to fail is told apart; a call that we cancelled is no failure, and any other is `other`.
    """
    assert words(vocabulary.ErrorKind) == error_kinds() | {"cancelled", "other"}


def test_languages() -> None:
    """
    Each language that we complete is told apart.
    """
    assert words(vocabulary.Language) == {*LANGUAGES, "other"}


def test_times_at_which_accepted_text_is_measured() -> None:
    """
    What is measured can be told.
    """
    assert CHECKPOINTS_S == retention.CHECKPOINTS_S


@pytest.mark.parametrize("model", [MODEL, *(row.model for row in MODELS), *(row.bedrock_id for row in MODELS)])
def test_every_model_that_we_know_can_be_named(model: str) -> None:
    """
    The table of models and the local one hold only ids that events accept; in any region.
    """
    for known in filter(None, (model, f"us.{model}" if model.startswith("anthropic.") else "")):
        assert re.fullmatch(PATTERNS[Kind.MODEL], known)
