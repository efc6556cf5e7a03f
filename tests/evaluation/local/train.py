"""
Train the ranker: `python -m tests.evaluation.local.train --corpus FOLDER [--development]`.

With `--development` the packages for development only check; without it they are learnt from as well.
"""

import argparse
import sys
import zlib
from pathlib import Path

from lsp_server.providers.local import ranker as shipped
from tests.evaluation.local.corpora import DEFAULT_FOLDER, DEVELOPED, TRAINED, Source, read_files
from tests.evaluation.local.network import Course, make_course, quality, save, train, unite
from tests.evaluation.local.teaching import Lesson, lessons

WEIGHTS = Path(shipped.__file__).with_name(shipped.WEIGHTS)


def main() -> None:
    """
    Gather lessons, train, and save.
    """
    options = _options()
    sources = TRAINED if options.development else (*TRAINED, *DEVELOPED)
    course = _course(sources, options)
    check = _course(DEVELOPED, options) if options.development else None
    ranker = unite([train(course, epochs=options.epochs, seed=seed, check=check) for seed in range(options.networks)])
    if check is not None:
        print("on what it has not seen:", quality(ranker, check))
    print("on what it learnt from:", quality(ranker, course))
    save(ranker, options.output)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--positions", type=int, default=800, help="positions in each source")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--networks", type=int, default=3)
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    return parser.parse_args()


def _course(sources: tuple[Source, ...], options: argparse.Namespace) -> Course:
    gathered: list[Lesson] = []
    for source in sources:
        files = read_files(source, options.corpus)
        gathered += lessons(files, options.positions, seed=zlib.crc32(source.name.encode()))
        print(f"{source.name}: {len(gathered)} lessons so far", file=sys.stderr)
    return make_course(gathered)


if __name__ == "__main__":
    main()
