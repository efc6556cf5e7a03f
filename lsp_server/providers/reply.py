"""
Follow a streamed reply event by event: its text, what it has cost so far, and how it ended. Pure.
"""

from collections.abc import Mapping
from typing import Any

from lsp_server.providers.base import MessageStop, Prompt, StopReason, Usage
from lsp_server.providers.requests import CHARACTERS_PER_TOKEN

STOP_REASONS: Mapping[str, StopReason] = {
    "end_turn": StopReason.END,
    "pause_turn": StopReason.END,
    "stop_sequence": StopReason.STOP_SEQUENCE,
    "max_tokens": StopReason.MAX_TOKENS,
    "model_context_window_exceeded": StopReason.MAX_TOKENS,
    "tool_use": StopReason.TOOL,
    "refusal": StopReason.REFUSAL,
}


class PartialReply:
    """
    One reply as far as it has been read.

    `prefill` is what was put into the model's mouth; it is given back with the first text, so that a reply reads the
    same whether the model was prefilled or only told how to begin.
    """

    def __init__(self, prompt: Prompt, *, model: str, prefill: str = "") -> None:
        self.model = model
        self.stop_reason: StopReason | None = None
        self.has_begun = False
        self._prompt = prompt
        self._prefill = prefill
        self._prose = ""
        self._written = 0
        self._tokens: dict[str, int] = {}

    def text_of(self, event: Mapping[str, Any]) -> str:
        """
        The characters that this event adds, mostly none or a few. Thinking adds none.
        """
        match event["type"]:
            case "content_block_delta":
                return self._delta(event["delta"])
            case "message_start":
                message = event["message"]
                self.model = message.get("model") or self.model
                self._count(message["usage"])
            case "message_delta":
                self.stop_reason = STOP_REASONS.get(event["delta"]["stop_reason"], self.stop_reason)
                self._count(event["usage"])
        return ""

    def left_over(self) -> str:
        """
        Prose that came where a tool call was asked for, and nothing but it: better than no answer.
        """
        return "" if self._written else self._prose

    def stop(self) -> MessageStop:
        """
        The end of a reply that was read to its end.
        """
        return MessageStop(reason=self.stop_reason or StopReason.END, usage=self.usage, model=self.model)

    @property
    def usage(self) -> Usage:
        """
        Tokens as reported, or estimated from the text while the reply has not ended.
        """
        known = {name: self._tokens.get(wire, 0) for name, wire in USAGE_FIELDS.items()}
        if self.stop_reason is not None:
            return Usage(**known, estimated=False)
        if not self._tokens:
            known["input_tokens"] = estimated_input_tokens(self._prompt)
        known["output_tokens"] = max(known["output_tokens"], self._written // CHARACTERS_PER_TOKEN)
        return Usage(**known, estimated=True)

    def _delta(self, delta: Mapping[str, Any]) -> str:
        self.has_begun = True
        kind = delta["type"]
        if kind == "text_delta" and self._prompt.tool is not None:
            self._prose += delta["text"]
            return ""
        if kind not in TEXT_FIELDS:
            return ""
        text: str = delta[TEXT_FIELDS[kind]]
        self._written += len(text)
        prefill, self._prefill = self._prefill, ""
        return prefill + text

    def _count(self, usage: Mapping[str, Any]) -> None:
        # The final event repeats only what changed, so a missing field keeps its earlier value.
        self._tokens |= {wire: usage[wire] for wire in USAGE_FIELDS.values() if usage.get(wire) is not None}


TEXT_FIELDS = {"text_delta": "text", "input_json_delta": "partial_json"}
USAGE_FIELDS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_creation_input_tokens",
}


def estimated_input_tokens(prompt: Prompt) -> int:
    """
    The size of a prompt at four characters a token, for replies that broke off before the provider counted.
    """
    characters = sum(len(block.text) for block in prompt.system) + sum(len(message.text) for message in prompt.messages)
    return characters // CHARACTERS_PER_TOKEN
