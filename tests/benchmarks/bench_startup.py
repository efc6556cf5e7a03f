"""
From the start of the process to the answer to `initialize`, ours against a minimal pygls server.

Run with `python -m tests.benchmarks.bench_startup [ROUNDS]`. The two take turns, so that both meet the same machine.
"""

import statistics
import sys
import tempfile
import time

from tests.support.editor import Editor

MINIMAL = (sys.executable, "-m", "tests.benchmarks.minimal_server")
OURS = (sys.executable, "-m", "lsp_server", "serve")
LIMIT = 1.15


def seconds_to_initialize(command: tuple[str, ...]) -> float:
    """
    One start.
    """
    with tempfile.TemporaryDirectory() as state:
        started = time.perf_counter()
        with Editor(command, environ={"PACENOTES_STORAGE_DIRECTORY": state}) as editor:
            editor.call("initialize", {"processId": None, "rootUri": None, "capabilities": CAPABILITIES})
            return time.perf_counter() - started


CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"inlineCompletion": {"dynamicRegistration": True}},
    "workspace": {"configuration": True, "workspaceFolders": True},
}


def main(rounds: int = 9) -> int:
    """
    Print the medians and their ratio; 1 when the ratio is over the limit.
    """
    for command in (MINIMAL, OURS):
        seconds_to_initialize(command)  # Once for the file cache and compiled bytecode.
    minimal, ours = zip(
        *((seconds_to_initialize(MINIMAL), seconds_to_initialize(OURS)) for _ in range(rounds)), strict=True
    )
    ratio = statistics.median(ours) / statistics.median(minimal)
    for name, times in (("minimal pygls", minimal), ("pacenotes", ours)):
        print(f"{name:14} median {1000 * statistics.median(times):6.0f} ms, min {1000 * min(times):6.0f} ms")
    print(f"ratio          {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
