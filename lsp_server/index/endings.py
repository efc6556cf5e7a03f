"""
What the ending of a path stands for: `./a.js` may mean `a.ts`, and `dist/a.js` may be built from `src/a`.
"""

from collections.abc import Iterator, Mapping
from posixpath import basename, splitext

TYPED = (".ts", ".tsx", ".d.ts")
PLAIN = (".js", ".jsx")
_REPLACED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ".js": (TYPED, PLAIN),
    ".jsx": ((".tsx", ".ts", ".d.ts"), (".jsx", ".js")),
    ".mjs": ((".mts", ".d.mts"), (".mjs",)),
    ".cjs": ((".cts", ".d.cts"), (".cjs",)),
    ".ts": (TYPED, ()),
    ".tsx": ((".tsx", ".ts", ".d.ts"), ()),
    ".mts": ((".mts", ".d.mts"), ()),
    ".cts": ((".cts", ".d.cts"), ()),
    ".json": ((".d.json.ts",), (".json",)),
}
_BUILT = ("dist", "lib", "build", "out", "esm", "cjs", "es", "umd", "types", "typings")
ENDINGS = (".d.mts", ".d.cts", ".d.ts", ".mjs", ".cjs", ".jsx", ".js", ".mts", ".cts", ".tsx", ".ts")


def candidates(candidate: str, endings: int, *, adding: bool) -> Iterator[str]:
    """
    The files that a path in an import may mean: with TypeScript endings (`endings` 0) or with JavaScript ones (1).
    """
    stem, ending = split_ending(candidate)
    if ending:
        replaced = _REPLACED.get(ending.removeprefix(".d") if ending.startswith(".d.") else ending)
        if replaced is not None:
            if ending.startswith(".d.") and endings == 0:
                yield candidate
            for other in replaced[endings]:
                yield stem + other
    elif "." in basename(candidate) and endings == 0:
        plain, other = splitext(candidate)
        yield f"{plain}.d{other}.ts"
    if adding:
        for other in (TYPED, PLAIN)[endings]:
            yield candidate + other


def split_ending(path: str) -> tuple[str, str]:
    """
    A path as its stem and its ending, which is empty when it is none of ours.
    """
    for ending in (*ENDINGS, ".json"):
        if path.endswith(ending):
            return path[: -len(ending)], ending
    return path, ""


def sources_of(target: str) -> Iterator[str]:
    """
    Where the source of a built file may lie, without an ending.
    """
    stem = split_ending(target)[0]
    yield stem
    parts = stem.split("/")
    for number in range(len(parts) - 1, 0, -1):
        if parts[number] in _BUILT:
            tail = parts[number + 1 :]
            while tail and tail[0] in _BUILT:
                tail = tail[1:]
            yield "/".join([*parts[:number], "src", *tail])
            yield "/".join([*parts[:number], *tail])
            return
