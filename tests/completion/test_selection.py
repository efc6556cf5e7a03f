"""
A completion extends the entry that is highlighted in the editor's menu.
"""

import pytest

from lsp_server.completion.request import Completion, CompletionRequest, NoCompletionReason, SelectedCompletion
from lsp_server.completion.selection import with_selection
from lsp_server.text.positions import Span
from tests.support.cursors import outcome_of, request_at


def selecting(source: str, entry: str, *, before: int, after: int = 0) -> CompletionRequest:
    """
    A request at the mark with `entry` highlighted, which replaces so many characters on either side.
    """
    offset = request_at(source).offset
    return request_at(source, selected=SelectedCompletion(span=Span(offset - before, offset + after), text=entry))


@pytest.mark.parametrize(
    ("source", "before", "after", "text", "offset"),
    [
        ("items.for█\nb();\n", 3, 0, "items.forEach\nb();\n", 13),
        ("items.█", 0, 0, "items.forEach", 13),
        ("items.FOR█", 3, 0, "items.forEach", 13),
        ("items.for█All", 3, 3, "items.forEach", 13),
    ],
)
def test_the_entry_is_taken_for_granted(source: str, before: int, after: int, text: str, offset: int) -> None:
    """
    The model sees the text as it would be with the entry in it.
    """
    asked = with_selection(selecting(source, "forEach", before=before, after=after))

    assert isinstance(asked, CompletionRequest)
    assert (asked.document.text, asked.offset) == (text, offset)
    assert asked.tree.document is asked.document


def test_without_a_menu_nothing_changes() -> None:
    """
    The request itself is asked.
    """
    request = request_at("const a = █")

    assert with_selection(request) is request


@pytest.mark.parametrize(
    ("source", "entry", "before"), [("items.for█", "map", 3), ("items.for█", "for\nEach", 3), ("items.forE█", "for", 4)]
)
def test_an_entry_that_is_no_extension(source: str, entry: str, before: int) -> None:
    """
    What the editor would not show is not asked for.
    """
    request = selecting(source, entry, before=before)

    assert with_selection(request) is NoCompletionReason.CONFLICTS_WITH_MENU


@pytest.mark.parametrize(
    ("source", "entry", "before", "reply", "result"),
    [
        ("items.for█\n", "forEach", 3, "((item) => save(item));", "items.forEach((item) => save(item));█\n"),
        ("call(items.for█)\n", "forEach", 3, "(save));", "call(items.forEach(save));█\n"),
        ("call(items.for█);\n", "forEach", 3, "(save));", "call(items.forEach(save)█);\n"),
        ("items.█\n", "forEach", 0, "items.forEach(save);", "items.forEach(save);█\n"),
    ],
)
def test_entry_and_completion_are_offered_together(
    source: str, entry: str, before: int, reply: str, result: str
) -> None:
    """
    The text begins with the entry and replaces what the entry would replace.
    """
    selected = selecting(source, entry, before=before).selected
    outcome = outcome_of(source, reply, selected=selected)

    assert isinstance(outcome, Completion)
    assert selected is not None
    assert outcome.text.startswith(entry)
    assert outcome.span.start == selected.span.start
    text = outcome.document.text
    assert text == source.replace("█", "")
    assert text[: outcome.span.start] + outcome.text + "█" + text[outcome.span.end :] == result
