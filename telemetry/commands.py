"""
`pacenotes telemetry`: read the local store, and the schema of what is in it.

The command line that mounts these commands puts a function that finds the store's path into the context's `obj`.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

FOLLOW_PAUSE_S = 0.2

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


@click.group()
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
