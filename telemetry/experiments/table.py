"""
A CSV, Parquet or JSON Lines file of outcomes, read as it stands.
"""

from pathlib import Path

from telemetry.experiments.errors import UnusableData

READERS = {".parquet": "read_parquet(?)", ".jsonl": "read_json(?)", ".ndjson": "read_json(?)", ".json": "read_json(?)"}

# As text, so that a word among numbers is named by row instead of turning the column into another type.
CSV = "read_csv(?, all_varchar=true, header=true, strict_mode=false)"


def read_columns(file: Path) -> dict[str, list[object]]:
    """
    The columns of `file` by name, their values in order of the rows.

    Raises:
        UnusableData: there is no such file, it can't be read, or it has no rows.
    """
    import duckdb

    if not file.is_file():
        raise UnusableData(f"There is no file {file}.")
    reader = READERS.get(file.suffix.lower(), CSV)
    connection = duckdb.connect()
    try:
        found = connection.execute(f"SELECT * FROM {reader}", [str(file)])  # noqa: S608 - a constant of this module
        names = [column[0] for column in found.description]
        rows = found.fetchall()
    except duckdb.Error as error:
        raise UnusableData(f"{file} can't be read: {str(error).splitlines()[0]}") from error
    finally:
        connection.close()
    if not rows:
        raise UnusableData(f"{file} has no rows; there is nothing to analyse yet.")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
