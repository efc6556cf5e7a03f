"""
Wait until something is so; tests of an editor wait for what they expect and never for a time.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 30.0
"""Long enough for a busy machine; a test that passes never waits so long."""

LOOK_EVERY_S = 0.05


def until(what: str, look: Callable[[], T], *, seconds: float = PATIENCE_S) -> T:
    """
    What `look` gives once that is true.
    """
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"waited {seconds:g} s in vain: {what}"
        time.sleep(LOOK_EVERY_S)
    return found
