"""
Tables as pictures: inline SVG without scripts, whose text keeps its size on a phone and its colours in the dark.

Everything lies at percentages of the width, so that a picture grows while its words don't.
Lines are told apart by their dashes as well as by their colour, and each mark has its value as a tooltip.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from telemetry.report.figures import Chart, Column, Table, Unit
from telemetry.report.wording import value

PLOT_TOP, PLOT_HEIGHT = 22, 160
BAR_ROW = 40
CELL = 26
LEAST_SHADE, MOST_SHADE = 0.12, 0.95


def chart(table: Table) -> str:
    """
    The picture of a table, or nothing where it has none or no rows.
    """
    if table.chart is None or not table.rows:
        return ""
    match table.chart:
        case Chart.LINE:
            return _lines(table)
        case Chart.TRIANGLE:
            return _triangle(table)
    return _bars(table)


def interval(effect: dict[str, Any]) -> str:
    """
    An effect with its 95 % interval against zero.
    """
    low, high, middle = effect["ci_low"], effect["ci_high"], effect["effect"]
    edge = 1.15 * max(abs(low), abs(high), 1e-12)

    def place(number: float) -> float:
        return float(50 + 50 * number / edge)

    form = "{:+.1%}" if effect.get("relative") else "{:+.3g}"
    least, most = form.format(low), form.format(high)
    said = f"Effect {form.format(middle)}, 95 % interval {least} to {most}; zero means no difference."
    marks = (
        f'<line class="zero" x1="50%" x2="50%" y1="18" y2="48"/>'
        f'<line class="range" x1="{place(low):.2f}%" x2="{place(high):.2f}%" y1="26" y2="26"/>'
        f'<circle class="s0" cx="{place(middle):.2f}%" cy="26" r="6"/>'
        # Above the line: below it an end that is near zero would stand on it.
        f'<text x="50%" y="13" text-anchor="middle">0</text>'
        f'<text x="{place(low):.2f}%" y="64" text-anchor="middle">{least}</text>'
        f'<text x="{place(high):.2f}%" y="64" text-anchor="middle">{most}</text>'
    )
    return _svg("interval", "The effect and its interval", said, 70, marks)


def _bars(table: Table) -> str:
    column, place = _drawn(table)[0]
    most = max((row[place] or 0 for row in table.rows), default=0) or 1
    marks = []
    for number, row in enumerate(table.rows):
        top = number * BAR_ROW
        width = 100 * (row[place] or 0) / most
        said = value(row[place], column.unit)
        marks.append(
            f'<text x="0" y="{top + 14}">{escape(str(row[0]))}</text>'
            f'<text x="100%" y="{top + 14}" text-anchor="end">{escape(said)}</text>'
            f'<rect class="track" x="0" y="{top + 20}" width="100%" height="10" rx="2"/>'
            f'<rect class="s0" x="0" y="{top + 20}" width="{width:.2f}%" height="10" rx="2">'
            f"<title>{escape(str(row[0]))}: {escape(said)}</title></rect>"
        )
    return _svg(table.name, table.title, _summary(table, column, place), len(table.rows) * BAR_ROW, "".join(marks))


def _lines(table: Table) -> str:
    drawn = _drawn(table)
    unit = drawn[0][0].unit
    most = max((row[place] or 0 for row in table.rows for _, place in drawn), default=0)
    top = 1.0 if unit is Unit.SHARE else _round_up(most)
    count = len(table.rows)
    marks = [_grid(top, unit)]
    for series, (column, place) in enumerate(drawn):
        points = [
            (_along(number, count), PLOT_TOP + PLOT_HEIGHT * (1 - row[place] / top), row)
            for number, row in enumerate(table.rows)
            if row[place] is not None
        ]
        path = " ".join(f"{10 * x:.1f},{y - PLOT_TOP:.1f}" for x, y, _ in points)
        marks.append(
            f'<svg x="0" y="{PLOT_TOP}" width="100%" height="{PLOT_HEIGHT}" viewBox="0 0 1000 {PLOT_HEIGHT}" '
            f'preserveAspectRatio="none"><polyline class="line l{series}" points="{path}"/></svg>'
        )
        marks += [
            f'<circle class="s{series}" cx="{x:.2f}%" cy="{y:.1f}" r="3">'
            f"<title>{escape(f'{row[0]}, {column.title}: {value(row[place], column.unit)}')}</title></circle>"
            for x, y, row in points
        ]
    marks.append(_ends(table))
    drawing = _svg(table.name, table.title, _summary(table, *drawn[0]), PLOT_TOP + PLOT_HEIGHT + 24, "".join(marks))
    return drawing + (_legend([column for column, _ in drawn]) if len(drawn) > 1 else "")


def _triangle(table: Table) -> str:
    column, place = _drawn(table)[0]
    cohorts = list(dict.fromkeys(row[0] for row in table.rows))
    ages = 1 + max(row[1] for row in table.rows)
    marks = []
    for number, cohort in enumerate(cohorts):
        top = number * (CELL + 20)
        marks.append(f'<text x="0" y="{top + 13}">{escape(str(cohort))}</text>')
        for row in (row for row in table.rows if row[0] == cohort):
            shade = LEAST_SHADE + (MOST_SHADE - LEAST_SHADE) * (row[place] or 0)
            said = f"{cohort}, {row[1]} weeks later: {value(row[place], column.unit)}"
            marks.append(
                f'<rect class="s0" x="{100 * row[1] / ages:.2f}%" y="{top + 18}" width="{100 / ages - 0.3:.2f}%" '
                f'height="{CELL - 6}" fill-opacity="{shade:.2f}"><title>{escape(said)}</title></rect>'
            )
    return _svg(table.name, table.title, _summary(table, column, place), len(cohorts) * (CELL + 20), "".join(marks))


def _drawn(table: Table) -> list[tuple[Column, int]]:
    return [(column, place) for place, column in enumerate(table.columns) if column.drawn]


def _grid(top: float, unit: Unit) -> str:
    lines = []
    for part in (0.0, 0.5, 1.0):
        y = PLOT_TOP + PLOT_HEIGHT * (1 - part)
        lines.append(
            f'<line class="grid" x1="0" x2="100%" y1="{y:.0f}" y2="{y:.0f}"/>'
            f'<text class="quiet" x="0" y="{y - 4:.0f}">{escape(_short(part * top, unit))}</text>'
        )
    return "".join(lines)


def _ends(table: Table) -> str:
    y = PLOT_TOP + PLOT_HEIGHT + 18
    first, last = str(table.rows[0][0]), str(table.rows[-1][0])
    return (
        f'<text class="quiet" x="0" y="{y}">{escape(first)}</text>'
        f'<text class="quiet" x="100%" y="{y}" text-anchor="end">{escape(last)}</text>'
    )


def _legend(columns: Sequence[Column]) -> str:
    keys = "".join(
        f'<li><svg width="28" height="10" aria-hidden="true">'
        f'<line class="line l{number}" x1="0" x2="28" y1="5" y2="5"/></svg> {escape(column.title)}</li>'
        for number, column in enumerate(columns)
    )
    return f'<ul class="legend">{keys}</ul>'


def _along(number: int, count: int) -> float:
    # A little room at both ends, so that marks are not cut off.
    return 50.0 if count == 1 else 1.5 + 97 * number / (count - 1)


def _round_up(most: float) -> float:
    """
    The next 1, 2 or 5 with zeros.
    """
    if most <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= most:
        power *= 10
    while power > most:
        power /= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most)


def _short(number: float, unit: Unit) -> str:
    if unit is Unit.SHARE:
        return f"{100 * number:.0f} %"
    return f"{number:,.0f}" if number == round(number) else f"{number:,.2g}"


def _summary(table: Table, column: Column, place: int) -> str:
    first, last = table.rows[0], table.rows[-1]
    return (
        f"{table.sentence} {column.title}: {first[0]} {value(first[place], column.unit)}, "
        f"{last[0]} {value(last[place], column.unit)}. The table below has every value."
    )


def _svg(name: str, title: str, description: str, height: int, marks: str) -> str:
    return (
        f'<svg class="chart" role="img" width="100%" height="{height}" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        f"{marks}</svg>"
    )
