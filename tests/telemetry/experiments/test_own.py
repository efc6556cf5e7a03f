"""
Experiments answered from our own events, by intention to treat.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from telemetry.envelope import NO_SUBJECT, Assignment, Event, Stamp, to_json, uuid7
from telemetry.events import Body, CompletionEnded, CompletionShown
from telemetry.events_people import ExperimentAssigned
from telemetry.experiments.commands import experiment
from telemetry.vocabulary import Basis, EndCause, EndOutcome, Unit
from tests.support.events import ORIGIN


class Diary:
    """
    Events as they come in, a line each.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, person: int, arm: str | None, body: Body) -> None:
        number = len(self.lines)
        stamp = Stamp(event_id=uuid7(number, number), ts=number, basis=Basis.CLIENT, dropped_before=0)
        taking_part = (Assignment(id="ghost", arm=arm, unit=Unit.USER),) if arm else ()
        origin = replace(ORIGIN, dev_id=f"{person:016x}", experiment=taking_part)
        self.lines.append(to_json(Event(stamp=stamp, origin=origin, subject=NO_SUBJECT, body=body)))

    def completions(self, person: int, arm: str | None, *, shown: int, accepted: int) -> None:
        for number in range(shown):
            name = f"{person:08x}{number:08x}"
            self.add(person, arm, CompletionShown(completion_id=name, chars=10, lines=1, latency_ms=100))
            outcome = EndOutcome.ACCEPTED if number < accepted else EndOutcome.REJECTED
            ended = CompletionEnded(
                completion_id=name,
                outcome=outcome,
                cause=next(iter(EndCause)),
                visible_ms=900,
                accepted_chars=10 if number < accepted else 0,
                accepted_lines=int(number < accepted),
            )
            self.add(person, arm, ended)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """
    Six people: three in each arm, one of them without any use, and use from before the experiment began.
    """
    diary = Diary()
    for person in range(6):
        arm = "control" if person < 3 else "treatment"
        diary.completions(person, None, shown=5, accepted=5)
        diary.add(
            person,
            arm,
            ExperimentAssigned(experiment_id="ghost", arm=arm, unit=Unit.USER, wave=None, registration=None),
        )
        if person != 2:
            diary.completions(person, arm, shown=10, accepted=2 + person)
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(diary.lines))
    return file


def analyze(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(experiment, ["analyze", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_acceptance_is_pooled_over_who_was_assigned(events: Path) -> None:
    """
    (5 + 6 + 7) / 30 against (2 + 3 + 0) / 20; whoever showed nothing counts, and the time before does not.
    """
    code, output = analyze("--events", str(events), "--experiment", "ghost", "--outcome", "acceptance", "--json")
    assert code == 0, output
    found = json.loads(output)
    assert found["effect"] == pytest.approx(18 / 30 - 5 / 20)
    assert found["n"] == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--experiment", "other", "--outcome", "acceptance"], "No event tells of an experiment 'other'"),
        (["--experiment", "ghost", "--outcome", "joy"], "There is no outcome 'joy'"),
        (["--outcome", "acceptance"], "with --experiment NAME"),
    ],
)
def test_bad_questions_get_one_sentence(events: Path, arguments: list[str], sentence: str) -> None:
    """
    And exit code 2.
    """
    code, output = analyze("--events", str(events), *arguments)
    assert code == 2
    assert sentence in output


def test_no_data_at_all() -> None:
    """
    The sentence names both ways of giving some.
    """
    code, output = analyze("--outcome", "a", "--treatment", "b")
    assert code == 2
    assert "--data FILE, or --events SOURCE" in output
