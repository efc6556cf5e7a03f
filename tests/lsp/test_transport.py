"""
A server process over real pipes and sockets: how it starts, what it survives and how it ends.
"""

import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from lsp_server.lsp.transport import UnusableAddress, Writer, tcp
from tests.support.editor import SERVER, Editor

URI = "file:///project/a.ts"
SOURCE = "const count = \n"


def open_and_complete(editor: Editor, uri: str = URI) -> str:
    editor.open(uri, SOURCE)
    (item,) = editor.complete(uri, 0, 14)
    text: str = item["insertText"]
    return text


def test_serves_over_stdio_from_start_to_exit() -> None:
    """
    A whole session, with exit code 0 and not a word of error.
    """
    with Editor() as editor:
        result = editor.initialize()
        assert result["serverInfo"]["name"] == "pacenotes"
        assert result["capabilities"]["inlineCompletionProvider"] == {}
        assert open_and_complete(editor) == "items.length;"
        assert editor.shut_down() == 0
    assert "Traceback" not in editor.stderr


def test_serves_over_a_socket() -> None:
    """
    The same through `--tcp`, on a free port of this machine.
    """
    with Editor((*SERVER, "--tcp", "127.0.0.1:0"), tcp=True) as editor:
        editor.initialize()
        assert open_and_complete(editor) == "items.length;"
        assert editor.shut_down() == 0


@pytest.mark.parametrize(
    "address", ["0.0.0.0:0", "192.168.0.1:80", "example.org:80", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ":", ""]
)
def test_listens_on_this_machine_only(address: str) -> None:
    """
    Any other address is refused in one sentence that says what to write.
    """
    with pytest.raises(UnusableAddress, match=r"127\.0\.0\.1.*\.$"):
        tcp(address)


