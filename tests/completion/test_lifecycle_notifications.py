"""
Notifications may come late, twice, out of order or for something unknown: what was shown still ends once.
"""

from dataclasses import replace

import pytest

from lsp_server.completion.fate import DismissReason, Ended
from lsp_server.completion.lifecycle import MOST_REMEMBERED
from lsp_server.completion.retention import MOST_FOLLOWED
from tests.support.typist import UTF16, Typist

SHOWN = "id1 shown client 7 chars 1 lines"
ACCEPTED = "id1 accepted inserted client 7 chars 1 lines after 2000 ms"


def offered(*, command: bool = True) -> Typist:
    """
    A person to whom `log(x);` has been offered for two seconds.
    """
    return Typist("console.█\n", notifies=True, command=command).offer("log(x);").wait(2)


def test_an_accept_command_long_after_an_inferred_accept_counts_nothing() -> None:
    """
    The end was told already, on our own word.
    """
    typist = Typist("console.█\n", command=False).offer("log(x);").wait(2).accept().wait(5)
    told = typist.summary
    assert typist.lifecycle.accepted("id1", typist.now) == ()
    assert typist.wait(5).summary == told


def test_an_accept_command_within_the_time_of_grace_confirms() -> None:
    """
    Other changes, such as an added import, may come between the change and the command.
    """
    typist = Typist("let a;\nconsole.█\n", notifies=True, command=False).offer("log(x);").wait(2).accept()
    typist.edit("let a", 'import { b } from "b";\nlet a').wait(0.5).fates += typist.lifecycle.accepted(
        "id1", typist.now
    )
    assert typist.summary == [SHOWN, ACCEPTED]
    assert typist.wait(30).summary[2:] == ["id1 at 30 s 1.00"]


def test_everything_twice() -> None:
    """
    A client that repeats itself changes nothing.
    """
    typist = offered()
    lifecycle, now = typist.lifecycle, typist.now
    assert lifecycle.shown("id1", now) == ()
    typist.accept()
    for _ in range(2):
        assert lifecycle.accepted("id1", now) == ()
        assert lifecycle.shown("id1", now) == ()
        assert lifecycle.partially_accepted("id1", 7, UTF16, now) == ()
        assert lifecycle.dismissed("id1", DismissReason.REJECTED, now) == ()
        assert lifecycle.closed("file:///other.ts", now) == ()
    assert typist.summary == [SHOWN, ACCEPTED]


def test_what_was_never_offered_is_left_aside() -> None:
    """
    Ids of another session, or invented ones, have no effect.
    """
    lifecycle = Typist("█").lifecycle
    assert lifecycle.shown("id9", 1.0) == ()
    assert lifecycle.accepted("id9", 1.0) == ()
    assert lifecycle.partially_accepted("id9", 3, UTF16, 1.0) == ()
    assert lifecycle.dismissed("id9", DismissReason.REJECTED, 1.0) == ()
    assert lifecycle.shut_down(2.0) == ()


def test_a_completion_that_a_notifying_client_did_not_show_is_not_shown() -> None:
    """
    Once a client has said what it shows, its silence counts: the second one was never drawn.
    """
    typist = offered().type("q").wait(2).offer("uery()", show=False).wait(5).type("z").wait(5).quit()
    assert typist.summary == [SHOWN, "id1 superseded typed_otherwise inferred 0 chars 0 lines after 2000 ms"]


def test_accepting_what_was_not_said_to_be_shown() -> None:
    """
    Nobody accepts what they do not see: it was shown, and then accepted.
    """
    typist = offered().type("q").wait(2).offer("uery()", show=False).wait(2).accept().wait(2)
    assert typist.summary[2:] == [
        "id2 shown client 6 chars 1 lines",
        "id2 accepted inserted client 6 chars 1 lines after 0 ms",
    ]


def test_an_accept_that_is_inferred_was_shown() -> None:
    """
    The same holds when the change alone tells that it was accepted.
    """
    typist = offered(command=False).type("q").wait(2).offer("uery()", show=False).wait(2).accept().wait(2)
    assert typist.summary[2:] == [
        "id2 shown inferred 6 chars 1 lines",
        "id2 accepted inserted inferred 6 chars 1 lines after 2000 ms",
    ]


