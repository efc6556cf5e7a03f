"""
What is imported before the editor hears from us.
"""

import subprocess
import sys

HEAVY = (
    "anthropic", "boto3", "botocore", "click", "diskcache", "httpx2", "numpy", "pathspec", "platformdirs", "pydantic",
    "rapidfuzz", "rich", "sqlite3", "tree_sitter", "tree_sitter_javascript", "tree_sitter_typescript",
)  # fmt: skip
START = """
import sys
import lsp_server.__main__
from lsp_server.app import services
from lsp_server.lsp.server import Server
from lsp_server.lsp.transport import run

Server(services())
print(" ".join({name.partition(".")[0] for name in sys.modules}))
"""


def test_nothing_heavy_is_imported_before_initialize() -> None:
    """
    A server that stands ready for `initialize` has imported no SDK, grammar, database or command-line library.
    """
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, timeout=60, check=True)

    imported = done.stdout.split()
    assert "pygls" in imported
    assert [name for name in HEAVY if name in imported] == []
