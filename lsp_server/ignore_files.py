"""
Find the ignore files that git would obey in a folder, and read each again only when it has changed.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from lsp_server.file_text import read_text
from lsp_server.policy.ignore_patterns import IgnoreFile, parse_ignore_file

NAME = ".gitignore"
LARGEST = 256 * 1024


class IgnoreFiles:
    """
    Git's ignore files for everything below the folder `top`.

    Folders are named relative to `top` with forward slashes: empty, or ending in a slash.
    """

    def __init__(self, top: Path, environ: Mapping[str, str]) -> None:
        self.top = top
        self._top = f"{top.as_posix().rstrip('/')}/"
        everywhere = (
            _read(_global_file(environ), "git's core.excludesFile:", ""),
            _read(_git_folder(top) / "info" / "exclude", ".git/info/exclude:", ""),
        )
        self._everywhere = tuple(file for file in everywhere if file)
        self._known: dict[str, tuple[tuple[int, int], IgnoreFile]] = {}

    def inherited(self, folder: str) -> tuple[IgnoreFile, ...]:
        """
        The ignore files from above `folder` that hold in it, strongest last.
        """
        steps = folder.split("/")[:-1]
        above = ["".join(f"{step}/" for step in steps[:depth]) for depth in range(len(steps))]
        return (*self._everywhere, *filter(None, map(self.of_folder, above)))

    def of_folder(self, folder: str) -> IgnoreFile | None:
        """
        The ignore file in `folder`, if it holds one.
        """
        path = f"{self._top}{folder}{NAME}"
        try:
            status = os.lstat(path)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            # Git does not follow a link here either.
            return None
        mark = (status.st_mtime_ns, status.st_size)
        known = self._known.get(folder)
        if known is None or known[0] != mark:
            file = _read(Path(path), f"{folder}{NAME}:", folder)
            # What can't be read may say anything, so nothing here is shown.
            known = mark, file or parse_ignore_file(["*"], source=f"{folder}{NAME} can't be read:", base=folder)
            self._known[folder] = known
        return known[1]


def repository_of(folder: Path) -> Path:
    """
    The nearest folder from `folder` upwards that holds `.git`, else `folder` itself.
    """
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)


def _read(path: Path | None, source: str, base: str) -> IgnoreFile | None:
    text = read_text(path, LARGEST).text if path else None
    return parse_ignore_file(text.split("\n"), source=source, base=base) if text is not None else None


def _git_folder(top: Path) -> Path:
    """
    The folder of the repository's own files; in a linked worktree `.git` is a file that names it.
    """
    place = top / ".git"
    pointer = read_text(place, LARGEST).text
    if pointer is None or not pointer.startswith("gitdir:"):
        return place
    folder = top / pointer.removeprefix("gitdir:").strip()
    common = read_text(folder / "commondir", LARGEST).text
    return folder / common.strip() if common else folder


def _global_file(environ: Mapping[str, str]) -> Path | None:
    """
    The ignore file that the user's own git configuration names, read without running git.
    """
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if not home:
        return None
    settings = Path(environ.get("XDG_CONFIG_HOME") or Path(home, ".config")) / "git"
    named = [_excludes_file(Path(place)) for place in (Path(home, ".gitconfig"), settings / "config")]
    chosen = next((name for name in named if name), None)
    if chosen is None:
        return settings / "ignore"
    return Path(home, chosen[2:]) if chosen.startswith("~/") else Path(home, chosen)


def _excludes_file(configuration: Path) -> str | None:
    section = ""
    value = None
    for line in (read_text(configuration, LARGEST).text or "").splitlines():
        name, equals, rest = line.strip().partition("=")
        if name.startswith("["):
            section = name.strip("[] ").lower()
        elif equals and section == "core" and name.strip().lower() == "excludesfile":
            value = rest.strip().strip('"')
    return value
