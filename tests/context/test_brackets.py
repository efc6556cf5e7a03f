"""
Brackets and bindings are read backwards from the cursor.
"""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.context.bindings import Origin, bindings
from lsp_server.context.brackets import MAX_OPEN, open_brackets

CODE = st.text(st.sampled_from("ab ,;:/\n'\"`()[]{}"), max_size=1500)


@given(CODE, st.integers(1, MAX_OPEN))
def test_the_innermost_are_the_first_of_all(text: str, most: int) -> None:
    """
    To ask for a few gives the same as to ask for all and to take a few.
    """
    assert open_brackets(text, most) == open_brackets(text)[:most]


@given(CODE)
def test_each_stands_where_it_says(text: str) -> None:
    """
    Innermost first, each at its place in the text.
    """
    found = open_brackets(text)

    assert [text[bracket.offset] for bracket in found] == [bracket.kind for bracket in found]
    assert [bracket.offset for bracket in found] == sorted((bracket.offset for bracket in found), reverse=True)


def test_a_name_is_bound_where_it_was_declared_last() -> None:
    """
    The nearest declaration ends the search; part of a longer name is no occurrence.
    """
    before = "const user: Old = a;\nconst user: Person = b;\nconst superuser: Admin = c;\nuser.name; $user; _user"

    assert [(found.origin, found.text) for found in bindings("user", before)] == [(Origin.TYPE, "Person")]
