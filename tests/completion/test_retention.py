"""
How much of an accepted text is left after 30, 120, 300 and 600 seconds, whatever was done around it and to it.
"""

from collections.abc import Callable

import pytest

from lsp_server.completion.fate import Persistence
from tests.support.typist import Typist

Script = Callable[[Typist], Typist]

ALL_KEPT = ["id1 at 30 s 1.00", "id1 at 120 s 1.00", "id1 at 300 s 1.00", "id1 at 600 s 1.00"]


def accepted(at: str = "let a;\nconsole.█\nend();\n", text: str = "log(value);", *, whole: bool = False) -> Typist:
    """
    A person who has just accepted `text`.
    """
    typist = Typist(at, notifies=True, whole=whole).offer(text).accept()
    typist.fates.clear()
    return typist


def persistence(typist: Typist) -> list[str]:
    """
    What was measured.
    """
    return [line for fate, line in zip(typist.fates, typist.summary, strict=True) if isinstance(fate, Persistence)]


def test_text_that_stays() -> None:
    """
    It is measured four times, at the second, and not again.
    """
    typist = accepted()
    seen = []
    for second in range(1, 700):
        typist.fates.clear()
        if persistence(typist.wait(1)):
            seen.append((second, *typist.summary))
    assert seen == list(zip((30, 120, 300, 600), ALL_KEPT, strict=True))


@pytest.mark.parametrize("whole", [False, True], ids=["ranges", "whole-text"])
@pytest.mark.parametrize(
    ("done", "left"),
    [
        pytest.param(lambda typist: typist.type("\nmore();"), "1.00", id="typing on behind it"),
        pytest.param(lambda typist: typist.edit("let a", "import b;\nlet c, a"), "1.00", id="an import above"),
        pytest.param(lambda typist: typist.edit("end", "finish"), "1.00", id="a change below"),
        pytest.param(lambda typist: typist.edit("console.", "logger."), "1.00", id="a change before it on the line"),
        pytest.param(lambda typist: typist.edit("console.", ""), "1.00", id="the text before it deleted"),
        pytest.param(lambda typist: typist.edit("(value)", "(values)"), "0.92", id="a letter inside"),
        pytest.param(lambda typist: typist.edit("value", ""), "0.55", id="a word deleted"),
        pytest.param(lambda typist: typist.edit("log(value);", "q"), "0.00", id="replaced by something else"),
        pytest.param(lambda typist: typist.edit("log(value);", ""), "0.00 deleted", id="deleted"),
        pytest.param(lambda typist: typist.edit("console.log(value);\n", ""), "0.00 deleted", id="the line deleted"),
        pytest.param(lambda typist: typist.undo(), "0.00 deleted", id="undone"),
        pytest.param(lambda typist: typist.undo().type("log(value);", at_once=True), "1.00", id="undone and redone"),
        pytest.param(
            lambda typist: typist.edit("a;\nconsole.log(value)", "a;\n  console.log(value)"), "1.00", id="indented"
        ),
        pytest.param(
            lambda typist: typist.edit(typist.document.text, "let a\nconsole.log( value )\nend()\n"),
            "0.75",
            id="formatted as a whole",
        ),
        pytest.param(lambda typist: typist.edit(typist.document.text, ""), "0.00 deleted", id="all deleted"),
        pytest.param(lambda typist: typist.edit("value);\nend", "val"), "0.64", id="cut off at its end"),
        pytest.param(lambda typist: typist.edit("console.log(", "x"), "0.64", id="cut off at its beginning"),
        pytest.param(
            lambda typist: typist.edit("console.log(value);", "warn(value);"), "0.73", id="rewritten around it"
        ),
    ],
)
def test_what_is_left(done: Script, left: str, whole: bool) -> None:
    """
    Only what happens to the text itself counts, and as much as Levenshtein says.
    """
    assert persistence(done(accepted(whole=whole)).wait(30)) == [f"id1 at 30 s {left}"]


def test_text_that_decays() -> None:
    """
    Each measurement is of the text as it was at that time.
    """
    typist = accepted().wait(40).edit("log(value);", "log(x);").wait(100).edit("log(x);", "").wait(600)
    assert persistence(typist) == [
        "id1 at 30 s 1.00",
        "id1 at 120 s 0.55",
        "id1 at 300 s 0.00 deleted",
        "id1 at 600 s 0.00 deleted",
    ]


def test_a_suspended_machine_measures_what_was_there() -> None:
    """
    When time jumps, nothing was edited meanwhile: the text is as it was at each of the times that passed.
    """
    typist = accepted()
    typist.now += 3 * 3600
    typist.edit("log(value);", "")
    assert persistence(typist) == ALL_KEPT


def test_several_accepted_texts_keep_out_of_each_others_way() -> None:
    """
    A text accepted behind or inside another one moves with it; only what is put inside changes the other.
    """
    typist = Typist("█\n", notifies=True)
    typist.offer("first();").accept().type("\n").offer("second();").accept()
    typist.go_to("first(").offer("inside").accept().wait(31)
    assert sorted(persistence(typist)) == ["id1 at 30 s 0.57", "id2 at 30 s 1.00", "id3 at 30 s 1.00"]


def test_a_closed_document_is_lost() -> None:
    """
    What can't be seen is not measured; other documents are.
    """
    typist = accepted().wait(60)
    typist.lifecycle.closed("file:///project/other.ts", typist.now)
    assert persistence(typist.wait(70)) == ALL_KEPT[:2]
    assert persistence(typist.close().wait(600)) == ALL_KEPT[:2]


def test_a_session_that_ends_loses_what_it_followed() -> None:
    """
    Nothing is made up for the time after the end.
    """
    assert persistence(accepted().wait(60).quit().wait(600)) == ALL_KEPT[:1]


def test_what_was_accepted_in_parts_is_followed_as_one() -> None:
    """
    Words accepted one by one are one text, which counts from the end of the completion on.
    """
    typist = Typist("console.█\n", notifies=True).offer("log(user.name);").wait(2)
    typist.accept_part("log").accept_part("(user").wait(20).type("!").wait(20).edit("user", "me").wait(11)
    assert persistence(typist) == ["id1 at 30 s 0.62"]


def test_what_was_typed_is_not_followed() -> None:
    """
    Only accepted text is measured.
    """
    assert persistence(Typist("a█\n", notifies=True).offer("b;").type("b;").wait(700)) == []


def test_a_long_rewrite_finds_the_text_again() -> None:
    """
    A formatter that replaces a large file at once leaves the accepted line where it was.
    """
    lines = [f"const value{number}  =  {number};" for number in range(1_000)]
    typist = accepted("\n".join(lines[:500]) + "\nconsole.█\n" + "\n".join(lines[500:]) + "\n")
    formatted = typist.document.text.replace("  =  ", " = ")
    typist.edit(typist.document.text, formatted).wait(30)
    assert persistence(typist) == ["id1 at 30 s 1.00"]
