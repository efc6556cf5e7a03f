"""
A stand-in for the Anthropic Messages API on a loopback socket, as strict as the real one and faulty on demand.

    with MessagesApi("return a + b;") as api:
        ...  # point a client at api.url
        assert api.bodies[0]["model"] == "claude-haiku-5-5"

For a benchmark it also runs alone: `python -m tests.support.messages_api --port 8080 --text "return a + b;"`.
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tests.support import claude_rules, replies
from tests.support.loopback import Exchange, LoopbackServer, Responder, serve_alone
from tests.support.replies import ERROR_TYPES, Event, Reply, Script, Scripted

API_VERSIONS = {"2023-06-01", "2026-10-21"}
API_KEY = "sk-ant-stand-in"


class MessagesApi(LoopbackServer):
    """
    Answers `POST /v1/messages` by script; checks the request first, unless `strict` is off.

    Keys that begin with `sk-ant-invalid` are refused with 401, all others are welcome.
    """

    def __init__(self, script: Script = "", *, port: int = 0, strict: bool = True) -> None:
        super().__init__(port)
        self._scripted = Scripted(script)
        self._strict = strict
        self._cached: set[str] = set()

    def script(self, script: Script) -> None:
        """
        Replies from now on.
        """
        self._scripted = Scripted(script)

    async def answer(self, exchange: Exchange, responder: Responder) -> None:
        if exchange.path.partition("?")[0] != "/v1/messages" or exchange.method != "POST":
            return fail(responder, 404, f"Not found: {exchange.path}")
        if refused := self._refused(exchange):
            return fail(responder, *refused)
        body = exchange.body
        await answer_message(
            self._scripted.next(exchange), body, body["model"], usage_of(body, body["model"], self._cached), responder
        )
        return None

    def _refused(self, exchange: Exchange) -> tuple[int, str] | None:
        key = exchange.headers.get("x-api-key") or exchange.headers.get("authorization", "").removeprefix("Bearer ")
        if not key or key.startswith("sk-ant-invalid"):
            return 401, "invalid x-api-key"
        if not self._strict:
            return None
        if exchange.headers.get("anthropic-version") not in API_VERSIONS:
            return 400, "anthropic-version: header is required"
        return refused_body(exchange.body)


def refused_body(body: Mapping[str, Any]) -> tuple[int, str] | None:
    """
    Status and message for a body that the API refuses, or None.
    """
    model = body.get("model", "")
    if claude_rules.model_name(model) not in claude_rules.THINKING:
        return 404, f"model: {model}"
    message = claude_rules.problem(body, model)
    return (400, message) if message else None


def usage_of(body: Mapping[str, Any], model: str, cached: set[str]) -> dict[str, int]:
    """
    Input tokens, with the prompt cache behaving as the real one: nothing below the model's floor is kept.
    """
    *marked, whole = claude_rules.marked_prefixes(body)
    floor = claude_rules.CACHE_FLOOR.get(claude_rules.model_name(model), 512)
    keys = {hashlib.sha256(text.encode()).hexdigest(): claude_rules.tokens(text) for text in marked}
    kept = {key: size for key, size in keys.items() if size >= floor}
    read = max((size for key, size in kept.items() if key in cached), default=0)
    written = max((size for key, size in kept.items()), default=0) - read
    cached.update(kept)
    return {
        "input_tokens": claude_rules.tokens(whole) - read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }


async def answer_message(
    reply: Reply, body: Mapping[str, Any], model: str, usage: Mapping[str, int], responder: Responder
) -> None:
    """
    Send one scripted reply as the Messages API would, streamed or whole.
    """
    await asyncio.sleep(reply.headers_s)
    if reply.drop:
        return responder.die()
    if reply.status != 200:
        return fail(responder, reply.status, reply.message, retry_after=reply.retry_after)
    if reply.html:
        return responder.whole(200, b"<html>Sign in to the guest network</html>", {"content-type": "text/html"})
    if not body.get("stream"):
        await asyncio.sleep(reply.first_token_s)
        document = json.dumps(replies.message(reply, body, model, usage)).encode()
        return responder.whole(200, document, {"content-type": "application/json"})
    responder.begin("text/event-stream; charset=utf-8", {"request-id": "req_standin"})
    async for event in paced(reply, replies.events(reply, body, model, usage)):
        if isinstance(event, Fault):
            return strike(event, responder)
        responder.chunk(as_sse(event))
    return responder.end()


class Fault(str):
    """
    Something going wrong in the middle of a stream: `die`, `garbage` or `error`.
    """


async def paced(reply: Reply, stream: Any) -> AsyncIterator[Event | Fault]:
    """
    The events with the reply's delays between them, and its fault in its place.
    """
    faults = {reply.die_after: Fault("die"), reply.garbage_after: Fault("garbage"), reply.error_after: Fault("error")}
    sent = 0
    for event in stream:
        if event["type"] in {"content_block_delta", "message_delta"}:
            if fault := faults.get(sent):
                yield fault
                return
            async for ping in waiting(reply.token_s if sent else reply.first_token_s, reply.ping_s):
                yield ping
            sent += 1
        yield event


async def waiting(seconds: float, ping_s: float) -> AsyncIterator[Event]:
    """
    Wait, with a ping now and then.
    """
    while ping_s and seconds > ping_s:
        await asyncio.sleep(ping_s)
        seconds -= ping_s
        yield {"type": "ping"}
    if seconds:
        await asyncio.sleep(seconds)


def strike(fault: Fault, responder: Responder) -> None:
    """
    Do to the stream what the fault says.
    """
    if fault == "die":
        return responder.die()
    if fault == "garbage":
        responder.chunk(b'event: content_block_delta\ndata: {"type": "content_bl\xff\xfe\n\n')
        return responder.end()
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    responder.chunk(as_sse(error))
    return responder.end()


def fail(responder: Responder, status: int, message: str, *, retry_after: float | None = None) -> None:
    """
    An error in the API's own envelope.
    """
    error = {"type": "error", "error": {"type": ERROR_TYPES.get(status, "api_error"), "message": message}}
    headers = {"content-type": "application/json", "request-id": "req_standin"}
    if retry_after is not None:
        headers["retry-after"] = f"{retry_after:g}"
    responder.whole(status, json.dumps(error).encode(), headers)


def as_sse(event: Event) -> bytes:
    """
    One server-sent event.
    """
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def main() -> None:
    """
    Run alone.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--text", default="return a + b;")
    parser.add_argument("--chunk", type=int, default=4)
    parser.add_argument("--first-token-ms", type=float, default=0)
    parser.add_argument("--token-ms", type=float, default=0)
    options = parser.parse_args()
    reply = Reply(
        text=options.text,
        chunk=options.chunk,
        first_token_s=options.first_token_ms / 1000,
        token_s=options.token_ms / 1000,
    )
    serve_alone(MessagesApi(reply, port=options.port))


if __name__ == "__main__":
    main()
