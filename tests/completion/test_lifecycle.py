"""
What a person does with completions, and exactly what is concluded from it: with and without the editor's help.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.typist import Typist

Script = Callable[[Typist], Typist]


@dataclass(frozen=True, kw_only=True)
class Story:
    """
    What is done at `█`, and what is told of it with a notifying client.

    With a silent one the same is inferred, unless `silent` says what.
    """

    at: str
    script: Script
    told: list[str]
    silent: list[str] | None = None


STORIES = {
    "accepted": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).accept().wait(2),
        told=["id1 shown client 7 chars 1 lines", "id1 accepted inserted client 7 chars 1 lines after 2000 ms"],
    ),
    "accepted at once": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").accept().wait(2),
        told=["id1 shown client 7 chars 1 lines", "id1 accepted inserted client 7 chars 1 lines after 0 ms"],
    ),
    "accepted, the command before the change": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).accept(command_first=True).wait(32),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id1 accepted inserted client 7 chars 1 lines after 2000 ms",
            "id1 at 30 s 1.00",
        ],
    ),
    "several lines before a line end": Story(
        at="function f() {█\n}\n",
        script=lambda typist: typist.offer("\n  a();\n  return b;").wait(2).accept().wait(32),
        told=[
            "id1 shown client 19 chars 3 lines",
            "id1 accepted inserted client 19 chars 3 lines after 2000 ms",
            "id1 at 30 s 1.00",
        ],
    ),
    "in a document with \\r\\n": Story(
        at="if (a) {█\r\n}\r\nb();\r\n",
        script=lambda typist: typist.offer("\n  c();\n").wait(2).paste("\r\n  c();\r\n").wait(32),
        told=[
            "id1 shown client 10 chars 3 lines",
            "id1 accepted inserted inferred 10 chars 3 lines after 2000 ms",
            "id1 at 30 s 1.00",
        ],
    ),
    "with text before and behind the cursor replaced": Story(
        at="foo(ba█)\n",
        script=lambda typist: typist.offer("bar, baz);", before=2, after=1).wait(2).accept().wait(32),
        told=[
            "id1 shown client 8 chars 1 lines",
            "id1 accepted inserted client 8 chars 1 lines after 2000 ms",
            "id1 at 30 s 1.00",
        ],
    ),
    "accepted by words": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(user.name);").wait(2).accept_part("log").accept_part("(user").wait(2),
        told=["id1 shown client 15 chars 1 lines"],
    ),
    "accepted by words, then something else": Story(
        at="console.█\n",
        script=lambda typist: (
            typist.offer("log(user.name);").wait(2).accept_part("log").accept_part("(user").wait(2).type("[").wait(32)
        ),
        told=[
            "id1 shown client 15 chars 1 lines",
            "id1 partial typed_otherwise client 8 chars 1 lines after 4000 ms",
            "id1 at 30 s 1.00",
        ],
    ),
    "accepted by lines to the end": Story(
        at="x = 1;█\n",
        script=lambda typist: typist.offer("\na();\nb();").wait(2).accept_part("\na();").accept_part("\nb();").wait(2),
        told=["id1 shown client 10 chars 3 lines", "id1 accepted inserted client 10 chars 3 lines after 2000 ms"],
    ),
    "a line that ends behind what stood there, then something else": Story(
        at="function f(█)\n",
        script=lambda typist: (
            typist.offer(") {\n  a();\n}", after=1).wait(2).accept_part(") {\n", instead_of=1).wait(2).type("x").wait(2)
        ),
        told=[
            "id1 shown client 12 chars 3 lines",
            "id1 partial typed_otherwise client 4 chars 2 lines after 4000 ms",
        ],
    ),
    "accepted by words, the rest typed": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).accept_part("log").type("(x);").wait(2),
        told=["id1 shown client 7 chars 1 lines", "id1 partial typed_as_offered client 3 chars 1 lines after 2000 ms"],
    ),
    "accepted by words, then dismissed": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).accept_part("log").wait(2).escape().quit(),
        told=["id1 shown client 7 chars 1 lines", "id1 partial dismissed client 3 chars 1 lines after 4000 ms"],
        silent=[
            "id1 shown inferred 7 chars 1 lines",
            "id1 partial session_ended inferred 3 chars 1 lines after 4000 ms",
        ],
    ),
    "some typed, the rest accepted": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).type("lo").offer("g(x);", again=True).accept().wait(32),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id1 accepted inserted client 5 chars 1 lines after 2000 ms",
            "id1 at 30 s 1.00",
        ],
    ),
    "typed through, while the rest is offered at each key": Story(
        at="const a█\n",
        script=lambda typist: typist.offer("b;").wait(1).type("b").offer(";", again=True).wait(1).type(";").wait(700),
        told=[
            "id1 shown client 2 chars 1 lines",
            "id1 typed_through typed_as_offered inferred 0 chars 0 lines after 2000 ms",
        ],
    ),
    "typed through, with a bracket that the editor closes": Story(
        at="f█\n",
        script=lambda typist: typist.offer("(a)").wait(2).paste("()").go_to("f(").type("a").wait(2),
        told=[
            "id1 shown client 3 chars 1 lines",
            "id1 typed_through typed_as_offered inferred 0 chars 0 lines after 2000 ms",
        ],
    ),
    "typed through nested brackets that the editor closes, and asked for at each key": Story(
        at="a = █\n",
        script=lambda typist: (
            typist.offer("f([g(h())]);").wait(2).type_with_closing("f([g(h())]);", asking_every_s=0.5).wait(1)
        ),
        told=[
            "id1 shown client 12 chars 1 lines",
            "id1 typed_through typed_as_offered inferred 0 chars 0 lines after 7500 ms",
        ],
    ),
    "typed over brackets that the editor closed, between answers that came in time": Story(
        at="a = █\n",
        script=lambda typist: (
            typist.offer("f([1]).g();")
            .wait(2)
            .type_with_closing("f([1", asking_every_s=0)
            .offer("]).g();", again=True)
            .type_with_closing("])", asking_every_s=0.1)
            .wait(1)
            .type_with_closing(".g();", asking_every_s=0.1)
            .wait(2)
        ),
        told=[
            "id1 shown client 11 chars 1 lines",
            "id1 typed_through typed_as_offered inferred 0 chars 0 lines after 3600 ms",
        ],
    ),
    "typed through nested brackets half-way, then left": Story(
        at="a = █\nb\n",
        script=lambda typist: (
            typist.offer("f(g(h()), 1);")
            .wait(2)
            .type_with_closing("f(g(h(", asking_every_s=0.5)
            .go_to("b")
            .offer("c")
            .wait(2)
        ),
        told=[
            "id1 shown client 13 chars 1 lines",
            "id2 shown client 1 chars 1 lines",
            "id1 superseded moved_away inferred 0 chars 0 lines after 5000 ms",
        ],
        silent=[
            "id1 shown inferred 13 chars 1 lines",
            "id1 superseded moved_away inferred 0 chars 0 lines after 5000 ms",
            "id2 shown inferred 1 chars 1 lines",
        ],
    ),
    "typed through a line end that the editor indents": Story(
        at="  a();█\n",
        script=lambda typist: typist.offer("\n  b").wait(2).paste("\n  ").type("b").wait(2),
        told=[
            "id1 shown client 4 chars 2 lines",
            "id1 typed_through typed_as_offered inferred 0 chars 0 lines after 2000 ms",
        ],
    ),
    "dismissed": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).escape().wait(2).type("q").wait(2),
        told=["id1 shown client 7 chars 1 lines", "id1 rejected dismissed client 0 chars 0 lines after 2000 ms"],
        silent=[
            "id1 shown inferred 7 chars 1 lines",
            "id1 superseded typed_otherwise inferred 0 chars 0 lines after 4000 ms",
        ],
    ),
    "ignored": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(700),
        told=["id1 shown client 7 chars 1 lines", "id1 expired ignored inferred 0 chars 0 lines after 600000 ms"],
    ),
    "superseded by other typing": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).type("t").wait(2),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id1 superseded typed_otherwise inferred 0 chars 0 lines after 2000 ms",
        ],
    ),
    "superseded half-way": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).type("lox").wait(2),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id1 superseded typed_otherwise inferred 0 chars 0 lines after 2000 ms",
        ],
    ),
    "superseded by deleting": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).backspace(3).wait(2),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id1 superseded typed_otherwise inferred 0 chars 0 lines after 2000 ms",
        ],
    ),
    "superseded by another completion at the same place": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).offer("table(x);").wait(2),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id2 shown client 9 chars 1 lines",
            "id1 superseded newer_completion inferred 0 chars 0 lines after 2000 ms",
        ],
        silent=[
            "id1 shown inferred 7 chars 1 lines",
            "id1 superseded newer_completion inferred 0 chars 0 lines after 2000 ms",
            "id2 shown inferred 9 chars 1 lines",
        ],
    ),
    "superseded by one at another place": Story(
        at="let a;\nconsole.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).go_to("let a").offer("b").wait(2),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id2 shown client 1 chars 1 lines",
            "id1 superseded moved_away inferred 0 chars 0 lines after 2000 ms",
        ],
        silent=[
            "id1 shown inferred 7 chars 1 lines",
            "id1 superseded moved_away inferred 0 chars 0 lines after 2000 ms",
            "id2 shown inferred 1 chars 1 lines",
        ],
    ),
    "closed": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").wait(2).close().wait(40),
        told=["id1 shown client 7 chars 1 lines", "id1 expired document_closed inferred 0 chars 0 lines after 2000 ms"],
    ),
    "shut down": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").quit().wait(40),
        told=["id1 shown client 7 chars 1 lines", "id1 expired session_ended inferred 0 chars 0 lines after 0 ms"],
    ),
    "accepted, and shut down before it could be confirmed": Story(
        at="console.█\n",
        script=lambda typist: typist.offer("log(x);").accept().quit().wait(40),
        told=["id1 shown client 7 chars 1 lines", "id1 accepted inserted client 7 chars 1 lines after 0 ms"],
    ),
    "accepted after a change elsewhere": Story(
        at="let a;\nconsole.█\nend();\n",
        script=lambda typist: (
            typist.offer("log(x);").wait(2).edit("let a", "import b;\nconst abc").edit("end", "finish").accept().wait(2)
        ),
        told=["id1 shown client 7 chars 1 lines", "id1 accepted inserted client 7 chars 1 lines after 2000 ms"],
    ),
    "a slip of the finger, taken back": Story(
        at="console.█\n",
        script=lambda typist: (
            typist.offer("log(x);").wait(2).type("lx").backspace().offer("og(x);", again=True).wait(2).accept().wait(2)
        ),
        told=["id1 shown client 7 chars 1 lines", "id1 accepted inserted client 6 chars 1 lines after 4000 ms"],
    ),
    "a slip of the finger, taken back too late": Story(
        at="console.█\n",
        script=lambda typist: (
            typist.offer("log(x);").wait(2).type("x").wait(2).backspace().offer("log(x);", again=True).accept().wait(2)
        ),
        told=[
            "id1 shown client 7 chars 1 lines",
            "id1 superseded typed_otherwise inferred 0 chars 0 lines after 2000 ms",
            "id2 shown client 7 chars 1 lines",
            "id2 accepted inserted client 7 chars 1 lines after 0 ms",
        ],
    ),
    "two, one after the other": Story(
        at="█\n",
        script=lambda typist: (
            typist.offer("first();").wait(2).accept().type("\n").offer("second();").wait(2).accept().wait(30)
        ),
        told=[
            "id1 shown client 8 chars 1 lines",
            "id1 accepted inserted client 8 chars 1 lines after 2000 ms",
            "id2 shown client 9 chars 1 lines",
            "id2 accepted inserted client 9 chars 1 lines after 2000 ms",
            "id1 at 30 s 1.00",
            "id2 at 30 s 1.00",
        ],
    ),
}


@pytest.mark.parametrize("whole", [False, True], ids=["ranges", "whole-text"])
@pytest.mark.parametrize("notifies", [True, False], ids=["notifying", "silent"])
@pytest.mark.parametrize("name", STORIES)
def test_story(name: str, notifies: bool, whole: bool) -> None:
    """
    Each story has the same ending however the editor sends changes; only on whose word may differ.
    """
    story = STORIES[name]
    typist = story.script(Typist(story.at, notifies=notifies, command=notifies, whole=whole))
    silent = story.silent or [line.replace(" client ", " inferred ") for line in story.told]
    assert typist.summary == (story.told if notifies else silent)


def test_a_late_answer_that_is_offered_again_was_seen() -> None:
    """
    A key came before the first answer, so nothing was drawn; the rest of it, in time for the next key, was.
    """
    early = Typist("const █\n").offer("limit = 1;")
    typist = Typist("const █\n").type("l")
    assert early.item is not None
    typist.item = early.item
    typist.lifecycle.returned(early.item, early.item.document, typist.document, typist.now)

    typist.wait(0.5).offer("imit = 1;", again=True).wait(3).type("x").wait(2)

    assert typist.summary == [
        "id1 shown inferred 9 chars 1 lines",
        "id1 superseded typed_otherwise inferred 0 chars 0 lines after 3000 ms",
    ]
