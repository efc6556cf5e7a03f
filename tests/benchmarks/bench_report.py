"""
What a report costs over many events, and what our acceptance measure costs against SQL that was written by hand.

    python -m tests.benchmarks.bench_report --engineers 212 --weeks 26    # ten million events

The report runs in a process of its own, so that its memory is its own. The two queries read the same files in turns,
in one run, on connections with the same settings; the CPU of both is that of all threads.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from telemetry.engines import DuckDbEngine
from telemetry.measures.acceptance import acceptance
from telemetry.sources import opened
from telemetry.synthesis.company import Plan
from telemetry.synthesis.writing import write

ROUNDS = 7

BY_HAND = """
    SELECT count(*) FILTER (name = 'completion.shown') AS shown,
           count(*) FILTER (name = 'completion.ended') AS ended,
           count(*) FILTER (outcome = 'accepted') AS accepted,
           count(*) FILTER (outcome IN ('accepted', 'partial')) AS taken,
           count(*) FILTER (outcome = 'rejected') AS rejected,
           count(*) FILTER (visible_ms >= 750 OR outcome IN ('accepted', 'partial')) AS read,
           coalesce(sum(accepted_chars), 0) AS accepted_chars,
           coalesce(sum(chars), 0) AS shown_chars,
           coalesce(sum(accepted_lines), 0) AS accepted_lines,
           coalesce(sum(lines), 0) AS shown_lines,
           count(*) FILTER (name = 'completion.shown' AND basis = 'inferred') AS inferred
    FROM read_parquet('{folder}/*/*.parquet')
    WHERE name IN ('completion.shown', 'completion.ended')
"""


def main() -> None:
    """
    Print the figures as JSON.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--engineers", type=int, default=60)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="A synthetic company that is there already.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pacenotes-bench-") as scratch:
        folder, made_s = options.folder, None
        if folder is None:
            folder, began = Path(scratch) / "events", time.perf_counter()
            write(Plan(engineers=options.engineers, weeks=options.weeks, seed=1, start=date(2026, 1, 5)), folder)
            made_s = round(time.perf_counter() - began, 1)
        figures = {"synthesis_s": made_s, **whole_report(folder), **acceptance_against_hand(folder)}
    sys.stdout.write(f"{json.dumps(figures, indent=2)}\n")


def whole_report(folder: Path) -> dict[str, Any]:
    """
    Wall and CPU seconds and peak memory of `pacenotes report`, and how many events it read.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "lsp_server", "report", str(folder), "--output", "json"]
    done = subprocess.run(command, capture_output=True, check=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "events": json.loads(done.stdout)["events"],
        "report_s": round(took, 1),
        "report_cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "report_peak_mb": after.ru_maxrss // 1024,
    }


def acceptance_against_hand(folder: Path) -> dict[str, Any]:
    """
    Medians of both queries, and the ratio of the measure to the hand-written one.
    """
    with opened([str(folder)], local=Path()) as engine, duckdb.connect() as connection:
        assert isinstance(engine, DuckDbEngine)
        connection.execute("SET parquet_metadata_cache = true")
        by_hand = BY_HAND.format(folder=folder)
        measure = acceptance(engine.events)
        assert tuple(engine.rows(measure)[0].values()) == connection.execute(by_hand).fetchone()
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(cpu_of(lambda: connection.execute(by_hand).fetchall()))
            ours.append(cpu_of(lambda: engine.rows(measure)))
    return {
        "acceptance_cpu_s": round(statistics.median(ours), 3),
        "by_hand_cpu_s": round(statistics.median(theirs), 3),
        "acceptance_ratio": round(statistics.median(ours) / statistics.median(theirs), 2),
    }


def cpu_of(action: Callable[[], object]) -> float:
    """
    CPU seconds of this process, all threads, while it runs.
    """
    began = time.process_time()
    action()
    return time.process_time() - began


if __name__ == "__main__":
    main()
