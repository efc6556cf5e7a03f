"""
A TypeScript that finds an error wherever a text says `wrong`, as a program: `python fake_typescript.py tsserver|lsp`.

It also answers a few things that nobody asked, as the real ones do, says what of the environment it can see, and dies
where a text says `die`.
"""

import json
import os
import sys
from typing import Any

texts: dict[str, str] = {}


def errors_of(text: str) -> list[str]:
    if "die" in text:
        os._exit(3)
    names = [line.strip() for line in text.splitlines() if "wrong" in line]
    return [*names, *(f"{name} is set" for name in os.environ if "KEY" in name)]


def read() -> dict[str, Any] | None:
    line = sys.stdin.buffer.readline()
    if not line:
        return None
    if line.startswith(b"Content-Length"):
        length = int(line.split(b":")[1])
        sys.stdin.buffer.readline()
        line = sys.stdin.buffer.read(length)
    message: dict[str, Any] = json.loads(line)
    return message


def write(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


def as_tsserver(message: dict[str, Any]) -> None:
    arguments = message["arguments"]
    if message["command"] == "open":
        texts[arguments["file"]] = arguments["fileContent"]
        write({"type": "event", "event": "projectLoadingStart"})
    elif message["command"] == "semanticDiagnosticsSync":
        rows = [{"category": "error", "code": 1, "text": text} for text in errors_of(texts[arguments["file"]])]
        rows.append({"category": "suggestion", "code": 2, "text": "no error"})
        write({"type": "response", "request_seq": message["seq"], "success": True, "body": rows})


def as_lsp(message: dict[str, Any]) -> None:
    method, params = message.get("method"), message.get("params", {})
    if method == "initialize":
        write({"jsonrpc": "2.0", "id": "c1", "method": "workspace/configuration", "params": {"items": [{}, {}]}})
        answer = read()
        assert answer is not None
        assert (answer["id"], answer["result"]) == ("c1", [None, None])
        write({"jsonrpc": "2.0", "id": message["id"], "result": {"capabilities": {}}})
    elif method == "textDocument/didOpen":
        texts[params["textDocument"]["uri"]] = params["textDocument"]["text"]
        write({"jsonrpc": "2.0", "method": "window/logMessage", "params": {"message": "opened"}})
    elif method == "textDocument/diagnostic":
        items = [
            {"severity": 1, "code": 1, "message": text} for text in errors_of(texts[params["textDocument"]["uri"]])
        ]
        items.append({"severity": 4, "code": 2, "message": "no error"})
        write({"jsonrpc": "2.0", "id": message["id"], "result": {"kind": "full", "items": items}})


if __name__ == "__main__":
    handle = as_tsserver if sys.argv[1] == "tsserver" else as_lsp
    while (asked := read()) is not None:
        handle(asked)
