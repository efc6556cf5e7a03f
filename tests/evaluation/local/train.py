"""
Train the ranker: `python -m tests.evaluation.local.train --corpus FOLDER [--development]`.

With `--development` the packages for development only check; without it they are learnt from as well.
"""

import argparse
import os
import sys
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from lsp_server.providers.local import ranker as shipped
from tests.evaluation.local.corpora import DEFAULT_FOLDER, DEVELOPED, TRAINED, Source, read_files
from tests.evaluation.local.network import Course, join_courses, make_course, quality, save, train, unite
from tests.evaluation.local.teaching import lessons

WEIGHTS = Path(shipped.__file__).with_name(shipped.WEIGHTS)


def main() -> None:
    """
    Gather lessons, train, and save.
    """
    options = _options()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # The processes share the work; threads in each would be in their way.
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        course = _course(pool, TRAINED if options.development else (*TRAINED, *DEVELOPED), options)
        check = _course(pool, DEVELOPED, options) if options.development else None
        ranker = unite([*pool.map(partial(_network, course, options.epochs, check), range(options.networks))])
    if check is not None:
        print("on what it has not seen:", quality(ranker, check))
    print("on what it learnt from:", quality(ranker, course))
    save(ranker, options.output)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--positions", type=int, default=2000, help="positions in each source")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--networks", type=int, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    return parser.parse_args()


def _course(pool: Executor, sources: Sequence[Source], options: argparse.Namespace) -> Course:
    gathered = pool.map(partial(_lessons, options.corpus, options.positions), sources)
    return join_courses([*_told(sources, gathered)])


def _told(sources: Iterable[Source], courses: Iterable[Course]) -> Iterable[Course]:
    for source, course in zip(sources, courses, strict=True):
        print(f"{source.name}: {len(course.right)} lessons", file=sys.stderr, flush=True)
        yield course


def _lessons(corpus: Path, positions: int, source: Source) -> Course:
    files = read_files(source, corpus)
    return make_course([*lessons(files, positions, seed=zlib.crc32(source.name.encode()))])


def _network(course: Course, epochs: int, check: Course | None, seed: int) -> shipped.Ranker:
    return train(course, epochs=epochs, seed=seed, check=check)


if __name__ == "__main__":
    main()
