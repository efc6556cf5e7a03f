"""
The delivery model gives the published answers, says where they hang on the simulator, and takes measured rates.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from telemetry.delivery.calibration import WEEK_MS, calibrate
from telemetry.delivery.commands import BUNDLED, simulate
from telemetry.delivery.formula import UnusableModel
from telemetry.delivery.model import read_model, with_values
from telemetry.delivery.run import Semantics
from telemetry.delivery.scenario import bindings, closed_form, comparison, equilibrium, in_words, run

MODEL = read_model(BUNDLED.read_text("utf-8"))


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(simulate, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def document(*arguments: str) -> dict[str, Any]:
    code, output = command(*arguments, "--json")
    assert code == 0, output
    found = json.loads(output)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("rates", "sheet", "steps", "formula"),
    [
        ({}, 4, 4, 4),
        ({"errors_in_production": 0.1}, 10, 10, 10),
        ({"ticket_test_rate": 3}, 4, 4, 4),
        ({"start_coding_rate": 3, "ticket_test_rate": 3}, 6, 12, 12),
        ({"start_coding_rate": 3, "ticket_test_rate": 3, "errors_in_production": 0.1}, 18, 30, 30),
    ],
)
def test_the_chapter_s_equilibria(rates: dict[str, float], sheet: int, steps: int, formula: int) -> None:
    """
    Closed tickets settle where the spreadsheet has them; a step simulator agrees only while speed is one.
    """
    found = comparison(with_values(MODEL, rates))
    assert found == {"sheet": sheet, "steps": steps, "closed_form": pytest.approx(formula)}


def test_open_tickets_of_the_chart() -> None:
    """
    The baseline has 25 open tickets in round 18.
    """
    assert run(MODEL, Semantics.SHEET, 20)[18]["OpenTickets"] == 25


def test_disagreement_is_said_plainly() -> None:
    """
    Agreement is one sentence, disagreement another with all the numbers.
    """
    assert "agree" in in_words(comparison(MODEL))
    faster = with_values(MODEL, {"start_coding_rate": 3, "ticket_test_rate": 3})
    assert "hangs on the simulator (sheet 6, steps 12, closed form 12)" in in_words(comparison(faster))


def test_errors_in_production_bind() -> None:
    """
    Halving them doubles closed tickets; testing twice as fast does nothing.
    """
    gains = {binding.rate: binding.gain for binding in bindings(MODEL, Semantics.STEPS)}
    assert gains["errors_in_production"] == 4
    assert gains["ticket_test_rate"] == 0
    assert next(iter(gains)) == "errors_in_production"


def test_twice_the_speed_with_twice_the_errors_is_nothing() -> None:
    """
    The lever of the decision, by throughput over hazard.
    """
    faster = {"start_coding_rate": 2, "ticket_test_rate": 2, "errors_in_production": 0.5}
    assert closed_form(with_values(MODEL, faster)) == closed_form(MODEL)


def test_a_sawtooth_settles_too() -> None:
    """
    A repeating pattern is an equilibrium with a low and a high end.
    """
    rows = [{"x": value} for value in (0, 5, 6, 8, 6, 8, 6, 8, 6, 8)]
    settled = equilibrium(rows, "x")
    assert settled is not None
    assert (settled.low, settled.high, settled.round) == (6, 8, 2)
    assert equilibrium([{"x": float(value)} for value in range(50)], "x") is None


def test_a_run_as_json() -> None:
    """
    Rates, equilibrium, what binds and every round.
    """
    found = document("--set", "errors_in_production=0.10", "--rounds", "40")
    assert found["closed"] == {"low": 10, "high": 10, "round": 10}
    assert found["equilibrium"]["ClosedTickets"] == 10
    assert found["rates"]["errors_in_production"] == 0.1
    assert len(found["rounds"]) == 41


def test_scenarios_stand_side_by_side() -> None:
    """
    The user's own and those of the chapter.
    """
    found = document("--compare", "--scenario", "no errors: errors_in_production=0")
    assert found["scenarios"]["starting and testing x3"]["comparison"]["steps"] == 12
    assert found["scenarios"]["no errors"]["comparison"]["closed_form"] is None
    code, output = command("--compare")
    assert code == 0
    assert "throughput / hazard" in output


def test_a_model_of_one_s_own(tmp_path: Path) -> None:
    """
    Runs in steps; the sheet has no say in it.
    """
    file = tmp_path / "own.systems"
    file.write_text("[In] > Work(3) @ 2\nWork > Done @ 1")
    found = document("--model", str(file), "--rounds", "5")
    assert found["rounds"][-1] == {"round": 5, "Work": 8, "Done": 5}
    code, output = command("--model", str(file), "--semantics", "sheet")
    assert code == 2
    assert "bundled model only" in output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "speed=3"], "The model has no 'speed'"),
        (["--set", "ticket_test_rate=fast"], "is no NAME=VALUE"),
        (["--set", "ticket_test_rate=nan"], "must be a finite number"),
        (["--rounds", "0"], "Rounds must be between"),
        (["--model", "none.systems"], "can't be read"),
        (["--calibrate", "none.jsonl"], "can't be read"),
    ],
)
def test_bad_input_gets_one_sentence(arguments: list[str], sentence: str) -> None:
    """
    And exit code 2.
    """
    code, output = command(*arguments)
    assert code == 2
    assert sentence in output
    assert len(output.strip().splitlines()) == 1


def tickets(count: int = 20) -> list[dict[str, Any]]:
    """
    One opened every half week, started a week later, closed two weeks later; every fifth broke production in a week.
    """
    half = WEEK_MS // 2
    return [
        {
            "name": "outcome.ticket",
            "ticket_id": str(number),
            "opened_ts": number * half,
            "started_ts": number * half + 2 * half,
            "closed_ts": number * half + 4 * half,
            "production_error_ts": number * half + 6 * half if number % 5 == 0 else None,
        }
        for number in range(count)
    ]


def test_rates_are_counted_from_tickets() -> None:
    """
    About two a week are opened and closed, two are in work at a time, and the hazard is errors over ticket-weeks.
    """
    measured = calibrate(tickets())
    assert measured.weeks == pytest.approx(11.5)
    assert measured.rates["ticket_open_rate"] == pytest.approx(20 / 11.5)
    assert measured.rates["max_concurrent_coding"] == pytest.approx(20 / 11.5)
    exposed = sum((19 - n) / 2 if n % 5 else 1 for n in range(20))
    assert measured.rates["errors_in_production"] == pytest.approx(4 / exposed)


def test_the_last_of_several_imports_counts() -> None:
    """
    A ticket that was imported twice is one ticket.
    """
    assert calibrate([*tickets(), *tickets()]) == calibrate(tickets())


def test_too_few_tickets_are_an_anecdote() -> None:
    """
    Nothing is calibrated by nine of them.
    """
    with pytest.raises(UnusableModel, match="too few to calibrate by"):
        calibrate(tickets(9))


def test_calibrated_from_a_file_of_events(tmp_path: Path) -> None:
    """
    What `telemetry events` prints can be given as it is.
    """
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(map(json.dumps, [*tickets(), {"name": "session.started"}])))
    found = document("--calibrate", str(file))
    assert found["rates"]["ticket_open_rate"] == pytest.approx(20 / 11.5)
    assert "Rates were counted from 20 tickets" in found["notices"][0]
    file.write_text("not json")
    assert command("--calibrate", str(file))[0] == 2
