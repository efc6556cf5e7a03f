"""
The measures of the evaluation, on tasks that are easy to judge.
"""

import pytest

from tests.evaluation.context.measures import Need, Task, outcome, summary


def task(*needs: Need) -> Task:
    """
    A task that needs `needs`.
    """
    return Task("a.ts", 0, 0, "statement", "", "", needs)


@pytest.mark.parametrize(
    ("context", "names", "definitions"),
    [
        ("", 0, 0),
        ("calls loadUser()", 1, 0),
        ("function loadUser(id:\n  string): User", 1, 1),
        ("function reloadUser(id: string): User", 0, 0),
        ("type A\nloadUser(id: string): User", 1, 1),
    ],
)
def test_a_use_is_no_definition(context: str, names: int, definitions: int) -> None:
    """
    A name counts when it stands as a word, a definition when what follows the name stands with it.
    """
    found = outcome(task(Need("loadUser", "b.ts", "loadUser(id:string):User", novel=True)), context, 0)

    assert (found.names, found.definitions) == (names, definitions)


def test_names_that_are_visible_are_counted_apart() -> None:
    """
    Only what is new to the file counts as novel.
    """
    found = outcome(
        task(Need("a", "b.ts", "a:string", novel=False), Need("b", "b.ts", "b", novel=True)), "a: string", 0
    )

    assert (found.novel, found.names, found.known, found.known_definitions) == (1, 0, 1, 1)


def test_every_name_weighs_the_same() -> None:
    """
    The share is over names, not over tasks.
    """
    needs = [Need(f"n{number}", "b.ts", f"n{number}", novel=True) for number in range(3)]
    row = summary([outcome(task(*needs), "n0 n1 n2", 10), outcome(task(Need("x", "b.ts", "x", novel=True)), "", 30)])

    assert row.names == 0.75
    assert (row.p50_ms, row.p95_ms) == (30, 30)


def test_nothing_measured_is_no_error() -> None:
    """
    An empty run has a row of noughts.
    """
    assert summary([]).names == 0
