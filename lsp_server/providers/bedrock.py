"""
Claude on Amazon Bedrock, by either of its interfaces, with the credentials of the AWS chain or a Bedrock API key.

Newer models answer on the Messages API, models with a dated id by `InvokeModel` and its binary event stream; the
model's row or id decides. The endpoint is `bedrock-runtime` of the region unless another is configured; the address of
a `bedrock-mantle` works too, with its own signature and plain model ids.
"""

import asyncio
import contextlib
import re
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsp_server.providers import requests
from lsp_server.providers.anthropic import connections, quieten_sdk_logs, warm_connections
from lsp_server.providers.base import NotConfigured, Prompt, Purpose, WireRequest
from lsp_server.providers.capabilities import capabilities_of
from lsp_server.providers.errors import Call, Vendor
from lsp_server.providers.reply import PartialReply
from lsp_server.providers.streams import ChunkStream, Reading, Timeouts
from lsp_server.providers.wire import Event, framed_events, server_sent_events
from lsp_server.settings import BedrockRoute

if TYPE_CHECKING:
    import anthropic
    import httpx2

VENDOR = Vendor(
    title="Amazon Bedrock",
    missing_credential="sign in to AWS, set AWS_BEARER_TOKEN_BEDROCK, or choose the provider `local`",
    refused_credential="sign in to AWS again, or renew AWS_BEARER_TOKEN_BEDROCK",
    address="bedrock.region, bedrock.profile and bedrock.endpoint",
)

# The version that every model behind InvokeModel takes; the SDK's own default is refused by those with a dated id.
INVOKE_VERSION = "bedrock-2023-05-31"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """
    Where requests go and who signs them; what is empty is left to the AWS chain. `api_key` goes before a signature.
    """

    region: str = ""
    profile: str = ""
    endpoint: str = ""
    api_key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """
        The address without a path.
        """
        return (
            self.endpoint.rstrip("/").removesuffix("/anthropic")
            or f"https://bedrock-runtime.{self.region}.amazonaws.com"
        )

    @property
    def is_mantle(self) -> bool:
        """
        Whether the address is that of the older Messages endpoint.
        """
        return "bedrock-mantle" in self.host


