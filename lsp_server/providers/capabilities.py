"""
What each model accepts and costs: one row a model; to support a model, add its row.

Sources are the provider's model, pricing and migration pages of October and November 2026 and the ids that the SDK
lists. No row could be tried against the real service. Known to rest on less than such a page:

- the cache floors of 4.6 and older models, on which sources disagree (a marker below the floor is ignored);
- that `sonnet-5` and `opus-5` accept a forced tool once thinking is disabled;
- the Bedrock ids of `sonnet-4-6` and `opus-4-6`, and that regional Bedrock profiles cost a tenth more than global ones.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from lsp_server.providers.base import Usage
from lsp_server.settings import BedrockRoute


class Thinking(StrEnum):
    """
    How a model is kept from thinking before it answers.
    """

    ONLY_IF_ASKED = "only_if_asked"
    CAN_BE_DISABLED = "can_be_disabled"
    ONLY_BETWEEN_TOOLS = "only_between_tools"
    ALWAYS = "always"


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """
    US dollars for a million tokens; `cache_write` is for the five-minute cache.
    """

    input: float
    output: float
    cache_write: float
    cache_read: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """
    One model. `long_price` holds for prompts over `LONG_PROMPT_TOKENS`, cached tokens included.
    """

    model: str
    price: Price
    long_price: Price | None = None
    thinking: Thinking = Thinking.ALWAYS
    prefill: bool = False
    sampling: bool = False
    forced_tool: bool = False
    effort: bool = True
    cache_floor_tokens: int = 512
    context_tokens: int = 1_000_000
    max_output_tokens: int = 128_000
    bedrock_id: str = ""
    bedrock_route: BedrockRoute = BedrockRoute.MESSAGES
    known: bool = True


LONG_PROMPT_TOKENS = 100_000


def dollars(input_: float, output: float, *, read: float = 0.1) -> Price:
    """
    A price with the usual cache rates: writing costs a quarter more than input, reading `read` of it.
    """
    return Price(input=input_, output=output, cache_write=input_ * 1.25, cache_read=input_ * read)


MODELS: tuple[Capabilities, ...] = (
    Capabilities(
        model="claude-haiku-5-5",
        price=dollars(0.10, 0.50),
        long_price=dollars(0.50, 2.50),
        thinking=Thinking.CAN_BE_DISABLED,
        forced_tool=True,
        bedrock_id="anthropic.claude-haiku-5-5",
    ),
    Capabilities(
        model="claude-sonnet-5-5",
        price=dollars(2, 10, read=0.05),
        thinking=Thinking.ONLY_BETWEEN_TOOLS,
        bedrock_id="anthropic.claude-sonnet-5-5",
    ),
    Capabilities(model="claude-opus-5-5", price=dollars(4, 20, read=0.05), bedrock_id="anthropic.claude-opus-5-5"),
    Capabilities(model="claude-fable-5-2", price=dollars(10, 50), bedrock_id="anthropic.claude-fable-5-2"),
    Capabilities(model="claude-fable-5-1", price=dollars(10, 50, read=0.025), bedrock_id="anthropic.claude-fable-5-1"),
    Capabilities(model="claude-fable-5", price=dollars(10, 50), bedrock_id="anthropic.claude-fable-5"),
    Capabilities(
        model="claude-opus-5",
        price=dollars(5, 25),
        thinking=Thinking.CAN_BE_DISABLED,
        forced_tool=True,
        bedrock_id="anthropic.claude-opus-5",
    ),
    Capabilities(
        model="claude-sonnet-5",
        price=dollars(2, 10),
        thinking=Thinking.CAN_BE_DISABLED,
        forced_tool=True,
        cache_floor_tokens=1024,
        bedrock_id="anthropic.claude-sonnet-5",
    ),
    Capabilities(
        model="claude-opus-4-8",
        price=dollars(5, 25),
        thinking=Thinking.ONLY_IF_ASKED,
        forced_tool=True,
        cache_floor_tokens=1024,
        bedrock_id="anthropic.claude-opus-4-8",
    ),
    Capabilities(
        model="claude-opus-4-7",
        price=dollars(5, 25),
        thinking=Thinking.ONLY_IF_ASKED,
        forced_tool=True,
        cache_floor_tokens=2048,
        bedrock_id="anthropic.claude-opus-4-7",
    ),
    Capabilities(
        model="claude-opus-4-6",
        price=dollars(5, 25),
        thinking=Thinking.ONLY_IF_ASKED,
        sampling=True,
        forced_tool=True,
        cache_floor_tokens=4096,
        bedrock_id="anthropic.claude-opus-4-6-v1",
        bedrock_route=BedrockRoute.INVOKE,
    ),
    Capabilities(
        model="claude-sonnet-4-6",
        price=dollars(3, 15),
        thinking=Thinking.ONLY_IF_ASKED,
        sampling=True,
        forced_tool=True,
        cache_floor_tokens=2048,
        max_output_tokens=64_000,
        bedrock_id="anthropic.claude-sonnet-4-6",
        bedrock_route=BedrockRoute.INVOKE,
    ),
    Capabilities(
        model="claude-opus-4-5",
        price=dollars(5, 25),
        thinking=Thinking.ONLY_IF_ASKED,
        prefill=True,
        sampling=True,
        forced_tool=True,
        cache_floor_tokens=4096,
        context_tokens=200_000,
        max_output_tokens=64_000,
        bedrock_id="anthropic.claude-opus-4-5-20251101-v1:0",
        bedrock_route=BedrockRoute.INVOKE,
    ),
    Capabilities(
        model="claude-sonnet-4-5",
        price=dollars(3, 15),
        thinking=Thinking.ONLY_IF_ASKED,
        prefill=True,
        sampling=True,
        forced_tool=True,
        effort=False,
        cache_floor_tokens=1024,
        context_tokens=200_000,
        max_output_tokens=64_000,
        bedrock_id="anthropic.claude-sonnet-4-5-20250929-v1:0",
        bedrock_route=BedrockRoute.INVOKE,
    ),
    Capabilities(
        model="claude-haiku-4-5",
        price=dollars(1, 5),
        thinking=Thinking.ONLY_IF_ASKED,
        prefill=True,
        sampling=True,
        forced_tool=True,
        effort=False,
        cache_floor_tokens=4096,
        context_tokens=200_000,
        max_output_tokens=64_000,
        bedrock_id="anthropic.claude-haiku-4-5-20251001-v1:0",
        bedrock_route=BedrockRoute.INVOKE,
    ),
)

FAMILY_PRICES = {"haiku": dollars(1, 5), "sonnet": dollars(3, 15), "opus": dollars(5, 25)}
DEAREST = dollars(10, 50)


def capabilities_of(model: str) -> Capabilities:
    """
    The row of a model under any of its names: plain, dated, with Bedrock's prefixes, or an ARN.

    A model without a row gets one that claims nothing: whatever a model might refuse is left out of its requests, and
    its price is the dearest of its family.
    """
    plain = plain_name(model)
    return ROWS.get(plain) or Capabilities(
        model=plain, price=_family_price(plain), effort=False, cache_floor_tokens=4096, bedrock_id=model, known=False
    )


def plain_name(model: str) -> str:
    """
    A model id without ARN, region, vendor, date and version.
    """
    name = model.rpartition("/")[2].rpartition("anthropic.")[2]
    return re.sub(r"(@\d{8}|-\d{8})?(-v\d+(:\d+\w*)*)?(\[\w+\])?$", "", name)


def cost_usd(usage: Usage, model: str) -> float:
    """
    What a reply cost. Bedrock's regional profiles cost a tenth more than its global ones.
    """
    row = capabilities_of(model)
    prompt_tokens = usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens
    price = row.long_price if row.long_price and prompt_tokens > LONG_PROMPT_TOKENS else row.price
    millionths = (
        usage.input_tokens * price.input
        + usage.output_tokens * price.output
        + usage.cache_write_tokens * price.cache_write
        + usage.cache_read_tokens * price.cache_read
    )
    return millionths / 1_000_000 * (REGIONAL_PREMIUM if _is_regional(model) else 1)


ROWS = {row.model: row for row in MODELS}
REGIONAL_PREMIUM = 1.1


def _family_price(model: str) -> Price:
    return next((price for family, price in FAMILY_PRICES.items() if family in model), DEAREST)


def _is_regional(model: str) -> bool:
    return "anthropic." in model and "global.anthropic." not in model
