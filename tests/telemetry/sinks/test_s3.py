"""
Exports to a bucket, over a real socket to a server that speaks the protocol of S3.
"""

import http.server
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import duckdb
import pytest
from moto.server import ThreadedMotoServer

from telemetry.sinks.destination import ExportFailed, destination_of
from telemetry.sinks.export import export
from tests.telemetry.sinks.test_folder import fill


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def endpoint(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in {
        "AWS_ENDPOINT_URL_S3": server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    return server


def downloaded(bucket: str, folder: Path) -> int:
    """
    Bring all objects of a bucket into a folder; returns how many there are.
    """
    client = boto3.client("s3")
    keys = [item["Key"] for item in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        client.download_file(bucket, key, str(folder / key))
    return len(keys)


def counted(folder: Path) -> tuple[int, int]:
    found = duckdb.sql(
        f"SELECT count(*), count(DISTINCT event_id) FROM read_parquet('{folder}/**/day=*/*.parquet')"
    ).fetchone()
    assert found is not None
    return found[0], found[1]


def test_a_bucket_has_every_event_once(endpoint: str, tmp_path: Path) -> None:
    """
    Below the prefix, one object a day and batch; a repeated delivery replaces its objects.
    """
    boto3.client("s3").create_bucket(Bucket="events", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    store = tmp_path / "t.sqlite"
    fill(store, range(50))
    target = destination_of("s3://events/team/pacenotes")
    assert export(store, target, progress_file=tmp_path / "one.json", batch_size=20) == 50
    before = downloaded("events", tmp_path / "down")
    assert counted(tmp_path / "down") == (50, 50)
    # Progress that was lost leads to a second delivery, which changes nothing.
    export(store, target, progress_file=tmp_path / "two.json", batch_size=20)
    assert downloaded("events", tmp_path / "down") == before
    assert counted(tmp_path / "down") == (50, 50)


def test_a_bucket_that_is_not_there(endpoint: str, tmp_path: Path) -> None:
    """
    One sentence with the code of S3; nothing is taken for delivered.
    """
    store = tmp_path / "t.sqlite"
    fill(store, range(3))
    with pytest.raises(ExportFailed, match="NoSuchBucket; check that the bucket exists"):
        export(store, destination_of("s3://nowhere/x"), progress_file=tmp_path / "e.json")


def test_no_credentials(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The chain finds none, and the sentence says how to get some.
    """
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    store = tmp_path / "t.sqlite"
    fill(store, range(3))
    with pytest.raises(ExportFailed, match="there are no AWS credentials"):
        export(store, destination_of("s3://events/x"), progress_file=tmp_path / "e.json")


class Flaky(http.server.BaseHTTPRequestHandler):
    """
    Answers the first two requests with 503, the rest with 200.
    """

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        type(self).asked += 1
        self.send_response(503 if self.asked <= 2 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_server_that_is_busy_is_asked_again(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Two refusals in a row cost time, not events.
    """
    Flaky.asked = 0
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Flaky) as flaky:
        threading.Thread(target=flaky.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{flaky.server_address[1]}")
        store = tmp_path / "t.sqlite"
        fill(store, range(3), days=1)
        assert export(store, destination_of("s3://events/x"), progress_file=tmp_path / "e.json") == 3
        flaky.shutdown()
    assert Flaky.asked == 3
