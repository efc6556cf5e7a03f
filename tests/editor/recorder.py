"""
Stand between an editor and a server, and write down every message of both with the time: `recorder.py LOG COMMAND…`.

Runs alone, with nothing but the standard library.
"""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO


def main() -> int:
    """
    Pass everything on until the editor leaves; gives the server's exit code.
    """
    log, *command = sys.argv[1:]
    with Path(log).open("a", encoding="utf-8") as written:
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert server.stdin
        assert server.stdout
        answers = threading.Thread(target=pass_on, args=("server", server.stdout, sys.stdout.buffer, written))
        answers.start()
        pass_on("client", sys.stdin.buffer, server.stdin, written)
        server.stdin.close()
        answers.join()
        return server.wait()


def pass_on(sender: str, source: IO[bytes], target: IO[bytes], written: IO[str]) -> None:
    """
    Messages from one side to the other, until the side closes.
    """
    while head := source.readline():
        length = 0
        raw = head
        while head.strip():
            name, _, value = head.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
            head = source.readline()
            raw += head
        body = source.read(length)
        written.write(json.dumps({"at": time.monotonic(), "from": sender, "message": json.loads(body)}) + "\n")
        written.flush()
        target.write(raw + body)
        target.flush()


if __name__ == "__main__":
    raise SystemExit(main())
