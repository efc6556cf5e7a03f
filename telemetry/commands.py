"""
`pacenotes telemetry`: read the local store, and the schema of what is in it.

The command line that mounts these commands puts a function that finds the store's path into the context's `obj`.
"""

import importlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

FOLLOW_PAUSE_S = 0.2
EVERYTHING = 2**62
"""More milliseconds and bytes than there are."""

F = TypeVar("F", bound=Callable[..., Any])


class UtcTime(click.DateTime):
    """
    A day or a time, taken as UTC.
    """

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """
        Read it.
        """
        return super().convert(value, param, ctx).replace(tzinfo=UTC)


class UnreadableStore(click.ClickException):
    """
    The store is there and can't be read.
    """

    exit_code = 2


MORE = {
    "import": "telemetry.importing.command:import_outcomes",
    "synthesize": "telemetry.synthesis.command:synthesize",
}
"""Commands that live in rooms of their own."""


class Group(click.Group):
    """
    The commands of this module, and `MORE`, which are imported when they are named.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """
        All of them.
        """
        return [*super().list_commands(ctx), *MORE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """
        Import what is not here.
        """
        if cmd_name not in MORE:
            return super().get_command(ctx, cmd_name)
        module, attribute = MORE[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=Group)
def telemetry() -> None:
    """
    Usage events as they are kept on this machine.
    """


def since_option(command: F) -> F:
    """
    `--since`, a day or a time in UTC; the command gets it as `since`.
    """
    return click.option("--since", type=UtcTime(), default=None, help="Only what happened since then (UTC).")(command)


@telemetry.command()
@since_option
@click.option("--follow", is_flag=True, help="Stay and print events as they come; Ctrl-C ends it.")
@click.pass_obj
def events(find_store: Callable[[], Path], since: datetime | None, follow: bool) -> None:
    """
    Print the raw events, one JSON object a line, oldest first.
    """
    from telemetry import store
    from telemetry.database import StoreError

    def wait() -> bool:
        time.sleep(FOLLOW_PAUSE_S)
        return True

    since_ms = int(since.timestamp() * 1000) if since else 0
    try:
        for line in store.read(find_store(), since_ms=since_ms, follow=wait if follow else None):
            click.echo(line)
    except StoreError as error:
        raise UnreadableStore(str(error)) from error
    except KeyboardInterrupt:
        return


@telemetry.command()
def schema() -> None:
    """
    Print the JSON Schema of an event, made from the declarations.
    """
    from telemetry.catalog import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@telemetry.command()
@click.option("--to", "target", required=True, metavar="DEST", help="s3://BUCKET/PREFIX, otlp://HOST:PORT or a folder.")
@click.option(
    "--aggregate-only",
    is_flag=True,
    help="Send daily sums only, for SQL: no single event leaves this machine, and no report can be made.",
)
@click.pass_obj
def export(find_store: Callable[[], Path], target: str, aggregate_only: bool) -> None:
    """
    Bring the events that DEST does not have yet to DEST, as Parquet by day (or as metrics, for OTLP).

    Times are cut to the hour on the way. It goes on where it stopped, whatever stopped it, and sends nothing twice.
    """
    from telemetry.database import StoreError
    from telemetry.sinks.destination import ExportFailed, destination_of
    from telemetry.sinks.export import export as bring

    store = find_store()

    def say(exported: int) -> None:
        click.echo(f"{exported:,} events exported …", err=True)

    try:
        destination = destination_of(target, sums_only=aggregate_only)
        exported = bring(store, destination, progress_file=_progress_file(store), on_batch=say)
    except (ExportFailed, StoreError) as error:
        raise UnreadableStore(str(error)) from error
    click.echo(f"{exported:,} events exported to {destination.name}." if exported else "Everything is there already.")


@telemetry.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(find_store: Callable[[], Path], as_json: bool) -> None:
    """
    Tell what is kept on this machine: how many events of which kind, since when, and what was exported where.
    """
    from telemetry import store
    from telemetry.database import StoreError
    from telemetry.sinks.export import progress_of

    path = find_store()
    names: dict[str, int] = {}
    times: list[int] = []
    try:
        for line in store.read(path):
            event = json.loads(line)
            names[event["name"]] = names.get(event["name"], 0) + 1
            times = [min([event["ts"], *times]), max([event["ts"], *times])]
    except StoreError as error:
        raise UnreadableStore(str(error)) from error
    exported = {name: progress.exported for name, progress in progress_of(_progress_file(path)).items()}
    span = [datetime.fromtimestamp(ts / 1000, UTC).isoformat(timespec="seconds") for ts in times]
    if as_json:
        document = {"store": str(path), "events": names, "first": None, "last": None, "exported": exported}
        if span:
            document |= {"first": span[0], "last": span[1]}
        click.echo(json.dumps(document, indent=2))
        return
    if not names:
        click.echo(f"No events are kept yet; they will be in {path}.")
        return
    click.echo(f"{sum(names.values()):,} events in {path}, from {span[0]} to {span[1]}:")
    for name, count in sorted(names.items()):
        click.echo(f"  {count:>10,}  {name}")
    for name, count in exported.items():
        click.echo(f"{count:,} were exported to {name}.")


@telemetry.command()
@click.option("--before", type=UtcTime(), default=None, help="Only what happened before then (UTC).")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def purge(find_store: Callable[[], Path], before: datetime | None, everything: bool, yes: bool) -> None:
    """
    Delete events from this machine, for good; what was exported stays where it is.
    """
    import sqlite3

    from telemetry.database import StoreError, open_for_writing

    if (before is None) == (not everything):
        raise click.UsageError("Say what to delete: --before DATE or --all.")
    path = find_store()
    if not path.exists():
        click.echo("No events are kept on this machine.")
        return
    what = "all events" if before is None else f"events before {before.date()}"
    if not yes:
        click.confirm(f"Delete {what} in {path}?", abort=True)
    now = int(time.time() * 1000)
    try:
        database, _ = open_for_writing(path, now)
        database.trim(before_ms=int(before.timestamp() * 1000) if before else EVERYTHING, most_bytes=EVERYTHING)
        database.close()
    except (StoreError, OSError, sqlite3.Error) as error:
        raise UnreadableStore(f"{path} can't be changed: {error}.") from error
    click.echo(f"Deleted {what}.")


def _progress_file(store: Path) -> Path:
    return store.with_name("exports.json")
