"""
Where two texts begin to differ, and where they are the same again.
"""

from collections.abc import Sequence


def common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    """
    How many leading characters, or lines, are the same; compares whole runs, so that long texts are cheap.
    """
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """
    How many leading and how many trailing characters, or lines, are the same; none counts twice.
    """
    head = common_prefix(one, other)
    return head, common_prefix(one[head:][::-1], other[head:][::-1])
