"""
What was worked out from an index, kept until the index changes.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

MAX_KEPT = 20_000

Kept = TypeVar("Kept")


class Memory:
    """
    Answers by what they answer. Any thread may ask and change; what was worked out from what has changed is not kept.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def of(self, key: Hashable, work_out: Callable[[], Kept]) -> Kept:
        """
        What `work_out` gives, asked at most once until something changes; `key` says all that it depends on.
        """
        kept = self._kept
        try:
            found: Kept = kept[key]
        except KeyError:
            found = work_out()
            if len(kept) >= MAX_KEPT:
                kept.clear()
            # Where something has changed since, it goes to what nobody asks any more.
            kept[key] = found
        return found

    def forget(self) -> None:
        """
        Something has changed.
        """
        self._kept = {}
