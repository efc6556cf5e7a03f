"""
The part of a `tsconfig.json` that decides where an import leads, with `extends` followed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from posixpath import dirname, join, normpath
from typing import Any

from lsp_server.index.disk import FileSystem

MAX_EXTENDS = 12
CONFIG_NAMES = ("tsconfig.json", "jsconfig.json")

_JSONC = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=\s*(?:(?://[^\n]*\n|/\*.*?\*/)\s*)*[}\]])', re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompilerOptions:
    """
    What a configuration says of module resolution; paths are absolute.
    """

    config: str = ""
    base_url: str = ""
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths_base: str = ""
    resolution: str = ""
    module: str = ""
    conditions: tuple[str, ...] = ()
    root_dirs: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ("",)
    references: tuple[str, ...] = ()
    lists_files: bool = True

    @property
    def exports_maps(self) -> bool:
        """
        Whether `exports` and `imports` of a package count under this configuration.
        """
        return self.resolution in ("bundler", "node16", "nodenext")


def load(path: str, files: FileSystem, depth: int = 0) -> CompilerOptions | None:
    """
    Read the configuration at `path`, or None when there is none that can be read.
    """
    data = parse_jsonc(files.read(path) or "") if files.is_file(path) else None
    if not isinstance(data, dict):
        return None
    options = CompilerOptions()
    if depth < MAX_EXTENDS:
        for base in _extended(data, path, files):
            options = _over(load(base, files, depth + 1), options)
    return _with_resolution(_own(options, data, path), depth)


def parse_jsonc(text: str) -> Any:
    """
    Read JSON with comments and trailing commas; None when it is not even that.
    """
    try:
        return json.loads(_JSONC.sub(lambda found: found[0] if found[0][0] == '"' else "", text))
    except ValueError:
        return None


def _extended(data: dict[str, Any], path: str, files: FileSystem) -> Iterator[str]:
    extends = data.get("extends")
    for name in [extends] if isinstance(extends, str) else extends if isinstance(extends, list) else []:
        if isinstance(name, str):
            found = next((place for place in _places(name, path) if files.is_file(place)), None)
            if found is not None:
                yield found


def _places(name: str, path: str) -> Iterator[str]:
    folder = dirname(path)
    if name.startswith((".", "/")):
        target = normpath(join(folder, name))
        yield from (target, target + ".json", join(target, "tsconfig.json"))
        return
    while True:
        target = join(folder, "node_modules", name)
        yield from (target, target + ".json", join(target, "tsconfig.json"))
        if folder == dirname(folder):
            return
        folder = dirname(folder)


def _over(base: CompilerOptions | None, under: CompilerOptions) -> CompilerOptions:
    # With several configurations extended, a later one wins in what it says.
    if base is None:
        return under
    return replace(
        base,
        base_url=base.base_url or under.base_url,
        paths=base.paths or under.paths,
        paths_base=base.paths_base if base.paths else under.paths_base,
        resolution=base.resolution or under.resolution,
        module=base.module or under.module,
        conditions=base.conditions or under.conditions,
    )


def _own(options: CompilerOptions, data: dict[str, Any], path: str) -> CompilerOptions:
    folder = dirname(path)
    said = data.get("compilerOptions")
    said = said if isinstance(said, dict) else {}
    base_url = said.get("baseUrl")
    paths = said.get("paths")
    root_dirs = said.get("rootDirs")
    options = replace(
        options,
        config=path,
        references=tuple(_references(data, folder)),
        lists_files=data.get("files") != [] or "include" in data,
        resolution=str(said.get("moduleResolution", options.resolution)).lower(),
        module=str(said.get("module", options.module)).lower(),
        conditions=_strings(said.get("customConditions")) or options.conditions,
        suffixes=_strings(said.get("moduleSuffixes")) or options.suffixes,
    )
    if isinstance(base_url, str):
        options = replace(options, base_url=_absolute(folder, base_url))
    if isinstance(root_dirs, list):
        options = replace(options, root_dirs=tuple(_absolute(folder, name) for name in _strings(root_dirs)))
    if isinstance(paths, dict):
        table = {pattern: _strings(targets) for pattern, targets in paths.items()}
        options = replace(options, paths=table, paths_base=options.base_url or folder)
    elif options.paths and isinstance(base_url, str):
        options = replace(options, paths_base=options.base_url)
    return options


def _with_resolution(options: CompilerOptions, depth: int) -> CompilerOptions:
    if depth or options.resolution not in ("", "undefined"):
        return options
    implied = {
        "node16": "node16",
        "node18": "node16",
        "node20": "node16",
        "nodenext": "nodenext",
        "preserve": "bundler",
    }
    return replace(options, resolution=implied.get(options.module, "node10"))


def _references(data: dict[str, Any], folder: str) -> Iterator[str]:
    for entry in data.get("references") or ():
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            target = _absolute(folder, entry["path"])
            yield target if target.endswith(".json") else join(target, "tsconfig.json")


def _absolute(folder: str, path: str) -> str:
    return normpath(join(folder, path.replace("${configDir}", ".")))


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
