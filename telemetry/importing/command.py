"""
`pacenotes telemetry import`: pull requests and tickets, so that reports and experiments know what was delivered.
"""

import csv
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from telemetry.importing.outcome import Outcome
    from telemetry.vocabulary import OutcomeSource

EXISTING = click.Path(exists=True, path_type=Path)


class Unusable(click.ClickException):
    """
    The export can't be imported.
    """

    exit_code = 2


@click.command("import")
@click.option("--git", type=EXISTING, metavar="REPO", help="Pull requests from the history that is checked out there.")
@click.option("--csv", "table", type=EXISTING, metavar="FILE", help="Pull requests or tickets; columns see above.")
@click.option("--github", type=EXISTING, metavar="FILE", help="JSON of GitHub's API or of `gh pr list --json …`.")
@click.option("--jira", type=EXISTING, metavar="FILE", help="JSON of Jira's search; with expand=changelog also starts.")
@click.option(
    "--people", type=EXISTING, metavar="FILE",
    help="CSV with the columns author and user: which user of this company an author in the export is.",
)  # fmt: skip
@click.pass_obj
def import_outcomes(find_store: Callable[[], Path], /, people: Path | None, **exports: Path | None) -> None:
    """
    Import pull requests and tickets: when they were opened, merged or closed, and how large they are.

    Titles, branches and texts are not read; numbers and authors become pseudonyms by this machine's key. Importing the
    same state again changes nothing; a newer state of the same thing replaces it in reports.

    \b
    Columns of a CSV (times like 2026-05-04T09:30:00Z; only the first is needed, and one time):
      pull_request, author, opened, reviewed, merged, closed, reverted, lines_added, lines_deleted
      ticket, author, kind, opened, started, closed, reopened, production_error

    \b
    Examples:
      pacenotes telemetry import --git .
      gh pr list --state all --limit 1000 --json number,author,createdAt,mergedAt,closedAt,additions,deletions \\
        > prs.json && pacenotes telemetry import --github prs.json
    """  # noqa: D301 - Click knows a paragraph to leave alone by this one character
    from telemetry.importing.outcome import UnusableExportError

    named = {name: path for name, path in exports.items() if path is not None}
    if len(named) != 1:
        raise click.UsageError("Name exactly one of --git, --csv, --github and --jira.")
    try:
        source, outcomes = _read(*next(iter(named.items())))
        if people is not None:
            outcomes = _renamed(outcomes, _users(people))
        kept = _keep(outcomes, source, find_store())
    except UnusableExportError as error:
        raise Unusable(str(error)) from error
    click.echo(f"{kept:,} imported. See them in: pacenotes report")


def _read(name: str, path: Path) -> "tuple[OutcomeSource, list[Outcome]]":
    from telemetry.importing import history, tables
    from telemetry.vocabulary import OutcomeSource

    match name:
        case "git":
            return OutcomeSource.GIT, list(history.read_git(path))
        case "github":
            return OutcomeSource.GITHUB, list(tables.read_github(path))
        case "jira":
            return OutcomeSource.JIRA, list(tables.read_jira(path))
    return OutcomeSource.CSV, tables.read_csv(path)


def _users(file: Path) -> Mapping[str, str]:
    from telemetry.importing.outcome import UnusableExportError

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableExportError(f"{file} can't be read as CSV: {error}.") from error
    if rows and not {"author", "user"} <= set(rows[0]):
        raise UnusableExportError(f"{file} has no columns author and user.")
    return {str(row["author"]): str(row["user"]) for row in rows}


def _renamed(outcomes: "Iterable[Outcome]", users: Mapping[str, str]) -> "list[Outcome]":
    return [replace(outcome, author=users.get(outcome.author, outcome.author)) for outcome in outcomes]


def _keep(outcomes: "Iterable[Outcome]", source: "OutcomeSource", store: Path) -> int:
    """
    Write all or nothing: every outcome becomes an event before the first is written.
    """
    import sqlite3

    from telemetry import identity
    from telemetry.database import Row, StoreError, open_for_writing
    from telemetry.envelope import to_json
    from telemetry.importing.outcome import UnusableExportError, event_of

    now = time.time_ns() // 1_000_000
    key = identity.load(store.with_name("identity.key"))
    events = [event_of(outcome, source, key, now) for outcome in outcomes]
    if not events:
        raise UnusableExportError("There is no pull request or ticket in it.")
    try:
        database, _ = open_for_writing(store, now)
        database.insert([Row(event.stamp.event_id, event.stamp.ts, to_json(event)) for event in events])
        database.close()
    except (StoreError, OSError, sqlite3.Error) as error:
        raise UnusableExportError(f"{store} can't be written: {error}.") from error
    return len(events)
