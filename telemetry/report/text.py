"""
A report for a terminal, or for a file that people read as it is.
"""

import io

from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from telemetry.measures.quality import Verdict
from telemetry.report.figures import Figure, Report, Section, Standing, Table, Unit
from telemetry.report.wording import counted, figure_value, hidden, sides, value

MOST_ROWS = 30
"""Of a table in a terminal; the other formats hold all of them."""

STYLES = {
    Standing.INVEST_MORE: "bold green",
    Standing.HOLD: "bold yellow",
    Standing.LESS: "bold red",
}
MARKS = {Verdict.HOLDS: "adds up", Verdict.NEARLY: "nearly", Verdict.BROKEN: "DOES NOT ADD UP"}


def text(report: Report, *, width: int = 110, colour: bool = False) -> str:
    """
    The report as text of at most so many columns; `colour` adds the escapes of a terminal.
    """
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=colour, color_system="standard" if colour else None)
    _head(console, report)
    for section in report.sections:
        _section(console, section)
    if not report.empty:
        _identities(console, report)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def _head(console: Console, report: Report) -> None:
    console.print(Text(report.title, style="bold"))
    if not report.empty:
        people, events = counted(report.developers, "developer"), counted(report.events, "event")
        console.print(f"{report.first_day} to {report.last_day}, {people}, {events}", highlight=False)
    console.print()
    opening = report.opening
    console.print(Text(opening.headline, style=STYLES.get(opening.standing, "bold")))
    for sentence in opening.sentences:
        console.print(Padding(Text(sentence), (0, 0, 0, 2)))
    for notice in report.notices:
        console.print(Padding(Text(f"Note: {notice}"), (0, 0, 0, 2)))
    if report.headline:
        console.print()
        console.print(_figures(report.headline))


def _section(console: Console, section: Section) -> None:
    console.rule(section.title, align="left", style="dim")
    console.print(Text(section.sentence, style="dim"))
    if section.figures:
        console.print(_figures(section.figures))
    for table in section.tables:
        if table.rows or table.hidden:
            _table(console, table)


def _figures(figures: tuple[Figure, ...]) -> Grid:
    grid = Grid(box=SIMPLE, show_header=False, pad_edge=False)
    grid.add_column(ratio=3)
    grid.add_column(justify="right", style="bold", no_wrap=True)
    grid.add_column(style="dim", ratio=4)
    for figure in figures:
        unit = "" if figure.unit in ("%", "$") else f" {figure.unit}"
        grid.add_row(figure.title, f"{figure_value(figure)}{unit}", sides(figure))
    return grid


def _table(console: Console, table: Table) -> None:
    grid = Grid(box=SIMPLE, title=table.title, title_justify="left", pad_edge=False)
    for column in table.columns:
        grid.add_column(column.title, justify="left" if column.unit is Unit.TEXT else "right")
    for row in table.rows[:MOST_ROWS]:
        grid.add_row(*(value(cell, column.unit) for cell, column in zip(row, table.columns, strict=True)))
    console.print(grid)
    left_out = len(table.rows) - MOST_ROWS
    if left_out > 0:
        console.print(f"… and {left_out} more rows: the formats json, csv and html have them all.", highlight=False)
    if table.hidden:
        console.print(hidden(table.hidden), style="dim", highlight=False)


def _identities(console: Console, report: Report) -> None:
    grid = Grid(box=SIMPLE, title="What must add up", title_justify="left", pad_edge=False)
    for title in ("Identity", "Left", "Right", ""):
        grid.add_column(title, justify="right" if title in ("Left", "Right") else "left")
    for identity in report.identities:
        off = "" if identity.verdict is Verdict.HOLDS else f", off by {identity.off_by:,}"
        grid.add_row(identity.sentence, f"{identity.left:,}", f"{identity.right:,}", f"{MARKS[identity.verdict]}{off}")
    console.print(grid)
