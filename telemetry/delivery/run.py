"""
Two ways of running delivery through time: step by step, and as the published spreadsheet does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from telemetry.delivery.formula import UnusableModel
from telemetry.delivery.model import Flow, Kind, Model, initial_values

MOST_ROUNDS = 100_000
FUZZ = 1e-9
"""Added before rounding down, so that 0.29 of 100 is 29 and not 28.999…"""

Row = Mapping[str, float]


class Semantics(StrEnum):
    """
    How a round is computed.
    """

    SHEET = "sheet"
    STEPS = "steps"


@dataclass(frozen=True, kw_only=True)
class SheetRates:
    """
    The configuration of the published spreadsheet, for one round.
    """

    ticket_open_rate: float = 1
    start_coding_rate: float = 1
    max_concurrent_coding: float = 3
    ticket_test_rate: float = 1
    errors_in_test: float = 0.25
    errors_in_deploy: float = 0.25
    errors_in_production: float = 0.25
    open_tickets: float = 10


def steps(model: Model, rounds: int) -> list[Row]:
    """
    All stocks before round 1 and after each of `rounds` rounds.

    As in `systems` 0.1.0: flows are taken in reverse order of declaration, each takes from its source at once, and
    what arrives is added after all have been taken.

    Raises:
        UnusableModel: a formula has no value.
    """
    _check_rounds(rounds)
    state = initial_values(model)
    rows: list[Row] = [dict(state)]
    for _ in range(rounds):
        arriving: list[tuple[str, float]] = []
        for flow in reversed(model.flows):
            taken, given = _moved(flow, state, _room(model, flow, state))
            state[flow.source] -= taken
            arriving.append((flow.target, given))
        for target, given in arriving:
            state[target] += given
        rows.append(dict(state))
    return rows


def sheet(rates: SheetRates, rounds: int) -> list[Row]:
    """
    The same by the formulas of the spreadsheet in Larson, "Modeling impact of LLMs on Developer Experience" (2024).

    It differs from a step simulator in two ways: coding starts in full or not at all, gated by how many tickets were
    in coding a round ago; and tickets that fail a test are counted among those that pass it.
    """
    _check_rounds(rounds)
    opened, coding, tested, deployed, closed = rates.open_tickets, 0.0, 0.0, 0.0, 0.0
    started = passed = deploying = closing = test_errors = deploy_errors = production_errors = 0.0
    rows: list[Row] = [_sheet_row(opened, coding, tested, deployed, closed)]
    for _ in range(rounds):
        starting = 0.0 if coding >= rates.max_concurrent_coding else rates.start_coding_rate
        opened += rates.ticket_open_rate - started + production_errors
        coding += starting - passed + deploy_errors + test_errors
        passing = min(rates.ticket_test_rate, coding)
        tested += passing - deploying - test_errors
        deployed += tested - closing - deploy_errors
        closed += deployed - production_errors
        started, passed, deploying, closing = starting, passing, tested, deployed
        test_errors = _floor(tested * rates.errors_in_test)
        deploy_errors = _floor(deployed * rates.errors_in_deploy)
        production_errors = _floor(closed * rates.errors_in_production)
        rows.append(_sheet_row(opened, coding, tested, deployed, closed))
    return rows


def _check_rounds(rounds: int) -> None:
    if not 1 <= rounds <= MOST_ROUNDS:
        raise UnusableModel(f"Rounds must be between 1 and {MOST_ROUNDS:,}.")


def _sheet_row(opened: float, coding: float, tested: float, deployed: float, closed: float) -> Row:
    return {
        "OpenTickets": opened,
        "StartedCoding": coding,
        "TestedCode": tested,
        "DeployedCode": deployed,
        "ClosedTickets": closed,
    }


def _room(model: Model, flow: Flow, state: Mapping[str, float]) -> float:
    maximum = model.stocks[flow.target].maximum
    if maximum is None or state[flow.target] == math.inf:
        return math.inf
    return maximum.value(state) - state[flow.target]


def _moved(flow: Flow, state: Mapping[str, float], room: float) -> tuple[float, float]:
    source, rate = state[flow.source], flow.formula.value(state)
    if flow.kind is Kind.RATE:
        change = min(room, max(0.0, min(rate, source))) if source > 0 else 0.0
        return change, change
    if flow.kind is Kind.LEAK:
        change = min(room, _floor(source * rate))
        return change, change
    if rate <= 0:
        return 0.0, 0.0
    taken = source if math.isinf(room) else max(0.0, min(source, _floor(room / rate)))
    given = _floor(taken * rate)
    return (taken, given) if given else (0.0, 0.0)


def _floor(value: float) -> float:
    return value if math.isinf(value) else float(math.floor(value + FUZZ))
