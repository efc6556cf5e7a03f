"""
The Anthropic API through its SDK: the client, its environment, its connections and its log.
"""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.providers import base
from lsp_server.providers.anthropic import AnthropicProvider, quieten_sdk_logs
from lsp_server.providers.base import Purpose
from tests.providers.routes import PATIENT, SECRET, connected, provider_for
from tests.support.messages_api import MessagesApi
from tests.support.prompts import completion_prompt, read
from tests.support.replies import failure


async def test_warming_up_sends_nothing(route: str) -> None:
    """
    The client is there before the first request, and nobody has been asked anything.
    """
    async with connected(route, "answer") as to:
        await to.provider.warm_up()
        assert to.server.connections == 0


async def test_the_service_is_addressed_as_it_wants() -> None:
    """
    Key, version and path are those of the Messages API.
    """
    async with connected("anthropic", "answer") as to:
        await read(to.provider.stream(completion_prompt()))
        exchange = to.server.exchanges[0]
        assert (exchange.method, exchange.path) == ("POST", "/v1/messages")
        assert exchange.headers["authorization"] == f"Bearer {SECRET}"
        assert exchange.headers["anthropic-version"]


async def test_connections_are_kept(route: str) -> None:
    """
    Requests that follow each other use one connection.
    """
    async with connected(route, "answer") as to:
        for _ in range(3):
            await read(to.provider.stream(completion_prompt()))
        assert to.server.connections == 1


@pytest.mark.parametrize("empty", [None, ""])
async def test_no_key_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch, empty: str | None) -> None:
    """
    Without a credential the sentence says which variable to set.
    """
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    if empty is not None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", empty)
    async with connected("anthropic", "answer") as to:
        with pytest.raises(base.NotConfigured, match="set ANTHROPIC_API_KEY"):
            await read(to.provider.stream(completion_prompt()))
        assert to.server.connections == 0


