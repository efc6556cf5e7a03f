"""
People typing real files, and what they see of completions, against a stand-in model that knows the files.

    python -m tests.benchmarks.bench_typing [FILE …] [--chars 250] [--only accept-300] [--json OUT]

The real server talks to a real socket. Without files those of the bundled project are typed; with some, each is typed
in a workspace of its own. The same rhythm, seed and stretches every time; figures are medians over the files.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.oracle import Oracle, Pace
from tests.support.replay import Person, Replay, Tally, Wire
from tests.support.workplace import make_workplace

BUNDLED = Path(__file__).parents[2] / "lsp_server" / "demo" / "workspace" / "src"
SERVER = (sys.executable, "-m", "lsp_server", "serve")


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    A person, and a model.
    """

    person: Person
    pace: Pace


CASES: Mapping[str, Case] = {
    "ignore-300": Case(person=Person(), pace=Pace(first_token_s=0.3)),
    "ignore-700": Case(person=Person(), pace=Pace(first_token_s=0.7)),
    "accept-300": Case(person=Person(accepts=True), pace=Pace(first_token_s=0.3)),
    "accept-700": Case(person=Person(accepts=True), pace=Pace(first_token_s=0.7)),
    "accept-300-wrong": Case(person=Person(accepts=True), pace=Pace(first_token_s=0.3, errors=0.1)),
}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """
    One replay in figures that do not depend on its length.
    """

    requests_per_100_keys: float
    cut_share: float
    visible_share: float
    saved_share: float
    key_to_ghost_ms: float
    answer_ms: float
    flicker_per_100_keys: float
    cpu_ms_per_key: float


def figures_of(tally: Tally) -> Figures:
    """
    The figures of one replay.
    """
    keys = max(1, tally.keys)
    return Figures(
        requests_per_100_keys=100 * tally.model_requests / keys,
        cut_share=tally.model_requests_cut / max(1, tally.model_requests),
        visible_share=tally.visible / keys,
        saved_share=1 - tally.keys / tally.chars,
        key_to_ghost_ms=1000 * statistics.median(tally.key_to_ghost or [float("nan")]),
        answer_ms=1000 * statistics.median(tally.answers or [float("nan")]),
        flicker_per_100_keys=100 * tally.flicker / keys,
        cpu_ms_per_key=1000 * tally.cpu_s / keys,
    )


async def replay(file: Path, case: Case, chars: int, seed: int) -> Tally:
    """
    Type a stretch of one file.
    """
    truth = file.read_text("utf-8").replace("\r\n", "\n")
    start, end = stretch_of(truth, chars)
    with tempfile.TemporaryDirectory() as folder, Oracle([truth], case.pace, seed=seed) as oracle:
        place = make_workplace(Path(folder), ANTHROPIC_API_KEY="sk-ant-bench", ANTHROPIC_BASE_URL=oracle.url)
        for other in file.parent.glob("*.ts*"):
            if other != file:
                place.write(f"src/{other.name}", other.read_text("utf-8", errors="replace"))
        wire = Wire()
        await wire.start(SERVER, place.environ, place.workspace)
        uri = (place.workspace / "src" / file.name).as_uri()
        try:
            tally = await Replay(wire, uri, truth, start, end, case.person, seed=seed).run()
        finally:
            await wire.stop()
        tally.model_requests = len(oracle.exchanges)
        tally.model_requests_cut = sum(not exchange.finished.is_set() for exchange in oracle.exchanges)
        return tally


def stretch_of(truth: str, chars: int) -> tuple[int, int]:
    """
    A stretch of whole lines from the first third of a file on.
    """
    start = truth.rfind("\n", 0, len(truth) // 3) + 1
    end = truth.rfind("\n", start, start + chars)
    return start, end if end > start else len(truth)


async def run_case(case: Case, files: Sequence[Path], chars: int, seed: int, at_once: int) -> list[Tally]:
    """
    All files under one case, a few at a time.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(number: int, file: Path) -> Tally:
        async with gate:
            return await replay(file, case, chars, seed + number)

    return await asyncio.gather(*(one(number, file) for number, file in enumerate(files)))


def main() -> None:
    """
    Run and print a table; JSON when asked for.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--chars", type=int, default=250, help="length of the stretch typed of each file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=3, help="files typed at the same time")
    parser.add_argument("--only", action="append", choices=CASES)
    parser.add_argument("--json", type=Path, help="write every figure there")
    options = parser.parse_args()
    files = options.files or sorted(BUNDLED.glob("*.ts"))
    results: dict[str, list[dict[str, float]]] = {}
    for name, case in CASES.items():
        if options.only and name not in options.only:
            continue
        tallies = asyncio.run(run_case(case, files, options.chars, options.seed, options.at_once))
        results[name] = [vars(figures_of(tally)) for tally in tallies]
        print_row(name, results[name])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


def print_row(name: str, rows: Sequence[Mapping[str, float]]) -> None:
    """
    The medians of one case.
    """
    medians = {field: statistics.median(row[field] for row in rows) for field in rows[0]}
    print(f"{name:18}", "  ".join(f"{field} {value:.3g}" for field, value in medians.items()), flush=True)


if __name__ == "__main__":
    main()
