"""
Keep single people out of tables: small groups are left out, and with them one that would give them away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST = 5
"""People in a group that may be shown: GitHub's rule for its own metrics was five, too."""

DOMINANCE = 0.7
"""A group of which one person makes more than this share tells of that person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """
    The groups that may be shown, in their order, and how many are left out.
    """

    rows: tuple[Mapping[str, Any], ...]
    hidden: int


def publishable(
    rows: Sequence[Mapping[str, Any]],
    *,
    size: str,
    people: str = "developers",
    most: str | None = None,
    least: int = LEAST,
) -> Published:
    """
    Leave out groups of fewer than `least` people or dominated by one, and with them the next smallest until it is safe.

    The total less what is shown is what is hidden: that has to be two groups at least, of `least` people in all.
    `size` names the column that groups add up by, `most` the one with the share of the busiest person in it.
    """
    hidden = {place for place, row in enumerate(rows) if _tells_of_one(row, people, size, most, least)}
    by_size = sorted(range(len(rows)), key=lambda place: (rows[place][size], place))
    for place in by_size:
        if not hidden or (len(hidden) > 1 and sum(rows[other][people] or 0 for other in hidden) >= least):
            break
        hidden.add(place)
    kept = tuple(row for place, row in enumerate(rows) if place not in hidden)
    return Published(rows=kept, hidden=len(hidden))


def _tells_of_one(row: Mapping[str, Any], people: str, size: str, most: str | None, least: int) -> bool:
    if (row[people] or 0) < least:
        return True
    return most is not None and least > 1 and row[most] > DOMINANCE * row[size]
