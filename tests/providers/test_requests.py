"""
Request bodies, model by model.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.providers.base import Message, Prompt, Purpose, TextBlock
from lsp_server.providers.capabilities import MODELS, Capabilities, capabilities_of
from lsp_server.providers.requests import message_body, prefill_of
from tests.support import claude_rules
from tests.support.prompts import REPORT_FINDINGS, completion_prompt, review_prompt

QUIET = {"output_config": {"effort": "low"}}

COMPLETION_BODIES: dict[str, dict[str, Any]] = {
    "claude-haiku-5-5": {"thinking": {"type": "disabled"}, **QUIET},
    "claude-sonnet-5-5": {"thinking": {"type": "between_tools"}, **QUIET},
    "claude-opus-5-5": {"max_tokens": 64 + 2048, **QUIET},
    "claude-fable-5-2": {"max_tokens": 64 + 2048, **QUIET},
    "claude-fable-5-1": {"max_tokens": 64 + 2048, **QUIET},
    "claude-fable-5": {"max_tokens": 64 + 2048, **QUIET},
    "claude-opus-5": {"thinking": {"type": "disabled"}, **QUIET},
    "claude-sonnet-5": {"thinking": {"type": "disabled"}, **QUIET},
    "claude-opus-4-8": QUIET,
    "claude-opus-4-7": QUIET,
    "claude-opus-4-6": {"temperature": 0, **QUIET},
    "claude-sonnet-4-6": {"temperature": 0, **QUIET},
    "claude-opus-4-5": {"temperature": 0, "prefilled": True, **QUIET},
    "claude-sonnet-4-5": {"temperature": 0, "prefilled": True},
    "claude-haiku-4-5": {"temperature": 0, "prefilled": True},
    "some-other-model": {"max_tokens": 64 + 2048},
}


@pytest.mark.parametrize("model", COMPLETION_BODIES)
def test_completion_body(model: str) -> None:
    """
    Each model gets the fields that it accepts, as little thinking as it allows, and no other field.
    """
    particular = dict(COMPLETION_BODIES[model])
    messages = [{"role": "user", "content": [{"type": "text", "text": "const total = "}]}]
    if particular.pop("prefilled", False):
        messages.append({"role": "assistant", "content": [{"type": "text", "text": "<completion>"}]})
    assert message_body(completion_prompt(), capabilities_of(model), model) == {
        "model": model,
        "max_tokens": 64,
        "stream": True,
        "system": [{"type": "text", "text": "You complete TypeScript."}],
        "messages": messages,
        "stop_sequences": ["</completion>"],
        **particular,
    }


FORCED = {
    "tools": [
        {
            "name": "report_findings",
            "description": "Report what is wrong.",
            "input_schema": {
                "type": "object",
                "properties": {"findings": {"type": "array"}},
                "required": ["findings"],
            },
        }
    ],
    "tool_choice": {"type": "tool", "name": "report_findings", "disable_parallel_tool_use": True},
}
ASKED_FOR = {**FORCED, "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}
INSTRUCTION = {
    "type": "text",
    "text": "Answer only by calling the tool `report_findings`, exactly once, and write nothing besides.",
}
SYSTEM = {"type": "text", "text": "You review TypeScript."}

REVIEW_BODIES: dict[str, dict[str, Any]] = {
    "claude-sonnet-5-5": {
        "max_tokens": 4000 + 8192,
        "system": [SYSTEM, INSTRUCTION],
        "output_config": {"effort": "medium"},
        **ASKED_FOR,
    },
    "claude-opus-5-5": {
        "max_tokens": 4000 + 8192,
        "system": [SYSTEM, INSTRUCTION],
        "output_config": {"effort": "medium"},
        **ASKED_FOR,
    },
    "claude-haiku-5-5": {"system": [SYSTEM], "thinking": {"type": "disabled"}, **QUIET, **FORCED},
    "claude-opus-5": {"system": [SYSTEM], "thinking": {"type": "disabled"}, **QUIET, **FORCED},
    "claude-opus-4-8": {"system": [SYSTEM], **QUIET, **FORCED},
    "claude-sonnet-4-6": {"system": [SYSTEM], "temperature": 0, **QUIET, **FORCED},
    "claude-haiku-4-5": {"system": [SYSTEM], "temperature": 0, **FORCED},
    "some-other-model": {"max_tokens": 4000 + 8192, "system": [SYSTEM, INSTRUCTION], **ASKED_FOR},
}


@pytest.mark.parametrize("model", REVIEW_BODIES)
def test_review_body(model: str) -> None:
    """
    The tool is forced where that is allowed, with thinking off; elsewhere it is asked for in words.
    """
    assert message_body(review_prompt(), capabilities_of(model), model) == {
        "model": model,
        "max_tokens": 4000,
        "stream": True,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "+ const a = 1;"}]}],
        **REVIEW_BODIES[model],
    }


texts = st.text(max_size=8) | st.sampled_from(["", " ", "\n\t"])
blocks = st.builds(
    lambda text, times, stable: TextBlock(text * times, stable), texts, st.just(1) | st.just(2000), st.booleans()
)
turns = st.builds(
    lambda before, after: (*before, TextBlock("x"), *after),
    st.lists(blocks, max_size=2),
    st.lists(blocks, max_size=2),
)
messages = st.builds(
    lambda first, rest: tuple(
        Message("assistant" if number % 2 else "user", turn)
        for number, turn in enumerate([first, *(turn for pair in rest for turn in pair)])
    ),
    turns,
    st.lists(st.tuples(turns, turns), max_size=1),
)
prompts = st.builds(
    Prompt,
    purpose=st.sampled_from(Purpose),
    system=st.lists(blocks, max_size=6).map(tuple),
    messages=messages,
    max_tokens=st.integers(1, 60_000),
    fingerprint=st.just("f"),
    stop_sequences=st.lists(texts, max_size=3).map(tuple),
    reply_start=texts,
    tool=st.none() | st.just(REPORT_FINDINGS),
)


@given(prompt=prompts, row=st.sampled_from(MODELS))
def test_no_model_refuses_a_request(prompt: Prompt, row: Capabilities) -> None:
    """
    Whatever the prompt, the request keeps the rules of its model as the stand-in knows them.
    """
    body = message_body(prompt, row, row.model)
    assert claude_rules.problem(body, row.model) is None


@given(prompt=prompts, row=st.sampled_from(MODELS))
def test_no_text_is_lost_or_reordered(prompt: Prompt, row: Capabilities) -> None:
    """
    System and messages arrive verbatim, but for a system that is blank.
    """
    body = message_body(prompt, row, row.model)
    prefill = prefill_of(prompt, row)
    sent = ["".join(block["text"] for block in message["content"]) for message in body["messages"]]
    assert sent == [message.text for message in prompt.messages] + ([prefill] if prefill else [])
    system = "".join(block["text"] for block in body.get("system", ()))
    given_system = "".join(block.text for block in prompt.system)
    assert system.startswith(given_system if given_system.strip() else "")


def marked(body: dict[str, Any]) -> list[str]:
    parts = [*body.get("system", ()), *(block for message in body["messages"] for block in message["content"])]
    return [block["text"][:1] for block in parts if "cache_control" in block]


def test_cache_markers_stand_only_above_the_floor() -> None:
    """
    A stable part too short to be cached is not marked, a later one that makes it long enough is.
    """
    prompt = completion_prompt(
        system=(TextBlock("a" * 4 * 500, stable=True), TextBlock("b" * 4 * 20, stable=True)),
        messages=(Message("user", (TextBlock("c" * 4 * 4000, stable=True), TextBlock("d"))),),
    )
    assert marked(message_body(prompt, capabilities_of("claude-haiku-5-5"), "claude-haiku-5-5")) == ["b", "c"]
    assert marked(message_body(prompt, capabilities_of("claude-haiku-4-5"), "claude-haiku-4-5")) == ["c"]


def test_no_more_than_four_cache_markers() -> None:
    """
    Of many stable parts the longest four beginnings are marked.
    """
    prompt = completion_prompt(system=tuple(TextBlock(letter * 4000, stable=True) for letter in "abcdef"))
    assert marked(message_body(prompt, capabilities_of("claude-haiku-5-5"), "claude-haiku-5-5")) == list("cdef")


def test_room_to_think_stays_within_the_model() -> None:
    """
    The room added for thinking never asks for more than the model can write.
    """
    row = capabilities_of("claude-opus-5-5")
    body = message_body(completion_prompt(max_tokens=row.max_output_tokens), row, row.model)
    assert body["max_tokens"] == row.max_output_tokens
