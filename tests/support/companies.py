"""
A small synthetic company for tests, and the engines other than DuckDB that its events can be put into.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from telemetry.columns import COLUMNS, DAY
from telemetry.synthesis.company import Plan, Truth

SMALL = Plan(engineers=24, weeks=3, seed=3, start=date(2026, 5, 4), truth=Truth(requests_per_day=25))
"""Eight people a wave, three waves: every rule about small groups has something to do."""

POSTGRES_TYPES = {"VARCHAR": "text", "BIGINT": "bigint", "DOUBLE": "double precision", "BOOLEAN": "boolean"}


@contextmanager
def postgres(events: Path) -> Iterator[str]:
    """
    A PostgreSQL server of our own with a table of these events; gives its URL.

    It refuses to run as root, so that it runs as `postgres` when the tests do.
    """
    home = Path(tempfile.mkdtemp(prefix="pacenotes-postgres-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(home, user)
    port, data = _free_port(), home / "data"
    _run("initdb", "--auth=trust", "--username=tests", "--no-sync", "-D", str(data), user=user)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
    _run("pg_ctl", "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start", user=user)
    try:
        url = f"postgres://tests@127.0.0.1:{port}/postgres"
        _load(url, events)
        yield url
    finally:
        _run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop", user=user)
        shutil.rmtree(home, ignore_errors=True)


def spark(events: Path) -> Any:
    """
    An Ibis connection to a Spark session in this process with a view of these events; `disconnect` ends it.
    """
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        # For a few thousand rows, compiling a plan takes far longer than interpreting it.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    session.read.parquet(str(_in_one_file(events))).createOrReplaceTempView("events")
    return ibis.pyspark.connect(session)


def _in_one_file(events: Path) -> Path:
    """
    All days in a single part beside the folder: Spark's work is by the file, and each is small.
    """
    import duckdb

    part = events.with_name("all.parquet")
    read = f"SELECT * FROM read_parquet('{events}/*/*.parquet', hive_partitioning = true)"
    duckdb.sql(f"COPY ({read}) TO '{part}' (FORMAT parquet)")
    return part


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _load(url: str, events: Path) -> None:
    import duckdb
    import psycopg

    columns = {**COLUMNS, DAY: "date"}
    table = ", ".join(f'"{name}" {POSTGRES_TYPES.get(kind, kind)}' for name, kind in columns.items())
    named = ", ".join(f'"{name}"' for name in columns)
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(url) as connection:
        lines = Path(folder) / "events.csv"
        read = f"SELECT {named} FROM read_parquet('{events}/*/*.parquet', hive_partitioning = true)"
        duckdb.sql(f"COPY ({read}) TO '{lines}' (FORMAT csv, HEADER false)")
        connection.execute(f"CREATE TABLE events ({table})")
        with connection.cursor().copy(f"COPY events ({named}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(lines.read_bytes())
        # Without figures on the table, PostgreSQL joins it row by row.
        connection.execute("ANALYZE events")


def _run(program: str, *arguments: str, user: str | None) -> None:
    path = shutil.which(program) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")))
    # Output goes to a file: a server that inherits a pipe would keep it open for as long as it lives.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run([path, *arguments], user=user, cwd="/", stdout=output, stderr=output, check=False)
        if done.returncode:
            output.seek(0)
            raise RuntimeError(output.read().decode())
