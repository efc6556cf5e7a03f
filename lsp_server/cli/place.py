"""
`FILE:LINE:COLUMN` as compilers print it, and the workspace that a file belongs to.
"""

from dataclasses import dataclass
from pathlib import Path

from lsp_server.cli.failure import UnreadableInput

ROOT_MARKS = ("pacenotes.toml", ".git")


@dataclass(frozen=True, slots=True)
class Place:
    """
    A place in a file; `line` and `column` are 1-based, columns in UTF-16 units as the TypeScript compiler counts them.
    """

    path: Path
    line: int
    column: int


def parse_place(text: str) -> Place:
    """
    Read `FILE:LINE:COLUMN`.

    Raises:
        UnreadableInput: when it is not of that form.
    """
    file, line, column = [*text.rsplit(":", 2), "", ""][:3]
    if not file or not line.isdecimal() or not column.isdecimal() or int(line) < 1 or int(column) < 1:
        raise UnreadableInput(
            f"'{text}' is not a place: write FILE:LINE:COLUMN, such as src/app.ts:12:5 (both from 1)."
        )
    return Place(Path(file).absolute(), int(line), int(column))


def workspace_root(path: Path) -> Path:
    """
    The nearest folder above `path` with a `pacenotes.toml` or a `.git`, else the current folder if it holds the file,
    else the file's own folder.
    """
    for mark in ROOT_MARKS:
        for folder in path.parents:
            if (folder / mark).exists():
                return folder
    current = Path.cwd()
    return current if current in path.parents else path.parent
