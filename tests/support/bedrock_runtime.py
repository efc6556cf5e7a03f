"""
A stand-in for Amazon Bedrock's runtime on a loopback socket: InvokeModel, its event stream, and the Messages route.

The same path serves `bedrock-runtime` and `bedrock-mantle`; which of the two a request was signed for is recorded in
`services`. `python -m tests.support.bedrock_runtime --port 8080` runs it alone.
"""

import argparse
import asyncio
import base64
import json
import re
import struct
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.support import claude_rules, replies
from tests.support.loopback import Exchange, LoopbackServer, Responder, serve_alone
from tests.support.messages_api import API_VERSIONS, Fault, answer_message, fail, paced, refused_body, usage_of
from tests.support.replies import Reply, Script, Scripted

INVOKE = re.compile(r"/model/(?P<model>[^/]+(?:/[^/]+)?)/(?P<verb>invoke|invoke-with-response-stream)$")
MESSAGES = "/anthropic/v1/messages"
SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=\w+/\d{8}/(?P<region>[\w-]+)/(?P<service>[\w-]+)/aws4_request, ")
LEGACY_VERSION = "bedrock-2023-05-31"
EXCEPTIONS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    413: "ValidationException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}


class BedrockRuntime(LoopbackServer):
    """
    Answers both routes by script. `services` holds what each request was signed for: `bedrock`, `bedrock-mantle` or
    `bearer`.
    """

    def __init__(self, script: Script = "", *, port: int = 0) -> None:
        super().__init__(port)
        self.services: list[str] = []
        self._scripted = Scripted(script)
        self._cached: set[str] = set()

    def script(self, script: Script) -> None:
        """
        Replies from now on.
        """
        self._scripted = Scripted(script)

    async def answer(self, exchange: Exchange, responder: Responder) -> None:
        path = unquote(exchange.path.partition("?")[0])
        self.services.append(credential(exchange))
        if path == MESSAGES:
            await self._messages(exchange, responder)
        elif found := INVOKE.match(path):
            await self._invoke(exchange, responder, found["model"], streamed=found["verb"] != "invoke")
        else:
            throw(responder, 404, f"UnknownOperation: {path}")

    async def _messages(self, exchange: Exchange, responder: Responder) -> None:
        if self.services[-1] not in {"bedrock", "bedrock-mantle", "bearer"}:
            return fail(responder, 403, "Missing Authentication Token")
        body = exchange.body
        if exchange.headers.get("anthropic-version") not in API_VERSIONS:
            return fail(responder, 400, "anthropic-version: header is required")
        if refused := refused_body(body) or refused_on_bedrock(body):
            return fail(responder, *refused)
        usage = usage_of(body, body["model"], self._cached)
        return await answer_message(self._scripted.next(exchange), body, body["model"], usage, responder)

    async def _invoke(self, exchange: Exchange, responder: Responder, model: str, *, streamed: bool) -> None:
        if self.services[-1] not in {"bedrock", "bearer"}:
            return throw(responder, 403, "The security token included in the request is invalid.")
        body = exchange.body
        if refused := refused_by_invoke(body, model):
            return throw(responder, *refused)
        reply = self._scripted.next(exchange)
        usage = usage_of(body, model, self._cached)
        if reply.status != 200 or not streamed or reply.html or reply.drop:
            return await invoke_whole(reply, body, model, usage, responder)
        return await invoke_stream(reply, body, model, usage, responder)


def credential(exchange: Exchange) -> str:
    """
    The service a request was signed for, `bearer`, or empty.
    """
    given = exchange.headers.get("authorization", "")
    if given.startswith("Bearer ") and len(given) > len("Bearer "):
        return "bearer"
    signed = SIGNED.match(given)
    if signed is None or "x-amz-date" not in exchange.headers or "Signature=" not in given:
        return ""
    return signed["service"]


