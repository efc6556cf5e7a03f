"""
Read the files of a workspace: only inside it, only those that may be shown, and only as text.
"""

import os
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from lsp_server.file_text import FileText, UnreadReason, decode_text, read_text, unread
from lsp_server.ignore_files import NAME as IGNORE_FILE
from lsp_server.ignore_files import IgnoreFiles, repository_of
from lsp_server.policy.exclusion import built_in_reason, entry_excluded_by, excluded_by
from lsp_server.policy.ignore_patterns import parse_ignore_file
from lsp_server.settings import Settings

SOURCE_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
COMPILED_ENDINGS = (".js", ".mjs", ".cjs")
MINIFIED_ENDINGS = (".min.js", ".min.mjs", ".min.cjs", "-min.js")
SKIPPED_FOLDERS = frozenset(
    (".git", ".hg", ".svn", "node_modules", "bower_components", ".yarn", ".pnpm-store", ".next", ".nuxt", ".turbo")
)
DECLARATION_ENDINGS = (".d.ts", ".d.mts", ".d.cts")
DEPENDENCIES = "node_modules"
DEPENDENCY_LIMIT = 256 * 1024
"""In bytes: longer declarations are made by tools, and would hold up the keystroke that asks for them."""
MINIFIED_LINE = 500
MINIFIED_SIZE = 10_000
TAIL = 2000


class WorkspaceFiles:
    """
    The files below some workspace folders, under one set of settings.
    """

    def __init__(self, folders: Sequence[Path], settings: Settings, environ: Mapping[str, str] = os.environ) -> None:
        self._limit = settings.max_file_kb * 1024
        self._roots = tuple(_Root(folder, settings.exclude, environ) for folder in folders)

    def read(self, path: Path) -> FileText:
        """
        The text of the file, or a named reason for not having it.
        """
        real = path.resolve()
        if not any(root.holds(real) for root in self._roots):
            return unread(path, UnreadReason.OUTSIDE_WORKSPACE, "it lies outside the workspace")
        if reason := self._rule_against(path, real):
            return unread(path, UnreadReason.EXCLUDED, f"it is excluded by {reason}")
        return read_text(path, min(self._limit, DEPENDENCY_LIMIT)) if is_dependency(real) else self.read_walked(path)

    def read_walked(self, path: Path) -> FileText:
        """
        As `read`, for a path that `walk` has just given, whose rules were looked at then.
        """
        if path.name.endswith(MINIFIED_ENDINGS):
            return unread(path, UnreadReason.MINIFIED, "it is minified")
        return _without_built_code(read_text(path, self._limit))

    def of_content(self, path: Path, content: bytes) -> FileText:
        """
        As `read`, for a file whose content is not the one on disk, such as an earlier version of it.
        """
        if reason := self.is_excluded(path):
            return unread(path, UnreadReason.EXCLUDED, f"it is excluded by {reason}")
        if path.name.endswith(MINIFIED_ENDINGS):
            return unread(path, UnreadReason.MINIFIED, "it is minified")
        return _without_built_code(decode_text(path, content, self._limit))

    def is_excluded(self, path: Path) -> str | None:
        """
        The rule that keeps the file from being read and shown, or None.

        A link is excluded with its target; outside the workspace only the built-in rules hold.
        """
        return self._rule_against(path, path.resolve())

    def walk(self) -> Iterator[Path]:
        """
        Every source file that is not excluded, in a stable order; links are not followed.
        """
        roots = dict.fromkeys(str(root.folder) for root in self._roots)
        for root in self._roots:
            yield from root.walk(skipping=roots.keys() - {str(root.folder)})

    def _rule_against(self, path: Path, real: Path) -> str | None:
        for place in dict.fromkeys((_normal(path), real)):
            root = next((root for root in self._roots if root.holds(place)), None)
            if reason := root.rule_against(place) if root else built_in_reason(place.as_posix().lstrip("/")):
                return reason
        return None