@pytest.mark.parametrize("key", [" ", "sk-ant-1\n"])
async def test_a_key_that_no_header_can_hold_is_said(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """
    A line break pasted with the key is a matter of the key, not of the network.
    """
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    async with connected("anthropic", "answer") as to:
        with pytest.raises(base.NotConfigured, match="check ANTHROPIC_API_KEY"):
            await read(to.provider.stream(completion_prompt()))


async def test_a_wrong_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A refused key is named by its variable, not by its value.
    """
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-invalid-1")
    async with connected("anthropic", "answer") as to:
        with pytest.raises(base.NotAuthorised, match="check ANTHROPIC_API_KEY") as raised:
            await read(to.provider.stream(completion_prompt()))
        assert "sk-ant" not in str(raised.value)


async def test_a_gateway_is_found_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The SDK's own variables lead to a gateway, with its headers and without a key of ours.
    """
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with MessagesApi("answer") as gateway:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", gateway.url)
        monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-api-key: of-the-gateway\nx-team: blue")
        provider = provider_for("anthropic", "")
        assert (await read(provider.stream(completion_prompt())))[0] == "answer"
        assert gateway.exchanges[0].headers["x-team"] == "blue"
        await provider.aclose()


async def test_a_token_serves_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    ANTHROPIC_AUTH_TOKEN is honoured.
    """
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-1")
    async with connected("anthropic", "answer") as to:
        await read(to.provider.stream(completion_prompt()))
        assert to.server.exchanges[0].headers["authorization"] == "Bearer token-1"


async def test_a_profile_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    A profile of the SDK that is named but not there is a matter of signing in.
    """
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    async with connected("anthropic", "answer") as to:
        await to.provider.warm_up()
        with pytest.raises(base.NotAuthorised, match="sign-in to Anthropic is missing"):
            await read(to.provider.stream(completion_prompt()))


async def test_an_address_that_is_none_is_said() -> None:
    """
    A base URL without a scheme is a matter of configuration.
    """
    provider = provider_for("anthropic", "gateway.example.com/claude")
    with pytest.raises(base.NotConfigured, match=r"anthropic\.baseUrl"):
        await read(provider.stream(completion_prompt()))
    await provider.aclose()


async def test_a_host_that_does_not_exist_is_unreachable() -> None:
    """
    A name that nobody resolves is a matter of network or address.
    """
    provider = provider_for("anthropic", "https://no-such-host.invalid")
    with pytest.raises(base.Unreachable):
        await read(provider.stream(completion_prompt()))
    await provider.aclose()


async def test_many_first_requests_share_one_client() -> None:
    """
    Requests that meet before the client is made do not make it twice.
    """
    async with connected("anthropic", "answer") as to:
        await asyncio.gather(*(read(to.provider.stream(completion_prompt())) for _ in range(5)))
        assert isinstance(to.provider, AnthropicProvider)
        assert to.provider._made() is to.provider._made()


@pytest.fixture
def _restored_log_levels() -> Iterator[None]:
    names = ("anthropic", "httpx2", "httpcore2", "botocore", "boto3", "urllib3")
    before = {name: logging.getLogger(name).level for name in names}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("_restored_log_levels")
async def test_no_log_level_brings_prompts_or_keys_into_the_log(route: str, caplog: pytest.LogCaptureFixture) -> None:
    """
    Even where everything is logged, SDKs log neither bodies nor headers.
    """
    caplog.set_level(logging.DEBUG)
    logging.getLogger("anthropic").setLevel(logging.DEBUG)
    async with connected(route, ["secretReply", failure(500)]) as to:
        await read(to.provider.stream(completion_prompt("const launchCode = ")))
        with pytest.raises(base.Overloaded):
            await read(to.provider.stream(completion_prompt("const launchCode = ")))
    assert "launchCode" not in caplog.text
    assert "secretReply" not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.usefixtures("_restored_log_levels")
def test_a_calmer_level_is_left_as_it_is() -> None:
    """
    Only levels that would print bodies are raised.
    """
    logging.getLogger("anthropic").setLevel(logging.ERROR)
    quieten_sdk_logs()
    assert logging.getLogger("anthropic").level == logging.ERROR


ASKING = """
import asyncio, sys
from tests.providers.routes import provider_for
from tests.support.prompts import completion_prompt, read

async def main() -> None:
    provider = provider_for("anthropic", sys.argv[1])
    await read(provider.stream(completion_prompt("const launchCode = ")))
    await provider.aclose()

asyncio.run(main())
"""


def test_the_log_variable_of_the_sdk_prints_no_bodies() -> None:
    """
    ANTHROPIC_LOG=debug, set for whatever else, does not put source code on stderr.
    """
    with MessagesApi("answer") as api:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "ANTHROPIC_LOG": "debug"}
        done = subprocess.run(
            [sys.executable, "-c", ASKING, api.url], env=environ, capture_output=True, text=True, check=True, timeout=60
        )
    assert "launchCode" not in done.stderr
    assert SECRET not in done.stderr
    assert done.stdout == ""


IMPORTING = """
import sys
import lsp_server.providers.anthropic, lsp_server.providers.bedrock, lsp_server.providers.choose
import lsp_server.providers.caching, lsp_server.providers.backoff
heavy = {"anthropic", "httpx2", "boto3", "botocore", "diskcache", "sqlite3", "numpy", "tree_sitter"} & set(sys.modules)
print(sorted(heavy))
"""


def test_nothing_heavy_is_imported_with_the_providers() -> None:
    """
    SDKs and databases are loaded when they are needed, not when the server starts.
    """
    done = subprocess.run([sys.executable, "-c", IMPORTING], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_models_are_chosen_by_purpose() -> None:
    """
    Each purpose has its model, and its request names it.
    """
    models = {Purpose.COMPLETION: "claude-haiku-5-5", Purpose.REVIEW: "claude-sonnet-5-5", Purpose.ASK: "claude-opus-5"}
    provider = AnthropicProvider(models=models, timeouts=dict.fromkeys(Purpose, PATIENT))
    for purpose, model in models.items():
        request = provider.wire_request(completion_prompt(purpose=purpose))
        assert (request.model, request.body["model"], request.provider) == (model, model, "anthropic")
