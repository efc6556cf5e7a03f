"""
A process that exports a store to a folder: `python -m tests.support.exporter STORE FOLDER BATCH_SIZE`.

It prints a line after each batch.
"""

import sys
from pathlib import Path

from telemetry.sinks.destination import destination_of
from telemetry.sinks.export import export


def main(store: str, folder: str, batch_size: str) -> None:
    """
    Export and say so.
    """
    export(
        Path(store),
        destination_of(folder),
        progress_file=Path(store).with_name("exports.json"),
        on_batch=lambda exported: print(exported, flush=True),
        batch_size=int(batch_size),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
