"""
Where texts differ: what is left between the common ends is all that differs, and no less.
"""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.text.difference import common_ends, common_prefix

texts = st.text(alphabet="ab\n", max_size=40)


@given(texts, texts)
def test_the_prefix_is_the_longest(one: str, other: str) -> None:
    """
    Both begin with it, and a character more would be too long.
    """
    length = common_prefix(one, other)

    assert one[:length] == other[:length]
    assert one[: length + 1] != other[: length + 1] or length == len(one) == len(other)


@given(texts, texts)
def test_the_ends_and_what_differs_make_the_text(one: str, other: str) -> None:
    """
    Replacing what lies between the ends turns one into the other, and what lies there differs at both ends.
    """
    head, tail = common_ends(one, other)
    removed, added = one[head : len(one) - tail], other[head : len(other) - tail]

    assert one[:head] + added + one[len(one) - tail :] == other
    assert not (removed and added) or (removed[0] != added[0] and removed[-1] != added[-1])


@given(st.lists(texts, max_size=8), st.lists(texts, max_size=8))
def test_lines_are_compared_like_characters(one: list[str], other: list[str]) -> None:
    """
    A list of lines has the same ends as the text of one character a line.
    """
    letters = {line: chr(65 + number) for number, line in enumerate(dict.fromkeys([*one, *other]))}

    assert common_ends(one, other) == common_ends(*("".join(letters[line] for line in side) for side in (one, other)))
