"""
Claude on Amazon Bedrock: ids, routes, signatures and the AWS chain.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lsp_server.providers import base
from lsp_server.providers.base import Purpose
from lsp_server.providers.bedrock import Account, BedrockProvider, bedrock_id
from lsp_server.settings import BedrockRoute
from tests.providers.routes import PATIENT
from tests.support.bedrock_runtime import BedrockRuntime
from tests.support.prompts import completion_prompt, read

MESSAGES = "POST /anthropic/v1/messages"
INVOKE = "InvokeModelWithResponseStream"


def provider(
    model: str = "claude-haiku-5-5", route: BedrockRoute = BedrockRoute.AUTO, **account: Any
) -> BedrockProvider:
    given = {"region": "us-east-1", **account}
    return BedrockProvider(
        models=dict.fromkeys(Purpose, model),
        timeouts=dict.fromkeys(Purpose, PATIENT),
        account=Account(**given),
        route=route,
    )


@pytest.fixture
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")


@pytest.mark.parametrize(
    ("model", "sent", "route"),
    [
        ("claude-haiku-5-5", "us.anthropic.claude-haiku-5-5", MESSAGES),
        ("claude-haiku-4-5", "us.anthropic.claude-haiku-4-5-20251001-v1:0", INVOKE),
        ("claude-opus-4-6", "us.anthropic.claude-opus-4-6-v1", INVOKE),
        ("anthropic.claude-haiku-4-5", "anthropic.claude-haiku-4-5", INVOKE),
        ("global.anthropic.claude-sonnet-5-5", "global.anthropic.claude-sonnet-5-5", MESSAGES),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "eu.anthropic.claude-haiku-4-5-20251001-v1:0", INVOKE),
        ("some-custom-model", "some-custom-model", MESSAGES),
        (
            "arn:aws:bedrock:us-east-1:123:application-inference-profile/abc",
            "arn:aws:bedrock:us-east-1:123:application-inference-profile/abc",
            INVOKE,
        ),
    ],
)
def test_the_model_decides_the_route(model: str, sent: str, route: str) -> None:
    """
    Plain names become Bedrock's ids, Bedrock's ids stay, and each goes by the interface that knows it.
    """
    request = provider(model).wire_request(completion_prompt())
    assert (request.model, request.route) == (sent, route)


@pytest.mark.parametrize(("wanted", "route"), [(BedrockRoute.INVOKE, INVOKE), (BedrockRoute.MESSAGES, MESSAGES)])
def test_the_route_can_be_forced(wanted: BedrockRoute, route: str) -> None:
    """
    The setting goes before the table.
    """
    for model in ("claude-haiku-5-5", "claude-haiku-4-5"):
        assert provider(model, wanted).wire_request(completion_prompt()).route == route


def test_the_older_messages_endpoint_takes_plain_ids() -> None:
    """
    `bedrock-mantle` knows no inference profiles.
    """
    account = Account(region="eu-west-1", endpoint="https://bedrock-mantle.eu-west-1.api.aws")
    assert bedrock_id("claude-haiku-5-5", account) == "anthropic.claude-haiku-5-5"


def test_an_account_does_not_show_its_key() -> None:
    """
    A key never gets into a log by way of a representation.
    """
    assert "b-secret" not in repr(Account(region="us-east-1", api_key="b-secret"))


@pytest.mark.usefixtures("_signed_in")
@pytest.mark.parametrize("route", [BedrockRoute.MESSAGES, BedrockRoute.INVOKE])
async def test_requests_are_signed_with_the_credentials_of_the_chain(route: BedrockRoute) -> None:
    """
    Either interface is signed for the service `bedrock` in the account's region.
    """
    with BedrockRuntime("answer") as runtime:
        asked = provider(route=route, endpoint=runtime.url, region="eu-central-1")
        assert (await read(asked.stream(completion_prompt())))[0] == "answer"
        assert runtime.services == ["bedrock"]
        assert "/eu-central-1/bedrock/aws4_request" in runtime.exchanges[0].headers["authorization"]
        await asked.aclose()


@pytest.mark.usefixtures("_signed_in")
async def test_the_signature_is_right() -> None:
    """
    What we send verifies against AWS's own signer, given the same secret.
    """
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    with BedrockRuntime("answer") as runtime:
        asked = provider(endpoint=runtime.url)
        await read(asked.stream(completion_prompt()))
        exchange = runtime.exchanges[0]
        await asked.aclose()
    given = exchange.headers["authorization"]
    signed_names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    request = AWSRequest(
        method="POST",
        url=runtime.url + unquote(exchange.path),
        data=exchange.raw,
        headers={name: exchange.headers[name] for name in signed_names},
    )
    request.context["timestamp"] = exchange.headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI"), "bedrock", "us-east-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert given.endswith(f"Signature={signature}")


async def test_an_api_key_goes_before_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A Bedrock key is sent as such, also where the chain would have credentials and a profile is named.
    """
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    with BedrockRuntime("answer") as runtime:
        for route in (BedrockRoute.MESSAGES, BedrockRoute.INVOKE):
            asked = provider(route=route, endpoint=runtime.url, api_key="key-1", profile="work")
            await read(asked.stream(completion_prompt()))
            await asked.aclose()
        assert runtime.services == ["bearer", "bearer"]
        assert runtime.exchanges[0].headers["x-api-key"] == "key-1"