def refused_on_bedrock(body: Mapping[str, Any]) -> tuple[int, str] | None:
    """
    What Bedrock refuses beyond the API's own rules.
    """
    if "." not in body["model"]:
        return 400, "The provided model identifier is invalid."
    if any("strict" in tool for tool in body.get("tools", ())):
        return 400, "tools.0.strict: Extra inputs are not permitted"
    return None


def refused_by_invoke(body: Mapping[str, Any], model: str) -> tuple[int, str] | None:
    """
    Status and message for a body that InvokeModel refuses, or None.
    """
    if claude_rules.model_name(model) not in claude_rules.THINKING and ":" not in model:
        return 404, "The provided model identifier is invalid."
    version = body.get("anthropic_version")
    dated = re.search(r"-v\d(:\d)?$", model) is not None
    if version != LEGACY_VERSION and (dated or version not in API_VERSIONS):
        return 400, f"anthropic_version: Input should be '{LEGACY_VERSION}'"
    if dated and model.startswith("anthropic."):
        return 400, f"Invocation of model ID {model} with on-demand throughput isn't supported."
    for field in ("model", "stream"):
        if field in body:
            return 400, f"{field}: Extra inputs are not permitted"
    rest = {key: value for key, value in body.items() if key != "anthropic_version"}
    message = claude_rules.problem(rest, model) if claude_rules.model_name(model) else None
    return (400, message) if message else None


async def invoke_whole(
    reply: Reply, body: Mapping[str, Any], model: str, usage: Mapping[str, int], responder: Responder
) -> None:
    """
    One JSON document, or the error that was scripted.
    """
    if reply.status != 200:
        return throw(responder, reply.status, reply.message, retry_after=reply.retry_after)
    return await answer_message(reply, {**body, "stream": False}, model, usage, responder)


async def invoke_stream(
    reply: Reply, body: Mapping[str, Any], model: str, usage: Mapping[str, int], responder: Responder
) -> None:
    """
    The events as frames of an AWS event stream.
    """
    await asyncio.sleep(reply.headers_s)
    responder.begin("application/vnd.amazon.eventstream", {"x-amzn-requestid": "stand-in"})
    async for event in paced(reply, replies.events(reply, body, model, usage)):
        if isinstance(event, Fault):
            return strike(event, responder)
        responder.chunk(chunk_frame(event))
    return responder.end()


def strike(fault: Fault, responder: Responder) -> None:
    """
    Do to the stream of frames what the fault says.
    """
    if fault == "die":
        return responder.die()
    if fault == "garbage":
        damaged = bytearray(chunk_frame({"type": "ping"}))
        damaged[-1] ^= 0xFF
        responder.chunk(bytes(damaged))
        return responder.end()
    headers = {
        ":exception-type": "throttlingException",
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    responder.chunk(frame(headers, b'{"message": "Too many tokens, please wait before trying again."}'))
    return responder.end()


def throw(responder: Responder, status: int, message: str, *, retry_after: float | None = None) -> None:
    """
    An error as AWS writes it.
    """
    headers = {
        "content-type": "application/json",
        **({"x-amzn-errortype": EXCEPTIONS[status]} if status in EXCEPTIONS else {}),
        "x-amzn-requestid": "stand-in",
    }
    if retry_after is not None:
        headers["retry-after"] = f"{retry_after:g}"
    responder.whole(status, json.dumps({"message": message}).encode(), headers)


def chunk_frame(event: Mapping[str, Any]) -> bytes:
    """
    One event of a model's reply.
    """
    headers = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
    payload = {"bytes": base64.b64encode(json.dumps(event).encode()).decode(), "p": "abcdefgh"}
    return frame(headers, json.dumps(payload).encode())


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """
    An event-stream message: lengths, their checksum, headers, payload, and the checksum of all.
    """
    encoded = b"".join(
        struct.pack("!B", len(name)) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", len(encoded) + len(payload) + 16, len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack("!I", zlib.crc32(message))


def main() -> None:
    """
    Run alone.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--text", default="return a + b;")
    options = parser.parse_args()
    serve_alone(BedrockRuntime(options.text, port=options.port))


if __name__ == "__main__":
    main()
