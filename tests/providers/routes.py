"""
The three ways to Claude, each with its stand-in, so that one test can be held against all of them.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from lsp_server.providers.anthropic import AnthropicProvider
from lsp_server.providers.base import Provider, Purpose
from lsp_server.providers.bedrock import Account, BedrockProvider
from lsp_server.providers.streams import Timeouts
from lsp_server.settings import BedrockRoute
from tests.support.bedrock_runtime import BedrockRuntime
from tests.support.messages_api import MessagesApi
from tests.support.replies import Script

ROUTES = ("anthropic", "bedrock-messages", "bedrock-invoke")
SECRET = "sk-ant-api03-a-key-that-must-stay-secret"
PATIENT = Timeouts(first_token_s=20, next_token_s=20)


@dataclass(frozen=True)
class Connected:
    """
    A provider and the stand-in that it talks to.
    """

    server: MessagesApi | BedrockRuntime
    provider: Provider


@contextlib.asynccontextmanager
async def connected(
    route: str, script: Script = "", *, model: str = "claude-haiku-5-5", timeouts: Timeouts = PATIENT
) -> AsyncIterator[Connected]:
    """
    A provider on this route with its stand-in.
    """
    server = MessagesApi(script) if route == "anthropic" else BedrockRuntime(script)
    with server:
        provider = provider_for(route, server.url, model=model, timeouts=timeouts)
        try:
            yield Connected(server, provider)
        finally:
            await provider.aclose()


def provider_for(
    route: str, url: str, *, model: str = "claude-haiku-5-5", timeouts: Timeouts = PATIENT, region: str = "us-east-1"
) -> Provider:
    """
    A provider on this route; its credential comes from the environment, or is a Bedrock key.
    """
    models = dict.fromkeys(Purpose, model)
    patience = dict.fromkeys(Purpose, timeouts)
    if route == "anthropic":
        return AnthropicProvider(models=models, timeouts=patience, base_url=url)
    return BedrockProvider(
        models=models,
        timeouts=patience,
        account=Account(region=region, endpoint=url, api_key=SECRET),
        route=BedrockRoute.INVOKE if route == "bedrock-invoke" else BedrockRoute.MESSAGES,
    )
