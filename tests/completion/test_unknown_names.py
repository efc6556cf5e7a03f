"""
Names that a completion uses though nobody knows them are found, and what it declares itself is not among them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.completion.postprocess import Draft
from lsp_server.completion.request import NoCompletionReason
from lsp_server.completion.unknown_names import UnknownName, cut_at_unknown_name, known_part, unknown_names
from lsp_server.index.known_names import language_names
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from lsp_server.text.positions import Span
from tests.support.cursors import request_at
from tests.support.marked import parse_marked

KNOWN = language_names() | {"client", "order", "save", "React", "Order"}


def unknown_in(marked: str, text: str, language: str = "typescriptreact") -> list[UnknownName]:
    """
    The unknown names of `text` at the cursor of `marked`.
    """
    at = parse_marked(marked)
    whole = at.text[: at.offset] + text + at.text[at.offset :]
    tree = parse(Document.create("file:///a.tsx", language, 1, whole))
    return list(unknown_names(tree, Span(at.offset, at.offset + len(text)), KNOWN.__contains__))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("client.saveAll(order);", "saveAll"),
        ("await persistAll(order);", "persistAll"),
        ("const total: Totals = order;", "Totals"),
        ("new OrderRepository();", "OrderRepository"),
        ("order?.customer", "customer"),
        ("return <Basket order={order} />;", "Basket"),
        ("({ order: order.parcels })", "parcels"),
        ("client.#secret", "#secret"),
    ],
)
def test_finds_what_was_made_up(text: str, name: str) -> None:
    """
    Members, functions, types, classes and elements that stand nowhere else are unknown.
    """
    assert unknown_in("█", text) == [UnknownName(name, text.index(name))]


@pytest.mark.parametrize(
    "text",
    [
        "const lines = order; save(lines);",
        "function total(basket: Order) { return basket; }",
        "order.map((line) => line)",
        "const { first, second: third, ...others } = order; save(first, third, others);",
        "const [head = 1] = order; save(head);",
        "class Basket<T> { price = 1; total(rate: T) { return rate; } }",
        "import basket, { parcel as box } from './x'; save(basket, box);",
        "type Total = { amount: number }; interface Rate { percent: number }",
        "try { save(); } catch (failure) { save(failure); }",
        "for (const line of order) save(line);",
        "const label = 'nobody knows these words'; // nor these",
        "return <p aria-label='x'>Nobody knows these words</p>;",
        "({ amount: 1, rate() {} })",
        "enum Size { Small, Large }",
        "order.map(Math.round).flatMap(structuredClone)",
        "document.querySelector('a')?.addEventListener('click', save)",
    ],
)
def test_excuses_what_is_declared_or_known(text: str) -> None:
    """
    What the completion brings in itself, what the language has, and words that are no names.
    """
    assert unknown_in("█", text) == []


def test_the_open_file_counts_on_both_sides() -> None:
    """
    A name that is only in the document, above or below, is known; one that only contains it is not.
    """
    assert unknown_in("function above() {}\n█\nfunction below() {}", "above(); below();") == []
    assert [found.name for found in unknown_in("function above2() {}\n█", "above();")] == ["above"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("save(order);\nsave(order);\n  persistAll(order);\nsave(order);", "save(order);\nsave(order);"),
        ("const saved = await persistAll(order);\nsave(saved);", "const saved = await"),
        ("\n  save(persistAll(order));", "\n  save("),
        ("(persistAll);", ""),
        ("persistAll(order);", ""),
        ("save(order);", "save(order);"),
    ],
)
def test_the_part_before_an_unknown_name(text: str, kept: str) -> None:
    """
    Whole lines are kept before the first unknown name, else the line up to it unless that is next to nothing.
    """
    assert known_part(text, tuple(unknown_in("█", text))) == kept


@pytest.mark.parametrize(
    ("marked", "draft", "outcome"),
    [
        ("function f() {\n  █\n}", Draft("client.save(order);"), Draft("client.save(order);")),
        ("function f() {\n  █\n}", Draft("client.saveAll(order);"), Draft("client.")),
        ("function f() {\n  client.sav█\n}", Draft("eAll(order);"), NoCompletionReason.UNKNOWN_NAME),
        ("function f() {\n  client.saveA█\n}\nsaveAll;", Draft("ll(order);"), Draft("ll(order);")),
        ("save(█)", Draft("client.order(saveAll))", 1), NoCompletionReason.UNKNOWN_NAME),
        ("const text = '█'", Draft("Nobody knows these words"), Draft("Nobody knows these words")),
    ],
)
def test_a_draft_ends_before_what_was_made_up(marked: str, draft: Draft, outcome: Draft | NoCompletionReason) -> None:
    """
    A word that was begun before the cursor counts whole, and nothing behind the cursor is lost.
    """
    assert cut_at_unknown_name(draft, request_at(marked), KNOWN.__contains__) == outcome


@given(st.text(alphabet="ab(){}<>.,;:= '\"`/\n𝒳ä", max_size=40), st.integers(0, 3))
def test_any_text_is_endured(text: str, cut: int) -> None:
    """
    Every name that is reported stands at its offset, in order, whatever the completion is.
    """
    found = unknown_in(f"{text[:cut]}█{text[cut:]}", text)
    after = text + text[cut:]

    assert [name.offset for name in found] == sorted(name.offset for name in found)
    assert all(after.startswith(name.name, name.offset) for name in found if name.offset)
