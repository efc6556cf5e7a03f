"""
The file of dismissals is read as it was written, and anything else is refused in one sentence.
"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.review.baseline import Baseline, BaselineMalformed, Entry, entry_of, read, write
from tests.support.edits import STEADY
from tests.support.findings import finding_in, unmarked

TEXTS = st.text(max_size=20)
NAMES = st.text(min_size=1, max_size=20)
ENTRIES = st.builds(Entry, id=NAMES, file=NAMES, category=NAMES, symbol=TEXTS, quote=TEXTS, message=TEXTS, reason=TEXTS)


@given(st.lists(ENTRIES, max_size=4))
@settings(STEADY, max_examples=40)
def test_what_is_written_is_read(entries: list[Entry]) -> None:
    """
    Every entry comes back, in an order that does not depend on how they came.
    """
    text = write(entries)
    assert read(text) == Baseline(entries={entry.id: entry for entry in entries})
    assert write(read(text).entries.values()) == text
    unique = {entry.id: entry for entry in entries}.values()
    assert write(list(unique)[::-1]) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The baseline is empty"),
        ("{", "The baseline is not JSON: line 1, column 2"),
        ("[]", 'must be an object with a list of "findings"'),
        ('{"version": 2, "findings": []}', "The baseline is of version 2"),
        ('{"version": 1, "findings": [7]}', "Entry 1 of the baseline is not an object."),
        ('{"version": 1, "findings": [{"id": "a", "file": "b"}]}', 'Entry 1 of the baseline has no "category".'),
        (
            '{"version": 1, "findings": [{"id": "a", "file": "b", "category": "c", "reason": 1}]}',
            'The "reason" of entry 1',
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_anything_else_is_refused(text: str, sentence: str) -> None:
    """
    A malformed baseline silences nothing by accident: it is an error that says where.
    """
    with pytest.raises(BaselineMalformed, match=re.escape(sentence)):
        read(text)


def test_no_secret_is_written_down() -> None:
    """
    The quote of a dismissed finding goes into the repository without the secret in it.
    """
    text, span = unmarked('«const key = "AKIAIOSFODNN7EXAMPLZ";»\n')
    assert "AKIAIOSFODNN7EXAMPLZ" not in write([entry_of(finding_in(text, span))])
