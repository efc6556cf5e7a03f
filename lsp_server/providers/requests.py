"""
Turn a prompt into the body of a Messages API request that this very model accepts. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lsp_server.providers.base import Message, Prompt, Purpose, TextBlock
from lsp_server.providers.capabilities import Capabilities, Thinking

Body = dict[str, Any]

CHARACTERS_PER_TOKEN = 4
MAX_CACHE_MARKERS = 4

# Thinking counts against `max_tokens`, so a model that thinks needs room beyond the reply that was asked for.
ROOM_FOR_BRIEF_THOUGHT = 2_048
ROOM_FOR_THOUGHT = 8_192


def message_body(prompt: Prompt, row: Capabilities, model: str) -> Body:
    """
    The body to send to `model` for `prompt`, streamed.
    """
    body: Body = {
        "model": model,
        "max_tokens": min(prompt.max_tokens + _room(prompt, row), row.max_output_tokens),
        "stream": True,
        "messages": [_message(message) for message in prompt.messages if message.text.strip()],
        **_thinking(prompt, row),
        **_tool(prompt, row),
    }
    if prefill := prefill_of(prompt, row):
        body["messages"].append({"role": "assistant", "content": [{"type": "text", "text": prefill}]})
    if system := [*_text_blocks(prompt.system), *_tool_instruction(prompt, row)]:
        body["system"] = system
    if stops := [stop for stop in prompt.stop_sequences if stop.strip()]:
        body["stop_sequences"] = stops
    if row.sampling:
        body["temperature"] = 0
    _mark_for_caching(body, prompt, row)
    return body


def prefill_of(prompt: Prompt, row: Capabilities) -> str:
    """
    The start of the reply that is put into the model's mouth; empty where that is refused.
    """
    return prompt.reply_start.rstrip() if row.prefill and prompt.tool is None else ""


def _message(message: Message) -> Body:
    return {"role": message.role, "content": _text_blocks(message.blocks)}


def _text_blocks(blocks: tuple[TextBlock, ...]) -> list[Body]:
    return [{"type": "text", "text": block.text} for block in _sendable(blocks)]


def _sendable(blocks: tuple[TextBlock, ...]) -> list[TextBlock]:
    """
    The same text in blocks that are not blank, since the API refuses blank ones.
    """
    kept: list[TextBlock] = []
    for block in blocks:
        if not kept or (block.text.strip() and kept[-1].text.strip()):
            kept.append(block)
        else:
            last = kept.pop()
            kept.append(TextBlock(last.text + block.text, stable=last.stable or block.stable))
    return [block for block in kept if block.text.strip()]


def _thinking(prompt: Prompt, row: Capabilities) -> Body:
    """
    For a completion, and wherever a tool is forced, as little thinking as the model allows; else a moderate effort.
    """
    if not _is_terse(prompt, row):
        return {"output_config": {"effort": "medium"}} if row.effort else {}
    quiet: Body = {"output_config": {"effort": "low"}} if row.effort else {}
    if row.thinking is Thinking.CAN_BE_DISABLED:
        return {"thinking": {"type": "disabled"}, **quiet}
    if row.thinking is Thinking.ONLY_BETWEEN_TOOLS:
        return {"thinking": {"type": "between_tools"}, **quiet}
    return quiet


def _is_terse(prompt: Prompt, row: Capabilities) -> bool:
    # The API refuses to force a tool on a model that thinks.
    return prompt.purpose is Purpose.COMPLETION or (prompt.tool is not None and row.forced_tool)


def _room(prompt: Prompt, row: Capabilities) -> int:
    if _is_terse(prompt, row):
        return ROOM_FOR_BRIEF_THOUGHT if row.thinking is Thinking.ALWAYS else 0
    return 0 if row.thinking is Thinking.ONLY_IF_ASKED else ROOM_FOR_THOUGHT


def _tool(prompt: Prompt, row: Capabilities) -> Body:
    if prompt.tool is None:
        return {}
    choice: Body = {"type": "tool", "name": prompt.tool.name} if row.forced_tool else {"type": "auto"}
    return {
        "tools": [
            {
                "name": prompt.tool.name,
                "description": prompt.tool.description,
                "input_schema": _plain(prompt.tool.input_schema),
            }
        ],
        "tool_choice": {**choice, "disable_parallel_tool_use": True},
    }


def _tool_instruction(prompt: Prompt, row: Capabilities) -> list[Body]:
    if prompt.tool is None or row.forced_tool:
        return []
    sentence = f"Answer only by calling the tool `{prompt.tool.name}`, exactly once, and write nothing besides."
    return [{"type": "text", "text": sentence}]


def _plain(value: Any) -> Any:
    """
    Read-only mappings and tuples as the dicts and lists that JSON knows.
    """
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _mark_for_caching(body: Body, prompt: Prompt, row: Capabilities) -> None:
    """
    Put cache markers at the ends of stable parts, as far as they reach the size below which nothing is cached.
    """
    seen = len(str(body.get("tools", "")))
    markable = []
    for block, written in _written_blocks(body, prompt):
        seen += len(block.text)
        if block.stable and seen // CHARACTERS_PER_TOKEN >= row.cache_floor_tokens:
            markable.append(written)
    for written in markable[-MAX_CACHE_MARKERS:]:
        written["cache_control"] = {"type": "ephemeral"}


def _written_blocks(body: Body, prompt: Prompt) -> Iterator[tuple[TextBlock, Body]]:
    """
    Each block of the prompt with the block of the body that it became, in the order in which the model reads them.
    """
    yield from zip(_sendable(prompt.system), body.get("system", ()), strict=False)
    messages = (message for message in prompt.messages if message.text.strip())
    for message, written in zip(messages, body["messages"], strict=False):
        yield from zip(_sendable(message.blocks), written["content"], strict=True)
