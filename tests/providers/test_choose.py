"""
Which provider answers, and why.
"""

from pathlib import Path
from typing import Any

import pytest

from lsp_server.providers.base import Purpose
from lsp_server.providers.choose import Choice, build
from lsp_server.providers.local.corpus import WorkspaceCorpus
from lsp_server.settings import BedrockRoute, ProviderChoice, Settings
from tests.support.bedrock_runtime import BedrockRuntime
from tests.support.prompts import completion_prompt, read

NO_FILES = WorkspaceCorpus(tuple)


def chosen(environ: dict[str, str] | None = None, **settings: Any) -> Choice:
    return build(Settings(**settings), environ or {}, NO_FILES)


@pytest.mark.parametrize(
    ("environ", "name", "why"),
    [
        ({}, "local", "no credential"),
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic", "ANTHROPIC_API_KEY is set"),
        ({"ANTHROPIC_AUTH_TOKEN": "t"}, "anthropic", "ANTHROPIC_AUTH_TOKEN is set"),
        ({"AWS_BEARER_TOKEN_BEDROCK": "b"}, "bedrock", "AWS_BEARER_TOKEN_BEDROCK is set"),
        ({"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://x"}, "bedrock", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME is set"),
        ({"ANTHROPIC_API_KEY": "k", "AWS_BEARER_TOKEN_BEDROCK": "b"}, "anthropic", "ANTHROPIC_API_KEY is set"),
        ({"ANTHROPIC_API_KEY": " ", "AWS_BEARER_TOKEN_BEDROCK": ""}, "local", "no credential"),
        ({"AWS_ACCESS_KEY_ID": "for something else", "AWS_PROFILE": "work"}, "local", "no credential"),
    ],
)
def test_auto_takes_the_provider_whose_own_credential_is_there(environ: dict[str, str], name: str, why: str) -> None:
    """
    Only what is meant for a provider selects it; credentials for AWS in general do not.
    """
    choice = chosen(environ)
    assert choice.provider.name == name
    assert why in choice.why
    assert choice.why.endswith(".")


@pytest.mark.parametrize("provider", [ProviderChoice.LOCAL, ProviderChoice.ANTHROPIC, ProviderChoice.BEDROCK])
def test_the_setting_wins_over_the_environment(provider: ProviderChoice) -> None:
    """
    Who names a provider gets it, whatever else could be had.
    """
    choice = chosen({"ANTHROPIC_API_KEY": "k", "AWS_BEARER_TOKEN_BEDROCK": "b"}, provider=provider)
    assert choice.provider.name == provider
    assert choice.why == f"The setting `provider` is `{provider}`."


def test_default_models() -> None:
    """
    Completions go to the quick model, reviews and questions to the thorough one.
    """
    provider = chosen({"ANTHROPIC_API_KEY": "k"}).provider
    assert [provider.model_for(purpose) for purpose in Purpose] == [
        "claude-haiku-5-5",
        "claude-sonnet-5-5",
        "claude-sonnet-5-5",
    ]


def test_models_can_be_chosen() -> None:
    """
    Each of the two settings chooses for its purposes.
    """
    provider = chosen({"ANTHROPIC_API_KEY": "k"}, completion_model="a", review_model="b").provider
    assert [provider.model_for(purpose) for purpose in Purpose] == ["a", "b", "b"]


@pytest.mark.parametrize(
    ("region", "model"),
    [
        ("us-east-1", "us.anthropic.claude-haiku-5-5"),
        ("ca-central-1", "us.anthropic.claude-haiku-5-5"),
        ("us-gov-west-1", "us-gov.anthropic.claude-haiku-5-5"),
        ("eu-central-2", "eu.anthropic.claude-haiku-5-5"),
        ("ap-northeast-1", "jp.anthropic.claude-haiku-5-5"),
        ("ap-southeast-2", "au.anthropic.claude-haiku-5-5"),
        ("sa-east-1", "global.anthropic.claude-haiku-5-5"),
    ],
)
def test_bedrock_stays_in_the_geography_of_its_region(region: str, model: str) -> None:
    """
    The default model is asked for in the inference profile next to the region.
    """
    provider = chosen({"AWS_BEARER_TOKEN_BEDROCK": "b", "AWS_REGION": region}).provider
    assert provider.model_for(Purpose.COMPLETION) == model


CONFIG = "[default]\nregion = eu-west-1\n[profile work]\nregion = us-west-2\n[profile broken]\n"


@pytest.mark.parametrize(
    ("environ", "settings", "geography"),
    [
        ({"AWS_REGION": "eu-west-3"}, {"bedrock_region": "us-east-2"}, "us"),
        ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "us-east-2"}, {}, "eu"),
        ({"AWS_DEFAULT_REGION": "us-east-2"}, {}, "us"),
        ({}, {}, "eu"),
        ({"AWS_PROFILE": "work"}, {}, "us"),
        ({"AWS_PROFILE": "work"}, {"bedrock_profile": "default"}, "eu"),
        ({}, {"bedrock_profile": "broken"}, "global"),
    ],
)
def test_where_the_region_comes_from(
    tmp_path: Path, environ: dict[str, str], settings: dict[str, str], geography: str
) -> None:
    """
    Setting, then environment, then the profile in AWS's own file.
    """
    config = tmp_path / "config"
    config.write_text(CONFIG)
    environ = {"AWS_BEARER_TOKEN_BEDROCK": "b", "AWS_CONFIG_FILE": str(config), **environ}
    model = chosen(environ, **settings).provider.model_for(Purpose.COMPLETION)
    assert model == f"{geography}.anthropic.claude-haiku-5-5"


@pytest.mark.parametrize("content", [b"no section\n", b"\xff\xfe", b"[default\n"])
def test_a_configuration_file_that_cannot_be_read_names_no_region(tmp_path: Path, content: bytes) -> None:
    """
    AWS's file may hold anything; only a region is of interest.
    """
    config = tmp_path / "config"
    config.write_bytes(content)
    provider = chosen({"AWS_BEARER_TOKEN_BEDROCK": "b", "AWS_CONFIG_FILE": str(config)}).provider
    assert provider.model_for(Purpose.COMPLETION) == "global.anthropic.claude-haiku-5-5"


@pytest.mark.parametrize("path", ["", "/", "/anthropic", "/anthropic/"])
@pytest.mark.parametrize("route", [BedrockRoute.MESSAGES, BedrockRoute.INVOKE])
async def test_the_endpoint_of_the_environment_is_asked(path: str, route: BedrockRoute) -> None:
    """
    An endpoint in the environment leads there by either route, with or without the path that some configure.
    """
    with BedrockRuntime("answer") as runtime:
        environ = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": runtime.url + path, "AWS_BEARER_TOKEN_BEDROCK": "b"}
        provider = chosen(environ, bedrock_route=route).provider
        assert (await read(provider.stream(completion_prompt())))[0] == "answer"
        await provider.aclose()


async def test_the_endpoint_of_the_settings_wins() -> None:
    """
    A configured endpoint goes before the environment's.
    """
    with BedrockRuntime("answer") as runtime:
        environ = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9", "AWS_BEARER_TOKEN_BEDROCK": "b"}
        provider = chosen(environ, bedrock_endpoint=runtime.url).provider
        assert (await read(provider.stream(completion_prompt())))[0] == "answer"
        await provider.aclose()
