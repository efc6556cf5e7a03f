"""
Model calls as metrics, over a real socket to something that speaks OTLP.
"""

import http.server
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from telemetry.envelope import NO_SUBJECT, Event, Stamp, uuid7
from telemetry.events import LlmCall
from telemetry.sinks.destination import ExportFailed, destination_of
from telemetry.sinks.export import export
from telemetry.store import Store
from telemetry.vocabulary import Basis, ErrorKind, FinishReason, ProviderName, Purpose
from tests.support.events import ORIGIN, tick


def call(number: int, *, error: ErrorKind | None = None) -> Event:
    body = LlmCall(
        request_id=f"{number:08x}", purpose=Purpose.COMPLETION, provider=ProviderName.BEDROCK,
        request_model="claude-haiku-4-5", response_model=None, input_tokens=1000, output_tokens=50,
        cache_read_tokens=0, cache_creation_tokens=0, estimated=False, ttft_ms=300, duration_ms=900,
        finish_reason=None if error else FinishReason.END, error=error, cost_usd_micro=1250,
    )  # fmt: skip
    stamp = Stamp(event_id=uuid7(number, number), ts=number, basis=Basis.CLIENT, dropped_before=0)
    return Event(stamp=stamp, origin=ORIGIN, subject=NO_SUBJECT, body=body)


def fill(path: Path, events: list[Event]) -> None:
    store = Store(path, warn=pytest.fail, clock=lambda: 1)
    for event in events:
        store.emit(event)
    assert store.flush(60)
    store.close()


@contextmanager
def collector(status: int = 200) -> Iterator[tuple[str, list[ExportMetricsServiceRequest]]]:
    """
    A collector on loopback, and the requests that it got.
    """
    got: list[ExportMetricsServiceRequest] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/metrics"
            got.append(ExportMetricsServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"otlp://127.0.0.1:{server.server_address[1]}", got
        server.shutdown()


def test_tokens_and_durations_arrive(tmp_path: Path) -> None:
    """
    With the names, units and attributes of the conventions, and nothing that tells of a person.
    """
    store = tmp_path / "t.sqlite"
    fill(store, [call(1), tick(2), call(3, error=ErrorKind.RATE_LIMITED)])
    with collector() as (target, got):
        assert export(store, destination_of(target), progress_file=tmp_path / "e.json") == 3
    metrics = {m.name: m for r in got for s in r.resource_metrics for scope in s.scope_metrics for m in scope.metrics}
    assert set(metrics) == {
        "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk",
    }  # fmt: skip
    tokens = metrics["gen_ai.client.token.usage"]
    assert tokens.unit == "{token}"
    sums = {
        next(a.value.string_value for a in point.attributes if a.key == "gen_ai.token.type"): point.sum
        for point in tokens.histogram.data_points
    }
    assert sums == {"input": 2000, "output": 100}
    text = str(got)
    assert "aws.bedrock" in text
    assert "rate_limited" in text
    assert ORIGIN.dev_id not in text


def test_events_without_calls_send_nothing(tmp_path: Path) -> None:
    """
    They count as exported all the same.
    """
    store = tmp_path / "t.sqlite"
    fill(store, [tick(1)])
    with collector() as (target, got):
        assert export(store, destination_of(target), progress_file=tmp_path / "e.json") == 1
    assert got == []


def test_a_collector_that_refuses(tmp_path: Path) -> None:
    """
    One sentence, and the batch is still to be sent.
    """
    store = tmp_path / "t.sqlite"
    fill(store, [call(1)])
    with collector(400) as (target, _), pytest.raises(ExportFailed, match="did not take the metrics"):
        export(store, destination_of(target), progress_file=tmp_path / "e.json")
    with collector() as (target, got):
        assert export(store, destination_of(target), progress_file=tmp_path / "e2.json") == 1
    assert len(got) == 1
