"""
What is written by hand is counted; what is pasted, generated or accepted is not.
"""

import pytest

from lsp_server.completion.activity import Activity, ActivityCount
from lsp_server.completion.tracking import Change
from tests.support.typist import Typist


@pytest.mark.parametrize(
    ("change", "typed", "deleted"),
    [
        (Change(0, "", "a"), 1, 0),
        (Change(0, "", "\n        "), 9, 0),
        (Change(0, "", "twokeys"), 7, 0),
        (Change(0, "", "pasted from elsewhere"), 0, 0),
        (Change(0, "abc", ""), 0, 3),
        (Change(0, "a whole selection", "x"), 1, 17),
    ],
)
def test_what_counts(change: Change, typed: int, deleted: int) -> None:
    """
    A few characters at once are keys that the editor sent together; more are not.
    """
    activity = ActivityCount().after([change], 5.0).activity
    assert (activity.typed_chars, activity.deleted_chars) == (typed, deleted)


def test_time_counts_while_somebody_writes() -> None:
    """
    Pauses of a minute and more are no activity, nor is a clock that goes backwards.
    """
    count = ActivityCount()
    for now in (0.0, 1.0, 2.5, 61.0, 121.0, 120.0, 125.0):
        count = count.after([], now)
    assert count.activity.active_ms == 1_000 + 1_500 + 58_500 + 5_000


def test_accepted_text_is_not_typed() -> None:
    """
    Of a completion that is partly typed and then accepted, only the typed part counts.
    """
    typist = Typist("console.█\n").type("l").offer("og(value);").type("og").wait(1).accept().wait(1).type("\n")
    assert typist.lifecycle.take_activity() == Activity(active_ms=2_000, typed_chars=4, deleted_chars=0)
    assert typist.lifecycle.take_activity() == Activity()
