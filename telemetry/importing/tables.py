"""
Read exports of trackers: CSV with named columns, and the JSON that GitHub and Jira give.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from telemetry.importing.outcome import Outcome, PullRequest, Ticket, UnusableExportError, count, moment
from telemetry.vocabulary import TicketKind

KINDS: Mapping[str, TicketKind] = {
    "story": TicketKind.FEATURE,
    "feature": TicketKind.FEATURE,
    "new feature": TicketKind.FEATURE,
    "improvement": TicketKind.FEATURE,
    "epic": TicketKind.FEATURE,
    "bug": TicketKind.DEFECT,
    "defect": TicketKind.DEFECT,
    "incident": TicketKind.INCIDENT,
}
STARTED = ("in progress", "in development", "started", "doing")
"""Names of the status that work begins with, in Jira's default workflows."""


def read_csv(file: Path) -> list[Outcome]:
    """
    Pull requests, by a column `pull_request`, or tickets, by a column `ticket`.

    `pacenotes telemetry import --help` lists the other columns.

    Raises:
        UnusableExportError: a column is missing, or a cell is not what its column holds.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableExportError(f"{file} can't be read as CSV: {error}.") from error
    if "pull_request" in columns:
        return [_pull_request_row(row, f"line {number}") for number, row in enumerate(rows, 2)]
    if "ticket" in columns:
        return [_ticket_row(row, f"line {number}") for number, row in enumerate(rows, 2)]
    raise UnusableExportError(f"{file} has no column pull_request or ticket: name the one that identifies its rows.")


def read_github(file: Path) -> list[PullRequest]:
    """
    Pull requests as GitHub's REST API or `gh pr list --json` gives them: an array, or one object a line.

    Raises:
        UnusableExportError: it is something else.
    """
    return [_github(found, f"entry {number}") for number, found in enumerate(_objects(file), 1)]


def read_jira(file: Path) -> list[Ticket]:
    """
    Issues as Jira's search gives them: `{"issues": […]}` or an array; with `expand=changelog` also when work began.

    Raises:
        UnusableExportError: it is something else.
    """
    return [_jira(found, f"issue {number}") for number, found in enumerate(_objects(file), 1)]


def _pull_request_row(row: Mapping[str, Any], where: str) -> PullRequest:
    return PullRequest(
        key=_key(row.get("pull_request"), where),
        author=str(row.get("author") or ""),
        where=where,
        **{f"{name}_ts": moment(row.get(name), f"{where}, {name}") for name in ("opened", "reviewed", "merged")},
        **{f"{name}_ts": moment(row.get(name), f"{where}, {name}") for name in ("closed", "reverted")},
        **{name: count(row.get(name), f"{where}, {name}") for name in ("lines_added", "lines_deleted")},
    )


def _ticket_row(row: Mapping[str, Any], where: str) -> Ticket:
    times = ("opened", "started", "closed", "reopened", "production_error")
    return Ticket(
        key=_key(row.get("ticket"), where),
        author=str(row.get("author") or ""),
        where=where,
        kind=_kind(row.get("kind")),
        **{f"{name}_ts": moment(row.get(name), f"{where}, {name}") for name in times},
    )


def _github(found: Mapping[str, Any], where: str) -> PullRequest:
    author = found.get("user") or found.get("author") or {}
    reviews = [review for review in _list(found.get("reviews")) if isinstance(review, dict)]
    reviewed = [moment(review.get("submittedAt") or review.get("submitted_at"), where) for review in reviews]
    base = found.get("base")
    repository = base.get("repo", {}).get("full_name", "") if isinstance(base, dict) else ""
    return PullRequest(
        key=f"{repository}#{_key(found.get('number'), where)}",
        author=str(author.get("login", "")) if isinstance(author, dict) else "",
        where=where,
        opened_ts=moment(_either(found, "created_at", "createdAt"), f"{where}, created_at"),
        reviewed_ts=min((at for at in reviewed if at is not None), default=None),
        merged_ts=moment(_either(found, "merged_at", "mergedAt"), f"{where}, merged_at"),
        closed_ts=moment(_either(found, "closed_at", "closedAt"), f"{where}, closed_at"),
        lines_added=count(found.get("additions"), f"{where}, additions"),
        lines_deleted=count(found.get("deletions"), f"{where}, deletions"),
    )


def _jira(found: Mapping[str, Any], where: str) -> Ticket:
    fields = found.get("fields")
    if not isinstance(fields, dict):
        raise UnusableExportError(f"{where} has no fields: export issues as JSON, as Jira's search gives them.")
    assignee, kind = fields.get("assignee"), fields.get("issuetype")
    history = [entry for entry in _list((found.get("changelog") or {}).get("histories")) if isinstance(entry, dict)]
    moves = sorted(_moves(history, where))
    closed = moment(fields.get("resolutiondate"), f"{where}, resolutiondate")
    resolved = [at for at, _, was_done in moves if was_done]
    return Ticket(
        key=_key(found.get("key"), where),
        author=str(assignee.get("accountId") or assignee.get("name") or "") if isinstance(assignee, dict) else "",
        where=where,
        kind=_kind(kind.get("name")) if isinstance(kind, dict) else TicketKind.OTHER,
        opened_ts=moment(fields.get("created"), f"{where}, created"),
        started_ts=next((at for at, status, _ in moves if status in STARTED), None),
        closed_ts=closed,
        reopened_ts=resolved[0] if resolved else None,
    )


def _moves(history: Sequence[Mapping[str, Any]], where: str) -> Iterator[tuple[int, str, bool]]:
    """
    Each change of the status: when, to what, and whether it left a status that means done.
    """
    for entry in history:
        at = moment(entry.get("created"), f"{where}, changelog")
        for item in _list(entry.get("items")):
            if isinstance(item, dict) and item.get("field") == "status" and at is not None:
                left = str(item.get("fromString", "")).lower()
                yield at, str(item.get("toString", "")).lower(), left in ("done", "closed", "resolved")


def _objects(file: Path) -> list[Mapping[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableExportError(f"{file} can't be read: {error}.") from error
    try:
        found = json.loads(text)
    except ValueError:
        found = _each_line(text, file)
    if isinstance(found, dict):
        found = found.get("issues", [found])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnusableExportError(f"{file} holds no list of objects.")
    return found


def _each_line(text: str, file: Path) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise UnusableExportError(f"{file} is neither JSON nor JSON lines, or was cut off.") from None


def _key(value: Any, where: str) -> str:
    if value is None or not str(value).strip():
        raise UnusableExportError(f"{where} has no number or key: it can't be told from the others.")
    return str(value).strip()


def _kind(name: Any) -> TicketKind:
    return KINDS.get(str(name or "").strip().lower(), TicketKind.OTHER)


def _either(found: Mapping[str, Any], *names: str) -> Any:
    return next((found[name] for name in names if found.get(name) is not None), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
