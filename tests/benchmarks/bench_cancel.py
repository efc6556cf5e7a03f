"""
From `$/cancelRequest` until the model's stand-in sees the connection closed, through the whole server.

Run with `python -m tests.benchmarks.bench_cancel [ROUNDS]`.
"""

import statistics
import sys
import tempfile
import time

from tests.support.editor import Editor
from tests.support.messages_api import API_KEY, MessagesApi
from tests.support.replies import Reply

LIMIT_MS = 50.0
STATES = {
    "before the headers": Reply(text="items.length;", headers_s=60),
    "before the first token": Reply(text="items.length;", first_token_s=60),
    "between tokens": Reply(text="items.length;" * 50, token_s=60),
}


def milliseconds_to_close(editor: Editor, api: MessagesApi, count: int) -> float:
    """
    One request at a place of its own, since an earlier reply would answer it, cancelled once the stand-in has it.
    """
    uri = f"file:///project/{count}.ts"
    editor.open(uri, f"const count{count} = \n")
    position = {"line": 0, "character": 14 + len(str(count))}
    params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 1}}
    asked = editor.request("textDocument/inlineCompletion", params)
    exchange = api.wait_for(count)
    time.sleep(0.1)  # So that the reply has got as far as it will.
    cancelled = time.monotonic()
    editor.notify("$/cancelRequest", {"id": asked})
    return 1000 * (exchange.wait_closed() - cancelled)


def main(rounds: int = 9) -> int:
    """
    Print the times of each state; 1 when the slowest is over the limit.
    """
    with tempfile.TemporaryDirectory() as state, MessagesApi() as api:
        environ = {
            "ANTHROPIC_API_KEY": API_KEY,
            "ANTHROPIC_BASE_URL": api.url,
            "PACENOTES_PROVIDER": "anthropic",
            "PACENOTES_STORAGE_DIRECTORY": state,
            "PACENOTES_CACHE_ENABLED": "false",
        }
        slowest = 0.0
        with Editor((sys.executable, "-m", "lsp_server", "serve"), environ=environ) as editor:
            editor.initialize()
            for name, reply in STATES.items():
                api.script(reply)
                taken = [milliseconds_to_close(editor, api, len(api.exchanges) + 1) for _ in range(rounds)]
                slowest = max(slowest, *taken)
                print(f"{name:23} median {statistics.median(taken):6.2f} ms, max {max(taken):6.2f} ms")
            editor.shut_down()
    print(f"slowest                 {slowest:.2f} ms (limit {LIMIT_MS:.0f})")
    return int(slowest > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
