"""
Each switch turns telemetry off, and none turns it on again.
"""

from itertools import product

import pytest

from telemetry.consent import Consent, ConsentReason, decide

ENVIRONMENTS: tuple[dict[str, str], ...] = ({}, {"DO_NOT_TRACK": "1"}, {"DO_NOT_TRACK": "0"})
LEVELS = (None, "all", "error", "crash", "off", "")


@pytest.mark.parametrize(
    ("environ", "enabled", "level", "reason"),
    [
        ({}, True, None, ConsentReason.NOT_OBJECTED),
        ({}, True, "all", ConsentReason.NOT_OBJECTED),
        ({"DO_NOT_TRACK": "0"}, True, "all", ConsentReason.NOT_OBJECTED),
        ({"DO_NOT_TRACK": ""}, True, "all", ConsentReason.NOT_OBJECTED),
        ({"DO_NOT_TRACK": " False "}, True, "all", ConsentReason.NOT_OBJECTED),
        ({"DO_NOT_TRACK": "1"}, True, "all", ConsentReason.DO_NOT_TRACK),
        ({"DO_NOT_TRACK": "true"}, True, "all", ConsentReason.DO_NOT_TRACK),
        ({"DO_NOT_TRACK": "please"}, True, None, ConsentReason.DO_NOT_TRACK),
        ({}, False, "all", ConsentReason.SETTING),
        ({}, True, "off", ConsentReason.EDITOR),
        ({}, True, "crash", ConsentReason.EDITOR),
        ({}, True, "error", ConsentReason.EDITOR),
        ({}, True, "a level of the future", ConsentReason.EDITOR),
    ],
)
def test_what_decides(environ: dict[str, str], enabled: bool, level: str | None, reason: ConsentReason) -> None:
    """
    The switch that turned telemetry off is named, in the order environment, setting, editor.
    """
    assert decide(environ=environ, enabled=enabled, level=level) == Consent(
        allowed=reason is ConsentReason.NOT_OBJECTED, reason=reason
    )


@pytest.mark.parametrize(("environ", "level"), list(product(ENVIRONMENTS, LEVELS)))
def test_the_setting_only_narrows(environ: dict[str, str], level: str | None) -> None:
    """
    Enabling our setting never allows what the environment or the editor forbids.
    """
    assert not decide(environ=environ, enabled=False, level=level).allowed
    if environ.get("DO_NOT_TRACK") == "1" or level not in (None, "all"):
        assert not decide(environ=environ, enabled=True, level=level).allowed


@pytest.mark.parametrize("reason", ConsentReason)
def test_every_reason_has_a_sentence(reason: ConsentReason) -> None:
    """
    The user can be told what decided.
    """
    assert Consent(allowed=False, reason=reason).sentence.endswith(".")
