"""
What the index costs: cold against bare parsing in the same run, a second start, one changed file, memory, and answers.

    python -m tests.benchmarks.bench_index [FOLDER] [--files 7300] [--tiny]

Without a folder, copies of the packages that the evaluation of the context uses make up the workspace (needs npm).
Everything but waiting is in CPU time, so that a busy machine does not change it much.
"""

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import psutil
from tree_sitter import Parser, Query, QueryCursor

from lsp_server.context.gather import gather_now
from lsp_server.context.report import Asked, language_of
from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.settings import Settings
from lsp_server.syntax import reading
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from tests.evaluation.context.run import packages

BUDGET = 2000
PLACES = 40
TAGS = """
(function_declaration name: (identifier) @name) @definition
(class_declaration name: (type_identifier) @name) @definition
(interface_declaration name: (type_identifier) @name) @definition
(type_alias_declaration name: (type_identifier) @name) @definition
(enum_declaration name: (identifier) @name) @definition
(method_definition name: (property_identifier) @name) @definition
(method_signature name: (property_identifier) @name) @definition
(public_field_definition name: (property_identifier) @name) @definition
(property_signature name: (property_identifier) @name) @definition
(variable_declarator name: (identifier) @name) @definition
(call_expression function: (identifier) @reference)
(new_expression constructor: (identifier) @reference)
(type_annotation (type_identifier) @reference)
"""


def main(arguments: Sequence[str]) -> int:
    """
    Print the figures as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--files", type=int, default=7300)
    parser.add_argument("--tiny", action="store_true", help="as many files of two lines, in folders of a hundred")
    options = parser.parse_args(arguments)
    make = tiny if options.tiny else workspace
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or make(Path(made) / "workspace", options.files)
        print(json.dumps(figures(folder.resolve(), Path(made) / "index.sqlite", options.files), indent=2))
    return 0


def workspace(folder: Path, count: int) -> Path:
    """
    A folder with at least `count` source files.
    """
    found = 0
    for number, package in enumerate(cycle(list(packages()))):
        target = folder / f"copy{number}" / package.name
        shutil.copytree(package, target)
        found += sum(1 for _ in target.rglob("*.ts"))
        if found >= count:
            break
    return folder


def tiny(folder: Path, count: int) -> Path:
    """
    A folder of `count` files that import each other.
    """
    for number in range(count):
        place = folder / f"part{number // 100}" / f"file{number}.ts"
        place.parent.mkdir(parents=True, exist_ok=True)
        text = (
            f'import {{ name{number - 1} }} from "./file{number - 1}";\nexport const name{number} = name{number - 1};\n'
        )
        place.write_text(text)
    return folder


def figures(folder: Path, store: Path, count: int) -> dict[str, float]:
    """
    Everything measured, in the order in which it happens to a workspace.
    """
    files = WorkspaceFiles([folder], Settings())
    paths = list(islice(files.walk(), count))
    memory = psutil.Process().memory_info().rss
    bare = cpu(lambda: parse_bare(paths))
    places = [asked(folder, path) for path in paths[:: max(1, len(paths) // PLACES)]]
    first_answer = seconds(lambda: answer(made(folder, files, None), places[0]))
    index = made(folder, files, store)
    cold = cpu(lambda: index.build(paths))
    resident = psutil.Process().memory_info().rss - memory
    bare = (bare + cpu(lambda: parse_bare(paths))) / 2
    idle = percentile([seconds(lambda place=place: answer(index, place)) for place in [*places, *places]])  # type: ignore[misc]
    changed = [cpu(lambda path=path: index.files_changed([path.as_posix()])) for path in paths[::200]]  # type: ignore[misc]
    index.close()
    again = made(folder, files, store)
    begun = time.perf_counter()
    warm_cpu = cpu(lambda: again.build(islice(files.walk(), count)))
    warm = time.perf_counter() - begun
    again.close()
    return {
        "files": len(paths),
        "bare_cpu_s": round(bare, 2),
        "cold_cpu_s": round(cold, 2),
        "cold_over_bare": round(cold / bare, 2),
        "first_answer_ms": round(1000 * first_answer, 1),
        "idle_p95_ms": round(1000 * idle, 1),
        "building_p95_ms": round(1000 * percentile(list(while_building(folder, files, paths, places))), 1),
        "one_change_cpu_ms": round(1000 * percentile(changed), 1),
        "warm_wall_s": round(warm, 2),
        "warm_cpu_s": round(warm_cpu, 2),
        "resident_mb": round(resident / 1e6),
        "store_mb": round(store.stat().st_size / 1e6),
    }


def made(folder: Path, files: WorkspaceFiles, store: Path | None) -> WorkspaceIndex:
    """
    An index that has not looked at anything yet.
    """
    return WorkspaceIndex(
        [folder.as_posix()],
        read=lambda path: files.read(Path(path)).text,
        read_walked=lambda path: files.read_walked(Path(path)).text,
        is_excluded=lambda path: files.is_excluded(Path(path)) is not None,
        store=store,
    )


def while_building(
    folder: Path, files: WorkspaceFiles, paths: Sequence[Path], places: Sequence[Asked]
) -> Iterator[float]:
    """
    How long answers take while a cold build goes on, as often as an editor asks.
    """
    index = made(folder, files, None)
    stopped = threading.Event()
    builder = threading.Thread(target=lambda: index.build(paths, cancelled=stopped.is_set))
    builder.start()
    for place in [*places, *places]:
        yield seconds(lambda place=place: answer(index, place))  # type: ignore[misc]
        stopped.wait(0.05)
    stopped.set()
    builder.join()


def asked(folder: Path, path: Path) -> Asked:
    """
    A cursor at the end of a line in the middle of a file.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    document = Document.create(path.as_uri(), language_of(path.as_posix()), 1, text)
    offset = document.line_end(document.line_count // 2)
    return Asked(document=document, tree=parse(document), offset=offset, path=path.relative_to(folder).as_posix())


def answer(index: WorkspaceIndex, place: Asked) -> None:
    """
    Gather the context of a place.
    """
    gather_now(place, BUDGET, index)


def parse_bare(paths: Sequence[Path]) -> int:
    """
    The least that any index does: parse, and run one query for tags; how many tags there are.
    """
    parsers = {name: Parser(reading.language_of(reading.Grammar(name))) for name in ("typescript", "tsx")}
    queries = {name: Query(reading.language_of(reading.Grammar(name)), TAGS) for name in parsers}
    found = 0
    for path in paths:
        dialect = "typescript" if path.suffix in (".ts", ".mts", ".cts") else "tsx"
        root = parsers[dialect].parse(path.read_bytes()).root_node
        found += sum(map(len, QueryCursor(queries[dialect]).captures(root).values()))
    return found


def cpu(work: Callable[[], object]) -> float:
    """
    The seconds of processor time that work takes.
    """
    begun = time.process_time()
    work()
    return time.process_time() - begun


def seconds(work: Callable[[], object]) -> float:
    """
    The seconds that work takes.
    """
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """
    The value below which `share` of all values lie.
    """
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