@pytest.mark.parametrize("route", [BedrockRoute.MESSAGES, BedrockRoute.INVOKE])
async def test_the_profile_is_used(route: BedrockRoute, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    A named profile supplies the credentials.
    """
    credentials = tmp_path / "credentials"
    credentials.write_text("[work]\naws_access_key_id = AKIDOFWORK\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    with BedrockRuntime("answer") as runtime:
        asked = provider(route=route, endpoint=runtime.url, profile="work")
        await read(asked.stream(completion_prompt()))
        assert "Credential=AKIDOFWORK/" in runtime.exchanges[0].headers["authorization"]
        await asked.aclose()


@pytest.mark.parametrize("route", [BedrockRoute.MESSAGES, BedrockRoute.INVOKE])
async def test_no_credentials_is_said_before_anything_is_sent(route: BedrockRoute) -> None:
    """
    An empty chain is a sentence about signing in.
    """
    with BedrockRuntime("answer") as runtime:
        asked = provider(route=route, endpoint=runtime.url)
        await asked.warm_up()
        with pytest.raises(base.NotConfigured, match="sign in to AWS"):
            await read(asked.stream(completion_prompt()))
        assert runtime.exchanges == []
        await asked.aclose()


@pytest.mark.parametrize("route", [BedrockRoute.MESSAGES, BedrockRoute.INVOKE])
async def test_a_profile_that_does_not_exist_is_said(route: BedrockRoute) -> None:
    """
    Warming up does not fail on it; the first request says what to check.
    """
    with BedrockRuntime("answer") as runtime:
        asked = provider(route=route, endpoint=runtime.url, profile="no-such-profile")
        await asked.warm_up()
        with pytest.raises(base.NotConfigured, match=r"bedrock\.profile"):
            await read(asked.stream(completion_prompt()))
        await asked.aclose()


async def test_no_region_is_said() -> None:
    """
    Without a region there is no address, and no default is made up.
    """
    asked = provider(region="")
    await asked.warm_up()
    with pytest.raises(base.NotConfigured, match="AWS_REGION"):
        await read(asked.stream(completion_prompt()))


async def test_a_credential_helper_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    Credentials that a helper can't supply any longer need a new sign-in.
    """
    config = tmp_path / "config"
    config.write_text(f"[profile work]\ncredential_process = {sys.executable} -c 'raise SystemExit(1)'\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with BedrockRuntime("answer") as runtime:
        asked = provider(endpoint=runtime.url, profile="work")
        with pytest.raises(base.NotAuthorised, match="sign in to AWS again"):
            await read(asked.stream(completion_prompt()))
        await asked.aclose()


async def test_models_with_a_dated_id_get_the_version_they_know() -> None:
    """
    The body names the API version that InvokeModel has always taken.
    """
    with BedrockRuntime("answer") as runtime:
        asked = provider("claude-haiku-4-5", endpoint=runtime.url, api_key="k")
        await read(asked.stream(completion_prompt()))
        body = runtime.bodies[0]
        assert body["anthropic_version"] == "bedrock-2023-05-31"
        assert "model" not in body
        assert "stream" not in body
        await asked.aclose()


def test_the_environment_of_these_tests_has_no_credentials() -> None:
    """
    The machine's own AWS account is out of reach.
    """
    assert not any(name.startswith("AWS_ACCESS") for name in os.environ)
