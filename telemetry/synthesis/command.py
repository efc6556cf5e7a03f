"""
`pacenotes telemetry synthesize`: a company that does not exist, to try reports and experiments on.
"""

import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from telemetry.commands import UtcTime

MOST_ENGINEERS = 30_000


class Unwritable(click.ClickException):
    """
    The folder can't be used.
    """

    exit_code = 2


@click.command()
@click.option("--engineers", type=click.IntRange(1, MOST_ENGINEERS), default=40, show_default=True)
@click.option("--weeks", type=click.IntRange(1, 260), default=8, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same company.")
@click.option("--start", type=UtcTime(), default=None, help="The first day, a Monday; else so that the weeks end now.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new or empty folder to write to."
)
def synthesize(*, engineers: int, weeks: int, seed: int, start: datetime | None, out: Path) -> None:
    """
    Make up the events of a company and write them as a folder of Parquet, with the truth beside them.

    Every event is marked as synthetic, and so is every report on them. `truth.json` says what a measure should find:
    the share accepted, the effect on pull requests, the hazard of errors in production, and how many events of each
    kind there are.

    Example: pacenotes telemetry synthesize --engineers 300 --weeks 26 --seed 7 --out made-up
    """
    from telemetry.synthesis.company import Plan
    from telemetry.synthesis.writing import write

    if out.exists() and any(out.iterdir()):
        raise Unwritable(f"{out} is not empty: name a new folder, so that nothing made up gets among real events.")
    first = start.date() if start else _first_monday(datetime.now(tz=UTC).date(), weeks)
    plan = Plan(engineers=engineers, weeks=weeks, seed=seed, start=first)
    began = time.perf_counter()
    try:
        with click.progressbar(length=7 * weeks, label="Making up days", file=sys.stderr) as bar:
            written = write(plan, out, told=lambda _: bar.update(1))
    except OSError as error:
        raise Unwritable(f"{out} can't be written: {error.strerror or error}.") from error
    took = time.perf_counter() - began
    click.echo(
        f"{sum(written.events.values()):,} synthetic events of {engineers} engineers over {weeks} weeks "
        f"are in {out} ({took:.0f} s). Try: pacenotes report {out}"
    )


def _first_monday(today: date, weeks: int) -> date:
    this_monday = today - timedelta(days=today.weekday())
    return this_monday - timedelta(weeks=weeks)
