"""
Nobody can be singled out in a table, not by looking and not by subtraction.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from telemetry.suppression import DOMINANCE, LEAST, publishable

groups = st.lists(
    st.fixed_dictionaries({"developers": st.integers(1, 12), "count": st.integers(1, 100)}).map(
        lambda row: {**row, "most": max(1, row["count"] // row["developers"])}
    ),
    max_size=8,
)


@given(groups)
def test_what_is_shown_tells_of_no_one(rows: list[dict[str, Any]]) -> None:
    """
    Each group shown has enough people, none of whom makes most of it.
    """
    kept = publishable(rows, size="count", most="most")
    for row in kept.rows:
        assert row["developers"] >= LEAST
        assert row["most"] <= DOMINANCE * row["count"]


@given(groups)
def test_what_is_hidden_cannot_be_worked_out(rows: list[dict[str, Any]]) -> None:
    """
    The total less what is shown is nothing, or two groups and enough people at least, or there is nothing left to show.
    """
    kept = publishable(rows, size="count", most="most")
    hidden = [row for row in rows if not any(row is shown for shown in kept.rows)]
    assert kept.hidden == len(hidden)
    enough = len(hidden) > 1 and sum(row["developers"] for row in hidden) >= LEAST
    assert not hidden or enough or not kept.rows


def test_the_smallest_goes_along() -> None:
    """
    A single small group takes the next smallest with it.
    """
    rows = [
        {"name": "large", "developers": 40, "count": 900},
        {"name": "medium", "developers": 20, "count": 300},
        {"name": "small", "developers": 3, "count": 20},
    ]
    kept = publishable(rows, size="count")
    assert [row["name"] for row in kept.rows] == ["large"]
    assert kept.hidden == 2


def test_ones_own_groups_are_all_shown() -> None:
    """
    In one's own view nobody is protected from themselves.
    """
    rows = [{"developers": 1, "count": 20, "most": 20}, {"developers": 1, "count": 1, "most": 1}]
    assert publishable(rows, size="count", most="most", least=1).hidden == 0
