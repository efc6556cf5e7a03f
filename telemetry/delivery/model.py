"""
Stocks and flows, read from plain text in the syntax of Larson's `systems`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from telemetry.delivery.formula import Formula, UnusableModel, read_formula

STOCK = re.compile(r"(?P<name>[A-Za-z]\w*)\s*(?:\((?P<parameters>.*)\))?")
SOURCE = re.compile(r"\[\s*(?P<name>[A-Za-z][\w ]*?)\s*\]")
FLOW = re.compile(r"(?P<kind>rate|leak|conversion)\s*\((?P<formula>.*)\)", re.IGNORECASE)
DECIMAL = re.compile(r"\d+\.\d+")
LARGEST = 500
"""Lines of a model file; a longer one is no model of delivery."""


class Kind(StrEnum):
    """
    How much flows in a round.
    """

    RATE = "rate"
    """So many, or what there is."""
    LEAK = "leak"
    """A share of the source, rounded down; what doesn't leak stays."""
    CONVERSION = "conversion"
    """The whole source goes, a share of it arrives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """
    A quantity. One without flows is a parameter; one in brackets is infinite.
    """

    name: str
    initial: Formula | None = None
    maximum: Formula | None = None
    infinite: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """
    What moves from `source` to `target` in a round.
    """

    source: str
    target: str
    kind: Kind
    formula: Formula


@dataclass(frozen=True, kw_only=True)
class Model:
    """
    Stocks by name, in order of their first mention, and flows in order of declaration.
    """

    stocks: Mapping[str, Stock]
    flows: tuple[Flow, ...] = ()
    changed: Mapping[str, float] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[str, ...]:
        """
        Stocks that nothing flows through.
        """
        moved = {name for flow in self.flows for name in (flow.source, flow.target)}
        return tuple(name for name, stock in self.stocks.items() if name not in moved and not stock.infinite)

    @property
    def shown(self) -> tuple[str, ...]:
        """
        The stocks that something flows through and that can be counted.
        """
        parameters = self.parameters
        return tuple(n for n, stock in self.stocks.items() if n not in parameters and not stock.infinite)


def read_model(text: str) -> Model:
    """
    Read a model file.

    Lines are `Stock(initial, maximum)`, `[Infinite]`, `A > B @ FLOW` and comments from `#`; a FLOW is `Rate(…)`,
    `Leak(…)`, `Conversion(…)`, or bare: a decimal number is then a conversion, anything else a rate.

    Raises:
        UnusableModel: one sentence with the number of the line.
    """
    stocks: dict[str, Stock] = {}
    flows: list[Flow] = []
    lines = text.splitlines()
    if len(lines) > LARGEST:
        raise UnusableModel(f"The model has {len(lines)} lines; {LARGEST} are the most that are read.")
    for number, line in enumerate(lines, 1):
        try:
            _read_line(line.split("#", 1)[0].strip(), stocks, flows)
        except UnusableModel as error:
            raise UnusableModel(f"Line {number}: {error}") from None
    if not stocks:
        raise UnusableModel("The model names no stock; write one a line, or flows such as `Open > Done @ Rate(1)`.")
    model = Model(stocks=stocks, flows=tuple(flows))
    _check_names(model)
    return model


def with_values(model: Model, values: Mapping[str, float]) -> Model:
    """
    The model with other initial values of some stocks.

    Raises:
        UnusableModel: there is no such stock.
    """
    for name in values:
        if name not in model.stocks or model.stocks[name].infinite:
            known = ", ".join(name for name, stock in model.stocks.items() if not stock.infinite)
            raise UnusableModel(f"The model has no {name!r}; it has {known}.")
    stocks = {
        name: replace(stock, initial=Formula((("+", values[name]),))) if name in values else stock
        for name, stock in model.stocks.items()
    }
    return replace(model, stocks=stocks, changed={**model.changed, **values})


def initial_values(model: Model) -> dict[str, float]:
    """
    What every stock holds before the first round.

    Raises:
        UnusableModel: initial values refer to each other in a circle.
    """
    values: dict[str, float] = {name: float("inf") for name, stock in model.stocks.items() if stock.infinite}
    waiting = {name: stock.initial for name, stock in model.stocks.items() if not stock.infinite}
    while waiting:
        ready = [name for name, initial in waiting.items() if initial is None or initial.names() <= values.keys()]
        if not ready:
            raise UnusableModel(f"The initial values of {', '.join(waiting)} refer to each other in a circle.")
        for name in ready:
            initial = waiting.pop(name)
            values[name] = initial.value(values) if initial is not None else 0.0
    return {name: values[name] for name in model.stocks}


def _read_line(line: str, stocks: dict[str, Stock], flows: list[Flow]) -> None:
    if not line:
        return
    path, at, flow = line.partition("@")
    ends = path.split(">")
    if len(ends) == 1 and not at:
        _add_stock(path, stocks)
        return
    if len(ends) != 2 or not at:
        raise UnusableModel(f"{line!r} is neither a stock nor a flow such as `A > B @ 1`.")
    source, target = (_add_stock(end, stocks) for end in ends)
    kind, formula = _read_flow(flow.strip())
    if kind is Kind.CONVERSION and stocks[source].infinite:
        raise UnusableModel(f"All of {source!r} can't be converted: it is infinite.")
    flows.append(Flow(source=source, target=target, kind=kind, formula=formula))


def _add_stock(text: str, stocks: dict[str, Stock]) -> str:
    text = text.strip()
    if infinite := SOURCE.fullmatch(text):
        return stocks.setdefault(infinite["name"], Stock(name=infinite["name"], infinite=True)).name
    match = STOCK.fullmatch(text)
    if match is None:
        raise UnusableModel(f"{text!r} is no stock; a name begins with a letter.")
    parameters = [read_formula(part) for part in _split(match["parameters"] or "")]
    if len(parameters) > 2:
        raise UnusableModel(f"{match['name']!r} has more than an initial value and a maximum.")
    known = stocks.get(match["name"], Stock(name=match["name"]))
    stocks[known.name] = _merged(known, *parameters)
    return known.name


def _merged(known: Stock, initial: Formula | None = None, maximum: Formula | None = None) -> Stock:
    for old, new in ((known.initial, initial), (known.maximum, maximum)):
        if old is not None and new is not None and old != new:
            raise UnusableModel(f"{known.name!r} is declared twice with different values.")
    return replace(known, initial=known.initial or initial, maximum=known.maximum or maximum)


def _split(parameters: str) -> Sequence[str]:
    return parameters.split(",") if parameters.strip() else []


def _read_flow(text: str) -> tuple[Kind, Formula]:
    if named := FLOW.fullmatch(text):
        return Kind(named["kind"].lower()), read_formula(named["formula"])
    return Kind.CONVERSION if DECIMAL.fullmatch(text) else Kind.RATE, read_formula(text)


def _check_names(model: Model) -> None:
    formulas = [flow.formula for flow in model.flows]
    formulas += [part for stock in model.stocks.values() for part in (stock.initial, stock.maximum) if part]
    for name in sorted({name for formula in formulas for name in formula.names()}):
        if name not in model.stocks:
            raise UnusableModel(f"A formula refers to {name!r}, which is no stock of the model.")
