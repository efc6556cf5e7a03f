"""
`pacenotes report`: adoption, quality, speed and cost from telemetry, opening with what they justify.

The command line that mounts it puts a function that finds the store's path into the context's `obj`.
"""

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from telemetry.commands import UtcTime

if TYPE_CHECKING:
    from telemetry.report.figures import Report
    from telemetry.report.gather import Wish

FORMATS = ("text", "html", "json", "csv", "copilot-metrics")


@dataclass(frozen=True, slots=True)
class Output:
    """
    One thing to write, and where; None is stdout.
    """

    format: str
    file: Path | None


class OutputOption(click.ParamType[Output]):
    """
    `FORMAT` or `FORMAT=FILE`.
    """

    name = "format[=file]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """
        Read it.
        """
        if isinstance(value, Output):
            return value
        name, has_file, file = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is no format; the formats are {', '.join(FORMATS)}.", param, ctx)
        if has_file and not file:
            self.fail(f"Name the file after {name}=, or leave out the equals sign for stdout.", param, ctx)
        return Output(name, Path(file) if file else None)


class Unusable(click.ClickException):
    """
    A source, an engine, an experiment or an output can't be used.
    """

    exit_code = 2


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--since", type=UtcTime(), default=None, help="Only what happened since that day (UTC).")
@click.option(
    "--output", "outputs", multiple=True, type=OutputOption(), metavar="FORMAT[=FILE]",
    help=f"May be repeated: {', '.join(FORMATS)}; text on stdout when not given.",
)  # fmt: skip
@click.option("--personal", is_flag=True, help="Your own view, from the store of this machine alone.")
@click.option(
    "--experiment", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="What `pacenotes experiment analyze --json` printed: the report opens with its verdict.",
)  # fmt: skip
@click.pass_obj
def report(
    find_store: Callable[[], Path],
    *,
    sources: Sequence[str],
    since: datetime | None,
    outputs: Sequence[Output],
    personal: bool,
    experiment: Path | None,
) -> None:
    """
    Tell whether Pacenotes helps: adoption, what is kept of it, speed, cost, review precision.

    \b
    SOURCE is where the events are; without one, the store of this machine:
      a folder of Parquet or JSON lines    pacenotes report /data/events
      a file                               pacenotes report events.jsonl
      a warehouse                          pacenotes report postgres://reader@host/metrics

    Rates stand with their numerator and denominator, and are pooled, never averaged. In a report on several developers,
    groups of fewer than five are left out.

    \b
    Examples:
      pacenotes report --personal
      pacenotes report /data/events --since 2026-05-01 --output text --output html=report.html
      pacenotes report /data/events --experiment result.json --output html=report.html
      pacenotes report /data/events --output copilot-metrics=days.ndjson
    """  # noqa: D301 - Click knows a paragraph to leave alone by this one character
    from telemetry.report.gather import Wish

    if personal and sources:
        raise click.UsageError("--personal shows your own data, from the store of this machine: leave out the sources.")
    wish = Wish(
        now_ms=time.time_ns() // 1_000_000,
        since=since.date() if since else None,
        personal=personal,
        copilot=any(output.format == "copilot-metrics" for output in outputs),
    )
    made = _made(find_store, sources, wish, experiment)
    wanted = outputs or [Output("text", None)]
    if made.empty and all(output.format == "text" for output in wanted):
        click.echo(_rendered(made, wanted[0]), nl=False)
        return
    for output in wanted:
        _write(_rendered(made, output), output)


def _made(find_store: Callable[[], Path], sources: Sequence[str], wish: "Wish", experiment: Path | None) -> "Report":
    from dataclasses import replace

    from telemetry.engines import EngineError
    from telemetry.report.gather import report_of
    from telemetry.report.verdict import ExperimentError, from_experiment
    from telemetry.sources import SourceError, opened

    try:
        wish = replace(wish, opening=from_experiment(experiment) if experiment else None)
        local = Path() if sources else find_store()
        with opened(sources, local=local) as engine:
            return report_of(engine, wish)
    except (EngineError, SourceError, ExperimentError) as error:
        raise Unusable(str(error)) from error


def _rendered(made: "Report", output: Output) -> str:
    match output.format:
        case "html":
            from telemetry.report.page import page

            return page(made)
        case "json":
            from telemetry.report.machine import as_json

            return as_json(made)
        case "csv":
            from telemetry.report.machine import as_csv

            return as_csv(made)
        case "copilot-metrics":
            from telemetry.report.copilot import as_days, as_report

            whole = output.file is not None and output.file.suffix == ".json"
            return as_report(made) if whole else as_days(made)
    from telemetry.report.text import text

    if output.file is None and sys.stdout.isatty():
        width, _ = shutil.get_terminal_size()
        return text(made, width=width, colour=True)
    return text(made)


def _write(rendered: str, output: Output) -> None:
    if output.file is None:
        click.echo(rendered, nl=False)
        return
    try:
        output.file.write_text(rendered, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"{output.file} can't be written: {error.strerror or error}.") from error
