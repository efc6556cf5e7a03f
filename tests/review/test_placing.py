"""
Claims are placed by their quotes: where the quote stands, or nowhere.
"""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.review.finding import Placed, Withheld, WithheldReason
from lsp_server.review.placing import place
from lsp_server.review.source import Source, by_path
from tests.review.changes import source
from tests.review.code import CODE, EARLIER
from tests.support.edits import STEADY
from tests.support.quoting import PERTURBED, claim_of, invented, is_unique, true_quotes

LAYOUTS = {"LF": CODE, "CRLF": CODE.replace("\n", "\r\n"), "tabs": CODE.replace("  ", "\t")}
SOURCES = {name: source(text) for name, text in LAYOUTS.items()}
UNDECIDED = ("elided", "joined")


@pytest.mark.parametrize("name", PERTURBED)
@given(st.sampled_from(sorted(SOURCES)), st.integers(0, 10_000))
@STEADY
def test_a_perturbed_quote_is_placed_where_it_was_taken_from(name: str, layout: str, seed: int) -> None:
    """
    Whatever a model does to lines it quotes, they are found again if they are unique, and never elsewhere.
    """
    under_review, random = SOURCES[layout], Random(seed)
    for quote in true_quotes(under_review, random, 2):
        outcome = placed_by(PERTURBED[name](list(quote.lines), random), under_review)
        if isinstance(outcome, Placed):
            assert under_review.lines_of(outcome.span) == range(quote.first, quote.last + 1)
        else:
            assert name in UNDECIDED or not is_unique(under_review, quote), outcome


@given(st.integers(0, 10_000))
@STEADY
def test_an_invented_quote_is_never_placed(seed: int) -> None:
    """
    One changed name is enough: what is not in the file cannot be placed in it.
    """
    random = Random(seed)
    for quote in true_quotes(SOURCES["LF"], random, 2):
        text = invented(quote.lines, random)
        if text is not None:
            assert isinstance(placed_by(text, SOURCES["LF"]), Withheld)


def test_exact_tells_verbatim_quotes_from_others() -> None:
    """
    A quote counts as exact whatever stands around it, and does not when its white space differs.
    """
    assert placed("await this.load(id)").exact
    assert placed("  const user = await this.load(id);\n").exact
    assert not placed("const  user = await this.load(id);").exact


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("const user = this.store.find(id);", WithheldReason.OLD_SIDE),
        ("-    const user = this.store.find(id);", WithheldReason.OLD_SIDE),
        ("const user = await this.load(id);", WithheldReason.NOT_IN_CHANGE),
        ("export const LIMIT = 20;", WithheldReason.NOT_IN_CHANGE),
        ("const user = await this.store.seek(id);", WithheldReason.QUOTE_NOT_FOUND),
        ("return", WithheldReason.QUOTE_NOT_FOUND),
        ("...", WithheldReason.QUOTE_NOT_FOUND),
        ("}", WithheldReason.NOT_IN_CHANGE),
    ],
)
def test_reasons_for_placing_nothing(quote: str, reason: WithheldReason) -> None:
    """
    Lines that the change removed, left alone or never had are each told apart.
    """
    outcome = placed_by(quote, source(CODE, EARLIER))
    assert isinstance(outcome, Withheld)
    assert outcome.reason is reason


def test_a_repeated_line_is_placed_only_where_the_change_touches_it() -> None:
    """
    Of two equal lines the added one is meant; of two equal added ones neither.
    """
    before = "function a() {\n  save();\n}\nfunction b() {\n}\n"
    after = before.replace("b() {\n", "b() {\n  save();\n")
    assert lines_placed("save();", source(after, before)) == range(5, 6)
    outcome = placed_by("save();", source(after))
    assert isinstance(outcome, Withheld)
    assert (outcome.reason, outcome.detail) == (WithheldReason.QUOTE_AMBIGUOUS, "it stands at lines 2, 5")


