"""
`pacenotes simulate`: the stock-and-flow model of delivery, on the command line.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from telemetry.delivery.model import Model
    from telemetry.delivery.run import Semantics

BUNDLED = Path(__file__).with_name("delivery.systems")

SCENARIOS = (
    "fewer errors in production: errors_in_production=0.10",
    "testing x3: ticket_test_rate=3",
    "starting and testing x3: start_coding_rate=3, ticket_test_rate=3",
    "all of it: start_coding_rate=3, ticket_test_rate=3, errors_in_production=0.10",
)
"""The experiments of the published chapter."""


class Unusable(click.ClickException):
    """
    What was given can't be run.
    """

    exit_code = 2


@click.command()
@click.option(
    "--model", "file", type=click.Path(path_type=Path), default=None,
    help="A model in the syntax of `systems`; the delivery model otherwise.",
)  # fmt: skip
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="Give a rate or a stock another value.")
@click.option(
    "--semantics", type=click.Choice(["sheet", "steps"]), default=None,
    help="As the published spreadsheet computes, or step by step. [default: sheet; steps with --model]",
)  # fmt: skip
@click.option("--rounds", type=int, default=60, show_default=True, help="Rounds to run; one is a week.")
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME: A=1, B=2",
    help="Put another run beside this one; may be repeated.",
)  # fmt: skip
@click.option("--compare", is_flag=True, help="Put the experiments of the published chapter beside this run.")
@click.option(
    "--calibrate", "tickets", type=click.Path(path_type=Path), default=None,
    help="Take rates from tickets: JSON Lines of `pacenotes telemetry events`.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, every round included.")
def simulate(
    *,
    file: Path | None,
    values: Sequence[str],
    semantics: str | None,
    rounds: int,
    scenarios: Sequence[str],
    compare: bool,
    tickets: Path | None,
    as_json: bool,
) -> None:
    """
    Run a model of delivery: tickets are opened, started, tested, deployed and closed, and errors flow back.

    Tells what closed tickets settle at, which rate binds, and whether the answer hangs on how it is simulated.
    Rates: ticket_open_rate, start_coding_rate, max_concurrent_coding, ticket_test_rate, errors_in_test,
    errors_in_deploy, errors_in_production.

    Example: pacenotes simulate --set errors_in_production=0.10 --compare
    """
    from telemetry.delivery import scenario
    from telemetry.delivery.formula import UnusableModel
    from telemetry.delivery.model import with_values
    from telemetry.delivery.run import Semantics

    try:
        chosen = Semantics(semantics) if semantics else Semantics.STEPS if file else Semantics.SHEET
        model, notices = _model(file, tickets)
        model = with_values(model, _assignments(values))
        beside = _scenarios((*scenarios, *(SCENARIOS if compare else ())), model)
        document = scenario.as_json(model, chosen, rounds)
        others = {name: scenario.as_json(other, chosen, rounds) for name, other in beside.items()}
    except UnusableModel as error:
        raise Unusable(str(error)) from error
    if as_json:
        click.echo(json.dumps({**document, "scenarios": others, "notices": notices}, indent=2))
        return
    _print_run(document, model, chosen)
    if others:
        _print_scenarios({"as given": document, **others})
    for notice in notices:
        click.echo(f"Note: {notice}")


def _model(file: Path | None, tickets: Path | None) -> "tuple[Model, list[str]]":
    from telemetry.delivery.formula import UnusableModel
    from telemetry.delivery.model import read_model, with_values

    try:
        model = read_model((file or BUNDLED).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise UnusableModel(f"{file} can't be read; give a text file with stocks and flows.") from None
    if tickets is None:
        return model, []
    from telemetry.delivery.calibration import calibrate

    measured = calibrate(_ticket_events(tickets))
    counted = f"Rates were counted from {measured.tickets} tickets over {measured.weeks:.1f} weeks."
    return with_values(model, measured.rates), [counted, *measured.notices]


def _ticket_events(file: Path) -> list[Mapping[str, object]]:
    from telemetry.delivery.formula import UnusableModel

    try:
        events = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        return [event for event in events if event["name"] == "outcome.ticket"]
    except (OSError, UnicodeDecodeError):
        raise UnusableModel(f"{file} can't be read.") from None
    except (ValueError, KeyError, TypeError):
        raise UnusableModel(f"{file} is not JSON Lines of events; make it with `pacenotes telemetry events`.") from None


def _assignments(texts: Sequence[str]) -> dict[str, float]:
    from telemetry.delivery.formula import UnusableModel

    values = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise UnusableModel(f"{text!r} is no NAME=VALUE with a number.") from None
        if not 0 <= values[name.strip()] < float("inf"):
            raise UnusableModel(f"{name.strip()} must be a finite number, zero or more.")
    return values


def _scenarios(texts: Sequence[str], model: "Model") -> "dict[str, Model]":
    from telemetry.delivery.model import with_values

    found = {}
    for text in texts:
        name, colon, values = text.rpartition(":")
        found[name.strip() if colon else text] = with_values(model, _assignments(values.split(",")))
    return found


def _print_run(document: Mapping[str, object], model: "Model", semantics: "Semantics") -> None:
    from rich.console import Console
    from rich.table import Table

    rows = document["rounds"]
    assert isinstance(rows, list)
    shown = sorted({0, 1, 2, 3, 5, 10, 18, 25, 40, len(rows) - 1} & set(range(len(rows))))
    table = Table("Round", *model.shown, title=f"{semantics.value} semantics", title_justify="left")
    for at in shown:
        table.add_row(str(at), *(f"{rows[at][name]:g}" for name in model.shown))
    console = Console(highlight=False)
    console.print(table)
    closed = document["closed"]
    if isinstance(closed, dict):
        span = f"{closed['low']:g}" if closed["low"] == closed["high"] else f"{closed['low']:g} to {closed['high']:g}"
        console.print(f"Closed tickets settle at {span} from round {closed['round']}.")
    elif document["binding"]:
        console.print("Closed tickets have not settled yet; give more --rounds.")
    _print_binding(console, document)
    if document["note"]:
        console.print(str(document["note"]), soft_wrap=True)


def _print_binding(console: object, document: Mapping[str, object]) -> None:
    found = document["binding"]
    assert isinstance(found, list)
    better = [
        f"{row['rate']} {row['value']:g} → {row['improved']:g}: {row['gain']:+g}" for row in found if row["gain"] > 0
    ]
    idle = [row["rate"] for row in found if row["gain"] == 0]
    if better:
        click.echo("Binds (closed tickets when made twice as good): " + "; ".join(better))
    if idle:
        click.echo("Does not bind: " + ", ".join(idle))


def _print_scenarios(documents: Mapping[str, Mapping[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "Scenario", "sheet", "steps", "throughput / hazard", title="Closed tickets settle at", title_justify="left"
    )
    for name, document in documents.items():
        compared = document["comparison"]
        assert isinstance(compared, dict)
        cells = (compared.get(key) for key in ("sheet", "steps", "closed_form"))
        table.add_row(name, *("-" if cell is None else f"{cell:g}" for cell in cells))
    Console(highlight=False).print(table)
