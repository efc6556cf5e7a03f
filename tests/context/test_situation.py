"""
What is read off the code around the cursor.
"""

import pytest

from lsp_server.context.brackets import chain_before, open_brackets
from lsp_server.context.situation import Situation, Slot
from tests.context.scenes import ROOT, cursor_in
from tests.support.marked import parse_marked


def situation(source: str, path: str = "src/main.tsx") -> Situation:
    """
    The situation at the mark.
    """
    marked = parse_marked(source)
    return Situation(cursor_in(path, marked.text, marked.offset), f"{ROOT}/{path}")


@pytest.mark.parametrize(
    ("source", "slot"),
    [
        ("user.█", Slot.MEMBER),
        ("user?.na█", Slot.MEMBER),
        ("items[0]!.█", Slot.MEMBER),
        ("call(█)", Slot.ARGUMENT),
        ("call(a, █", Slot.ARGUMENT),
        ("call({ █ })", Slot.PROPERTY),
        ("const x: A = {\n  a: 1,\n  █\n}", Slot.PROPERTY),
        ("const view = <Button █", Slot.ATTRIBUTE),
        ("const view = <Button kind='a' on={() => 1} █", Slot.ATTRIBUTE),
        ("const view = <█", Slot.ELEMENT),
        ("function f(a: █", Slot.TYPE),
        ("const a = b as █", Slot.TYPE),
        ("import { █", Slot.IMPORT),
        ("function f() {\n  █\n}", Slot.STATEMENT),
        ("const a = █", Slot.VALUE),
        ("if (█", Slot.VALUE),
        ("const n = 1.█", Slot.MEMBER),
        ("f(...█", Slot.ARGUMENT),
    ],
)
def test_slots(source: str, slot: Slot) -> None:
    """
    What is expected is told by what is open, in finished code or not.
    """
    assert situation(source).slot is slot


@pytest.mark.parametrize(
    ("source", "receiver"),
    [
        ("user.█", "user"),
        ("this.users.find(u => u.id === '.')?.█", "this.users.find(u => u.id === '.')"),
        ("(await load<User>(id)).na█", "(await load<User>(id))"),
        ("query\n  .where({ a: 1 })\n  .█", "query\n  .where({ a: 1 })"),
        ("const a = new Map<string, User>().█", "new Map<string, User>()"),
        ("a + b.c.█", "b.c"),
        ("...█", ""),
    ],
)
def test_receivers(source: str, receiver: str) -> None:
    """
    The whole chain before the dot and nothing else.
    """
    assert situation(source).receiver == receiver


def test_brackets_are_counted_past_strings_and_comments() -> None:
    """
    A bracket in a string or a line comment is none.
    """
    found = open_brackets("outer({ a: ')' }, // not this (\n  inner([1, 2], ")

    assert [(bracket.kind, bracket.commas) for bracket in found] == [("(", 1), ("(", 1)]


def test_calls_know_the_argument_and_the_keys_that_lead_into_it() -> None:
    """
    Object literals in arguments are followed to where the cursor is.
    """
    assert situation("run(a, { options: { █").calls == (("run", 1, ("", "options")),)


def test_names_around_the_cursor_outermost_first() -> None:
    """
    Class, method and function names tell what is being written.
    """
    source = "class Shop {\n  buy(a: A) {\n    const total = () => {\n      █"

    assert situation(source).enclosing_names[-2:] == ("buy", "total")


def test_the_nearer_the_heavier() -> None:
    """
    Words of the last line weigh more than those above, and those above more than none.
    """
    near = situation("far();\n\n\nmiddle();\nlast█").near

    assert near["last"] > near["middle"] > near["far"] > 0


@pytest.mark.parametrize("text", ["", ")))", "`${", "'", "a.b.", "<" * 500, "(" * 5000, "x" * 20_000])
def test_any_text_has_a_situation(text: str) -> None:
    """
    Broken code is read without error.
    """
    here = situation(text + "█")

    assert here.slot in Slot
    chain_before(text)
    open_brackets(text)
    _ = here.near, here.calls, here.element, here.enclosing_names
