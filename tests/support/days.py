"""
Events written by hand, for measures whose right answer can be counted on fingers.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from telemetry.declaration import fields_of
from telemetry.envelope import Client, Event, Origin, Stamp, Subject, to_json, uuid7
from telemetry.vocabulary import Basis, Editor, Language
from tests.support.events import sample

MONDAY = int(datetime(2026, 5, 4, 9, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 24 * 3_600_000
NUMBERS = count(1)
"""Ids differ, whatever else is the same."""


def happened(cls: type[Any], *, person: int = 1, day: int = 0, at_ms: int = 0, **given: Any) -> Event:
    """
    An event of a class: `given` fields as they are, the others as the simplest that is allowed.
    """
    body = {field.name: None if field.optional else sample(field) for field in fields_of(cls)}
    ts = MONDAY + day * DAY_MS + at_ms
    return Event(
        stamp=Stamp(
            event_id=uuid7(ts, next(NUMBERS)),
            ts=ts,
            basis=Basis.CLIENT,
            dropped_before=0,
        ),
        origin=Origin(
            dev_id=f"{person:016x}",
            session_id=f"{person:08x}",
            client=Client(editor=Editor.VSCODE, editor_version=None, plugin_version=None, server_version="0.1.0"),
        ),
        subject=Subject(repo_id=None, lang=Language.TYPESCRIPT, test_file=False),
        body=cls(**{**body, **given}),
    )


def written(events: Iterable[Event], file: Path) -> Path:
    """
    A file of these events, one a line.
    """
    file.write_text("".join(f"{to_json(event)}\n" for event in events), encoding="utf-8")
    return file
