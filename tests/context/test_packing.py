"""
Choosing and laying out under a budget.
"""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.context.packing import merge, pack
from lsp_server.context.piece import Piece
from lsp_server.context.snippet import Context


def piece(
    text: str, *, path: str = "/w/a.ts", line: int = 0, worth: float = 0.5, owner: str = "", head: str = ""
) -> Piece:
    """
    A piece that declares its first word.
    """
    return Piece(
        path=path, line=line, end_line=line + 1, text=text, worth=worth, retriever="r", reason="why",
        names=(text.split("(", maxsplit=1)[0].strip(),), owner=owner, head=head,
    )  # fmt: skip


def packed(pieces: list[Piece], budget: int = 1000, **likelihood: float) -> Context:
    """
    The context of pieces.
    """
    return pack(pieces, budget, {item.path: item.path.removeprefix("/w/") for item in pieces}, likelihood)


def test_a_head_stands_once_above_its_members() -> None:
    """
    Members of one owner share its head, in the order of their lines.
    """
    members = [
        piece("  second()", line=3, owner="A:1", head="class A {"),
        piece("  first()", line=2, owner="A:1", head="class A {"),
    ]

    assert packed(members).text == "// a.ts\nclass A {\n  first()\n  second()"


def test_the_likelier_name_wins_when_only_one_fits() -> None:
    """
    Worth per character decides.
    """
    pieces = [piece("unlikely()", path="/w/a.ts"), piece("probable()", path="/w/b.ts")]
    context = packed(pieces, 7, probable=0.9, unlikely=0.1)

    assert [snippet.path for snippet in context.snippets] == ["b.ts"]
    assert [(item.path, item.reason) for item in context.dropped] == [("a.ts", "budget")]


def test_a_name_is_listed_where_its_declaration_does_not_fit() -> None:
    """
    To know that something exists is worth its few characters; what is declared in full is not listed too.
    """
    pieces = [piece("first(long: string)"), piece("second(longer: string, still: number)", line=4)]
    context = packed(pieces, 12, first=0.9, second=0.2)

    assert context.text == "// a.ts\nfirst(long: string)\n// also: second"


def test_declarations_of_one_name_divide_its_chance() -> None:
    """
    The one that a sure retriever found stands before the one that shares its name alone.
    """
    guess = piece("target: Guess", path="/w/a.ts")._replace(names=("target",))
    sure = piece("target: HTMLElement", path="/w/long/path/b.ts")._replace(names=("target",), share=4.0)
    context = packed([guess, sure], 13, target=0.9)

    assert [snippet.path for snippet in context.snippets] == ["long/path/b.ts"]


def test_a_name_that_is_shown_already_gives_way_to_a_new_one() -> None:
    """
    Saying a thing twice is worth little.
    """
    pieces = [
        piece("likely(a)", path="/w/a.ts"),
        piece("likely(b)", path="/w/b.ts"),
        piece("other(c)", path="/w/c.ts"),
    ]
    context = packed(pieces, 14, likely=0.9, other=0.3)

    assert {snippet.path for snippet in context.snippets} == {"a.ts", "c.ts"}


def test_the_surer_of_two_finders_is_kept() -> None:
    """
    What two retrievers found stands once, and the other is named as a duplicate.
    """
    merged, repeated = merge([piece("same()", worth=0.2), piece("same()", worth=0.7)])

    assert [item.worth for item in merged] == [0.7]
    assert [item.worth for item in repeated] == [0.2]


def test_order_is_stable_against_small_changes() -> None:
    """
    A score that moves a little does not move its snippet.
    """
    pieces = [piece(f"name{number}()", path=f"/w/{number}.ts", worth=0.5) for number in range(6)]
    shaken = [piece(f"name{number}()", path=f"/w/{number}.ts", worth=0.5 + number / 100) for number in range(6)]

    assert packed(pieces).text == packed(shaken).text


@given(
    st.lists(
        st.builds(
            piece,
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
            path=st.sampled_from(["/w/a.ts", "/w/b.ts", "/w/deep/c.ts"]),
            line=st.integers(0, 5),
            worth=st.floats(0, 1),
            owner=st.sampled_from(["", "A:1", "B:2"]),
            head=st.sampled_from(["", "class A {", "interface LongName<T> extends Other {"]),
        ),
        max_size=25,
    ),
    st.integers(0, 120),
)
def test_no_context_exceeds_its_budget(pieces: list[Piece], budget: int) -> None:
    """
    Whatever is packed, text and headers stay within the budget together.
    """
    context = packed(pieces, budget)

    assert len(context.text) <= 4 * budget
    assert all(snippet.text in context.text for snippet in context.snippets)


def test_what_is_left_out_says_why() -> None:
    """
    A name that the file shows in use gave way for that reason, another one for want of room.
    """
    pieces = [piece("used(a: string)"), piece("fresh(b: string)", line=1), piece("other(c: string)", line=2)]
    found = pack(pieces, 8, {"/w/a.ts": "a.ts"}, {"fresh": 0.9, "other": 0.01}, {"used": 0.05})

    assert [(item.start_line, item.reason) for item in found.dropped] == [(0, "already visible"), (2, "budget")]


def test_a_declaration_is_worth_less_where_its_name_is_in_use() -> None:
    """
    At the same chance, a new name goes before one that the file shows, which is not listed for its name alone either.
    """
    pieces = [piece("known(a: string)"), piece("fresh(b: string)", line=1)]
    found = pack(pieces, 8, {"/w/a.ts": "a.ts"}, {"fresh": 0.5}, {"known": 0.5})

    assert found.text == "// a.ts\nfresh(b: string)"