def test_an_address_that_is_taken_is_refused() -> None:
    """
    With the system's own reason.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(UnusableAddress, match="in use"):
        tcp(f"127.0.0.1:{listener.getsockname()[1]}")


def test_nobody_else_uses_the_wire() -> None:
    """
    No print of Python's, a C library's or a child's goes out on it, and no child reads from it.
    """
    with Editor() as editor:
        editor.initialize()
        assert open_and_complete(editor) == "items.length;"
        assert editor.shut_down() == 0
    assert all(noise in editor.stderr for noise in ("from print", "from a C library", "from a child, who read nothing"))


def test_serves_a_file_of_messages(tmp_path: Path) -> None:
    """
    Stdin may be a file, as when a session is replayed.
    """
    script = tmp_path / "session"
    methods: list[tuple[str, Any]] = [("initialize", {"capabilities": {}}), ("shutdown", None), ("exit", None)]
    bodies = [
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": name, "params": given}).encode() for name, given in methods
    ]
    script.write_bytes(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies))
    with script.open("rb") as stdin:
        done = subprocess.run(SERVER, stdin=stdin, capture_output=True, timeout=30, check=False)

    assert done.returncode == 0
    assert b'"serverInfo"' in done.stdout


class Reluctant(io.RawIOBase):
    """
    Takes a few bytes at a time, and none once it is broken.
    """

    def __init__(self) -> None:
        self.taken = b""
        self.broken = False

    def write(self, data: Any, /) -> int:
        if self.broken:
            raise BrokenPipeError
        time.sleep(0.0001)  # Lets another thread in.
        self.taken += bytes(data[:3])
        return min(3, len(data))


def test_messages_of_many_threads_do_not_mix() -> None:
    """
    Even if each is sent in many pieces.
    """
    target = Reluctant()
    writer = Writer(target, lambda: None)
    messages = [bytes([letter]) * 20 for letter in b"abcdefgh"]
    threads = [threading.Thread(target=writer.write, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(target.taken[at : at + 20] for at in range(0, 160, 20)) == messages


def test_a_client_that_is_gone_is_noticed_and_raises_nothing() -> None:
    """
    Whoever writes last need not know.
    """
    target = Reluctant()
    target.broken = True
    gone: list[bool] = []
    Writer(target, lambda: gone.append(True)).write(b"hello")

    assert gone == [True]


GARBAGE = {
    "prose": (b"hello\r\n\r\n", -32700),
    "no JSON": (b"Content-Length: 5\r\n\r\nhello", -32700),
    "a batch": (b"Content-Length: 2\r\n\r\n[]", -32600),
    "a huge length": (b"Content-Length: 99999999999\r\n\r\n", -32700),
    "a negative length": (b"Content-Length: -1\r\n\r\n", -32700),
    "a length that is too long": (b'Content-Length: 9\r\n\r\n{"a": 1}C', -32700),
    "a length that is too short": (b'Content-Length: 4\r\n\r\n{"a": 1}', -32700),
}


def test_garbage_is_answered_and_survived() -> None:
    """
    Each piece gets an error without an id, and the session goes on, however the next header is written.
    """
    with Editor() as editor:
        editor.initialize()
        for name, (garbage, code) in GARBAGE.items():
            editor.send(garbage)
            assert editor.answer(None)["error"]["code"] == code, name
            body = b'{"jsonrpc": "2.0", "id": "later", "method": "no/such"}'
            editor.send(b"content-length:%d\r\n\r\n%b" % (len(body), body))
            assert editor.answer("later")["error"]["code"] == -32601, name
        assert open_and_complete(editor) == "items.length;"
        assert editor.shut_down() == 0


@pytest.mark.parametrize("shutdown", [True, False])
def test_a_client_that_hangs_up_gets_an_orderly_end(tmp_path: Path, shutdown: bool) -> None:
    """
    All events are saved; the exit code tells whether there was a `shutdown`.
    """
    log = tmp_path / "events.jsonl"
    with Editor(environ={"SCRIPT_EVENTS": str(log)}) as editor:
        editor.initialize()
        open_and_complete(editor)
        if shutdown:
            editor.call("shutdown")
        editor.hang_up()
        assert editor.wait() == (0 if shutdown else 1)

    names = [json.loads(line)["name"] for line in log.read_text().splitlines()]
    assert names[0] == "session.started"
    assert names[-1] == "session.ended"
    assert names.count("completion.returned") == 1


def test_hanging_up_in_the_middle_of_a_message_ends_it_too() -> None:
    """
    Half a message is no reason to wait.
    """
    with Editor() as editor:
        editor.initialize()
        editor.send(b'Content-Length: 100\r\n\r\n{"jsonrpc"')
        editor.hang_up()
        assert editor.wait() == 1


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_in_order(tmp_path: Path, signal_number: int) -> None:
    """
    As if the client had hung up, and without a traceback.
    """
    log = tmp_path / "events.jsonl"
    with Editor(environ={"SCRIPT_EVENTS": str(log)}) as editor:
        editor.initialize()
        open_and_complete(editor)
        editor.process.send_signal(signal_number)
        assert editor.wait() == 1

    assert "session.ended" in log.read_text()
    assert "Traceback" not in editor.stderr


def test_a_provider_that_hangs_does_not_keep_it(tmp_path: Path) -> None:
    """
    Closing takes a moment and no more, events are saved, and a thread that never ends holds nothing up.
    """
    log = tmp_path / "events.jsonl"
    with Editor(environ={"SCRIPT_HANGS": "1", "SCRIPT_EVENTS": str(log)}) as editor:
        editor.initialize()
        open_and_complete(editor)
        assert editor.shut_down() == 0

    assert "session.ended" in log.read_text()


def test_a_parent_that_is_gone_takes_it_along() -> None:
    """
    Even though the pipe is still open.
    """
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with Editor() as editor:
        editor.initialize(processId=parent.pid)
        open_and_complete(editor)
        parent.communicate(b"\n")
        assert editor.wait() == 1


def test_exit_before_anything_else() -> None:
    """
    Exit code 1, as for every exit without a shutdown.
    """
    with Editor() as editor:
        editor.notify("exit")
        assert editor.wait() == 1


def test_two_servers_side_by_side() -> None:
    """
    Each has its own documents.
    """
    with Editor() as one, Editor(environ={"SCRIPT": "other.size;"}) as other:
        one.initialize()
        other.initialize()
        assert open_and_complete(one) == "items.length;"
        assert open_and_complete(other) == "other.size;"
        assert (one.shut_down(), other.shut_down()) == (0, 0)


def test_a_flood_of_messages_is_answered_one_by_one() -> None:
    """
    A client that does not wait for answers gets all of them.
    """
    with Editor() as editor:
        editor.initialize()
        ids = [editor.request("no/such") for _ in range(2000)]
        assert {editor.answer(id)["error"]["code"] for id in ids} == {-32601}
        assert editor.shut_down() == 0


def test_a_document_of_fifty_megabytes_is_carried() -> None:
    """
    It is taken in, never parsed, and never completed; the next document is.
    """
    with Editor() as editor:
        editor.initialize()
        editor.open("file:///project/big.ts", "let a = 1;\n" * 4_800_000)
        assert editor.complete("file:///project/big.ts", 3, 4) == []
        assert open_and_complete(editor) == "items.length;"
        assert editor.shut_down() == 0
