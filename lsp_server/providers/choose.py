"""
Decide which provider answers, from the settings and the environment, and build it.
"""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lsp_server.providers.base import Provider, Purpose
from lsp_server.providers.local.corpus import Corpus
from lsp_server.providers.streams import Timeouts
from lsp_server.settings import ProviderChoice, Settings

DEFAULT_COMPLETION_MODEL = "claude-haiku-5-5"
DEFAULT_REVIEW_MODEL = "claude-sonnet-5-5"
PATIENT = Timeouts(first_token_s=120, next_token_s=60)

ANTHROPIC_VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
BEDROCK_VARIABLES = ("AWS_BEARER_TOKEN_BEDROCK", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
ENDPOINT_VARIABLES = (
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "ANTHROPIC_BEDROCK_BASE_URL",
    "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    "AWS_ENDPOINT_URL",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """
    The provider that answers, not yet wrapped, and in one sentence why it does; and who completes code when it can't.
    """

    provider: Provider
    why: str
    fallbacks: tuple[Provider, ...] = ()


def build(settings: Settings, environ: Mapping[str, str], corpus: Corpus, store: Path | None = None) -> Choice:
    """
    The provider that the settings name; `auto` takes the one that the environment has a credential or endpoint for.

    `corpus` is what the local provider learns from, and `store` the file where it keeps what it learnt.
    """
    chosen, why = _decide(settings, environ)

    def provider(choice: ProviderChoice) -> Provider:
        match choice:
            case ProviderChoice.ANTHROPIC:
                return _anthropic(settings)
            case ProviderChoice.BEDROCK:
                return _bedrock(settings, environ)
            case _:
                return _local(corpus, store)

    others = [ProviderChoice(name) for name in dict.fromkeys(settings.fallback) if name != chosen]
    if chosen is ProviderChoice.LOCAL:
        others = []
    return Choice(provider=provider(chosen), why=why, fallbacks=tuple(map(provider, others)))


def _decide(settings: Settings, environ: Mapping[str, str]) -> tuple[ProviderChoice, str]:
    if settings.provider is not ProviderChoice.AUTO:
        return settings.provider, f"The setting `provider` is `{settings.provider}`."
    for choice, variables in (
        (ProviderChoice.ANTHROPIC, ANTHROPIC_VARIABLES),
        (ProviderChoice.BEDROCK, BEDROCK_VARIABLES),
    ):
        if found := _first_set(variables, environ):
            return choice, f"{found} is set in the server's environment."
    return ProviderChoice.LOCAL, "The server's environment has no credential for Anthropic or Amazon Bedrock."


def _first_set(variables: tuple[str, ...], environ: Mapping[str, str]) -> str:
    return next((name for name in variables if environ.get(name, "").strip()), "")


def _anthropic(settings: Settings) -> Provider:
    from lsp_server.providers.anthropic import AnthropicProvider

    return AnthropicProvider(
        models=_models(settings), timeouts=_timeouts(settings), base_url=settings.anthropic_base_url
    )


def _bedrock(settings: Settings, environ: Mapping[str, str]) -> Provider:
    from lsp_server.providers.bedrock import Account, BedrockProvider

    endpoint = settings.bedrock_endpoint or environ.get(_first_set(ENDPOINT_VARIABLES, environ), "")
    region = settings.bedrock_region or _region(settings.bedrock_profile, environ)
    return BedrockProvider(
        models=_models(settings),
        timeouts=_timeouts(settings),
        route=settings.bedrock_route,
        account=Account(
            # An endpoint of one's own needs no region but for the signature.
            region=region or ("us-east-1" if endpoint else ""),
            profile=settings.bedrock_profile,
            endpoint=endpoint,
            api_key=environ.get("AWS_BEARER_TOKEN_BEDROCK", "").strip(),
        ),
    )


def _local(corpus: Corpus, store: Path | None) -> Provider:
    from lsp_server.providers.local.provider import LocalProvider

    return LocalProvider(corpus, store)


def _models(settings: Settings) -> Mapping[Purpose, str]:
    review = settings.review_model or DEFAULT_REVIEW_MODEL
    completion = settings.completion_model or DEFAULT_COMPLETION_MODEL
    return {Purpose.COMPLETION: completion, Purpose.REVIEW: review, Purpose.ASK: review}


def _timeouts(settings: Settings) -> Mapping[Purpose, Timeouts]:
    patience = settings.completion_timeout_s
    completion = Timeouts(first_token_s=patience, next_token_s=patience)
    return {Purpose.COMPLETION: completion, Purpose.REVIEW: PATIENT, Purpose.ASK: PATIENT}


def _region(profile: str, environ: Mapping[str, str]) -> str:
    """
    The region of the AWS chain: the environment's, else the profile's in AWS's configuration file.
    """
    if found := _first_set(("AWS_REGION", "AWS_DEFAULT_REGION"), environ):
        return environ[found]
    name = profile or environ.get("AWS_PROFILE", "") or "default"
    path = Path(environ.get("AWS_CONFIG_FILE", "") or "~/.aws/config").expanduser()
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, UnicodeError, configparser.Error):
        return ""
    section = name if name == "default" else f"profile {name}"
    return parser.get(section, "region", fallback="")
