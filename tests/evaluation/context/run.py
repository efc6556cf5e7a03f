"""
Measure the context on masked tasks: `python -m tests.evaluation.context [FOLDER…]`, or `make eval-context`.

Without folders it takes the pinned packages of `package.json`, which ship their TypeScript sources.
Each folder is a repository; tasks are made by the TypeScript compiler and kept beside it.
"""

import argparse
import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsp_server.context.report import Asked, language_of
from lsp_server.files import WorkspaceFiles
from lsp_server.index.disk import Disk
from lsp_server.index.resolution import Resolver
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.settings import Settings
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from lsp_server.text.positions import Position, PositionEncoding
from tests.evaluation.context.baselines import METHODS, Method, ours
from tests.evaluation.context.measures import Outcome, Row, Task, outcome, summary, table

HERE = Path(__file__).parent
CORPUS = HERE.parents[2] / ".corpus" / "context"
PACKAGES = ("rxjs", "effect", "zod", "@reduxjs/toolkit", "@tanstack/query-core", "@trpc/server")


def main(arguments: Sequence[str]) -> int:
    """
    Print the table and the agreement with the compiler on where imports lead.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--tasks", type=int, default=60, help="tasks a repository")
    parser.add_argument("--budgets", type=int, nargs="+", default=[1000, 2000, 4000])
    parser.add_argument("--only-ours", action="store_true", help="leave the baselines out")
    options = parser.parse_args(arguments)
    methods = (ours,) if options.only_ours else METHODS
    outcomes: dict[tuple[str, int], list[Outcome]] = {}
    for folder in options.folders or packages():
        for key, found in measure(folder, methods, options.budgets, options.tasks):
            outcomes.setdefault(key, []).append(found)
    rows = [(name, budget, summary(found)) for (name, budget), found in sorted(outcomes.items(), key=lambda i: i[0][1])]
    print(table(rows))
    print(table(by_kind(outcomes.get(("ours", 2000), []))))
    return 0


def by_kind(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, int, Row]]:
    """
    Our rows at 2,000 tokens, by the kind of place that was hidden.
    """
    for kind in sorted({item.kind for item in outcomes}):
        yield kind, 2000, summary([item for item in outcomes if item.kind == kind])


def packages() -> Iterator[Path]:
    """
    The sources of the pinned packages, copied to where nothing else lies.
    """
    if not (HERE / "node_modules" / "typescript").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    for name in PACKAGES:
        target = CORPUS / name.replace("/", "-").lstrip("@")
        if not target.exists():
            ignored = shutil.ignore_patterns(
                "dist", "build", "node_modules", "*.js", "*.d.ts", "*.map", "*.cjs", "*.mjs"
            )
            shutil.copytree(HERE / "node_modules" / name, target, ignore=ignored)
        yield target


def measure(
    folder: Path, methods: Sequence[Method], budgets: Sequence[int], count: int
) -> Iterator[tuple[tuple[str, int], Outcome]]:
    """
    Every method at every budget on every task of one repository.
    """
    index = indexed(folder)
    agreed, total = agreement(folder)
    print(f"{folder.name}: {len(index)} files; imports agree with the compiler: {agreed} of {total}", flush=True)
    for task in tasks(folder, count):
        asked = question(folder, task)
        for method in methods:
            for budget in budgets:
                begun = time.thread_time()
                context = method(task, asked, index, budget)
                yield (method.__name__, budget), outcome(task, context, 1000 * (time.thread_time() - begun))


def indexed(folder: Path) -> WorkspaceIndex:
    """
    The complete index of a repository, in memory.
    """
    files = WorkspaceFiles([folder], Settings())
    index = WorkspaceIndex(
        [folder.resolve().as_posix()],
        read=lambda path: files.read(Path(path)).text,
        is_excluded=lambda path: files.is_excluded(Path(path)) is not None,
    )
    index.build(path for path in files.walk() if "node_modules" not in path.parts)
    return index


def tasks(folder: Path, count: int) -> list[Task]:
    """
    Masked tasks, made once and kept.
    """
    kept = CORPUS / f"{folder.name}.{count}.tasks.jsonl"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(node("tasks.cjs", folder, "--count", str(count), "--link"))
    return [Task.from_json(json.loads(line)) for line in kept.read_text().splitlines()]


def question(folder: Path, task: Task) -> Asked:
    """
    The cursor of a task, in its masked text.
    """
    path = (folder.resolve() / task.file).as_posix()
    document = Document.create("file://" + path, language_of(path), 1, task.text)
    offset = document.offset_at(Position(task.line, task.character), PositionEncoding.UTF16)
    return Asked(document=document, tree=parse(document), offset=offset, path=task.file)


def agreement(folder: Path) -> tuple[int, int]:
    """
    For how many of the imports that the compiler resolves inside the repository we find the same file.
    """
    disk = Disk()
    resolver = Resolver(disk)
    root = folder.resolve()
    resolver.add_packages(sorted(path.parent.as_posix() for path in root.rglob("package.json")))
    rows = [json.loads(line) for line in node("resolve.cjs", folder, "--link").splitlines()]
    same = sum(resolver.resolve(row["specifier"], row["file"]) == disk.real(row["target"]) for row in rows)
    return same, len(rows)


def node(script: str, folder: Path, *arguments: str) -> str:
    """
    What one of the scripts beside this file prints.
    """
    command = ["node", "--max-old-space-size=6000", str(HERE / script), str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
