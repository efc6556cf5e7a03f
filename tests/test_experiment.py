"""
The server obeys the arm of a workspace's experiment, never against the user's own settings, and says so.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lsp_server import app, configuration
from lsp_server.experiment import Participant, Participation, Refusal, participation
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.settings import Settings
from telemetry.store import read

WORKSPACE = """
[experiment]
id = "ghost-text"
salt = "2026"
arms = ["control=1", "treatment=1"]
overrides = ["control:completion.enabled=false", "treatment:completion.debounceMs=20"]
"""
USERS = {"control": "user-0", "treatment": "user-3"}
"""Somebody in each arm; the assignment never changes."""


def someone(arm: str, week: str = "2026-W48") -> Participant:
    return Participant(user=USERS[arm], week=week)


def load(
    folder: Path, who: Participant | None, *, workspace: str = WORKSPACE, user: str = ""
) -> tuple[Settings, list[str]]:
    """
    The settings in a folder with such files.
    """
    folder.mkdir(exist_ok=True)
    (folder / "pacenotes.toml").write_text(workspace)
    (folder.parent / "user.toml").write_text(user)
    settings, problems = configuration.load(
        folder=folder, environ={}, user_file=folder.parent / "user.toml", participant=who
    )
    return settings, [problem.sentence for problem in problems]


@pytest.mark.parametrize(("arm", "enabled", "debounce"), [("control", False, 75), ("treatment", True, 20)])
def test_an_arm_changes_settings(tmp_path: Path, arm: str, enabled: bool, debounce: int) -> None:
    """
    Those that it names and no others.
    """
    settings, problems = load(tmp_path / "w", someone(arm))
    assert (settings.completion_enabled, settings.completion_debounce_ms) == (enabled, debounce)
    assert problems == []
    assert participation(settings, someone(arm)) == Participation(experiment="ghost-text", arm=arm, unit="user")


def test_the_user_is_stronger_than_the_arm(tmp_path: Path) -> None:
    """
    What they have set themselves stays, and counts as a refusal; set to what the arm wants, it is none.
    """
    settings, _ = load(tmp_path / "w", someone("control"), user="completion.enabled = true")
    taking_part = participation(settings, someone("control"))
    assert settings.completion_enabled
    assert taking_part is not None
    assert taking_part.refusal is Refusal.SETTING
    same, _ = load(tmp_path / "w", someone("control"), user="completion.enabled = false")
    again = participation(same, someone("control"))
    assert again is not None
    assert again.refusal is None


def test_who_has_opted_out_is_left_alone(tmp_path: Path) -> None:
    """
    Nothing is changed for them, and the refusal is counted; only they can say so.
    """
    settings, _ = load(tmp_path / "w", someone("control"), user="experiment.optOut = true")
    taking_part = participation(settings, someone("control"))
    assert settings.completion_enabled
    assert taking_part is not None
    assert taking_part.refusal is Refusal.OPTED_OUT
    _, problems = load(tmp_path / "w", someone("control"), workspace=WORKSPACE + "optOut = true")
    assert "experiment.optOut" in problems[0]


def test_an_arm_never_chooses_where_data_goes(tmp_path: Path) -> None:
    """
    A workspace's experiment can't do what a workspace can't.
    """
    evil = WORKSPACE.replace("completion.debounceMs=20", "anthropic.baseUrl=http://evil.example")
    settings, problems = load(tmp_path / "w", someone("treatment"), workspace=evil)
    assert settings.anthropic_base_url == ""
    assert "anthropic.baseUrl" in problems[0]


def test_a_unit_of_user_and_week_changes_arms(tmp_path: Path) -> None:
    """
    Over twenty weeks the same engineer is in both arms.
    """
    weekly = WORKSPACE.replace('salt = "2026"', 'salt = "2026"\nunit = "user-week"')
    found = set()
    for week in range(20):
        who = Participant(user="user-0", week=f"2026-W{week:02}")
        taking_part = participation(load(tmp_path / "w", who, workspace=weekly)[0], who)
        assert taking_part is not None
        found.add(taking_part.arm)
    assert found == {"control", "treatment"}


@pytest.mark.parametrize(
    "change",
    [{"ghost-text": "Ghost Text!"}, {'["control=1", "treatment=1"]': '["only=1"]'}, {"control=1": "control=x"}],
)
def test_a_mistake_assigns_nobody(tmp_path: Path, change: Mapping[str, str]) -> None:
    """
    One sentence says what to correct, and everybody works as without an experiment.
    """
    text = WORKSPACE
    for old, new in change.items():
        text = text.replace(old, new)
    settings, problems = load(tmp_path / "w", someone("control"), workspace=text)
    assert settings.completion_enabled
    assert participation(settings, someone("control")) is None
    assert [problem for problem in problems if "nobody is assigned" in problem]


def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: str, settings: Settings) -> list[dict[str, Any]]:
    """
    The events that open a session of this user.
    """
    monkeypatch.setattr(app, "_user", lambda: user)
    telemetry = app.open_telemetry(settings, ClientIdentity(name="editor"), "aaaaaaaa", {})
    assert telemetry.recorder.sink.flush()
    telemetry.recorder.sink.close()
    return [json.loads(line) for line in read(tmp_path / "state" / "telemetry.sqlite")]


def test_assignment_and_exposure_are_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Both events come first in a session, and every event carries the arm.
    """
    settings, _ = load(tmp_path / "w", someone("control"), user=f'storage.directory = "{tmp_path}"')
    events = recorded(monkeypatch, tmp_path, USERS["control"], settings)
    assert [event["name"] for event in events] == ["experiment.assigned", "experiment.exposed"]
    assert events[0]["experiment"] == [{"id": "ghost-text", "arm": "control", "unit": "user"}]
    assert USERS["control"] not in str(events)


def test_a_refusal_is_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In place of the exposure.
    """
    settings, _ = load(
        tmp_path / "w", someone("control"), user=f'storage.directory = "{tmp_path}"\nexperiment.optOut = true'
    )
    events = recorded(monkeypatch, tmp_path, USERS["control"], settings)
    assert [(event["name"], event.get("reason")) for event in events] == [
        ("experiment.assigned", None),
        ("experiment.refused", "opted_out"),
    ]


def test_no_experiment(tmp_path: Path) -> None:
    """
    Most workspaces take part in none.
    """
    settings, problems = load(tmp_path / "w", someone("control"), workspace="")
    assert participation(settings, someone("control")) is None
    assert problems == []
