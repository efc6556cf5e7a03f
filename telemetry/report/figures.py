"""
A report as a value: figures with both of their sides, tables, and what every format makes of the same thing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telemetry.measures.quality import Identity
from telemetry.measures.table import Rate


class Unit(StrEnum):
    """
    How a number is written.
    """

    TEXT = "text"
    COUNT = "count"
    SHARE = "%"
    DOLLARS = "$"
    MILLISECONDS = "ms"
    HOURS = "h"
    NUMBER = "number"


class Chart(StrEnum):
    """
    How a table is drawn, beside being a table.
    """

    LINE = "line"
    BARS = "bars"
    STEPS = "steps"
    """Bars that are parts of the first of them."""
    TRIANGLE = "triangle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """
    One number that matters, with its definition and both of its sides; `value` is None where there is nothing below.
    """

    name: str
    title: str
    sentence: str
    numerator: float
    denominator: float
    unit: str
    value: float | None
    sides: tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """
    A column of a table. `axis` marks what a chart goes along, `drawn` what it draws.
    """

    name: str
    title: str
    unit: Unit = Unit.COUNT
    drawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """
    Rows by group, week or step; the first column says which. `hidden` groups were left out to protect people.
    """

    name: str
    title: str
    sentence: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    chart: Chart | None = None
    hidden: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """
    One question, with what answers it.
    """

    name: str
    title: str
    sentence: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


class Standing(StrEnum):
    """
    What the report can say about the decision.
    """

    INVEST_MORE = "invest_more"
    HOLD = "hold"
    LESS = "less"
    INCONCLUSIVE = "inconclusive"
    NO_RULE = "no_rule"
    """There is an effect, but nobody promised beforehand what would follow from it."""
    NO_EVIDENCE = "no_evidence"
    """There is no experiment: what follows describes use, not what use brings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """
    The verdict that a report opens with: a headline, its defence, and what to do next.
    """

    standing: Standing
    headline: str
    sentences: tuple[str, ...]
    effect: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """
    Everything that a report says. `empty` reports have an opening that says what to do, and nothing else.
    """

    title: str
    made_on: str
    first_day: str | None
    last_day: str | None
    developers: int
    events: int
    synthetic: bool
    opening: Opening
    headline: tuple[Figure, ...]
    sections: tuple[Section, ...]
    identities: tuple[Identity, ...]
    notices: tuple[str, ...]
    days: tuple[Mapping[str, Any], ...] = ()
    """What the Copilot format needs: a row a day."""

    @property
    def empty(self) -> bool:
        """
        Whether there were no events at all.
        """
        return self.events == 0

    @property
    def figures(self) -> Iterator[tuple[Section, Figure]]:
        """
        Every figure with its section.
        """
        return ((section, figure) for section in self.sections for figure in section.figures)


def figure(rate: Rate, row: Mapping[str, Any]) -> Figure:
    """
    A rate's two sides out of a measure's row, and the rate itself.
    """
    numerator, denominator = row[rate.numerator] or 0, row[rate.denominator] or 0
    return Figure(
        name=rate.name,
        title=rate.title,
        sentence=rate.sentence,
        numerator=numerator,
        denominator=denominator,
        unit=rate.unit,
        value=rate.per * numerator / denominator if denominator else None,
        sides=(rate.numerator.replace("_", " "), rate.denominator.replace("_", " ")),
    )


def share(numerator: float | None, denominator: float | None) -> float | None:
    """
    A rate as a table shows it, None where there is nothing below.
    """
    return (numerator or 0) / denominator if denominator else None


def table_of(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    name: str,
    title: str,
    sentence: str,
    chart: Chart | None = None,
    hidden: int = 0,
) -> Table:
    """
    A table of the named columns of a measure's rows.
    """
    return Table(
        name=name,
        title=title,
        sentence=sentence,
        columns=tuple(columns),
        rows=tuple(tuple(row[column.name] for column in columns) for row in rows),
        chart=chart,
        hidden=hidden,
    )
