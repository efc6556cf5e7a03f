"""
A fix is offered only when it fits the exact text and leaves the file as sound as it was.
"""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.review.finding import Fix, NoFixReason, Origin, Placed
from lsp_server.review.fixes import fix_for
from lsp_server.review.patching import apply
from lsp_server.review.placing import place
from lsp_server.review.source import Source, by_path
from lsp_server.syntax.tree import parse_text
from tests.review.changes import source
from tests.review.code import CODE
from tests.support.breaking import BROKEN
from tests.support.edits import STEADY
from tests.support.quoting import PERTURBED, claim_of, true_quotes

ADDED = "      const user = await this.load(id);\n      this.check(user);"
CHECKED = CODE.replace("      const user = await this.load(id);\n", ADDED + "\n")


@pytest.mark.parametrize(
    ("quote", "replacement"),
    [
        ("      const user = await this.load(id);", ADDED),
        ("const user = await this.load(id);", "const user = await this.load(id);\nthis.check(user);"),
        ("const user = await this.load(id);", "const user = await this.load(id);\n      this.check(user);"),
        ("27: const user = await this.load(id);", "27: const user = await this.load(id);\n28: this.check(user);"),
        (
            "+      const user = await this.load(id);",
            "+      const user = await this.load(id);\n+      this.check(user);",
        ),
        ("```ts\nconst user = await this.load(id);\n```", "```ts\n" + ADDED + "\n```"),
        ("\t\t\tconst user = await this.load(id);", "\t\t\tconst user = await this.load(id);\n\t\t\tthis.check(user);"),
        ("      const user = await this.load(id);\n", ADDED + "\n"),
    ],
)
def test_a_replacement_is_indented_as_its_quote_shows(quote: str, replacement: str) -> None:
    """
    However the quote was dressed or indented, what it says of its replacement leads to the same text.
    """
    assert applied(quote, replacement) == CHECKED


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_line_ends_stay_those_of_the_file(eol: str) -> None:
    """
    A replacement comes with plain line ends, and goes in with the file's own.
    """
    text = CODE.replace("\n", eol)
    quote = "      const user = await this.load(id);"
    assert applied(quote, ADDED, source(text)) == CHECKED.replace("\n", eol)


def test_tabs_are_kept() -> None:
    """
    A quote that shows a tab as four spaces says how its replacement is indented.
    """
    text = "function f() {\n\tif (a) {\n\t\tb();\n\t}\n}\n"
    after = applied("        b();", "        if (c) {\n            b();\n        }", source(text))
    assert after == text.replace("\t\tb();", "\t\tif (c) {\n\t\t\tb();\n\t\t}")


def test_part_of_a_line_is_replaced_alone() -> None:
    """
    A quote of half a line leaves the other half as it is.
    """
    assert applied("await this.store.find(id)", "await this.store.get(id)") == CODE.replace(".find(", ".get(")


def test_nothing_in_place_of_lines_deletes_them() -> None:
    """
    An empty replacement takes the lines away with their ends, and a quoted blank line with them.
    """
    text = "a();\n\nb();\n\nc();\n"
    assert applied("b();", "", source(text)) == "a();\n\n\nc();\n"
    assert applied("b();\n", "", source(text)) == "a();\n\nc();\n"


@pytest.mark.parametrize(
    ("replacement", "reason"),
    [
        ("      const user = await this.load(id);", NoFixReason.IDENTICAL),
        ("      const user =  await this.load(id);", NoFixReason.IDENTICAL),
        ("      const user = await this.load(id;", NoFixReason.TRUNCATED),
        ("      const user = await this.load(", NoFixReason.TRUNCATED),
        ("      const user = await this.load(id) as;", NoFixReason.ADDS_PARSE_ERROR),
        ("      const user = await this.load(id);\n      // ... rest of the loop", NoFixReason.TRUNCATED),
        ("      ...\n      check(id);", NoFixReason.TRUNCATED),
        ("      const user = await this", NoFixReason.TRUNCATED),
        ("    const user = await this.get(id);", NoFixReason.MISINDENTED),
        ("const user = await this.get(id);", NoFixReason.MISINDENTED),
        ("      const user = await this.get(id);\n    check(user);", NoFixReason.MISINDENTED),
        ("      const user = await this.get(\n      id,\n    );", NoFixReason.MISINDENTED),
        ("\t\t\tconst user = await this.get(id);", NoFixReason.MISINDENTED),
        ("      const us\u200ber = await this.get(id);", NoFixReason.HIDDEN_CHARACTERS),
        ("      const key = '<redacted:token>';", NoFixReason.NOT_APPLICABLE),
        ("+      const user = await this.get(id);", NoFixReason.NOT_APPLICABLE),
    ],
)
def test_spoilt_replacements_are_refused(replacement: str, reason: NoFixReason) -> None:
    """
    Each way in which models spoil a fix has a name, and none is offered.
    """
    assert proposed("      const user = await this.load(id);", replacement) is reason


