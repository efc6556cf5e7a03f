"""
Where exported events go: a folder, a bucket, or a collector of metrics.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit


class ExportFailed(Exception):  # noqa: N818 - as the other named failures of this code base
    """
    Events could not be delivered; `str(error)` is one sentence, and nothing that was acknowledged is lost.
    """


class Destination(Protocol):
    """
    Takes batches of events. Delivering a batch twice is the same as delivering it once, wherever that is possible.
    """

    @property
    def name(self) -> str:
        """
        What the progress of this destination is kept under; never a credential.
        """
        ...

    def deliver(self, events: Sequence[Mapping[str, Any]], *, batch: str) -> None:
        """
        Store one batch, named for good by `batch`; returns when it is safe there.

        Raises:
            ExportFailed: it is not.
        """
        ...


def destination_of(target: str, *, sums_only: bool = False) -> Destination:
    """
    The destination that `target` names: `s3://bucket/prefix`, `otlp://host:port` (or `otlp+https://…`), or a folder.

    With `sums_only` it gets daily sums instead of events.

    Raises:
        ExportFailed: nothing of the kind exists.
    """
    parts = urlsplit(target)
    if parts.scheme == "s3":
        from telemetry.sinks.s3 import Bucket

        if not parts.netloc:
            raise ExportFailed(f"{target} names no bucket; write s3://BUCKET/PREFIX.")
        return Bucket(parts.netloc, parts.path.strip("/"), sums_only=sums_only)
    if parts.scheme in ("otlp", "otlp+http", "otlp+https"):
        from telemetry.sinks.otlp import Collector

        if not parts.hostname:
            raise ExportFailed(f"{target} names no collector; write otlp://HOST:PORT.")
        scheme = "https" if parts.scheme == "otlp+https" else "http"
        return Collector(f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/v1/metrics")
    if parts.scheme and len(parts.scheme) > 1 and parts.scheme != "file":
        raise ExportFailed(f"Events can't be exported to {parts.scheme}: give s3://…, otlp://… or a folder.")
    from telemetry.sinks.folder import Folder

    return Folder(Path(parts.path if parts.scheme == "file" else target).expanduser(), sums_only=sums_only)
