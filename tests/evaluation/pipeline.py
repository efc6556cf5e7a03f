"""
Events from a hundred writers, some of them killed, through S3 to the report: `python -m tests.evaluation.pipeline`.

The writers share one store and say which events are safe; a tenth of them, and the export, die by `kill -9`.
What the report counts in the end must hold every acknowledged event, and none twice.
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

from telemetry.sinks.destination import destination_of
from telemetry.sinks.export import export
from telemetry.sources import opened

WRITERS, EVENTS, AT_ONCE = 100, 200, 4
BUCKET = "events"


def main() -> int:
    """
    Run it and print the counts; 1 when an event is missing or counted twice.
    """
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    os.environ |= {
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with tempfile.TemporaryDirectory() as folder:
        store, copy = Path(folder) / "telemetry.sqlite", Path(folder) / "copy"
        with ThreadPoolExecutor(AT_ONCE) as pool:
            safe = set().union(*pool.map(lambda number: written(store, number), range(WRITERS)))
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        killed_export(store)
        export(store, destination_of(f"s3://{BUCKET}/x"), progress_file=store.with_name("exports.json"), batch_size=500)
        download(copy)
        with opened([str(copy)], local=Path()) as engine:
            rows = engine.rows(engine.events.select("active_ms", "event_id"))
    moto.stop()
    numbers = [int(row["active_ms"]) for row in rows]
    missing, twice = len(safe - set(numbers)), len(numbers) - len(set(numbers))
    print(f"{WRITERS} writers, {len(safe):,} events acknowledged, {len(numbers):,} in the report")
    print(f"{missing} acknowledged events missing, {twice} counted twice")
    return int(missing > 0 or twice > 0)


def written(store: Path, number: int) -> set[int]:
    """
    One writer; every tenth is killed when it has said that something is safe. What it has acknowledged.
    """
    arguments = (str(store), str(number * EVENTS), str(EVENTS), "10")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.event_writer", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    if number % 10 == 0:
        process.kill()
    lines += process.stdout.readlines()
    process.wait()
    return {
        int(word) for line in lines if line.startswith("safe:") and line.endswith("\n") for word in line.split()[1:]
    }


def killed_export(store: Path) -> None:
    """
    An export to the bucket that dies after its first batch.
    """
    target = f"s3://{BUCKET}/x"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.exporter", str(store), target, "500"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.wait()


def download(folder: Path) -> None:
    """
    Bring all of the bucket here.
    """
    client = boto3.client("s3")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for item in page["Contents"]:
            target = folder / item["Key"].removeprefix("x/")
            target.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(BUCKET, item["Key"], str(target))


if __name__ == "__main__":
    sys.exit(main())
