"""
The experiment that a workspace takes part in: which arm its engineer is in, and what that arm changes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from lsp_server.settings import Scope, Settings
from lsp_server.settings_resolution import DECLARED, Layer, Problem, ProblemKind, resolve
from telemetry.declaration import PATTERNS, Kind
from telemetry.experiments.assignment import arm_of, read_arms
from telemetry.experiments.errors import UnusableData


class Refusal(StrEnum):
    """
    Why an arm is not obeyed.
    """

    OPTED_OUT = "opted_out"
    SETTING = "setting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """
    Who is assigned: their name on this machine, which never leaves it, and the ISO week, such as `2026-W48`.
    """

    user: str
    week: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Participation:
    """
    The arm that somebody was assigned, and whether they left it.
    """

    experiment: str
    arm: str
    unit: str
    refusal: Refusal | None = None


def assigned_arm(settings: Settings, participant: Participant) -> tuple[str | None, Problem | None]:
    """
    The arm of a participant, or None without an experiment or with a mistake in its settings.
    """
    if not settings.experiment_id:
        return None, None
    try:
        arms = read_arms(settings.experiment_arms)
        for name in (settings.experiment_id, *arms):
            if not re.fullmatch(PATTERNS[Kind.LABEL], name):
                raise UnusableData(f"{name!r} must be lower-case words joined by hyphens")
        unit = participant.user
        if settings.experiment_unit == "user-week":
            unit = f"{unit}@{participant.week}"
        return arm_of(unit, experiment=settings.experiment_id, salt=settings.experiment_salt, arms=arms), None
    except UnusableData as error:
        return None, _problem(f"experiment: {str(error).rstrip('.')}; nobody is assigned until that is corrected.")


def arm_layer(settings: Settings, arm: str) -> Layer:
    """
    What `arm` changes, as a layer of settings. A workspace's experiment may set what a workspace may set, no more.
    """
    source = f"arm {arm} of experiment {settings.experiment_id}"
    return Layer(source=source, entries=tuple(_overrides(settings, arm).items()), scope=Scope.WORKSPACE, as_text=True)


def participation(settings: Settings, participant: Participant) -> Participation | None:
    """
    Who is in which arm under the settings in force, and whether they obey it.
    """
    arm, _ = assigned_arm(settings, participant)
    if arm is None:
        return None
    refusal = Refusal.OPTED_OUT if settings.experiment_opt_out else None
    if refusal is None and not _obeys(settings, arm):
        # The user's own setting is stronger than the arm, and the analysis must know.
        refusal = Refusal.SETTING
    return Participation(experiment=settings.experiment_id, arm=arm, unit=settings.experiment_unit, refusal=refusal)


def _obeys(settings: Settings, arm: str) -> bool:
    meant, _ = resolve([arm_layer(settings, arm)])
    rows = (DECLARED[name] for name in _overrides(settings, arm))
    plain = (row.attribute for row in rows if row.scope is Scope.WORKSPACE and not row.adds_up)
    return all(getattr(settings, attribute) == getattr(meant, attribute) for attribute in plain)


def _overrides(settings: Settings, arm: str) -> dict[str, str]:
    found = {}
    for text in settings.experiment_overrides:
        named, _, change = text.partition(":")
        name, equals, value = change.partition("=")
        if named.strip() == arm and equals and name.strip() in DECLARED:
            found[name.strip()] = value.strip()
    return found


def _problem(sentence: str) -> Problem:
    return Problem(kind=ProblemKind.REFUSED_VALUE, source="experiment", name="experiment", sentence=sentence)