class _Root:
    """
    One workspace folder, in the repository that it lies in.
    """

    def __init__(self, folder: Path, exclude: Sequence[str], environ: Mapping[str, str]) -> None:
        self.given = _normal(folder)
        self.folder = folder.resolve()
        self._ignored = IgnoreFiles(repository_of(self.folder), environ)
        self._base = _folder_path(self.folder, self._ignored.top)
        self._exclude = parse_ignore_file(exclude, source="the setting `exclude`:", base=self._base)

    def holds(self, path: Path) -> bool:
        return path.is_relative_to(self.folder) or path.is_relative_to(self.given)

    def rule_against(self, path: Path) -> str | None:
        folder = self.folder if path.is_relative_to(self.folder) else self.given
        below = path.relative_to(folder)
        if is_dependency(below):
            return self._rule_against_dependency(below)
        entry = self._base + below.as_posix()
        inherited = self._ignored.inherited(self._base)
        return excluded_by(entry, self._ignored.of_folder, self._exclude, below=self._base, inherited=inherited)

    def _rule_against_dependency(self, path: Path) -> str | None:
        # Git ignores what is installed because it can be had elsewhere, not because it is private: git's rules
        # are asked only for the folder that it is installed in, all others for the whole path.
        entry = self._base + path.as_posix()
        if reason := excluded_by(entry, lambda folder: None, self._exclude, below=self._base):
            return reason
        shelf = Path(*path.parts[: path.parts.index(DEPENDENCIES)])
        return self.rule_against(self.folder / shelf / path.name)

    def walk(self, skipping: Set[str]) -> Iterator[Path]:
        top = self._ignored.top.as_posix().rstrip("/")
        waiting = [(self._base, self._ignored.inherited(self._base))]
        while waiting:
            folder, inherited = waiting.pop()
            entries = _entries(f"{top}/{folder}")
            own = self._ignored.of_folder(folder) if any(entry.name == IGNORE_FILE for entry in entries) else None
            ignored = (*inherited, own) if own else inherited
            folders = []
            for entry in entries:
                name = folder + entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder:
                    shown = entry.name not in SKIPPED_FOLDERS and f"{top}/{name}" not in skipping
                else:
                    shown = entry.name.endswith(SOURCE_ENDINGS) and entry.is_file(follow_symlinks=False)
                if not shown or entry_excluded_by(name, ignored, self._exclude, is_folder=is_folder):
                    continue
                if is_folder:
                    folders.append((f"{name}/", ignored))
                else:
                    yield Path(f"{top}/{name}")
            waiting += reversed(folders)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _normal(path: Path) -> Path:
    """
    The absolute path without `..`, links not followed.
    """
    return Path(os.path.normpath(path.absolute()))


def _folder_path(folder: Path, top: Path) -> str:
    below = folder.relative_to(top).as_posix()
    return "" if below == "." else f"{below}/"


def _without_built_code(file: FileText) -> FileText:
    """
    The file, unless its text was made by a tool for machines to read.
    """
    name, text = file.path.name, file.text
    if text is None:
        return file
    longest = max(MINIFIED_SIZE, MINIFIED_LINE * (text.count("\n") + 1))
    if name.endswith(SOURCE_ENDINGS) and len(text) > longest:
        return unread(file.path, UnreadReason.MINIFIED, "it is minified")
    if name.endswith(COMPILED_ENDINGS) and "\n//# sourceMappingURL=" in text[-TAIL:]:
        return unread(file.path, UnreadReason.GENERATED, "it was compiled from another source")
    return file


def is_dependency(path: Path) -> bool:
    """
    Whether it is a declaration file of an installed package: never walked, but read when something imports it.
    """
    return DEPENDENCIES in path.parts and path.name.endswith(DECLARATION_ENDINGS)


def path_of(uri: str) -> Path | None:
    """
    The path of a `file:` URI, or None for any other document.
    """
    text = path_text(uri, windows=os.name == "nt")
    return Path(text) if text else None


def uri_of(path: Path) -> str:
    """
    The URI of a path, spelled as VS Code spells it.
    """
    return uri_text(str(path.absolute()), windows=os.name == "nt")


def path_text(uri: str, *, windows: bool) -> str | None:
    """
    The path that a `file:` URI names on Windows or elsewhere, or None. Drive letters are given in lower case.
    """
    try:
        parts = urlsplit(uri, allow_fragments=False)
    except ValueError:
        return None
    if parts.scheme.lower() != "file" or parts.query:
        return None
    path = os.fsdecode(unquote_to_bytes(parts.path))
    host = "" if parts.netloc.lower() == "localhost" else parts.netloc
    if "\0" in path or not path.startswith("/"):
        return None
    if not windows:
        return None if host else path
    if host:
        return f"\\\\{host}{path}".replace("/", "\\")
    if path[2:3] == ":" and path[1].isalpha():
        path = path[1].lower() + path[2:]
    return path.replace("/", "\\")


def uri_text(path: str, *, windows: bool) -> str:
    """
    The `file:` URI of an absolute path on Windows or elsewhere.
    """
    host = ""
    if windows:
        path = path.replace("\\", "/")
        if path.startswith("//"):
            host, slash, rest = path[2:].partition("/")
            path = slash + rest
        else:
            path = f"/{path[:1].lower()}{path[1:]}"
    return f"file://{host}{quote_from_bytes(os.fsencode(path), safe='/')}"