def test_a_late_notice_of_showing() -> None:
    """
    A client may say that it shows a completion when typing has just made it obsolete.
    """
    typist = Typist("console.█\n").offer("log(x);").type("q")
    typist.fates += typist.lifecycle.shown("id1", typist.now)
    assert typist.wait(3).summary == [SHOWN, "id1 superseded typed_otherwise inferred 0 chars 0 lines after 0 ms"]


def test_a_command_without_a_change_is_still_an_accept() -> None:
    """
    The client's word counts even if its change never comes; then there is nothing to follow.
    """
    typist = offered()
    typist.fates += typist.lifecycle.accepted("id1", typist.now)
    assert typist.summary == [SHOWN]
    assert typist.wait(700).summary == [SHOWN, ACCEPTED]


def test_an_editor_that_formats_what_it_inserts() -> None:
    """
    The command says accepted although other text stands there: that text is what is followed.
    """
    typist = offered(command=False).paste("log( x );")
    typist.fates += typist.lifecycle.accepted("id1", typist.now)
    assert typist.wait(31).summary == [SHOWN, ACCEPTED, "id1 at 30 s 1.00"]
    assert typist.edit("log( x );", "log( yyyy );").wait(90).summary[-1] == "id1 at 120 s 0.67"


def test_a_completion_of_one_character() -> None:
    """
    Typing it and accepting it look the same; only the command tells.
    """
    silent = Typist("f()█\n").offer(";").wait(2).type(";").wait(2)
    assert silent.summary[1] == "id1 typed_through typed_as_offered inferred 0 chars 0 lines after 2000 ms"
    for first in (False, True):
        told = Typist("f()█\n").offer(";").wait(2).accept(command_first=first).wait(2)
        assert told.summary[1] == "id1 accepted inserted client 1 chars 1 lines after 2000 ms"


def test_part_told_before_its_change() -> None:
    """
    The notice of a partial accept may come before the change.
    """
    typist = offered()
    typist.lifecycle.partially_accepted("id1", 3, UTF16, typist.now)
    typist.type("log", at_once=True).wait(1).type("?").wait(2)
    assert typist.summary == [SHOWN, "id1 partial typed_otherwise client 3 chars 1 lines after 3000 ms"]


def test_part_that_looked_typed() -> None:
    """
    A word of one character looks typed until the client says that it was accepted.
    """
    typist = Typist("console█\n", notifies=True).offer(".log();").wait(2).accept_part(".").type("l?").wait(2)
    assert typist.summary[1] == "id1 partial typed_otherwise client 1 chars 1 lines after 2000 ms"


def test_the_last_part_is_the_whole() -> None:
    """
    Editors run no command when the last part is accepted; the length says that it was all of it.
    """
    typist = Typist("f()█\n", notifies=True).offer(" ;").wait(2).accept_part(" ").accept_part(";").wait(2)
    assert typist.summary[1] == "id1 accepted inserted client 2 chars 1 lines after 2000 ms"


def test_lengths_are_in_the_clients_units() -> None:
    """
    An emoji is two units long and one character.
    """
    typist = Typist('a = "█\n', notifies=True).offer('🚗🚙 b";').wait(2).accept_part("🚗🚙").type("?").wait(2)
    assert typist.summary == [
        "id1 shown client 6 chars 1 lines",
        "id1 partial typed_otherwise client 2 chars 1 lines after 2000 ms",
    ]


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (DismissReason.REJECTED, "rejected"),
        (DismissReason.IGNORED, "expired"),
        (DismissReason.SUPERSEDED, "superseded"),
    ],
)
def test_reasons_of_a_dismissal(reason: DismissReason, outcome: str) -> None:
    """
    The client knows best why it took a completion away.
    """
    typist = offered()
    typist.fates += typist.lifecycle.dismissed("id1", reason, typist.now)
    assert typist.wait(2).summary == [SHOWN, f"id1 {outcome} dismissed client 0 chars 0 lines after 2000 ms"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ignored", DismissReason.IGNORED),
        (" Superseded ", DismissReason.SUPERSEDED),
        ("escape", DismissReason.REJECTED),
    ],
)
def test_reasons_as_clients_say_them(said: str, meant: DismissReason) -> None:
    """
    A word that we don't know means that the person did it.
    """
    assert DismissReason.from_client(said) is meant


