"""
A CSV, Parquet or JSON Lines file of outcomes, read as it stands.
"""

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from telemetry.experiments.errors import UnusableData

READERS = {".parquet": "read_parquet(?)", ".jsonl": "read_json(?)", ".ndjson": "read_json(?)", ".json": "read_json(?)"}

SEPARATORS = ",;\t|"
"""Of a CSV, whichever cuts its header and its first row into the same number of columns, and into the most."""


def read_columns(file: Path) -> dict[str, list[object]]:
    """
    The columns of `file` by name, their values in order of the rows.

    Those of a CSV are text, so that a word among numbers is named by row instead of turning its column into another
    type.

    Raises:
        UnusableData: there is no such file, it can't be read, or it has no rows.
    """
    if not file.is_file():
        raise UnusableData(f"There is no file {file}.")
    reader = READERS.get(file.suffix.lower())
    names, rows = _from_csv(file) if reader is None else _by_duckdb(file, reader)
    if not rows:
        raise UnusableData(f"{file} has no rows; there is nothing to analyse yet.")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _by_duckdb(file: Path, reader: str) -> tuple[list[str], Sequence[Sequence[object]]]:
    import duckdb

    with duckdb.connect() as connection:
        try:
            found = connection.execute(f"SELECT * FROM {reader}", [str(file)])  # noqa: S608 - a constant of this module
            return [column[0] for column in found.description], found.fetchall()
        except duckdb.Error as error:
            raise UnusableData(f"{file} can't be read: {_reason(error)}") from error


def _from_csv(file: Path) -> tuple[list[str], Sequence[Sequence[object]]]:
    # What precedes the first line of a file that a spreadsheet saved is no part of a name.
    text = _text_of(file).removeprefix("\ufeff")
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
        names = [name.strip() for name in next(lines, [])]
        rows = list(_rows_of(file, lines, len(names)))
    except csv.Error as error:
        raise UnusableData(f"{file} can't be read: {error}.") from error
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise UnusableData(f"{file} has two columns named {twice!r}; rename one of them.")
    return names, rows


def _separator(text: str) -> str:
    def fit(separator: str) -> tuple[bool, int]:
        first = list(islice((row for row in csv.reader(io.StringIO(text), delimiter=separator) if row), 2))
        widths = [len(row) for row in first]
        return len(set(widths)) == 1, max(widths, default=0)

    return max(SEPARATORS, key=fit)


def _text_of(file: Path) -> str:
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix.lower() == ".gz" else content).decode("utf-8")
    except (UnicodeDecodeError, EOFError, OSError) as error:
        raise UnusableData(f"{file} can't be read; save it as CSV in UTF-8, or as Parquet.") from error
    if "\0" in text:
        raise UnusableData(f"{file} is no text; save it as CSV in UTF-8, or as Parquet.")
    return text


def _rows_of(file: Path, lines: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for number, row in enumerate((row for row in lines if row), 1):
        if len(row) != width:
            raise UnusableData(
                f"Row {number} of {file} has {len(row)} value(s) and the header {width} column(s); correct that row."
            )
        yield row


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0].partition(": ")[2] or str(error)
