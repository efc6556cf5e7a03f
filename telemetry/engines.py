"""
Where measures run: DuckDB in this process, or whatever warehouse a URL names, with the very same definitions.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

Row = Mapping[str, Any]

MEMORY = "600MB"
"""What DuckDB may hold before it uses the disk; the rest of a report needs far less."""


class EngineError(Exception):
    """
    Events can't be read or a measure can't be run; the message is one sentence for the user.
    """


class Engine(Protocol):
    """
    Holds a table of events and runs measures over it.
    """

    @property
    def events(self) -> "ir.Table":
        """
        The table that measures are written over.
        """
        ...

    def rows(self, measure: "ir.Table") -> Sequence[Row]:
        """
        The rows of a measure, in order, with plain Python values.

        Raises:
            EngineError: the engine can't run it.
        """
        ...

    def kept(self, measure: "ir.Table") -> "ir.Table":
        """
        The rows of a measure as a table to write further ones over: worked out at once where that pays.

        Raises:
            EngineError: as `rows`.
        """
        ...

    def fingerprint(self, column: "ir.Value") -> "ir.Value":
        """
        Something small that differs only where the column does; the column itself where the engine has no such thing.
        """
        ...

    def close(self) -> None:
        """
        Let go of it.
        """
        ...


class DuckDbEngine:
    """
    Runs measures in DuckDB, in this process, without pandas or Arrow: Ibis writes the SQL, DuckDB gives tuples.
    """

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        from telemetry.measures.table import events_table

        self.events = events_table()
        self._connection = connection
        self._kept = 0

    def rows(self, measure: "ir.Table") -> Sequence[Row]:
        """
        Run it.
        """
        found = self._execute(measure)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]

    def kept(self, measure: "ir.Table") -> "ir.Table":
        """
        Work it out into a table of this connection.
        """
        import ibis

        self._kept += 1
        name = f"kept_{self._kept}"
        self._execute(measure, f"CREATE TEMP TABLE {name} AS ")
        return ibis.table(measure.schema(), name=name)

    def fingerprint(self, column: "ir.Value") -> "ir.Value":
        """
        64 bits of it: a text takes twice as long to tell from ten million others.
        """
        import ibis
        from ibis.expr import datatypes

        # The portable `column.hash()` is cast to and fro for every row, since DuckDB's own is unsigned.
        signature = ((datatypes.string,), datatypes.uint64)
        return ibis.udf.scalar.builtin(lambda text: text, name="hash", signature=signature)(column)

    def _execute(self, measure: "ir.Table", before: str = "") -> "duckdb.DuckDBPyConnection":
        import duckdb
        import ibis

        try:
            return self._connection.execute(f"{before}{ibis.to_sql(measure, dialect='duckdb')}")
        except duckdb.Error as error:
            raise EngineError(f"The events can't be read: {first_line(error)}") from error

    def close(self) -> None:
        """
        Close the connection.
        """
        self._connection.close()


class IbisEngine:
    """
    Runs measures wherever Ibis has a backend. `backend` is an open Ibis connection, `table` the name of the events.
    """

    def __init__(self, backend: Any, table: str) -> None:
        self._backend = backend
        self.events = _conforming(backend.table(table), table)

    def rows(self, measure: "ir.Table") -> Sequence[Row]:
        """
        Run it.
        """
        try:
            found = self._backend.to_pyarrow(measure).to_pylist()
        except Exception as error:  # Each backend raises its driver's own errors.
            raise EngineError(f"The engine can't run a measure: {first_line(error)}") from error
        return [{name: plain(value) for name, value in row.items()} for row in found]

    def kept(self, measure: "ir.Table") -> "ir.Table":
        """
        The measure itself: who reads a warehouse may have no right to make tables in it.
        """
        return measure

    def fingerprint(self, column: "ir.Value") -> "ir.Value":
        """
        The column itself: what engines call a hash differs, and some have only 32 bits.
        """
        return column

    def close(self) -> None:
        """
        Disconnect.
        """
        self._backend.disconnect()


EXTRAS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "pyspark": "spark",
    "trino": "trino",
    "athena": "athena",
    "clickhouse": "clickhouse",
}
"""Schemes of URLs, and the extra of this package that brings their driver."""


def connect(url: str) -> IbisEngine:
    """
    The engine that a URL names, such as `postgres://user@host/database`.

    `#schema.table` after it names another table than `events`.

    Raises:
        EngineError: its driver is not installed, it can't be reached, or it has no such table.
    """
    import ibis

    address, _, table = url.partition("#")
    extra = EXTRAS[address.split(":", maxsplit=1)[0]]
    try:
        backend = ibis.connect(address)
    except ImportError as error:
        raise EngineError(f"Reports over {extra} need its driver: pip install 'pacenotes[{extra}]'.") from error
    except Exception as error:  # Each driver has its own errors for an address that nobody answers at.
        raise EngineError(f"The {extra} engine can't be reached: {first_line(error)}") from error
    try:
        return IbisEngine(backend, table or "events")
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(f"There is no table {table or 'events'} at the {extra} engine.") from error


def plain(value: Any) -> Any:
    """
    A value as every engine gives it: whole numbers as int, fractions as float, days as text.
    """
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def first_line(error: Exception) -> str:
    """
    What an error says, in one line without a full stop.
    """
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _conforming(table: "ir.Table", name: str) -> "ir.Table":
    """
    The table with every column of the layout: those that it lacks are null.
    """
    import ibis

    from telemetry.measures.table import events_table

    wanted, found = events_table().schema(), table.schema()
    needed = [column for column in ("name", "ts", "event_id", "dev_id", "day") if column not in found]
    if needed:
        raise EngineError(f"The table {name} has no column {needed[0]}: it is not a table of events.")
    return table.select(
        **{column: table[column].cast(kind) if column in found else ibis.null(kind) for column, kind in wanted.items()}
    )
