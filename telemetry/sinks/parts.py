"""
A batch of events as files of Parquet, one a day, in the layout that reports read.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from telemetry.columns import COLUMNS, DAY, from_json_lines, quoted
from telemetry.sinks.privacy import daily_sums, for_export


def event_parts(events: Sequence[Mapping[str, Any]], batch: str) -> Iterator[tuple[str, bytes]]:
    """
    Relative path and content of each part: `day=YYYY-MM-DD/part-BATCH.parquet`.

    The same batch gives the same paths, so that delivering it again replaces what was there.
    """
    lines = [json.dumps(for_export(event), separators=(",", ":")) for event in events]
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    yield from _written(lines, lambda source: from_json_lines([source]), columns, batch, "")


def sum_parts(events: Sequence[Mapping[str, Any]], batch: str) -> Iterator[tuple[str, bytes]]:
    """
    The same for daily sums, below `sums/`.
    """
    rows = [
        {**row, "choices": json.dumps(row["choices"]), "sums": json.dumps(row["sums"])} for row in daily_sums(events)
    ]
    columns = {"day": "DATE", "dev_id": "VARCHAR", "name": "VARCHAR", "choices": "VARCHAR", "events": "BIGINT"}
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in {**columns, "sums": "VARCHAR"}.items())

    def table(source: str) -> str:
        return f"SELECT * FROM read_json([{quoted(source)}], format = 'newline_delimited', columns = {{{types}}})"  # noqa: S608

    kept = "dev_id, name, choices, events, sums"
    yield from _written([json.dumps(row) for row in rows], table, kept, batch, "sums/")


def _written(lines: Sequence[str], table: Any, columns: str, batch: str, below: str) -> Iterator[tuple[str, bytes]]:
    import duckdb

    # DuckDB reads and writes files, not pipes; the folder is private to this user and gone afterwards.
    with tempfile.TemporaryDirectory(prefix="pacenotes-export-") as folder:
        source, target = Path(folder) / "batch.jsonl", Path(folder) / "part.parquet"
        source.write_text("\n".join(lines), encoding="utf-8")
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE batch AS {table(str(source))}")
            days = connection.sql("SELECT DISTINCT day FROM batch ORDER BY 1").fetchall()
            for (day,) in days:
                chosen = f"SELECT {columns} FROM batch WHERE {DAY} = DATE '{day}'"  # noqa: S608 - ours alone
                connection.execute(f"COPY ({chosen}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)")
                yield f"{below}{DAY}={day}/part-{batch}.parquet", target.read_bytes()
