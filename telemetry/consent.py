"""
Decide whether events may be kept, and say why.

Each of the three switches can only narrow: no switch turns on what another has turned off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from telemetry.vocabulary import Level

NO = frozenset({"", "0", "false", "no", "off"})


class ConsentReason(StrEnum):
    """
    What decided.
    """

    DO_NOT_TRACK = "do_not_track"
    SETTING = "setting"
    EDITOR = "editor"
    NOT_OBJECTED = "not_objected"


SENTENCES: Mapping[ConsentReason, str] = {
    ConsentReason.DO_NOT_TRACK: "Telemetry is off because the environment sets DO_NOT_TRACK.",
    ConsentReason.SETTING: "Telemetry is off because pacenotes.telemetry.enabled is false.",
    ConsentReason.EDITOR: "Telemetry is off because the editor's own telemetry setting doesn't allow usage data.",
    ConsentReason.NOT_OBJECTED: "Telemetry is kept in the local store; nothing is sent anywhere unless you export it.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """
    Whether events may be kept, and what decided it.
    """

    allowed: bool
    reason: ConsentReason

    @property
    def sentence(self) -> str:
        """
        The reason, for the user.
        """
        return SENTENCES[self.reason]


def decide(*, environ: Mapping[str, str], enabled: bool, level: str | None) -> Consent:
    """
    Weigh `DO_NOT_TRACK`, our own setting and the editor's telemetry level.

    `level` is what the editor said: `all`, `error`, `crash` or `off`, or None when it said nothing.
    Ours are usage events, so that every level but `all` rules them out, and so does one that we don't know.
    """
    if environ.get("DO_NOT_TRACK", "").strip().lower() not in NO:
        return Consent(allowed=False, reason=ConsentReason.DO_NOT_TRACK)
    if not enabled:
        return Consent(allowed=False, reason=ConsentReason.SETTING)
    if level is not None and level != Level.ALL:
        return Consent(allowed=False, reason=ConsentReason.EDITOR)
    return Consent(allowed=True, reason=ConsentReason.NOT_OBJECTED)
