"""
The table of models.
"""

import pytest

from lsp_server.providers.base import Usage
from lsp_server.providers.capabilities import MODELS, Thinking, capabilities_of, cost_usd, plain_name
from lsp_server.settings import BedrockRoute
from tests.support import claude_rules


@pytest.mark.parametrize(
    ("model", "row"),
    [
        ("claude-haiku-5-5", "claude-haiku-5-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("anthropic.claude-haiku-5-5", "claude-haiku-5-5"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("us-gov.anthropic.claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0:200k", "claude-haiku-4-5"),
        ("arn:aws:bedrock:eu-west-1:123:inference-profile/eu.anthropic.claude-opus-5-5", "claude-opus-5-5"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("claude-sonnet-5", "claude-sonnet-5"),
        ("claude-opus-4-8[1m]", "claude-opus-4-8"),
    ],
)
def test_every_name_of_a_model_finds_its_row(model: str, row: str) -> None:
    """
    Dates, versions, regions, vendors and ARNs do not hide which model is meant.
    """
    assert capabilities_of(model).model == row


@pytest.mark.parametrize(
    "model", ["claude-haiku-5-50", "claude-sonnet-6", "my-gateway/special", "arn:aws:bedrock:eu-west-1:1:x/abc"]
)
def test_an_unknown_model_is_assumed_to_refuse_everything(model: str) -> None:
    """
    Nothing that some model refuses is claimed for a model without a row.
    """
    row = capabilities_of(model)
    assert not row.known
    assert (row.prefill, row.sampling, row.effort, row.forced_tool) == (False, False, False, False)
    assert row.thinking is Thinking.ALWAYS


def test_an_unknown_model_costs_what_the_dearest_of_its_family_costs() -> None:
    """
    A budget would rather stop too early than too late.
    """
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    assert cost_usd(usage, "claude-haiku-9") == pytest.approx(6)
    assert cost_usd(usage, "claude-opus-9") == pytest.approx(30)
    assert cost_usd(usage, "a-model-of-our-own") == pytest.approx(60)


def test_cost_counts_each_kind_of_token_at_its_own_price() -> None:
    """
    Input, output, cache writes and cache reads are four prices.
    """
    usage = Usage(input_tokens=1000, output_tokens=2000, cache_write_tokens=4000, cache_read_tokens=8000)
    expected = (1000 * 2 + 2000 * 10 + 4000 * 2.5 + 8000 * 0.1) / 1_000_000
    assert cost_usd(usage, "claude-sonnet-5-5") == pytest.approx(expected)


def test_a_long_prompt_is_priced_higher_throughout() -> None:
    """
    Past 100,000 prompt tokens, cached ones included, Haiku 5.5 costs five times as much, output too.
    """
    short = Usage(input_tokens=60_000, cache_read_tokens=40_000, output_tokens=100)
    long = Usage(input_tokens=60_000, cache_read_tokens=40_001, output_tokens=100)
    assert cost_usd(long, "claude-haiku-5-5") == pytest.approx(5 * cost_usd(short, "claude-haiku-5-5"), rel=1e-4)


@pytest.mark.parametrize(
    ("model", "factor"),
    [
        ("claude-haiku-5-5", 1.0),
        ("global.anthropic.claude-haiku-5-5", 1.0),
        ("eu.anthropic.claude-haiku-5-5", 1.1),
        ("anthropic.claude-haiku-5-5", 1.1),
    ],
)
def test_regional_profiles_cost_a_tenth_more(model: str, factor: float) -> None:
    """
    Only Bedrock's global profiles are sold at the list price.
    """
    usage = Usage(input_tokens=1000, output_tokens=1000)
    assert cost_usd(usage, model) == pytest.approx(factor * 0.0006)


@pytest.mark.parametrize("row", MODELS, ids=lambda row: row.model)
def test_each_row_agrees_with_itself(row: object) -> None:
    """
    A row's Bedrock id leads back to it, and an id with a date goes the way that such ids go.
    """
    found = next(candidate for candidate in MODELS if candidate is row)
    assert plain_name(found.bedrock_id) == found.model
    assert (found.bedrock_route is BedrockRoute.INVOKE) >= ("-v1" in found.bedrock_id)
    assert found.price.cache_read < found.price.input < found.price.cache_write < found.price.output


def test_every_model_of_the_sdk_has_a_row() -> None:
    """
    A model id that the installed SDK lists is known, but for the previews that only some accounts may use.
    """
    from typing import get_args

    from anthropic.types import Model

    listed = {model for model in get_args(get_args(Model)[0]) if "mythos" not in model}
    assert [model for model in sorted(listed) if not capabilities_of(model).known] == []


def test_the_stand_in_knows_the_same_models() -> None:
    """
    The stand-in's own rules, written apart, cover exactly our rows.
    """
    assert set(claude_rules.THINKING) == {row.model for row in MODELS}