def test_a_dismissal_of_what_is_offered_on_is_none() -> None:
    """
    While a completion is typed through, the editor drops each answer for the next; nothing vanishes for the person.
    """
    typist = offered().type("l").offer("og(x);")
    assert typist.lifecycle.dismissed("id1", DismissReason.SUPERSEDED, typist.now) == ()
    assert typist.wait(1).accept().summary == [SHOWN, "id1 accepted inserted client 6 chars 1 lines after 3000 ms"]


def test_a_dismissal_after_typing_otherwise() -> None:
    """
    Escape and another key: the client says that it was rejected, which is more than the change told.
    """
    typist = offered().type("q").escape().wait(2)
    assert typist.summary == [SHOWN, "id1 rejected dismissed client 0 chars 0 lines after 2000 ms"]


def test_a_dismissal_does_not_undo_an_accept() -> None:
    """
    VS Code ends the life of an accepted item too.
    """
    typist = offered(command=False).accept()
    typist.fates += typist.lifecycle.dismissed("id1", DismissReason.IGNORED, typist.now)
    assert typist.wait(2).summary[1].startswith("id1 accepted inserted inferred")


def test_the_same_text_at_the_same_place_is_the_same_completion() -> None:
    """
    Asking again and getting the same from the cache shows nothing new; accepting the second answer ends the first.
    """
    typist = offered().offer("log(x);").accept().wait(2)
    assert typist.summary == [SHOWN, ACCEPTED]


def test_an_answer_that_came_too_late_is_not_shown() -> None:
    """
    The document had moved on: no client would draw it; if one does, and it is accepted, that counts.
    """
    for accepted, expected in ((False, []), (True, ["id1 shown client 7 chars 1 lines"])):
        typist = Typist("console.█\n").offer("log(x);")
        item, lifecycle = typist.item, Typist("█").lifecycle
        assert item is not None
        newer = Typist("console.l█\n").type("o").document
        lifecycle.returned(item, item.document, newer, 1.0)
        fates = lifecycle.accepted("id1", 2.0) if accepted else ()
        fates += lifecycle.shut_down(10.0)
        assert [type(fate) for fate in fates[1:]] == [Ended] * len(expected)
        assert len(fates) == 2 * len(expected)


def test_a_late_answer_does_not_displace_a_current_one() -> None:
    """
    An answer for an older text leaves what is on offer alone.
    """
    typist = Typist("cons█\n", notifies=True).offer("ole")
    assert typist.item is not None
    late = replace(typist.item, id="late")
    typist.type("ole.").offer("log(x);").wait(2)
    typist.lifecycle.returned(late, late.document, typist.document, typist.now, request_id="late")
    assert typist.accept().wait(2).summary[-1] == "id2 accepted inserted client 7 chars 1 lines after 2000 ms"


def test_closing_another_document_ends_nothing() -> None:
    """
    Only what is offered in a document ends with it.
    """
    typist = offered()
    assert typist.lifecycle.closed("file:///project/other.ts", typist.now) == ()
    assert typist.accept().summary == [SHOWN, ACCEPTED]


def test_memory_is_bounded() -> None:
    """
    However fast somebody accepts, only so much is remembered; and nothing after the document is closed.
    """
    typist = Typist("█\n")
    for number in range(300):
        typist.offer(f"call{number}();").accept().wait(1.5)
    lifecycle = typist.lifecycle
    assert len(lifecycle._keys) == MOST_REMEMBERED < 300
    assert len(lifecycle._retention._followed) == MOST_FOLLOWED < 300
    typist.close()
    assert (lifecycle._offered, lifecycle._ending, lifecycle._documents) == (None, {}, {})
    assert lifecycle._retention.uris == set()
    assert sum(isinstance(fate, Ended) for fate in typist.fates) == 300
