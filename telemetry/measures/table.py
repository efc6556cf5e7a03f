"""
The words that measures are written in: the table of events, its parts, and rates that keep both of their sides.

A measure is an expression over the table, written once with Ibis and compiled for whatever engine holds the events.
It returns counts and sums, never rates: a rate is made of two pooled sums at the very end, so that its numerator and
denominator always stand beside it, and no rate is ever a mean of rates.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from telemetry.columns import COLUMNS, DAY

IBIS_TYPES = {"VARCHAR": "string", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "boolean"}

WEEK = "week"

KEPT = 0.67
"""A text of which at least so much is left is mostly kept: Cody's and Copilot's threshold (Ziegler et al. 2022)."""

READ_MS = 750
"""A text that was visible for less was hardly read: Cody's `COMPLETION_VISIBLE_DELAY_MS`."""

TAKEN = ("accepted", "partial")
HELPED = ("applied", "edited_applied", "fixed_later")

ENGAGED_DAYS = 2
"""Somebody who took something on so many days of a week is engaged in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """
    A share or a price: column `numerator` over column `denominator` of the measure's row, times `per`.

    `sentence` is its definition, in full; `unit` is `%` for a share.
    """

    name: str
    title: str
    sentence: str
    numerator: str
    denominator: str
    unit: str = "%"
    per: float = 1.0


def events_table() -> ir.Table:
    """
    The table of events, bound to no engine: all columns of the common layout.
    """
    return ibis.table({**{name: IBIS_TYPES[kind] for name, kind in COLUMNS.items()}, DAY: "date"}, name="events")


def named(events: ir.Table, *names: str) -> ir.Table:
    """
    The events of these names.
    """
    return events.filter(events.name.isin(names) if len(names) > 1 else events.name == names[0])


def by_week(events: ir.Table) -> ir.Table:
    """
    The table with the Monday of each event's week.
    """
    return events.mutate(week=events[DAY].truncate("W").cast("date"))


def total(column: ir.Value) -> ir.Value:
    """
    A sum that is 0, and no null, where there is nothing to add up.
    """
    return column.sum().fill_null(0)
