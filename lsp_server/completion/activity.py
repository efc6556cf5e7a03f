"""
Count what is written by hand, in no document in particular.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.completion.offer import is_typed
from lsp_server.completion.tracking import Change

TYPED_AT_ONCE = 8
"""
More characters in one change were pasted or generated.

Editors that collect changes for up to half a second send a few keys as one.
"""

PAUSE_S = 60.0
"""Changes further apart than this belong to separate stretches of activity."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """
    What was written in a stretch of time.
    """

    active_ms: int = 0
    typed_chars: int = 0
    deleted_chars: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityCount:
    """
    The activity so far, and when it was last added to.
    """

    activity: Activity = Activity()
    changed_at: float | None = None

    def after(self, changes: Sequence[Change], now: float) -> "ActivityCount":
        """
        The count after changes that were made by hand.
        """
        pause = PAUSE_S if self.changed_at is None else now - self.changed_at
        return ActivityCount(
            changed_at=now,
            activity=Activity(
                active_ms=self.activity.active_ms + (round(1000 * pause) if 0 <= pause < PAUSE_S else 0),
                typed_chars=self.activity.typed_chars + sum(_typed(change.text) for change in changes),
                deleted_chars=self.activity.deleted_chars + sum(len(change.removed) for change in changes),
            ),
        )


def _typed(text: str) -> int:
    return len(text) if len(text) <= TYPED_AT_ONCE or is_typed(text) else 0
