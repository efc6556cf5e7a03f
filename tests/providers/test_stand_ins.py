"""
The stand-ins refuse what the real services refuse, so that tests against them mean something.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.support.bedrock_runtime import BedrockRuntime
from tests.support.messages_api import MessagesApi
from tests.support.replies import Reply

GOOD = {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
VERSION = {"anthropic-version": "2026-10-21"}
KEY = {"x-api-key": "sk-ant-1"}


def post(url: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """
    Send by means that share nothing with our own.
    """
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def asked(changes: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    with MessagesApi(Reply(text="hi", thinking="hm")) as api:
        return post(f"{api.url}/v1/messages", {**GOOD, **changes}, {**VERSION, **KEY} if headers is None else headers)


def test_a_good_request_is_answered() -> None:
    """
    Without a stream the whole message comes as one document.
    """
    status, message = asked({})
    assert (status, message["stop_reason"], message["model"]) == (200, "end_turn", "claude-haiku-5-5")
    assert [block["type"] for block in message["content"]] == ["thinking", "text"]
    assert message["content"][1]["text"] == "hi"
    assert message["usage"]["input_tokens"] > 0


FORCED = {"tools": [{"name": "t", "input_schema": {}}], "tool_choice": {"type": "tool", "name": "t"}}
PREFILL = {"messages": [*GOOD["messages"], {"role": "assistant", "content": "{"}]}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stop_sequences": ["\n\n"]}, "non-whitespace"),
        (PREFILL, "does not support assistant message prefill"),
        ({"temperature": 0}, "`temperature` is not supported"),
        ({"model": "claude-opus-5-5", "thinking": {"type": "disabled"}}, "thinking.type"),
        ({"model": "claude-sonnet-5-5", "thinking": {"type": "disabled"}}, "thinking.type"),
        ({"thinking": {"type": "between_tools"}}, "thinking.type"),
        ({"model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 50}}, "budget_tokens"),
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}}, "effort of high or lower"),
        ({"model": "claude-haiku-4-5", "output_config": {"effort": "low"}}, "effort parameter"),
        ({"model": "claude-sonnet-5-5", **FORCED}, 'type "tool" and "any" are not supported'),
        (FORCED, "Thinking may not be enabled"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "user", "content": " "}]}, "non-whitespace text"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"prompt": "hello"}, "Extra inputs"),
    ],
)
def test_what_the_api_refuses(changes: dict[str, Any], message: str) -> None:
    """
    A request that the real service would answer with 400 is answered so.
    """
    status, answer = asked(changes)
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    assert message in answer["error"]["message"]


@pytest.mark.parametrize(
    ("changes", "headers", "status"),
    [
        ({}, VERSION, 401),
        ({}, {**VERSION, "x-api-key": "sk-ant-invalid-1"}, 401),
        ({}, KEY, 400),
        ({}, {**KEY, "anthropic-version": "bedrock-2023-05-31"}, 400),
        ({"model": "gpt-9"}, {**KEY, **VERSION}, 404),
    ],
)
def test_who_is_not_let_in(changes: dict[str, Any], headers: dict[str, str], status: int) -> None:
    """
    Key, version and model are checked.
    """
    assert asked(changes, headers)[0] == status


def test_the_prompt_cache_is_read_the_second_time() -> None:
    """
    A marked part above the floor is written, then read; one below it is neither.
    """
    with MessagesApi("ok") as api:
        for text, expected in (("a" * 4000, [(1000, 0), (0, 1000)]), ("b" * 400, [(0, 0), (0, 0)])):
            block = {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}
            usages = [
                post(f"{api.url}/v1/messages", {**GOOD, "system": [block]}, {**VERSION, **KEY})[1]["usage"]
                for _ in range(2)
            ]
            found = [(u["cache_creation_input_tokens"], u["cache_read_input_tokens"]) for u in usages]
            assert found == expected


OLD = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
INVOKE = {"max_tokens": 100, "messages": GOOD["messages"], "anthropic_version": "bedrock-2023-05-31"}
BEARER = {"authorization": "Bearer key"}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        (f"/model/{OLD}/invoke", INVOKE, BEARER, 200),
        (f"/model/{OLD}/invoke", {**INVOKE, "anthropic_version": "2026-10-21"}, BEARER, 400),
        (f"/model/{OLD.removeprefix('us.')}/invoke", INVOKE, BEARER, 400),
        (f"/model/{OLD}/invoke", {**INVOKE, "stream": True}, BEARER, 400),
        (f"/model/{OLD}/invoke", {**INVOKE, "model": OLD}, BEARER, 400),
        (f"/model/{OLD}/invoke", INVOKE, {}, 403),
        (f"/model/{OLD}/invoke", INVOKE, {"authorization": "AWS4-HMAC-SHA256 nonsense"}, 403),
        ("/model/no-such-model/invoke", INVOKE, BEARER, 404),
        ("/elsewhere", INVOKE, BEARER, 404),
        ("/anthropic/v1/messages", {**GOOD, "model": "us.anthropic.claude-haiku-5-5"}, {**BEARER, **VERSION}, 200),
        ("/anthropic/v1/messages", GOOD, {**BEARER, **VERSION}, 400),
        ("/anthropic/v1/messages", {**GOOD, "model": "us.anthropic.claude-haiku-5-5"}, BEARER, 400),
        ("/anthropic/v1/messages", {**GOOD, "model": "us.anthropic.claude-haiku-5-5"}, VERSION, 403),
    ],
)
def test_what_bedrock_refuses(path: str, body: dict[str, Any], headers: dict[str, str], status: int) -> None:
    """
    Versions, ids, fields and credentials are checked by either route.
    """
    with BedrockRuntime("ok") as runtime:
        assert post(runtime.url + path, body, headers)[0] == status


@pytest.mark.parametrize("module", ["tests.support.messages_api", "tests.support.bedrock_runtime"])
def test_a_stand_in_runs_alone(module: str) -> None:
    """
    For benchmarks it is a process of its own that prints its address.
    """
    with subprocess.Popen([sys.executable, "-m", module], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        status, _ = post(f"{url}/v1/messages", GOOD, {**VERSION, **KEY})
        process.terminate()
    assert status in {200, 404}
    assert process.returncode == 0
