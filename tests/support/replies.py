"""
What a stand-in answers, and the stream of events that a reply becomes, whichever wire carries it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.support import claude_rules
from tests.support.loopback import Exchange


@dataclass(frozen=True, kw_only=True)
class Reply:
    """
    One scripted reply.

    `html` answers with a web page, as some gateways do, and `drop` not at all.
    `chunk` is how many characters a token event carries. The faults `die_after`, `garbage_after` and `error_after`
    strike after that many content events; `headers_s` delays the response's head, `first_token_s` the first content.
    """

    text: str = ""
    chunk: int = 4
    thinking: str = ""
    tool_input: Mapping[str, Any] | None = None
    stop_reason: str | None = None
    usage: Mapping[str, int] | None = None
    headers_s: float = 0.0
    first_token_s: float = 0.0
    token_s: float = 0.0
    ping_s: float = 0.0
    die_after: int | None = None
    garbage_after: int | None = None
    error_after: int | None = None
    status: int = 200
    error_type: str = ""
    message: str = "scripted failure"
    retry_after: float | None = None
    html: bool = False
    drop: bool = False


def failure(status: int, *, retry_after: float | None = None, message: str = "scripted failure") -> Reply:
    """
    A reply that is an HTTP error.
    """
    return Reply(status=status, error_type=ERROR_TYPES[status], message=message, retry_after=retry_after)


def refusal() -> Reply:
    """
    A reply in which the model declines.
    """
    return Reply(stop_reason="refusal")


Script = Reply | str | Sequence[Reply | str] | Callable[[Exchange], Reply | str]

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "request_timeout_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    529: "overloaded_error",
}


class Scripted:
    """
    Hands out replies: from a function of the request, or from a list whose last entry repeats.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._taken = count()

    def next(self, exchange: Exchange) -> Reply:
        """
        The reply to `exchange`.
        """
        if callable(self._script):
            return as_reply(self._script(exchange))
        if isinstance(self._script, str | Reply):
            return as_reply(self._script)
        return as_reply(self._script[min(next(self._taken), len(self._script) - 1)])


def as_reply(value: Reply | str) -> Reply:
    """
    A bare text is a plain reply.
    """
    return Reply(text=value) if isinstance(value, str) else value


Event = dict[str, Any]


def events(reply: Reply, body: Mapping[str, Any], model: str, usage: Mapping[str, int]) -> Iterator[Event]:
    """
    The events of a streamed message, as the Messages API sends them.
    """
    yield {"type": "message_start", "message": message_head(model, usage)}
    spent = 0
    for index, (block, deltas) in enumerate(content(reply, body)):
        yield {"type": "content_block_start", "index": index, "content_block": block}
        for delta in deltas:
            spent += 1
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    reason, sequence = ending(reply, body)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": sequence},
        "usage": {**usage, "output_tokens": spent, **(reply.usage or {})},
    }
    yield {"type": "message_stop"}


def message(reply: Reply, body: Mapping[str, Any], model: str, usage: Mapping[str, int]) -> Event:
    """
    The same reply as one JSON document.
    """
    blocks = []
    for block, deltas in content(reply, body):
        filled = dict(block)
        for delta in deltas:
            for kind, field in (("text", "text"), ("thinking", "thinking"), ("signature", "signature")):
                filled[field] = filled.get(field, "") + delta[kind] if kind in delta else filled.get(field)
        if block["type"] == "tool_use":
            filled["input"] = dict(reply.tool_input or {})
        blocks.append({key: value for key, value in filled.items() if value is not None})
    reason, sequence = ending(reply, body)
    output = claude_rules.tokens(json.dumps(blocks))
    head = message_head(model, {**usage, "output_tokens": output, **(reply.usage or {})})
    return {**head, "content": blocks, "stop_reason": reason, "stop_sequence": sequence}


def message_head(model: str, usage: Mapping[str, int]) -> Event:
    return {
        "id": "msg_standin",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"output_tokens": 1, **usage},
    }


def content(reply: Reply, body: Mapping[str, Any]) -> Iterator[tuple[Event, list[Event]]]:
    """
    Each content block with its deltas.
    """
    if reply.thinking:
        thoughts: list[Event] = [
            {"type": "thinking_delta", "thinking": part} for part in pieces(reply.thinking, reply.chunk)
        ]
        thoughts.append({"type": "signature_delta", "signature": "c3RhbmQtaW4="})
        yield {"type": "thinking", "thinking": "", "signature": ""}, thoughts
    text = cut(reply, body)[0]
    if text:
        yield {"type": "text", "text": ""}, [{"type": "text_delta", "text": part} for part in pieces(text, reply.chunk)]
    if reply.tool_input is not None:
        written = pieces(json.dumps(reply.tool_input), reply.chunk)
        name = body["tools"][0]["name"] if body.get("tools") else "tool"
        yield (
            {"type": "tool_use", "id": "toolu_standin", "name": name, "input": {}},
            [{"type": "input_json_delta", "partial_json": part} for part in written],
        )


def ending(reply: Reply, body: Mapping[str, Any]) -> tuple[str, str | None]:
    """
    The stop reason, and the stop sequence that was met.
    """
    if reply.stop_reason is not None:
        return reply.stop_reason, None
    _, sequence, cut_short = cut(reply, body)
    if sequence is not None:
        return "stop_sequence", sequence
    if cut_short:
        return "max_tokens", None
    return ("tool_use" if reply.tool_input is not None else "end_turn"), None


def cut(reply: Reply, body: Mapping[str, Any]) -> tuple[str, str | None, bool]:
    """
    The text up to a stop sequence or the token limit, the sequence met, and whether the limit was.
    """
    text = reply.text
    found = [(text.index(s), s) for s in body.get("stop_sequences", ()) if s in text]
    limit = body["max_tokens"] * 4
    if found and min(found)[0] <= limit:
        return text[: min(found)[0]], min(found)[1], False
    return text[:limit], None, len(text) > limit


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
