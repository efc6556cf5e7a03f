"""
The table that events lie side by side in: one row an event, one column a declared field, the same in every engine.

The layout, which folders, buckets and warehouses share:

- One Parquet file holds whole events of one UTC day and lies at `day=YYYY-MM-DD/part-*.parquet`; the names of the parts
  mean nothing, and a part is written once and never changed. The day stands in the folder's name alone (Hive
  partitioning) and is that of `ts`.
- Columns are `COLUMNS`, in that order and with those types, compressed with zstd. A field that an event does not have
  is null. `client.editor` becomes `client_editor` and so on; `experiment` is its JSON text.
- A reader goes by the columns' names: it ignores those that it does not know, and takes those that a part lacks for
  null, so that parts of an older schema stay readable. Of two rows with the same `event_id` it counts one.
- In a warehouse the table is called `events`, and `day` is one more column, of type DATE.
"""

from collections.abc import Iterable, Mapping

from telemetry.declaration import Field, Kind, fields_of
from telemetry.envelope import Client, envelope_fields
from telemetry.events import EVENTS

DAY = "day"

TYPES: Mapping[Kind, str] = {
    Kind.FLAG: "BOOLEAN",
    Kind.COUNT: "BIGINT",
    Kind.BUCKET: "BIGINT",
    Kind.STEP: "BIGINT",
    Kind.RATIO: "DOUBLE",
}
"""Every other kind is VARCHAR."""


def _columns() -> dict[str, str]:
    client = {f"client_{declared.name}": _type(declared) for declared in fields_of(Client)}
    body = {declared.name: _type(declared) for cls in EVENTS for declared in fields_of(cls)}
    envelope = {declared.name: _type(declared) for declared in envelope_fields()}
    return {"schema": "VARCHAR", "name": "VARCHAR", **envelope, **client, "experiment": "VARCHAR", **body}


def _type(declared: Field) -> str:
    return TYPES.get(declared.kind, "VARCHAR")


COLUMNS: Mapping[str, str] = _columns()
"""Name and SQL type of every column but `day`."""


def from_json_lines(files: Iterable[str]) -> str:
    """
    DuckDB SQL that reads files of events, one JSON object a line, as such a table, `day` included.
    """
    listed = ", ".join(map(quoted, files))
    body = {name: kind for name, kind in COLUMNS.items() if not name.startswith("client_")}
    client = ", ".join(f"{declared.name} {_type(declared)}" for declared in fields_of(Client))
    given = {**body, "client": f"STRUCT({client})", "experiment": "JSON"}
    types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in given.items())
    return (
        f"SELECT {', '.join(map(_from_json, COLUMNS))}, {DAY_OF_TS} AS {DAY} "  # noqa: S608  # File names are quoted.
        f"FROM read_json([{listed}], format = 'newline_delimited', columns = {{{types}}})"
    )


DAY_OF_TS = "TRY(CAST(make_timestamp(ts * 1000) AS DATE))"
"""Null where `ts` is no moment that a calendar has."""


def quoted(text: str) -> str:
    """
    A literal of SQL.
    """
    return "'" + text.replace("'", "''") + "'"


def _from_json(name: str) -> str:
    if name.startswith("client_"):
        return f"client.{name.removeprefix('client_')} AS {name}"
    if name == "experiment":
        return "CAST(experiment AS VARCHAR) AS experiment"
    if name == "synthetic":
        return "coalesce(synthetic, false) AS synthetic"
    return f'"{name}"'
