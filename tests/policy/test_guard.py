"""
Nothing excluded and no known secret passes the guard.
"""

import pytest

from lsp_server.policy.guard import GuardedProvider, redacted
from lsp_server.providers.base import Message, NotAllowed, Prompt, Purpose, TextBlock
from lsp_server.providers.wrapper import ProviderWrapper
from tests.policy.planted_secrets import Planted, planted_secrets
from tests.support.prompts import completion_prompt, inputs, read, review_prompt
from tests.support.scripted_vendor import ScriptedVendor

PLANTED = planted_secrets()


def rule_against(path: str) -> str | None:
    return "built-in rule .env*" if path.endswith(".env") else None


class Remembering(ProviderWrapper):
    """
    Says that it has a reply, and remembers to what.
    """

    def __init__(self, inner: ScriptedVendor) -> None:
        super().__init__(inner)
        self.asked: list[Prompt] = []

    async def has_reply(self, prompt: Prompt) -> bool:
        self.asked.append(prompt)
        return True


async def sent(prompt: Prompt) -> Prompt:
    """
    What a vendor gets to see of `prompt`.
    """
    vendor = ScriptedVendor("x")
    await read(GuardedProvider(vendor, rule_against).stream(prompt))
    return vendor.prompts[0]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.kind)
async def test_no_planted_secret_passes(planted: Planted) -> None:
    """
    Neither in a completion nor in a review does it reach the vendor.
    """
    code = f"const a = 1;\n{planted.line}\nconst b = 2;"
    for prompt in (completion_prompt(code), review_prompt(messages=_user(code))):
        seen = await sent(prompt)

        text = seen.messages[0].text
        assert planted.secret not in text
        assert text.startswith("const a = 1;\n")
        assert text.endswith("\nconst b = 2;")
        assert f"<redacted:{planted.kind}>" in text


async def test_a_secret_over_two_blocks_goes_from_both() -> None:
    """
    The border of a cached part hides nothing; what a block is for stays.
    """
    secret = PLANTED[7].secret
    blocks = (TextBlock(f"a {secret[:40]}", stable=True), TextBlock(f"{secret[40:]} b"))
    mark = f"<redacted:{PLANTED[7].kind}>"

    seen = await sent(completion_prompt(messages=(Message("user", blocks),)))

    assert seen.messages[0].blocks == (TextBlock(f"a {mark}", stable=True), TextBlock(f"{mark} b"))


async def test_a_prompt_without_secrets_passes_as_it_is() -> None:
    """
    The visible code stands verbatim, and what the local provider reads is left to it.
    """
    prompt = completion_prompt("const total = ", inputs=inputs())

    assert await sent(prompt) is prompt


async def test_a_prompt_with_an_excluded_file_is_refused() -> None:
    """
    Nothing of it is sent, and the sentence names file and rule.
    """
    vendor = ScriptedVendor("x")
    prompt = completion_prompt(files=("src/a.ts", "config/.env"))

    with pytest.raises(NotAllowed, match=r"config/\.env is excluded by built-in rule \.env\*: nothing of it is sent\."):
        await read(GuardedProvider(vendor, rule_against).stream(prompt))

    assert vendor.prompts == []


async def test_a_kept_reply_is_looked_for_under_the_redacted_prompt() -> None:
    """
    So that no secret is part of a cache key.
    """
    remembering = Remembering(ScriptedVendor("x"))
    prompt = completion_prompt(PLANTED[0].line)

    assert await GuardedProvider(remembering, rule_against).has_reply(prompt)

    assert PLANTED[0].secret not in remembering.asked[0].messages[0].text


def test_the_request_that_would_be_sent_is_redacted() -> None:
    """
    Whoever wants to see it sees no more than the vendor would.
    """
    wire = GuardedProvider(ScriptedVendor(), rule_against).wire_request(completion_prompt(PLANTED[0].line))

    assert PLANTED[0].secret not in str(wire.body)


async def test_one_prompt_after_another_is_redacted() -> None:
    """
    What is remembered of one prompt is not used for the next.
    """
    vendor = ScriptedVendor("x")
    guarded = GuardedProvider(vendor, rule_against)
    for planted in PLANTED[:3]:
        prompt = completion_prompt(planted.line)
        await guarded.has_reply(prompt)
        await read(guarded.stream(prompt))

    assert [prompt.messages for prompt in vendor.prompts] == [
        redacted(completion_prompt(planted.line)).messages for planted in PLANTED[:3]
    ]


async def test_the_rest_is_the_wrapped_providers_own() -> None:
    """
    Name, model, warmth and end.
    """
    vendor = ScriptedVendor("x")
    guarded = GuardedProvider(vendor, rule_against)
    await guarded.warm_up()
    await guarded.aclose()

    assert (guarded.name, guarded.model_for(Purpose.REVIEW)) == ("anthropic", "claude-haiku-5-5")
    assert (vendor.is_warm, vendor.is_closed) == (True, True)


def _user(text: str) -> tuple[Message, ...]:
    return (Message("user", (TextBlock(text),)),)
