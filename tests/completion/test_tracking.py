"""
A stretch of text is found again after any change that leaves it alone.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.completion.tracking import Change, Stretch, aimed_at, change_of, moved, retained_ratio
from lsp_server.text.document import ContentChange, Document, TextEdit
from lsp_server.text.positions import PositionEncoding, Span

UTF32 = PositionEncoding.UTF32
SMALL = st.text("ab\n", max_size=12)


def document(text: str) -> Document:
    """
    A document.
    """
    return Document.create("file:///a.ts", "typescript", 1, text)


def edit(before: Document, span: Span, text: str) -> tuple[Document, TextEdit]:
    """
    The document after putting `text` in place of `span`, and the edit.
    """
    place = (before.position_at(span.start, UTF32), before.position_at(span.end, UTF32))
    after, (made,) = before.apply([ContentChange(place, text)], 2, UTF32)
    return after, made


@given(SMALL, SMALL, SMALL, SMALL)
def test_the_least_change_has_the_same_effect(before: str, removed: str, text: str, after: str) -> None:
    """
    What is the same at both ends of an edit was not changed.
    """
    old = document(before + removed + after)
    new, made = edit(old, Span(len(before), len(before + removed)), text)
    change = change_of(made)
    assert old.text[: change.start] + change.text + old.text[change.end :] == new.text
    assert len(change.removed) <= len(removed)
    if change.removed and change.text:
        assert change.removed[0] != change.text[0]
        assert change.removed[-1] != change.text[-1]


@given(SMALL, SMALL, SMALL, st.integers(0, 40))
def test_an_insertion_seen_from_another_place_has_the_same_effect(
    before: str, text: str, after: str, place: int
) -> None:
    """
    Whichever place an insertion is held to have happened at, the text is the same.
    """
    old, change = document(before + after), Change(len(before), "", text)
    aimed = aimed_at(change, min(place, len(before)), old)
    for one in (change, aimed):
        assert old.text[: one.start] + one.text + old.text[one.end :] == before + text + after


@pytest.mark.parametrize(
    ("before", "place", "inserted_at", "inserted", "seen"),
    [
        ("{\n}", 1, 2, "  x;\n", Change(1, "", "\n  x;")),
        ("{\n}", 1, 1, "\n  x;", Change(1, "", "\n  x;")),
        ("f()", 2, 3, ")", Change(2, "", ")")),
        ("abc", 1, 3, "d", Change(3, "", "d")),
    ],
)
def test_where_an_insertion_was_really_made(
    before: str, place: int, inserted_at: int, inserted: str, seen: Change
) -> None:
    """
    An editor that compares texts takes the last place that explains the difference; the cursor was at the first.
    """
    assert aimed_at(Change(inserted_at, "", inserted), place, document(before)) == seen


@given(st.data(), st.text("abc", min_size=1, max_size=8), SMALL)
def test_a_change_elsewhere_leaves_the_stretch_alone(data: st.DataObject, kept: str, text: str) -> None:
    """
    After a change before or behind it, the stretch holds the same text.
    """
    before, after = data.draw(SMALL), data.draw(SMALL)
    whole, stretch = before + kept + after, Stretch(len(before), len(before + kept))
    place = st.integers(0, len(before)) | st.integers(len(before + kept), len(whole))
    start, end = sorted((data.draw(place), data.draw(place)))
    if start < stretch.end and end > stretch.start:
        start = end
    change = Change(start, whole[start:end], text)
    result = whole[:start] + text + whole[end:]
    now = moved(stretch, change)
    assert result[now.start : now.end] == kept


@given(st.text("ab(){};\n ", max_size=40), st.text("ab(){};\n ", max_size=40), st.data())
def test_a_stretch_never_leaves_the_document(old: str, text: str, data: st.DataObject) -> None:
    """
    Whatever is replaced, the stretch lies within what is there.
    """
    start, end = sorted((data.draw(st.integers(0, len(old))), data.draw(st.integers(0, len(old)))))
    first, last = sorted((data.draw(st.integers(0, len(old))), data.draw(st.integers(0, len(old)))))
    now = moved(Stretch(first, last), Change(start, old[start:end], text))
    assert 0 <= now.start <= now.end <= len(old) - (end - start) + len(text)


@pytest.mark.parametrize("size", [50, 5_000])
def test_a_rewrite_that_keeps_the_stretch(size: int) -> None:
    """
    A stretch in the middle of a rewrite is found by what stays the same around it, in small texts and large ones.
    """
    filler = "".join(f"line{number}  = {number};\n" for number in range(size // 10))
    old = f"{filler}keep(this);\n{filler}"
    start = len(filler)
    change = Change(0, old, old.replace("  =", " ="))
    now = moved(Stretch(start, start + len("keep(this);")), change)
    assert change.text[now.start : now.end] == "keep(this);"


@pytest.mark.parametrize(
    ("accepted", "now", "ratio"),
    [
        ("abcd", "abcd", 1.0),
        ("abcd", "", 0.0),
        ("abcd", "abxd", 0.75),
        ("abcd", "abcdabcd", 0.5),
        ("abcd", "wxyz", 0.0),
    ],
)
def test_the_ratio_is_that_of_levenshtein(accepted: str, now: str, ratio: float) -> None:
    """
    1 - distance / length of the longer text.
    """
    assert retained_ratio(accepted, now) == ratio
