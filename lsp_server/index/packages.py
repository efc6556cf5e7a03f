"""
What a `package.json` says of where its imports lead: entry points, `exports` and `imports`, and patterns in them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lsp_server.index.tsconfig import CompilerOptions


@dataclass(frozen=True, slots=True)
class Package:
    """
    A `package.json`, as far as resolution reads it.
    """

    folder: str
    name: str
    data: Mapping[str, Any]


def split_package(specifier: str) -> tuple[str, str]:
    """
    A bare specifier as the package's name and the rest, with its slash.
    """
    parts = specifier.split("/", 2 if specifier.startswith("@") else 1)
    count = 2 if specifier.startswith("@") else 1
    if len(parts) < count or not parts[0]:
        return "", ""
    return "/".join(parts[:count]), "/" + parts[count] if len(parts) > count else ""


def conditions_of(options: CompilerOptions) -> tuple[str, ...]:
    """
    The conditions of `exports` that hold under these options.
    """
    node = ("node",) if options.resolution != "bundler" else ()
    return ("types", "import", "require", *node, *options.conditions)


def mapped(path: str, table: Mapping[str, Any], conditions: tuple[str, ...]) -> tuple[str, ...]:
    """
    What a table of `exports` or `imports` makes of a path.
    """
    pattern = _best_export(path, table)
    if pattern is None:
        return ()
    head, _, tail = pattern.partition("*")
    matched = path[len(head) : len(path) - len(tail)] if "*" in pattern else ""
    if pattern.endswith("/"):
        matched = path[len(pattern) :]
        return tuple(target + matched for target in _targets(table[pattern], conditions))
    return tuple(target.replace("*", matched) for target in _targets(table[pattern], conditions))


def as_map(exports: Any) -> Mapping[str, Any]:
    """
    `exports` as a table of subpaths, whichever way it is written.
    """
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return exports
    return {".": exports}


def best_pattern(specifier: str, table: Mapping[str, Any]) -> str | None:
    """
    The key of `table` that fits best: itself, or the pattern with the longest head.
    """
    if specifier in table:
        return specifier
    best: str | None = None
    for pattern in table:
        head, star, tail = pattern.partition("*")
        fits = star and specifier.startswith(head) and specifier.endswith(tail)
        if fits and len(specifier) >= len(head) + len(tail) and (best is None or len(head) > best.index("*")):
            best = pattern
    return best


def entries_of(data: Mapping[str, Any], endings: int) -> Iterator[str]:
    """
    The entry points that a `package.json` names, the preferred first.
    """
    for key in ("typings", "types", "main") if endings == 0 else ("main", "module"):
        value = data.get(key)
        if isinstance(value, str) and value:
            yield value


def targets_of_package(package: Package, rest: str, conditions: tuple[str, ...]) -> Iterator[str]:
    """
    The files that a package says it consists of at `rest`, source first.
    """
    exports = package.data.get("exports")
    if exports is not None:
        source_first = ("source", "development", *conditions)
        yield from mapped("." + rest, as_map(exports), source_first)
    if not rest:
        for key in ("source", "types", "typings", "module", "main"):
            value = package.data.get(key)
            if isinstance(value, str):
                yield value


def _best_export(path: str, table: Mapping[str, Any]) -> str | None:
    best = best_pattern(path, table)
    if best is not None:
        return best
    folders = [key for key in table if key.endswith("/") and path.startswith(key)]
    return max(folders, key=len, default=None)


def _targets(value: Any, conditions: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _targets(item, conditions)
    elif isinstance(value, dict):
        for condition, item in value.items():
            if condition == "default" or condition in conditions or condition.startswith("types@"):
                yield from _targets(item, conditions)
