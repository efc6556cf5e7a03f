"""
`pacenotes audit`: everything that was sent to a model, and exactly what.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from lsp_server.cli.failure import UnreadableInput
from lsp_server.cli.options import say_warning, settings_for
from telemetry.commands import since_option

if TYPE_CHECKING:
    from lsp_server.policy.audit_log import Entry


@click.command()
@since_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--show", "request_id", metavar="ID", default=None, help="Print the exact request behind this id.")
def audit(*, since: datetime | None, as_json: bool, request_id: str | None) -> None:
    """
    List what was sent to a model: when, for which feature, to whom, how large, at what cost, from which files.

    Requests that the cache answered were not sent and are not listed.
    """
    found = _read(since, request_id)
    if request_id is not None:
        if not found:
            raise UnreadableInput(
                f"Nothing was sent under the id {request_id}: see `pacenotes audit` for those there are."
            )
        for entry in found:
            click.echo(json.dumps({**entry.summary(), "body": entry.sent["body"]}, indent=2, ensure_ascii=False))
    elif as_json:
        for entry in found:
            click.echo(json.dumps(entry.summary(), ensure_ascii=False))
    elif found:
        _print_table([entry.summary() for entry in found])
    else:
        click.echo("Nothing was sent to a model.")


def _read(since: datetime | None, request_id: str | None) -> "list[Entry]":
    from lsp_server.policy.audit_log import AuditLog, AuditUnavailable
    from lsp_server.storage import locate

    settings = settings_for(None)
    log = AuditLog(
        locate(settings.storage_directory).audit,
        days=settings.audit_retention_days,
        now=lambda: datetime.now(UTC),
        warn=say_warning,
    )
    try:
        return log.find(request_id) if request_id is not None else log.entries(since)
    except AuditUnavailable as error:
        raise UnreadableInput(str(error)) from error
    finally:
        log.close()


def _print_table(entries: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("when (UTC)", "id", "feature", "provider", "model", "route", "files"):
        table.add_column(heading, overflow="fold")
    for heading in ("in", "out", "cost", "secrets removed"):
        table.add_column(heading, justify="right")
    table.add_column("end")
    for entry in entries:
        table.add_row(*_row(entry))
    # As wide as it needs when nobody's window limits it.
    console = Console()
    (console if console.is_terminal else Console(width=240)).print(table)


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    has_ended = "stop" in entry
    return (
        entry["at"][:19].replace("T", " "),
        entry["id"],
        entry["feature"],
        entry["provider"],
        entry["model"],
        entry["route"],
        ", ".join(entry["files"]),
        str(entry["inputTokens"]) if has_ended else "?",
        str(entry["outputTokens"]) if has_ended else "?",
        f"${entry['costUsd']:.6f}" if has_ended else "?",
        ", ".join(f"{count} {kind}" for kind, count in entry["redactions"].items()) or "0",
        (entry["error"] or entry["stop"]) if has_ended else "not known",
    )
