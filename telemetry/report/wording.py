"""
Numbers as people read them, the same in every format.
"""

from collections.abc import Callable, Mapping
from typing import Any

from telemetry.report.figures import Figure, Unit

DASH = "–"


def value(number: Any, unit: Unit) -> str:
    """
    A cell of a table; a dash where there is none.
    """
    if number is None:
        return DASH
    return FORMS[unit](number)


def counted(number: int, noun: str) -> str:
    """
    So many of something, whose plural takes an s.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


FORMS: Mapping[Unit, Callable[[Any], str]] = {
    Unit.TEXT: str,
    Unit.COUNT: "{:,.0f}".format,
    Unit.SHARE: "{:.1%}".format,
    Unit.DOLLARS: "${:,.2f}".format,
    Unit.MILLISECONDS: "{:,.0f} ms".format,
    Unit.HOURS: "{:,.1f} h".format,
    Unit.NUMBER: "{:,.1f}".format,
}


def figure_value(figure: Figure) -> str:
    """
    What a figure comes to, in its unit; a dash where there is nothing to divide by.
    """
    if figure.value is None:
        return DASH
    if figure.unit == "%":
        return value(figure.value, Unit.SHARE)
    if figure.unit == "$":
        return f"${figure.value:,.4f}" if figure.value < 1 else f"${figure.value:,.2f}"
    return f"{figure.value:,.2f}" if figure.value < 10 else f"{figure.value:,.0f}"


def sides(figure: Figure) -> str:
    """
    A figure's numerator and denominator, with their names.
    """
    above, below = figure.sides
    return f"{_side(figure.numerator, above)} / {_side(figure.denominator, below)}"


def _side(number: float, name: str) -> str:
    if name.endswith("usd"):
        return f"${number:,.2f} {name.removesuffix('usd').strip()}".strip()
    return f"{number:,.0f} {name.replace(' chars', ' characters')}"


def hidden(groups: int) -> str:
    """
    That groups were left out, and why; empty when none were.
    """
    if not groups:
        return ""
    what = "group is" if groups == 1 else "groups are"
    return f"{groups} {what} left out: fewer than 5 people, one of them most of it, or the rest would give it away."
