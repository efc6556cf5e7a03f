"""
What a run of the delivery model settles at, which rate binds it, and whether the answer hangs on the simulator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from telemetry.delivery.formula import UnusableModel
from telemetry.delivery.model import Model, initial_values, with_values
from telemetry.delivery.run import Row, Semantics, SheetRates, sheet, steps

LONGEST_CYCLE = 24
"""Rounds after which a repeating pattern counts as a pattern."""

SETTLING = 400
"""Rounds that a run is given to settle when nothing but its end is asked for."""

CLOSED = "ClosedTickets"
ERRORS = "errors_in_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Equilibrium:
    """
    Where a stock settles: from `round` on it repeats a cycle between `low` and `high`; equal when it stands still.
    """

    low: float
    high: float
    round: int


@dataclass(frozen=True, kw_only=True)
class Binding:
    """
    What closed tickets settle at when one rate is twice as good: doubled, or halved when it is an error rate.
    """

    rate: str
    value: float
    improved: float
    closed: float
    gain: float


def run(model: Model, semantics: Semantics, rounds: int) -> list[Row]:
    """
    Run `model`; the sheet knows the bundled model only, with whatever rates.

    Raises:
        UnusableModel: the model has other stocks than the sheet.
    """
    return sheet(sheet_rates(model), rounds) if semantics is Semantics.SHEET else steps(model, rounds)


def sheet_rates(model: Model) -> SheetRates:
    """
    The rates of `model` as the configuration of the sheet.

    Raises:
        UnusableModel: it is another model.
    """
    values = initial_values(model)
    names = {field.name for field in fields(SheetRates)} - {"open_tickets"}
    if names != set(model.parameters) or CLOSED not in values:
        raise UnusableModel("The sheet's semantics exist for the bundled model only; use --semantics steps.")
    return SheetRates(**{name: values[name] for name in names}, open_tickets=values["OpenTickets"])


def equilibrium(rows: Sequence[Row], stock: str) -> Equilibrium | None:
    """
    Where `stock` settles, or None when it is still on its way at the end of `rows`.
    """
    values = [row[stock] for row in rows]
    for period in range(1, LONGEST_CYCLE + 1):
        if len(values) > 3 * period and values[-period:] == values[-2 * period : -period] == _third(values, period):
            start = next(at for at in range(len(values)) if _repeats(values, at, period))
            return Equilibrium(low=min(values[-period:]), high=max(values[-period:]), round=start)
    return None


def closed_form(model: Model) -> float | None:
    """
    Throughput over hazard: what closed tickets settle at when errors are charged to all of them in every round.

    None for another model, or without errors in production, when they never settle.
    """
    try:
        rates = sheet_rates(model)
    except UnusableModel:
        return None
    if rates.errors_in_production <= 0:
        return None
    throughput = min(rates.start_coding_rate, rates.ticket_test_rate, rates.max_concurrent_coding)
    return throughput / rates.errors_in_production


def bindings(model: Model, semantics: Semantics) -> tuple[Binding, ...]:
    """
    Every rate made twice as good, one at a time, the one that moves closed tickets most first.
    """
    values = initial_values(model)
    before = _settled(model, semantics)
    found = []
    for rate in model.parameters:
        factor = 0.5 if rate.startswith(ERRORS) else 2.0
        changed = with_values(model, {rate: values[rate] * factor})
        after = _settled(changed, semantics)
        found.append(
            Binding(rate=rate, value=values[rate], improved=values[rate] * factor, closed=after, gain=after - before)
        )
    return tuple(sorted(found, key=lambda binding: (-binding.gain, binding.rate)))


def comparison(model: Model) -> dict[str, float | None]:
    """
    What closed tickets settle at under each semantics, at the low point of a cycle, and by the closed form.
    """
    found: dict[str, float | None] = {}
    for semantics in Semantics:
        try:
            found[semantics.value] = _settled(model, semantics)
        except UnusableModel:
            found[semantics.value] = None
    return {**found, "closed_form": closed_form(model)}


def in_words(compared: Mapping[str, float | None]) -> str:
    """
    One sentence on whether the simulators agree, and why they may not.
    """
    values = [value for value in compared.values() if value is not None]
    if len(values) < 2:
        return "This model runs in steps only, so there is nothing to compare with."
    if max(values) - min(values) < 1:
        return "The sheet, the step simulator and throughput / hazard agree."
    listed = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in compared.items() if value is not None)
    return (
        f"The answer hangs on the simulator ({listed}): the sheet starts coding in full or not at all and counts"
        " failed tests as passed, so speed is lost in its gate; read the direction, not the number."
    )


def as_json(model: Model, semantics: Semantics, rounds: int) -> dict[str, object]:
    """
    One run as the public document.
    """
    rows = run(model, semantics, rounds)
    closed = equilibrium(rows, CLOSED) if CLOSED in rows[-1] else None
    compared = comparison(model) if CLOSED in rows[-1] else {}
    values = initial_values(model)
    return {
        "semantics": semantics.value,
        "rates": {name: values[name] for name in model.parameters},
        "equilibrium": {name: settled.low for name in model.shown if (settled := equilibrium(rows, name))},
        "closed": None if closed is None else asdict(closed),
        "comparison": compared,
        "note": in_words(compared) if compared else "",
        "binding": [asdict(binding) for binding in bindings(model, semantics)] if compared else [],
        "rounds": [{"round": at, **{name: row[name] for name in model.shown}} for at, row in enumerate(rows)],
    }


def _settled(model: Model, semantics: Semantics) -> float:
    rows = run(model, semantics, SETTLING)
    settled = equilibrium(rows, CLOSED)
    # What never settles, such as delivery without errors, is judged by where it has come.
    return rows[-1][CLOSED] if settled is None else settled.low


def _third(values: Sequence[float], period: int) -> Sequence[float]:
    return values[-3 * period : -2 * period]


def _repeats(values: Sequence[float], start: int, period: int) -> bool:
    return all(values[at] == values[at + period] for at in range(start, len(values) - period))
