"""
Bring the events of the local store to a destination: each once, also across kills, and resumed where it stopped.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from telemetry.database import read_after
from telemetry.locking import alone
from telemetry.sinks.destination import Destination

BATCH = 20_000
"""Events of one delivery: a part of some hundred kilobytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """
    How far a destination has come: rows of the store up to `seq` are there, and `last` is the id of that row's event.

    `promised` is the last row of a batch that was begun: it is finished with the same rows, and so the same name,
    before anything else is sent.
    """

    seq: int = 0
    last: str = ""
    promised: int = 0
    exported: int = 0


def export(
    store: Path,
    destination: Destination,
    *,
    progress_file: Path,
    on_batch: Callable[[int], None] = lambda exported: None,
    batch_size: int = BATCH,
) -> int:
    """
    Deliver what has not been delivered yet; returns how many events that were.

    Only one process of a machine exports at a time. `on_batch` hears how many events are there after each batch.

    Raises:
        ExportFailed: the destination does not take them; what it has acknowledged is not sent again.
        StoreError: the store can't be read.
    """
    progress_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(progress_file):
        progress = _read(progress_file, destination.name)
        if progress.seq and _is_another(store, progress):
            progress = Progress()
        exported = 0
        while rows := _next_rows(store, progress, batch_size):
            progress = replace(progress, promised=rows[-1][0])
            _write(progress_file, destination.name, progress)
            events = [json.loads(line) for _, line in rows]
            destination.deliver(events, batch=_name(events))
            exported += len(rows)
            last = str(events[-1]["event_id"])
            progress = Progress(seq=progress.promised, last=last, exported=progress.exported + len(rows))
            _write(progress_file, destination.name, progress)
            on_batch(exported)
        return exported


def progress_of(progress_file: Path) -> dict[str, Progress]:
    """
    How far each destination has come.
    """
    try:
        found = json.loads(progress_file.read_text("utf-8"))
        return {name: Progress(**values) for name, values in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        # Unreadable progress costs a second delivery, which readers count once.
        return {}


def _is_another(store: Path, progress: Progress) -> bool:
    """
    Whether the store was replaced by a fresh one since, whose rows are counted from 1 again.
    """
    found = read_after(store, progress.seq - 1, 0, 1)
    return not found or (found[0][0] == progress.seq and json.loads(found[0][1])["event_id"] != progress.last)


def _next_rows(store: Path, progress: Progress, batch_size: int) -> list[tuple[int, str]]:
    rows = read_after(store, progress.seq, 0, batch_size)
    if progress.promised > progress.seq:
        return [row for row in rows if row[0] <= progress.promised] or rows
    return rows


def _name(events: list[Any]) -> str:
    return sha256("".join(event["event_id"] for event in events).encode()).hexdigest()[:16]


def _read(progress_file: Path, name: str) -> Progress:
    return progress_of(progress_file).get(name, Progress())


def _write(progress_file: Path, name: str, progress: Progress) -> None:
    known = {**progress_of(progress_file), name: progress}
    document = {key: asdict(value) for key, value in known.items()}
    draft = progress_file.with_name(f"{progress_file.name}.draft")
    draft.write_text(json.dumps(document, indent=2), encoding="utf-8")
    draft.replace(progress_file)
