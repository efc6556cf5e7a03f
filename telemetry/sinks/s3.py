"""
A bucket of S3, or of whatever speaks its protocol, through boto3 and the credentials of the AWS chain.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from telemetry.sinks.destination import ExportFailed
from telemetry.sinks.parts import event_parts, sum_parts

ATTEMPTS = 5
"""Of each request, by the SDK's standard mode: connection errors, throttling and 5xx are tried again with back-off."""


class Bucket:
    """
    The destination that is a bucket. Keys are the parts' paths, so that a repeated delivery replaces itself.
    """

    def __init__(self, bucket: str, prefix: str, *, sums_only: bool = False) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._parts = sum_parts if sums_only else event_parts
        self._client: Any = None

    @property
    def name(self) -> str:
        """
        Bucket and prefix.
        """
        return f"s3://{self._bucket}/{self._prefix}"

    def deliver(self, events: Sequence[Mapping[str, Any]], *, batch: str) -> None:
        """
        Put the parts of a batch.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = self._connected()
            for path, content in self._parts(events, batch):
                key = f"{self._prefix}/{path}" if self._prefix else path
                client.put_object(Bucket=self._bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise ExportFailed(f"{self.name} did not take the events: {_in_words(error)}") from error

    def _connected(self) -> Any:
        if self._client is None:
            import boto3
            from botocore.config import Config

            retries = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
            # A session of its own: the module's remembers credentials that may have changed since.
            self._client = boto3.session.Session().client(
                "s3", config=Config(retries=retries, connect_timeout=5, read_timeout=30)
            )
        return self._client


def _in_words(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response:
        code = response.get("Error", {}).get("Code", "an error")
        return f"it answered {code}; check that the bucket exists and that you may write to it."
    kind = type(error).__name__
    if kind in ("NoCredentialsError", "PartialCredentialsError"):
        return "there are no AWS credentials; log in, for instance with `aws sso login`."
    return f"{kind}; check the network, the region and AWS_ENDPOINT_URL_S3."