def test_a_quote_that_leaves_something_out_has_no_fix() -> None:
    """
    Lines that were not quoted would be lost.
    """
    quote = "const found: User[] = [];\n...\nreturn found;"
    assert proposed(quote, "return [];") is NoFixReason.NOT_APPLICABLE


def test_no_replacement_is_no_reason() -> None:
    """
    A claim without a fix is not one with a refused fix.
    """
    assert proposed("const user = await this.load(id);", None) is None


def test_only_certain_rules_are_safe() -> None:
    """
    What a model proposes is never safe, however sure it is; what a rule proposes is if the rule is certain.
    """
    placed = place(claim_of("src/a.ts", "return found;", "return [...found];"), by_path([source(CODE)]))
    assert isinstance(placed, Placed)
    sure = replace(placed.claim, confidence=100)
    by_rule = replace(sure, origin=Origin.RULE, rule="a-rule")
    safe = [
        fix.safe
        for claim in (placed.claim, sure, by_rule, replace(by_rule, confidence=99))
        if isinstance(fix := fix_for(replace(placed, claim=claim), source(CODE)), Fix)
    ]
    assert safe == [False, False, True, False]


@given(st.integers(0, 100_000), st.sampled_from(sorted(BROKEN)), st.sampled_from(("verbatim", "stripped", "dedented")))
@STEADY
def test_no_offered_fix_adds_a_parse_error(seed: int, breaking: str, dress: str) -> None:
    """
    Replacements broken at random are refused, or at least still parse.
    """
    random, under_review = Random(seed), source(CODE)
    for quote in true_quotes(under_review, random, 2):
        broken = BROKEN[breaking](list(quote.lines), random)
        if broken is None:
            continue
        placed = place(
            claim_of("src/a.ts", PERTURBED[dress](list(quote.lines), random), broken), by_path([under_review])
        )
        fix = fix_for(placed, under_review) if isinstance(placed, Placed) else None
        if isinstance(fix, Fix):
            assert parse_text(apply(CODE, [fix]), "typescript").error_count() == 0
            assert breaking != "elided"


@given(st.integers(0, 100_000))
@STEADY
def test_a_fix_back_to_what_stood_there_gives_the_file_byte_for_byte(seed: int) -> None:
    """
    Lines replaced by others, and then by the first again, leave nothing behind.
    """
    random, under_review = Random(seed), source(CODE)
    for quote in true_quotes(under_review, random, 2):
        text = "\n".join(quote.lines)
        changed = text.replace("user", "somebody", 1)
        placed = place(claim_of("src/a.ts", text, changed), by_path([under_review]))
        fix = fix_for(placed, under_review) if isinstance(placed, Placed) else None
        if isinstance(fix, Fix):
            start = under_review.document.line_start(quote.first - 1)
            end = under_review.document.line_end(quote.last - 1)
            assert apply(CODE, [fix]) == CODE[:start] + changed + CODE[end:]


def proposed(quote: str, replacement: str | None, under_review: Source | None = None) -> Fix | NoFixReason | None:
    under_review = under_review or source(CODE)
    placed = place(claim_of("src/a.ts", quote, replacement), by_path([under_review]))
    assert isinstance(placed, Placed), placed
    return fix_for(placed, under_review)


def applied(quote: str, replacement: str, under_review: Source | None = None) -> str:
    under_review = under_review or source(CODE)
    fix = proposed(quote, replacement, under_review)
    assert isinstance(fix, Fix), fix
    return apply(under_review.text, [fix])
