"""
Many events as columns: numbers as they are, words as numbers into a list, -1 for null, as DuckDB reads them fastest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry.columns import COLUMNS, quoted
from telemetry.envelope import SCHEMA

NULL = -1
"""No declared number is negative."""

LEAST_ID, MOST_ID = 2**60, 2**62
"""Random ids, all of 16 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Words:
    """
    A column of words: `codes` are places in `words`.
    """

    codes: NDArray[Any]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ids:
    """
    A column of random ids, from `LEAST_ID` up to `MOST_ID`.
    """

    numbers: NDArray[np.int64]


Column = NDArray[Any] | Words | Ids | str | bool | int


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """
    Events of one name: their times in milliseconds since 1970, and their columns by name. A plain value stands for all.
    """

    name: str
    ts: NDArray[np.int64]
    columns: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """
    Several batches, one after the other: an array a column, and the words of those that hold words.
    """

    arrays: Mapping[str, NDArray[Any]]
    words: Mapping[str, Sequence[str]]
    ids: frozenset[str]


def ids(random: np.random.Generator, count: int) -> Ids:
    """
    Fresh random ids.
    """
    return Ids(random.integers(LEAST_ID, MOST_ID, count))


def joined(batches: Sequence[Batch], random: np.random.Generator) -> Table:
    """
    Put batches together. `random` gives the random part of their event ids.
    """
    words: dict[str, dict[str, int]] = {}
    ts = np.concatenate([batch.ts for batch in batches])
    arrays: dict[str, NDArray[Any]] = {"ts": ts, "event_id": random.integers(0, 2**62, len(ts))}
    whole = [{**batch.columns, "name": batch.name, "basis": "client"} for batch in batches]
    for name in {name: None for columns in whole for name in columns}:
        pairs = zip(batches, whole, strict=True)
        parts = [
            _numbers(columns.get(name), len(batch.ts), words.setdefault(name, {}), COLUMNS[name])
            for batch, columns in pairs
        ]
        arrays[name] = np.concatenate(parts)
    return Table(
        arrays=arrays,
        words={name: tuple(found) for name, found in words.items() if found},
        ids=frozenset(name for columns in whole for name, column in columns.items() if isinstance(column, Ids)),
    )


def select_of(table: Table, relation: str) -> str:
    """
    SQL that makes rows of the common layout out of a relation with the table's arrays, all marked as synthetic.
    """
    fixed = {"schema": quoted(SCHEMA), "synthetic": "true", "dropped_before": "0::BIGINT", "event_id": EVENT_ID}
    cells = (f'{fixed.get(name) or _cell(name, kind, table)} AS "{name}"' for name, kind in COLUMNS.items())
    return f"SELECT {', '.join(cells)} FROM {relation}"  # noqa: S608  # Column names and words of ours.


EVENT_ID = (
    "format('{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}', ts >> 16, ts & 65535, event_id & 4095,"
    " (event_id >> 12) & 16383 | 32768, (event_id >> 16) & 281474976710655)"
)
"""A UUIDv7."""


def _numbers(column: Column | None, count: int, words: dict[str, int], kind: str) -> NDArray[Any]:
    narrow = {"VARCHAR": np.int16, "BOOLEAN": np.int8, "DOUBLE": np.float64}.get(kind, np.int64)
    match column:
        case None:
            return np.full(count, NULL, dtype=narrow)
        case Words(codes, listed):
            places = np.array([words.setdefault(word, len(words)) for word in listed] + [NULL], dtype=narrow)
            numbers: NDArray[Any] = places[codes]
            return numbers
        case Ids():
            return column.numbers
        case np.ndarray():
            return column.astype(narrow, copy=False)
        case str():
            return np.full(count, words.setdefault(column, len(words)), dtype=narrow)
    return np.full(count, column, dtype=narrow)


def _cell(name: str, kind: str, table: Table) -> str:
    if name not in table.arrays:
        return f"NULL::{kind}"
    known = f'nullif("{name}", {NULL})'
    if name in table.words:
        return f"([{', '.join(map(quoted, table.words[name]))}])[{known} + 1]"
    if name in table.ids:
        return f"lower(hex({known}))"
    return f"{known}::{kind}"
