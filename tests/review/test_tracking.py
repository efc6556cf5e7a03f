"""
Findings in documents that are being edited.
"""

from dataclasses import replace

import pytest

from lsp_server.review.tracking import Held, NoEditReason, Replacement, Standing, edit_for, follow, hold, shown_at
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import PositionEncoding, Span
from tests.support.edits import document_of
from tests.support.findings import finding_in, unmarked

UTF32 = PositionEncoding.UTF32
TWINS = "«foo();»\nbar();\nfoo();\n"


class Editor:
    """
    A document with one finding in it, and every edit that can be undone.
    """

    def __init__(self, marked: str, replacement: str | None = "fixed();", *, lines: bool = False) -> None:
        text, span = unmarked(marked)
        self.document = document_of(text)
        finding = finding_in(text, span, replacement=replacement)
        if lines and finding.fix:
            start, end = text.rindex("\n", 0, span.start) + 1, text.index("\n", span.end) + 1
            finding = replace(finding, fix=replace(finding.fix, span=Span(start, end)))
        held = hold(finding, self.document)
        assert held is not None
        self.held: Held = held
        self._past: list[str] = []

    def replace(self, old: str, new: str, *, last: bool = False) -> None:
        """
        Put `new` in the place of the first (or last) `old`.
        """
        start = self.document.text.rindex(old) if last else self.document.text.index(old)
        self.edit(start, start + len(old), new)

    def edit(self, start: int, end: int, text: str) -> None:
        self._past.append(self.document.text)
        places = tuple(self.document.position_at(offset, UTF32) for offset in (start, end))
        self._take(ContentChange((places[0], places[1]), text))

    def undo(self) -> None:
        """
        As editors that send the whole text.
        """
        self._take(ContentChange(None, self._past.pop()))

    def fix(self) -> None:
        edit = edit_for(self.held, self.document)
        assert isinstance(edit, Replacement)
        self.edit(edit.span.start, edit.span.end, edit.text)

    @property
    def standing(self) -> str:
        return self.held.standing.value

    @property
    def shown(self) -> str:
        """
        The text with the finding marked in it, when it is shown.
        """
        text = self.document.text
        if not self.held.is_shown:
            return text
        place = shown_at(self.held, self.document)
        return f"{text[: place.start]}«{text[place.start : place.end]}»{text[place.end :]}"

    def _take(self, change: ContentChange) -> None:
        self.document, edits = self.document.apply([change], self.document.version + 1, UTF32)
        self.held = follow(self.held, edits, self.document)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("one();", "one(1);\nmore();", "one(1);\nmore();\n«foo();»\nbar();\n"),
        ("bar();\n", "", "one();\n«foo();»\n"),
        ("\nfoo", "\n  foo", "one();\n  «foo();»\nbar();\n"),
        ("foo();", "foo();\nfoo();", "one();\nfoo();\nfoo();\nbar();\n"),
        ("foo();", "", "one();\n\nbar();\n"),
        ("one();\nfoo();", "foo();", "«foo();»\nbar();\n"),
    ],
    ids=["above", "below", "indented", "doubled", "deleted", "swallowed"],
)
def test_it_stays_with_its_text(old: str, new: str, shown: str) -> None:
    """
    Edits beside it move it, edits of it take it away, unless its text stands in its place exactly once after them.
    """
    editor = Editor("one();\n«foo();»\nbar();\n")
    editor.replace(old, new)

    assert editor.shown == shown


@pytest.mark.parametrize(
    ("old", "new"),
    [("foo();", "if (a) foo();"), ("foo();", "foo(); // why"), ("foo()", "foo( )"), ("foo();", "foo\n();")],
    ids=["in front", "behind", "spaced", "broken"],
)
def test_what_is_almost_its_text_is_shown_and_never_edited(old: str, new: str) -> None:
    """
    Other white space, or something else on its lines: it may still be true, but its fix may not be.
    """
    editor = Editor("one();\n«foo();»\nbar();\n")
    editor.replace(old, new)

    assert editor.standing == Standing.ALTERED
    assert edit_for(editor.held, editor.document) is NoEditReason.CHANGED
    editor.undo()
    assert editor.standing == Standing.EXACT


