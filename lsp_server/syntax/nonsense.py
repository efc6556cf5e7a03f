"""
Texts that would cost a parser far more than they are worth.

Reading code takes time in proportion to its length.
A few kinds of nonsense, such as `a<b,` or `(|yield` thousands of times over, take time and memory that grow with the
square of it: seconds and gigabytes for a file that is no longer than many sound ones.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from lsp_server.syntax.walk import errors

if TYPE_CHECKING:
    from tree_sitter import Tree


def is_nonsense(source: bytes, parse: Callable[[bytes], Tree]) -> bool:
    """
    Whether a good part of `source` repeats a few tokens that make no sense together; `parse` reads a short piece.
    """
    if len(source) < _MANY * _WINDOW:
        return False
    windows = (source[start : start + _WINDOW] for start in range(0, len(source) - _WINDOW + 1, _WINDOW))
    repetitive = [window for window in windows if _is_repetitive(window)]
    sample = repetitive[:: max(1, len(repetitive) // _MOST_WINDOWS)]
    return sum(_is_senseless(window[:_LOOKED_AT], parse) for window in sample) >= _MANY


class Patience:
    """
    How long a text may take: ten times what code of its length takes, and a second.
    """

    def __init__(self, length: int) -> None:
        self._seconds = 1 + 2e-6 * length
        self._timer: threading.Timer | None = None
        self._is_lost = False
        self._steps = 0

    def __enter__(self) -> Patience:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def is_lost(self, _offset: int, _has_error: bool, /) -> bool:
        """
        Asked by the parser every hundred operations.
        """
        self._steps += 1
        # What is quickly read, as nearly everything is, needs no watch.
        if self._steps == _STEPS_UNWATCHED:
            self._timer = threading.Timer(self._seconds, self._lose)
            self._timer.daemon = True
            self._timer.start()
        return self._is_lost

    def _lose(self) -> None:
        self._is_lost = True


_STEPS_UNWATCHED = 500

# Bytes that are looked at together, what they compress to when they repeat themselves, and which of them are parsed.
_WINDOW = 2048
_REPETITIVE = 100
_LOOKED_AT = 512

# Where a window is probed before it is compressed, how long a probe is, and how many of them stand earlier in a window
# that repeats itself: compressing is the dearer by far.
_PROBED = range(600, _WINDOW - 100, 180)
_PROBE = 16
_SEEN_BEFORE = 4

# How many windows are looked at, and how many may make no sense.
_MOST_WINDOWS = 16
_MANY = 2

_MOST_ERRORS = 8
_MOST_OPEN_ANGLES = 16


def _is_repetitive(window: bytes) -> bool:
    seen = sum(window.find(window[at : at + _PROBE], 0, at) >= 0 for at in _PROBED)
    return seen >= _SEEN_BEFORE and len(zlib.compress(window, 1)) < _REPETITIVE


def _is_senseless(window: bytes, parse: Callable[[bytes], Tree]) -> bool:
    if window.count(b"<") - window.count(b">") > _MOST_OPEN_ANGLES:
        return True
    return sum(1 for _ in errors(parse(window).root_node)) > _MOST_ERRORS
