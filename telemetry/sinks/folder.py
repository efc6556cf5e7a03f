"""
A folder of Parquet files, on this machine or on a share.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telemetry.sinks.destination import ExportFailed
from telemetry.sinks.parts import event_parts, sum_parts


class Folder:
    """
    The destination that is a folder; a part is there whole or not at all.
    """

    def __init__(self, root: Path, *, sums_only: bool = False) -> None:
        self._root = root
        self._parts = sum_parts if sums_only else event_parts

    @property
    def name(self) -> str:
        """
        The folder, as an absolute path.
        """
        return self._root.absolute().as_uri()

    def deliver(self, events: Sequence[Mapping[str, Any]], *, batch: str) -> None:
        """
        Write the parts of a batch.
        """
        try:
            for path, content in self._parts(events, batch):
                file = self._root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                draft = file.with_name(f".{file.name}.{os.getpid()}")
                draft.write_bytes(content)
                draft.replace(file)
        except OSError as error:
            raise ExportFailed(f"{self._root} can't be written: {error.strerror or error}.") from error
