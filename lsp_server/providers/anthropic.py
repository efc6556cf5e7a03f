"""
The Anthropic API, through its own SDK.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from lsp_server.providers import requests
from lsp_server.providers.base import Prompt, Purpose, WireRequest
from lsp_server.providers.capabilities import capabilities_of
from lsp_server.providers.errors import Call, Vendor
from lsp_server.providers.reply import PartialReply
from lsp_server.providers.streams import ChunkStream, Reading, Timeouts
from lsp_server.providers.wire import Event, server_sent_events

if TYPE_CHECKING:
    import anthropic
    import httpx2

VENDOR = Vendor(
    title="Anthropic",
    missing_credential="set ANTHROPIC_API_KEY where the server is started, or choose the provider `local`",
    refused_credential="check ANTHROPIC_API_KEY",
    address="anthropic.baseUrl",
)
CONNECT_TIMEOUT_S = 5.0

# The SDK drops an idle connection after 5 s: each pause in typing would cost a TLS handshake.
KEEP_ALIVE_S = 240.0


class AnthropicProvider:
    """
    Answers through the Messages API. Credentials, proxies and gateway headers are found by the SDK in the environment.
    """

    name = "anthropic"

    def __init__(
        self,
        *,
        models: Mapping[Purpose, str],
        timeouts: Mapping[Purpose, Timeouts],
        base_url: str = "",
    ) -> None:
        self._models = models
        self._timeouts = timeouts
        self._base_url = base_url
        self._client: anthropic.AsyncAnthropic | None = None
        self._making = threading.Lock()

    def model_for(self, purpose: Purpose) -> str:
        """
        The id of the model that answers prompts of this purpose.
        """
        return self._models[purpose]

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        The body of the request, exactly as it is sent.
        """
        model = self.model_for(prompt.purpose)
        body = requests.message_body(prompt, capabilities_of(model), model)
        return WireRequest(provider=self.name, model=model, route="POST /v1/messages", body=body)

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
        Import the SDK and construct the client in a thread; sends nothing.
        """
        # What is wrong with the configuration is said by the first request.
        with contextlib.suppress(Exception):
            await asyncio.to_thread(self._made)
            await asyncio.to_thread(warm_connections)

    async def aclose(self) -> None:
        """
        Close connections.
        """
        if self._client is not None:
            await self._client.close()

    @contextlib.asynccontextmanager
    async def _send(self, prompt: Prompt) -> AsyncIterator[AsyncIterator[Event]]:
        client = self._client if self._client is not None else await asyncio.to_thread(self._made)
        request = self.wire_request(prompt)
        async with server_sent_events(client, request.model, request.body, prompt.purpose) as events:
            yield events

    def _made(self) -> "anthropic.AsyncAnthropic":
        with self._making:
            if self._client is None:
                self._client = self._make_client()
            return self._client

    def _make_client(self) -> "anthropic.AsyncAnthropic":
        import anthropic

        quieten_sdk_logs()
        return anthropic.AsyncAnthropic(
            base_url=self._base_url or None,
            http_client=connections(),
            max_retries=0,
            open_telemetry=False,
        )


def connections(auth: "httpx2.Auth | None" = None) -> "httpx2.AsyncClient":
    """
    Connections that outlast a pause in typing. How long a reply may take is decided by `Timeouts` alone.
    """
    import anthropic
    import httpx2

    return anthropic.DefaultAsyncHttpxClient(
        limits=httpx2.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=KEEP_ALIVE_S),
        timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S),
        auth=auth,
    )


def warm_connections() -> None:
    """
    Import what the first connection would; in a thread that runs no event loop.
    """
    import anyio

    anyio.run(anyio.sleep, 0)


def quieten_sdk_logs() -> None:
    """
    Keep prompts and credentials out of the log, whatever ANTHROPIC_LOG or the root logger asks for.
    """
    for name in ("anthropic", "httpx2", "httpcore2", "botocore", "boto3", "urllib3"):
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)
