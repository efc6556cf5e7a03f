"""
Model calls as OpenTelemetry metrics, by the conventions for generative AI; needs the extra `otel`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telemetry.sinks.destination import ExportFailed

TOKEN_BOUNDS = tuple(4**power for power in range(14))
SECOND_BOUNDS = tuple(round(0.01 * 2**power, 2) for power in range(14))
"""Bucket bounds that open-telemetry/semantic-conventions-genai gives for its histograms (status: Development)."""

TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - the name of a metric
DURATION = "gen_ai.client.operation.duration"
FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk"

PROVIDERS = {"bedrock": "aws.bedrock"}


@dataclass(frozen=True, slots=True)
class Point:
    """
    One value of one histogram.
    """

    metric: str
    value: float
    attributes: Mapping[str, str]


def points(event: Mapping[str, Any]) -> Iterator[Point]:
    """
    The measurements in one event; only model calls have any.
    """
    if event["name"] != "llm.call":
        return
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDERS.get(event["provider"], event["provider"]),
        "gen_ai.request.model": event["request_model"],
    }
    if event.get("response_model"):
        attributes["gen_ai.response.model"] = event["response_model"]
    failed = {"error.type": event["error"]} if event.get("error") else {}
    for kind in ("input", "output"):
        yield Point(TOKEN_USAGE, event[f"{kind}_tokens"], {**attributes, "gen_ai.token.type": kind})
    yield Point(DURATION, event["duration_ms"] / 1000, {**attributes, **failed})
    if event.get("ttft_ms") is not None:
        yield Point(FIRST_CHUNK, event["ttft_ms"] / 1000, attributes)


class Collector:
    """
    The destination that takes OTLP over HTTP. Metrics have no ids, so a batch that died half-way may count twice.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """
        The endpoint.
        """
        return self._endpoint

    def deliver(self, events: Sequence[Mapping[str, Any]], *, batch: str) -> None:
        """
        Send one request with the histograms of a batch, as the difference to the batches before.
        """
        measured = [point for event in events for point in points(event)]
        if not measured:
            return
        try:
            from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
            from opentelemetry.sdk.metrics.export import MetricExportResult
        except ImportError:
            raise ExportFailed("OTLP needs an extra: pip install 'pacenotes[otel]'.") from None
        exporter = OTLPMetricExporter(endpoint=self._endpoint)
        try:
            if exporter.export(_collected(measured)) is not MetricExportResult.SUCCESS:
                raise ExportFailed(f"{self._endpoint} did not take the metrics; check that a collector listens there.")
        finally:
            exporter.shutdown()


def _collected(measured: Sequence[Point]) -> Any:
    from opentelemetry.sdk.metrics import Histogram, MeterProvider
    from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
    from opentelemetry.sdk.resources import Resource

    reader = InMemoryMetricReader(preferred_temporality={Histogram: AggregationTemporality.DELTA})
    provider = MeterProvider([reader], Resource({"service.name": "pacenotes"}), shutdown_on_exit=False)
    meter = provider.get_meter("pacenotes")
    units = {TOKEN_USAGE: ("{token}", TOKEN_BOUNDS), DURATION: ("s", SECOND_BOUNDS), FIRST_CHUNK: ("s", SECOND_BOUNDS)}
    histograms = {
        name: meter.create_histogram(name, unit=unit, explicit_bucket_boundaries_advisory=bounds)
        for name, (unit, bounds) in units.items()
    }
    for point in measured:
        histograms[point.metric].record(point.value, point.attributes)
    return reader.get_metrics_data()