class BedrockProvider:
    """
    Answers through Bedrock.
    """

    name = "bedrock"

    def __init__(
        self,
        *,
        models: Mapping[Purpose, str],
        timeouts: Mapping[Purpose, Timeouts],
        account: Account,
        route: BedrockRoute = BedrockRoute.AUTO,
    ) -> None:
        self._models = models
        self._timeouts = timeouts
        self._account = account
        self._route = route
        self._clients: dict[BedrockRoute, Any] = {}
        self._making = threading.Lock()

    def model_for(self, purpose: Purpose) -> str:
        """
        The id of the model that answers prompts of this purpose.
        """
        return bedrock_id(self._models[purpose], self._account)

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        The body of the request, exactly as it is sent.
        """
        model = self.model_for(prompt.purpose)
        body = requests.message_body(prompt, capabilities_of(model), model)
        if self._route_for(model) is BedrockRoute.MESSAGES:
            return WireRequest(provider=self.name, model=model, route="POST /anthropic/v1/messages", body=body)
        # Model and streaming are in the address.
        body = {"anthropic_version": INVOKE_VERSION, **body}
        del body["model"], body["stream"]
        return WireRequest(provider=self.name, model=model, route="InvokeModelWithResponseStream", body=body)

    def stream(self, prompt: Prompt) -> ChunkStream:
        """
        Send `prompt` and yield the reply as it comes.
        """
        model = self.model_for(prompt.purpose)
        reply = PartialReply(prompt, model=model, prefill=requests.prefill_of(prompt, capabilities_of(model)))
        call = Call(vendor=VENDOR, model=model, purpose=prompt.purpose)
        return Reading(lambda: self._send(prompt), reply, call, self._timeouts[prompt.purpose]).stream()

    async def warm_up(self) -> None:
        """
        Import the SDKs and construct the client in a thread; sends nothing.
        """
        if self._account.region:
            # What is wrong with the configuration is said by the first request.
            with contextlib.suppress(Exception):
                await asyncio.to_thread(self._made, self._route_for(self.model_for(Purpose.COMPLETION)))
                await asyncio.to_thread(warm_connections)

    async def aclose(self) -> None:
        """
        Close connections.
        """
        for client in self._clients.values():
            await client.close()

    @contextlib.asynccontextmanager
    async def _send(self, prompt: Prompt) -> AsyncIterator[AsyncIterator[Event]]:
        if not self._account.region:
            raise NotConfigured("No AWS region was found; set bedrock.region or AWS_REGION.")
        request = self.wire_request(prompt)
        route = self._route_for(request.model)
        client = self._clients.get(route) or await asyncio.to_thread(self._made, route)
        events_of = server_sent_events if route is BedrockRoute.MESSAGES else framed_events
        async with events_of(client, request.model, request.body, prompt.purpose) as events:
            yield events

    def _route_for(self, model: str) -> BedrockRoute:
        if self._route is not BedrockRoute.AUTO:
            return self._route
        row = capabilities_of(model)
        is_versioned = model.startswith("arn:") or re.search(r"-v\d+(:\d+)?$", model) is not None
        return BedrockRoute.INVOKE if is_versioned else row.bedrock_route

    def _made(self, route: BedrockRoute) -> Any:
        with self._making:
            if route not in self._clients:
                quieten_sdk_logs()
                make = _messages_client if route is BedrockRoute.MESSAGES else _invoke_client
                self._clients[route] = make(self._account)
                quieten_sdk_logs()
            return self._clients[route]


def bedrock_id(model: str, account: Account) -> str:
    """
    Bedrock's id for a model, in the inference profile of the region's own geography; ids of Bedrock stay as they are.
    """
    row = capabilities_of(model)
    if "anthropic." in model or model.startswith("arn:") or not row.known:
        return model
    return row.bedrock_id if account.is_mantle else f"{_geography(account.region)}.{row.bedrock_id}"


GEOGRAPHIES = (
    ("us-gov-", "us-gov"),
    ("us-", "us"),
    ("ca-", "us"),
    ("eu-", "eu"),
    ("ap-northeast-1", "jp"),
    ("ap-northeast-3", "jp"),
    ("ap-southeast-2", "au"),
    ("ap-southeast-4", "au"),
)


def _geography(region: str) -> str:
    # Data stays in its geography where there is a profile for one.
    return next((name for start, name in GEOGRAPHIES if region.startswith(start)), "global")


def _invoke_client(account: Account) -> "anthropic.AsyncAnthropicBedrock":
    import anthropic
    import botocore.eventstream  # noqa: F401  # Needed with the first reply.

    return anthropic.AsyncAnthropicBedrock(
        api_key=account.api_key or None,
        aws_profile=None if account.api_key else account.profile or None,
        aws_region=account.region,
        base_url=account.host,
        http_client=connections(),
        max_retries=0,
        open_telemetry=False,
    )


def _messages_client(account: Account) -> "anthropic.AsyncAnthropicBedrockMantle":
    import anthropic

    # AWS documents `x-api-key` for this interface and `Authorization` for Bedrock keys in general.
    headers = {"authorization": f"Bearer {account.api_key}", "x-api-key": account.api_key} if account.api_key else {}
    return anthropic.AsyncAnthropicBedrockMantle(
        skip_auth=True,
        aws_region=account.region,
        base_url=f"{account.host}/anthropic",
        default_headers=headers,
        http_client=connections(None if account.api_key else _signature(account)),
        max_retries=0,
        open_telemetry=False,
    )


def _signature(account: Account) -> "httpx2.Auth":
    """
    Sign each request with the AWS chain's credentials.

    The SDK's own client signs for `bedrock-mantle` only, whatever address it is given.
    """
    import boto3
    import httpx2
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import NoCredentialsError

    session = boto3.Session(profile_name=account.profile or None, region_name=account.region)
    service = "bedrock-mantle" if account.is_mantle else "bedrock"

    def sign(request: httpx2.Request) -> None:
        credentials = session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        unsigned = AWSRequest(
            method=request.method,
            url=str(request.url),
            data=request.content,
            headers={"content-type": request.headers["content-type"]},
        )
        SigV4Auth(credentials, service, account.region).add_auth(unsigned)
        request.headers.update(dict(unsigned.headers.items()))

    class Signature(httpx2.Auth):
        async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
            # The chain may have to ask another service for fresh credentials.
            await asyncio.to_thread(sign, request)
            yield request

    return Signature()
