"""
A Neovim without a screen, typed into from outside as `install.sh` puts it on disk.
"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.editor.waiting import until

INSTALLED = Path(__file__).parents[2] / "build" / "editor" / "neovim" / "usr"
LIBRARIES = INSTALLED / "lib" / "x86_64-linux-gnu"
# With the libraries that it came with, whatever this machine has.
PROGRAM = [
    str(INSTALLED / "lib64" / "ld-linux-x86-64.so.2"),
    "--library-path",
    str(LIBRARIES),
    str(INSTALLED / "bin/nvim"),
]

GHOST = """(function()
  local space = vim.api.nvim_get_namespaces()["nvim.lsp.inline_completion"]
  if not space then return "" end
  local pieces = {}
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
    for _, piece in ipairs(mark[4].virt_text or {}) do table.insert(pieces, piece[1]) end
  end
  return table.concat(pieces)
end)()"""


@dataclass
class Neovim:
    """
    One Neovim with the scripts `sourced` and nothing of the person's; `environ` is what its servers see.
    """

    folder: Path
    environ: Mapping[str, str]
    sourced: Sequence[Path]

    def send(self, keys: str) -> None:
        """
        Type `keys`, in Neovim's own notation.
        """
        self._remote("--remote-send", keys)

    def key_in(self, text: str) -> None:
        """
        Type a text, a key at a time: Neovim does not look up before it has read all that was typed ahead.
        """
        for key in text:
            self.send(key)

    def lua(self, expression: str) -> Any:
        """
        What a Lua expression gives.
        """
        quoted = expression.replace("'", "''")
        return json.loads(self._remote("--remote-expr", f"json_encode(luaeval('{quoted}'))"))

    def edit(self, file: Path) -> None:
        """
        Open a file, and wait until Pacenotes serves it.
        """
        self.send(f"<Esc>:edit {file}<CR>")
        until("a client", lambda: self.lua('#vim.lsp.get_clients({ bufnr = 0, name = "pacenotes" })'))
        until("its start", lambda: self.lua("vim.lsp.get_clients({ bufnr = 0 })[1].initialized or false"))

    def ghost(self) -> str:
        """
        The ghost text that is shown.
        """
        return str(self.lua(GHOST))

    def text(self) -> str:
        """
        The text of the buffer.
        """
        return "\n".join(self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)"))

    def __enter__(self) -> Self:
        assert (INSTALLED / "bin" / "nvim").exists(), "Run `make test-editor`, which installs what these tests drive."
        self._socket = str(self.folder / "nvim.sock")
        sourcing = [argument for script in self.sourced for argument in ("-c", f"luafile {script}")]
        command = [*PROGRAM, "--headless", "--clean", "-n", "--listen", self._socket, *sourcing]
        self._process = subprocess.Popen(command, env=self._environ(), cwd=self.folder, stdin=subprocess.DEVNULL)
        until("Neovim listens", lambda: Path(self._socket).exists())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.send("<Esc>:qall!<CR>")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _remote(self, option: str, value: str) -> str:
        command = [*PROGRAM, "--server", self._socket, option, value]
        done = subprocess.run(command, env=self._environ(), capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout or done.stderr

    def _environ(self) -> dict[str, str]:
        runtime = str(INSTALLED / "share" / "nvim" / "runtime")
        return {**os.environ, "VIMRUNTIME": runtime, "VIM": str(INSTALLED / "share" / "nvim"), **self.environ}
