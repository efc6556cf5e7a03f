"""
Where the events of a report come from: the store of this machine, files, folders, or an engine's URL.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from telemetry import store
from telemetry.columns import COLUMNS, DAY, DAY_OF_TS, from_json_lines, quoted
from telemetry.database import StoreError
from telemetry.engines import EXTRAS, MEMORY, DuckDbEngine, Engine, EngineError, connect, first_line

if TYPE_CHECKING:
    import duckdb

NEEDED = ("schema", "name", "event_id", "ts", "dev_id")

SUMS = "sums"
"""A column that no event has: what `telemetry.sinks.parts` writes in place of events below a folder of this name."""

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FITTING = {
    "VARCHAR": ("VARCHAR", "UUID", "ENUM", "JSON"),
    "BIGINT": WHOLE,
    "DOUBLE": ("DOUBLE", "FLOAT", "DECIMAL", *WHOLE),
    "BOOLEAN": ("BOOLEAN",),
}
"""What a column of each type may be in a file that somebody else has written."""


class SourceError(Exception):
    """
    A source can't be used; the message is one sentence for the user.
    """


@contextmanager
def opened(sources: Sequence[str], *, local: Path) -> Iterator[Engine]:
    """
    The engine that holds the events of all sources; the local store's when there is none.

    A source is a folder of Parquet or of JSON lines, a file of either, a store of another machine, or a URL.

    Raises:
        SourceError: one is missing, unreadable, cut off, of a newer schema, or no events at all.
        EngineError: the engine of a URL can't be used.
    """
    urls = [source for source in sources if source.split(":", maxsplit=1)[0] in EXTRAS and ":" in source]
    if urls and len(sources) > 1:
        raise SourceError("An engine's URL stands alone: leave out the other sources.")
    if urls:
        engine: Engine = connect(urls[0])
        yield engine
        engine.close()
        return
    if away := next((source for source in sources if "://" in source), None):
        raise SourceError(
            f"A report does not read {away} itself: copy it to a folder, as with `aws s3 sync`, or name an engine that "
            "does, such as athena://… or trino://…."
        )
    with tempfile.TemporaryDirectory(prefix="pacenotes-report-") as folder:
        embedded = DuckDbEngine(_loaded([Path(source) for source in sources] or [local], Path(folder)))
        try:
            yield embedded
        finally:
            embedded.close()


def _loaded(paths: Sequence[Path], scratch: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = {quoted(str(scratch / 'spill'))}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET parquet_metadata_cache = true")
        # DuckDB shows one on stdout where it takes its process for a notebook.
        connection.execute("SET enable_progress_bar = false")
        parts = [part for number, path in enumerate(paths) for part in _parts(connection, path, scratch, number)]
        union = " UNION ALL BY NAME ".join(parts) or _nothing()
        connection.execute(f"CREATE VIEW events AS {union}")
        _refuse_newer(connection)
    except duckdb.Error as error:
        connection.close()
        raise SourceError(f"The events can't be read: {first_line(error)}.") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _parts(connection: "duckdb.DuckDBPyConnection", path: Path, scratch: Path, number: int) -> list[str]:
    """
    SELECTs that together give the events of one source, in the common layout.
    """
    if path.is_dir():
        parquet, lines = sorted(path.rglob("*.parquet")), sorted(path.rglob("*.jsonl"))
        if not parquet and not lines:
            raise SourceError(f"There are no events in {path}: neither Parquet nor JSON lines.")
        return [*_parquet(connection, path, parquet), *_json_lines(connection, lines)]
    if path.suffix == ".parquet" and path.exists():
        return _parquet(connection, path, [path])
    if path.suffix == ".jsonl" and path.exists():
        return _json_lines(connection, [path])
    if path.suffix == ".sqlite":
        return _store(connection, path, scratch / f"{number}.jsonl")
    if not path.exists():
        raise SourceError(f"There is nothing at {path}.")
    raise SourceError(f"{path} is no source of events: name a folder of Parquet, a .parquet, .jsonl or .sqlite file.")


def _parquet(connection: "duckdb.DuckDBPyConnection", path: Path, files: Sequence[Path]) -> list[str]:
    import duckdb

    if not files:
        return []
    listed = ", ".join(quoted(str(file)) for file in files)
    read = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    try:
        found = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()}  # noqa: S608
    except duckdb.Error as error:
        broken = next((file for file in files if not _is_parquet(connection, file)), path)
        raise SourceError(f"{broken} is damaged or cut off: {first_line(error).partition(': ')[2]}.") from error
    holes = _holes(connection, listed)
    if SUMS in holes:
        raise SourceError(
            f"{path} holds the daily sums of an export with --aggregate-only, which no report can be made of:"
            " percentiles, what was kept and who came back need events."
            " Leave the folder `sums` out; it is plain Parquet for SQL."
        )
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise SourceError(f"{path} has no column {missing[0]}: it holds no events.")
    for name, kind in COLUMNS.items():
        if name in found and not found[name].startswith(FITTING[kind]):
            raise SourceError(f"{path} holds no events: its column {name} is {found[name]} where {kind} is needed.")
    if lacking := [name for name in NEEDED if holes.get(name)]:
        raise SourceError(f"{path} does not hold events: {holes[lacking[0]]:,} of its rows lack their {lacking[0]}.")
    cells = ", ".join(f'{_cell(name, kind, found)} AS "{name}"' for name, kind in COLUMNS.items())
    return [f"SELECT {cells}, {DAY_OF_TS} AS {DAY} FROM {read}"]  # noqa: S608  # File names are quoted.


def _holes(connection: "duckdb.DuckDBPyConnection", listed: str) -> Mapping[str, int]:
    """
    How many nulls are in the columns that every event fills, and in `SUMS`, if there are such columns.

    The files say so in their footers; reading every id to look for one takes seconds.
    """
    return dict(
        connection.execute(
            "SELECT path_in_schema, coalesce(sum(stats_null_count), 0)::BIGINT"  # noqa: S608  # File names are quoted.
            f" FROM parquet_metadata([{listed}]) WHERE path_in_schema IN {(*NEEDED, SUMS)} GROUP BY ALL"
        ).fetchall()
    )


def _cell(name: str, kind: str, found: Mapping[str, str]) -> str:
    if name not in found:
        return f"NULL::{kind}"
    return f'coalesce("{name}", false)' if name == "synthetic" else f'"{name}"::{kind}'


def _is_parquet(connection: "duckdb.DuckDBPyConnection", file: Path) -> bool:
    import duckdb

    try:
        connection.execute(f"SELECT 1 FROM parquet_metadata({quoted(str(file))}) LIMIT 1").fetchall()  # noqa: S608
    except duckdb.Error:
        return False
    return True


def _json_lines(connection: "duckdb.DuckDBPyConnection", files: Sequence[Path]) -> list[str]:
    import duckdb

    full = [file for file in files if file.stat().st_size]
    if not full:
        return []
    select = from_json_lines(map(str, full))
    try:
        for file in full:
            _refuse_other_lines(connection, file)
    except duckdb.Error as error:
        raise SourceError(f"{file} does not hold events, one JSON object a line: {first_line(error)}.") from error
    return [select]


def _refuse_other_lines(connection: "duckdb.DuckDBPyConnection", file: Path) -> None:
    found = connection.execute(
        f"SELECT count(*) FROM ({from_json_lines([str(file)])})"  # noqa: S608  # The file name is quoted.
        " WHERE schema IS NULL OR name IS NULL OR event_id IS NULL OR ts IS NULL OR dev_id IS NULL"
    ).fetchone()
    if found and found[0]:
        raise SourceError(
            f"{file} does not hold events: {found[0]} of its lines lack a schema, name, id, time or person."
        )


def _store(connection: "duckdb.DuckDBPyConnection", path: Path, lines: Path) -> list[str]:
    """
    The lines of a store, by way of a private file: DuckDB reads SQLite only with an extension that it would download.
    """
    try:
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in store.read(path))
    except StoreError as error:
        raise SourceError(str(error)) from error
    return _json_lines(connection, [lines])


def _nothing() -> str:
    cells = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in COLUMNS.items())
    return f"SELECT {cells}, NULL::DATE AS {DAY} WHERE false"


def _refuse_newer(connection: "duckdb.DuckDBPyConnection") -> None:
    newer = connection.execute("SELECT schema FROM events WHERE schema NOT LIKE '1.%' LIMIT 1").fetchone()
    if newer:
        raise SourceError(
            f"Some events have schema {newer[0]}, which this Pacenotes does not know: update it to read them."
        )


__all__ = ["EngineError", "SourceError", "opened"]
