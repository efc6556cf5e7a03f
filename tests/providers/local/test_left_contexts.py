"""
Finding places by their left context, against looking at every place.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.providers.local.left_contexts import DEPTH, LeftContexts, sort_by_left_context

ROWS = st.lists(st.integers(1, 4), max_size=80).map(lambda row: [0] * DEPTH + row)


def left(row: list[int], place: int) -> list[int]:
    return [row[at] if at >= 0 else 0 for at in range(place - 1, place - 1 - DEPTH, -1)]


@given(ROWS)
def test_the_order_is_that_of_the_left_contexts(row: list[int]) -> None:
    """
    Sorting by doubling gives the order that sorting whole contexts gives.
    """
    order = sort_by_left_context(np.array(row, dtype=np.int32))
    assert order.tolist() == sorted(range(len(row)), key=lambda place: left(row, place))


@given(ROWS, st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_each_range_holds_exactly_the_agreeing_places(row: list[int], context: list[int]) -> None:
    """
    The d-th range has every place after the last d words of the context, and no other.
    """
    words = np.array(row, dtype=np.int32)
    contexts = LeftContexts(words, sort_by_left_context(words))
    ranges = contexts.narrow(context, 0)
    for depth in range(1, len(context) + 1):
        expected = {place for place in range(len(row)) if left(row, place)[:depth] == context[:depth]}
        low, high = ranges[depth] if depth < len(ranges) else (0, 0)
        assert set(contexts.order[low:high].tolist()) == expected