def test_evidence_decides_between_two_functions() -> None:
    """
    Two equal added lines are told apart by a second quote that only one function has.
    """
    text = "function a() {\n  const x = 1;\n  save(x);\n}\nfunction b() {\n  const x = 2;\n  save(x);\n}\n"
    claim = claim_of("src/a.ts", "save(x);", evidence="const x = 2;")
    outcome = place(claim, by_path([source(text)]))
    assert isinstance(outcome, Placed)
    assert source(text).lines_of(outcome.span) == range(7, 8)


def test_an_elided_quote_stays_within_one_function() -> None:
    """
    Head and tail of one function are placed together, those of two functions not at all.
    """
    assert lines_placed("const found: User[] = [];\n  ...\n  return found;") == range(24, 34)
    assert isinstance(placed_by("async load(id: string): Promise<User> {\n ...\n return found;"), Withheld)


def test_elided_lines_after_an_ambiguous_head_are_withheld() -> None:
    """
    What could begin at two places is not placed at either.
    """
    text = "function a() {\n  one();\n  one();\n  two();\n}\n"
    outcome = placed_by("one();\n...\ntwo();", source(text))
    assert isinstance(outcome, Withheld)
    assert outcome.reason is WithheldReason.QUOTE_AMBIGUOUS


@pytest.mark.parametrize(
    ("file", "is_known"),
    [
        ("src/a.ts", True),
        ("./src/a.ts", True),
        ("b/src/a.ts", True),
        ("src\\a.ts", True),
        ("`src/a.ts`", True),
        ("a.ts", True),
        ("src/b.ts", False),
        ("rc/a.ts", False),
    ],
)
def test_names_of_files(file: str, is_known: bool) -> None:
    """
    A path may come as a diff, a shell or a hurried model writes it, but must still mean one file.
    """
    outcome = place(claim_of(file, "options.onDone?.(found);"), by_path([source(CODE, EARLIER)]))
    assert isinstance(outcome, Placed) is is_known


def test_an_ending_that_two_files_share_means_neither() -> None:
    """
    `index.ts` alone is no file when there are two.
    """
    sources = by_path([source("a();\n", path="x/index.ts"), source("a();\n", path="y/index.ts")])
    outcome = place(claim_of("index.ts", "a();"), sources)
    assert isinstance(outcome, Withheld)
    assert outcome.reason is WithheldReason.UNKNOWN_FILE


def test_a_quote_of_another_file_is_withheld_with_its_name() -> None:
    """
    The quote is not moved to where it would fit: the claim was about the file it names.
    """
    sources = by_path([source("one();\ntwo();\n", path="a.ts"), source("three(four);\n", path="b.ts")])
    outcome = place(claim_of("a.ts", "three(four);"), sources)
    assert isinstance(outcome, Withheld)
    assert (outcome.reason, outcome.detail) == (WithheldReason.QUOTE_NOT_FOUND, "it stands in b.ts")


def test_what_the_model_could_not_see_is_no_hindrance() -> None:
    """
    Secrets were shown as placeholders, and hidden characters by their numbers: quotes with them are still found.
    """
    text = 'const key = "AKIAZZZZTOPSECRETKEY";\nconst name = "a\u200bb";\nconst shown = "\\u{200B}";\n'
    assert lines_placed('const key = "<redacted:aws-access-key>";', source(text)) == range(1, 2)
    assert lines_placed('const name = "a\\u{200B}b";', source(text)) == range(2, 3)
    assert lines_placed('const shown = "\\u{200B}";', source(text)) == range(3, 4)


def placed_by(quote: str, under_review: Source | None = None) -> Placed | Withheld:
    return place(claim_of("src/a.ts", quote), by_path([under_review or SOURCES["LF"]]))


def placed(quote: str) -> Placed:
    outcome = placed_by(quote)
    assert isinstance(outcome, Placed), outcome
    return outcome


def lines_placed(quote: str, under_review: Source | None = None) -> range:
    outcome = placed_by(quote, under_review)
    assert isinstance(outcome, Placed), outcome
    return (under_review or SOURCES["LF"]).lines_of(outcome.span)
