"""
What leaves a machine of an event: times to the hour, ids that say nothing of when they were made; or sums of a day.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from telemetry.declaration import Field, Kind, declaration_of, fields_of
from telemetry.envelope import Stamp, envelope_fields
from telemetry.events import EVENTS

HOUR_MS = 60 * 60 * 1000


def for_export(event: Mapping[str, Any]) -> dict[str, Any]:
    """
    An event as it may leave the machine.

    Moments (`ts` and what ends in `_ts`) are cut to the hour. Random ids become hashes of themselves: our ids begin
    with the millisecond of their making, which would undo the rounding; as hashes they still join events.
    """
    ids = {declared.name for declared in _fields(event) if declared.kind is Kind.ID}
    return {name: _coarse(name, value, name in ids) for name, value in event.items()}


def daily_sums(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Events added up: a row for each person, day, event and combination of its choices; no single event is left.

    Each row has `day`, `dev_id`, `name`, `choices`, `events` and `sums`, the totals of every counted field.
    """
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for event in events:
        declared = _fields(event)
        choices = {f.name: event.get(f.name) for f in declared if f.kind in (Kind.CHOICE, Kind.FLAG)}
        day = datetime.fromtimestamp(event["ts"] / 1000, UTC).date().isoformat()
        key = (day, event["dev_id"], event["name"], *sorted((name, str(value)) for name, value in choices.items()))
        row = rows.setdefault(
            key,
            {"day": day, "dev_id": event["dev_id"], "name": event["name"], "choices": choices, "events": 0, "sums": {}},
        )
        row["events"] += 1
        for field in declared:
            if field.kind is Kind.COUNT and not field.name.endswith("ts") and event.get(field.name) is not None:
                row["sums"][field.name] = row["sums"].get(field.name, 0) + event[field.name]
    return [rows[key] for key in sorted(rows, key=str)]


def _fields(event: Mapping[str, Any]) -> tuple[Field, ...]:
    body = next((cls for cls in EVENTS if declaration_of(cls).name == event["name"]), None)
    return (*envelope_fields(), *(fields_of(body) if body is not None else fields_of(Stamp)))


def _coarse(name: str, value: Any, is_id: bool) -> Any:
    if value is None:
        return None
    if name == "ts" or name.endswith("_ts"):
        return value - value % HOUR_MS
    return sha256(value.encode()).hexdigest()[:32] if is_id else value