@pytest.mark.parametrize("replacement", ["fixed();", "", "await foo();", "foo()?.bar();", "foo();\nfoo();"])
def test_fixed_undone_and_fixed_again(replacement: str) -> None:
    """
    Also when the fix only adds to the text, or puts it there twice; meanwhile somebody writes elsewhere.
    """
    editor = Editor("one();\n  «foo();»\nbar();\n", replacement)
    before = editor.document.text
    for _ in range(3):
        editor.fix()
        assert (editor.standing, editor.held.is_shown) == ("fixed", False)
        assert isinstance(edit_for(editor.held, editor.document), NoEditReason)
        assert editor.document.text == before.replace("foo();", replacement)
        editor.undo()
        assert editor.standing == Standing.EXACT
        assert editor.document.text == before
        editor.edit(0, 0, "// elsewhere\n")
        before = editor.document.text


@pytest.mark.parametrize("replacement", ["", "  fixed();\n"])
def test_a_fix_may_replace_whole_lines(replacement: str) -> None:
    """
    With their indentation and line end; the finding is shown at its quote alone, and its lines must be what they were.
    """
    editor = Editor("one();\n  «foo();»\nbar();\n", replacement, lines=True)
    assert editor.shown == "one();\n  «foo();»\nbar();\n"
    editor.fix()
    assert (editor.standing, editor.document.text) == ("fixed", f"one();\n{replacement}bar();\n")
    editor.undo()
    editor.replace("  foo", "    foo")
    assert (editor.standing, editor.shown) == ("altered", "one();\n    «foo();»\nbar();\n")
    editor.replace("    foo", "  foo")
    editor.fix()
    assert editor.document.text == f"one();\n{replacement}bar();\n"


def test_a_fix_that_arrives_as_the_smallest_edit_is_recognised() -> None:
    """
    Some editors send only what differs: here the word in front.
    """
    editor = Editor("«foo();»\n", "await foo();")
    editor.edit(0, 0, "await ")
    assert editor.standing == Standing.FIXED

    editor.edit(0, 6, "")
    assert editor.standing == Standing.EXACT


def test_its_twin_is_never_taken_for_it() -> None:
    """
    When it is deleted, equal text elsewhere is another matter; undone, it is itself again.
    """
    editor = Editor(TWINS)
    editor.replace("foo();\n", "")
    assert editor.shown == "bar();\nfoo();\n"

    editor.undo()
    assert editor.shown == TWINS


def test_a_pasted_twin_changes_nothing() -> None:
    """
    Right before it or right behind it.
    """
    editor = Editor(TWINS)
    editor.edit(0, 0, "foo();\n")
    editor.replace("bar", "foo();\nbar")

    assert editor.shown == "foo();\n«foo();»\nfoo();\nbar();\nfoo();\n"


def test_which_of_two_was_meant_is_not_guessed() -> None:
    """
    After an edit that takes both away and puts one back nobody knows, and undoing does not tell either.
    """
    editor = Editor(TWINS)
    editor.replace("foo();\nbar();\nfoo();", "foo();")
    assert editor.shown == "foo();\n"
    assert edit_for(editor.held, editor.document) is NoEditReason.CHANGED

    editor.undo()
    assert not editor.held.is_shown


def test_a_quote_that_is_not_there_is_not_held() -> None:
    """
    Whatever the finding says of its place.
    """
    text, span = unmarked("«foo();»\n")

    assert hold(finding_in(text, span), document_of("bar();\n")) is None


def test_without_a_fix_there_is_no_edit() -> None:
    """
    And the reason is another one.
    """
    editor = Editor("«foo();»\n", None)
    assert edit_for(editor.held, editor.document) is NoEditReason.NO_FIX


def test_a_stale_place_is_noticed() -> None:
    """
    The text itself is looked at, even if nobody has followed the edits.
    """
    editor = Editor("«foo();»\n")
    other = Document.create("", "typescript", 2, "bar();\nfoo();\n")

    assert edit_for(editor.held, other) is NoEditReason.CHANGED
