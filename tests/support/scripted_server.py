"""
A server process with a scripted model, for tests over real pipes: `python -m tests.support.scripted_server`.

`SCRIPT` is what the model says; `SCRIPT_EVENTS` names a file that the events are written to when the sink is closed.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from lsp_server.lsp.server import serve
from lsp_server.lsp.transport import UnusableAddress, stdio, tcp
from telemetry.envelope import to_json
from tests.support.backend import Surroundings
from tests.support.memory_sink import MemorySink
from tests.support.scripted import ScriptedProvider


class FileSink(MemorySink):
    """
    Writes all events at once, and only when it is closed in order.
    """

    def close(self, timeout_s: float = 5.0) -> None:
        """
        Write them.
        """
        if "SCRIPT_EVENTS" in os.environ:
            Path(os.environ["SCRIPT_EVENTS"]).write_text("".join(to_json(event) + "\n" for event in self.events))


class NoisyProvider(ScriptedProvider):
    """
    Prints where nobody should, by every way there is.
    """

    async def warm_up(self) -> None:
        """
        Make noise.
        """
        print("noise from print", flush=True)
        os.write(1, b"noise from a C library\n")
        child = "import sys; print('noise from a child, who read', sys.stdin.read() or 'nothing')"
        subprocess.run([sys.executable, "-c", child], check=True)
        hanging = threading.Thread(target=threading.Event().wait)
        hanging.daemon = "SCRIPT_HANGS" not in os.environ
        hanging.start()


def main(arguments: list[str]) -> int:
    provider = NoisyProvider(os.environ.get("SCRIPT", "items.length;"))
    provider.hangs_on_close = "SCRIPT_HANGS" in os.environ
    try:
        wire = tcp(arguments[1]) if arguments[:1] == ["--tcp"] else stdio()
    except UnusableAddress as error:
        print(error, file=sys.stderr)
        return 2
    return serve(Surroundings(provider=provider, sink=FileSink()).services(), wire)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
