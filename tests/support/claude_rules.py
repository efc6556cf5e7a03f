"""
What the Messages API refuses, written down apart from our own capability table so that the two check each other.

Sources: the provider's migration guides and model pages of October and November 2026, and error texts that users
quoted. Where sources are silent the stricter reading stands.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

FIELDS = {
    "cache_control", "max_tokens", "messages", "metadata", "model", "output_config", "service_tier", "stop_sequences",
    "stream", "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
}  # fmt: skip
ADAPTIVE = {"adaptive"}
THINKING: Mapping[str, set[str]] = {
    "claude-haiku-4-5": {"enabled", "disabled"},
    "claude-sonnet-4-5": {"enabled", "disabled"},
    "claude-opus-4-5": {"enabled", "disabled"},
    "claude-sonnet-4-6": {"enabled", "adaptive", "disabled"},
    "claude-opus-4-6": {"enabled", "adaptive", "disabled"},
    "claude-opus-4-7": {"adaptive", "disabled"},
    "claude-opus-4-8": {"adaptive", "disabled"},
    "claude-sonnet-5": {"adaptive", "disabled"},
    "claude-opus-5": {"adaptive", "disabled"},
    "claude-haiku-5-5": {"adaptive", "disabled"},
    "claude-sonnet-5-5": {"adaptive", "between_tools"},
    "claude-opus-5-5": ADAPTIVE,
    "claude-fable-5": ADAPTIVE,
    "claude-fable-5-1": ADAPTIVE,
    "claude-fable-5-2": ADAPTIVE,
}
PREFILL = {"claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"}
SAMPLING = PREFILL | {"claude-sonnet-4-6", "claude-opus-4-6"}
NO_EFFORT = {"claude-haiku-4-5", "claude-sonnet-4-5"}
NO_XHIGH = {"claude-opus-4-5", "claude-opus-4-6", "claude-sonnet-4-6"}
NO_FORCED_TOOL = {"claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1", "claude-fable-5-2"}
THINKS_UNASKED = {model for model in THINKING if "-5" in model and "-4-5" not in model}
CACHE_FLOOR = {"claude-haiku-4-5": 4096, "claude-opus-4-5": 4096, "claude-opus-4-6": 4096, "claude-opus-4-7": 2048}
CACHE_FLOOR |= dict.fromkeys(("claude-sonnet-4-5", "claude-sonnet-4-6", "claude-sonnet-5", "claude-opus-4-8"), 1024)


def model_name(model: str) -> str:
    """
    The plain name behind a dated or Bedrock id; empty when there is none.
    """
    found = re.search(r"claude-[a-z]+-\d(?:-\d(?!\d))?", model)
    return found.group() if found else ""


def tokens(text: str) -> int:
    """
    A count good enough for a stand-in: four characters a token.
    """
    return max(1, len(text) // 4)


def problem(body: Mapping[str, Any], model: str) -> str | None:
    """
    The message of the 400 that this request deserves, or None.
    """
    return next((message for check in CHECKS for message in check(body, model_name(model))), None)


def shape(body: Mapping[str, Any], name: str) -> Iterator[str]:
    for field in sorted(set(body) - FIELDS):
        yield f"{field}: Extra inputs are not permitted"
    if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
        yield "max_tokens: Field required"
    if not body.get("messages"):
        yield "messages: at least one message is required"
    elif body["messages"][0]["role"] != "user":
        yield 'messages: first message must use the "user" role'


def blocks(body: Mapping[str, Any], name: str) -> Iterator[str]:
    every = [*text_blocks(body.get("system", ())), *(b for m in body["messages"] for b in text_blocks(m["content"]))]
    if any(not block["text"].strip() for block in every):
        yield "messages: text content blocks must contain non-whitespace text"
    marked = [block for block in (*every, *body.get("tools", ())) if "cache_control" in block]
    if len(marked) > 4:
        yield f"A maximum of 4 blocks with cache_control may be provided. Found {len(marked)}."


def stop_sequences(body: Mapping[str, Any], name: str) -> Iterator[str]:
    if any(not sequence.strip() for sequence in body.get("stop_sequences", ())):
        yield "stop_sequences: each stop sequence must contain non-whitespace"


def prefill(body: Mapping[str, Any], name: str) -> Iterator[str]:
    last = body["messages"][-1]
    if last["role"] != "assistant":
        return
    text = "".join(block["text"] for block in text_blocks(last["content"]))
    if name not in PREFILL:
        yield "This model does not support assistant message prefill. The conversation must end with a user message."
    elif text != text.rstrip():
        yield "messages: final assistant content cannot end with trailing whitespace"
    elif thinks(body, name):
        yield "messages: a final assistant message can't be used with thinking"


def sampling(body: Mapping[str, Any], name: str) -> Iterator[str]:
    given = [field for field in ("temperature", "top_p", "top_k") if field in body]
    if given and name not in SAMPLING:
        yield f"`{given[0]}` is not supported for this model."
    if {"temperature", "top_p"} <= set(given):
        yield "`temperature` and `top_p` cannot both be specified for this model."


def thinking(body: Mapping[str, Any], name: str) -> Iterator[str]:
    wanted = body.get("thinking")
    if wanted is None:
        return
    if wanted.get("type") not in THINKING[name]:
        yield f'thinking.type: "{wanted.get("type")}" is not supported for this model.'
    if wanted.get("type") == "enabled" and not 1024 <= wanted.get("budget_tokens", 0) < body["max_tokens"]:
        yield "thinking.enabled.budget_tokens: must be at least 1024 and less than max_tokens"
    if wanted.get("type") == "disabled" and effort_of(body) in {"xhigh", "max"} and name == "claude-haiku-5-5":
        yield 'thinking.type: "disabled" needs an effort of high or lower'


def effort(body: Mapping[str, Any], name: str) -> Iterator[str]:
    level = effort_of(body)
    if level is None:
        return
    allowed = {"low", "medium", "high", "max"} | (set() if name in NO_XHIGH else {"xhigh"})
    if name in NO_EFFORT:
        yield "This model does not support the effort parameter."
    elif level not in allowed:
        yield f'output_config.effort: "{level}" is not supported for this model.'


def forced_tool(body: Mapping[str, Any], name: str) -> Iterator[str]:
    choice = body.get("tool_choice", {}).get("type", "auto")
    if choice in {"any", "tool"} and name in NO_FORCED_TOOL:
        yield 'tool_choice: type "tool" and "any" are not supported for this model.'
    elif choice in {"any", "tool"} and thinks(body, name):
        yield "Thinking may not be enabled when tool_choice forces tool use."
    elif choice != "auto" and not body.get("tools"):
        yield "tool_choice: may only be specified while providing tools"


CHECKS = (shape, blocks, stop_sequences, prefill, sampling, thinking, effort, forced_tool)


def thinks(body: Mapping[str, Any], name: str) -> bool:
    """
    Whether the model would think before it answers this request.
    """
    wanted = body.get("thinking")
    return name in THINKS_UNASKED if wanted is None else wanted["type"] in {"enabled", "adaptive"}


def effort_of(body: Mapping[str, Any]) -> str | None:
    level: str | None = body.get("output_config", {}).get("effort")
    return level


def text_blocks(content: Any) -> list[dict[str, Any]]:
    """
    Content as a list of blocks, whichever of the two ways it was written.
    """
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def marked_prefixes(body: Mapping[str, Any]) -> Iterator[str]:
    """
    The text of the request up to each cache marker, then the whole text.
    """
    text = ""
    parts = [*body.get("tools", ()), *text_blocks(body.get("system", ()))]
    for block in [*parts, *(b for m in body["messages"] for b in text_blocks(m["content"]))]:
        text += block.get("text") or repr(block)
        if "cache_control" in block:
            yield text
    yield text
