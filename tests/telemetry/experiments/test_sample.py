"""
Tables become samples, or one sentence.
"""

import pytest

from telemetry.experiments.errors import UnusableData
from telemetry.experiments.sample import sample_of

TABLE: dict[str, list[object]] = {
    "hours": ["1", "2.5", "", "4", "5"],
    "arm": ["treatment", "control", "control", "treatment", "control"],
    "team": ["a", "b", "b", "a", "c"],
}


def test_rows_that_miss_a_value_are_left_out_and_counted() -> None:
    """
    An empty cell costs its row and nothing else.
    """
    sample = sample_of(TABLE, outcome="hours", treatment="arm", clusters=["team"])
    assert (sample.n, sample.dropped, sample.cluster_count) == (4, 1, 3)
    assert sample.outcome.tolist() == [1, 2.5, 4, 5]
    assert sample.treated.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("arms", "control"),
    [
        (["1", "0"], "0"),
        ([True, False], "0"),
        ([1.0, 0.0], "0"),
        (["holdout", "early"], "holdout"),
        (["B", "A"], "A"),
        (["9", "10"], "9"),
        (["x", "y"], "x"),
    ],
)
def test_the_control_is_known_by_its_label(arms: list[object], control: str) -> None:
    """
    Numbers, truth values and the usual names; else the first in order.
    """
    assert sample_of({"y": [1, 2], "t": arms}, outcome="y", treatment="t").control == control


def test_the_control_can_be_named() -> None:
    """
    The user knows best.
    """
    assert sample_of({"y": [1, 2], "t": ["x", "y"]}, outcome="y", treatment="t", control="y").treatment == "x"


@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        (TABLE, {"outcome": "days"}, "There is no column 'days'; the columns are hours, arm, team"),
        ({**TABLE, "hours": ["1", "two", "", "4", "5"]}, {}, "Column 'hours' holds 'two' in row 2"),
        ({**TABLE, "arm": ["t"] * 5}, {}, "one arm only, 't'"),
        ({**TABLE, "arm": list("abcde")}, {}, "has 4 arms|has 5 arms"),
        ({**TABLE, "hours": ["NaN"] * 5}, {}, "No row has a value"),
        (TABLE, {"control": "placebo"}, "has no arm 'placebo'"),
    ],
)
def test_a_table_that_can_t_answer(table: dict[str, list[object]], options: dict[str, str], sentence: str) -> None:
    """
    One sentence names the column, and the row where there is one.
    """
    with pytest.raises(UnusableData, match=sentence):
        sample_of(table, **{"outcome": "hours", "treatment": "arm", **options})


def test_several_cluster_columns_are_taken_together() -> None:
    """
    The same team in two offices is two clusters.
    """
    table: dict[str, list[object]] = {"y": [1, 2, 3], "t": [0, 1, 1], "team": list("aab"), "office": list("xyx")}
    sample = sample_of(table, outcome="y", treatment="t", clusters=["team", "office"])
    assert sample.cluster_count == 3
