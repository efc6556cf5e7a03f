"""
Every format is valid by its own schema or parser, whatever is in a review, and harmless to whoever reads it.
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from lsp_server.review.finding import Category, Severity, Withheld, WithheldReason
from lsp_server.review.formats import FORMATS, FormatContext, step_summary
from lsp_server.review.formats.github import MOST_OF_A_LEVEL
from lsp_server.review.outcome import Incomplete, Review
from tests.support.edits import STEADY
from tests.support.findings import finding_in, unmarked
from tests.support.random_reviews import reviews
from tests.support.validity import CHECKS, check_markdown

SECRET = "AKIAIOSFODNN7EXAMPLZ"


@pytest.mark.parametrize("name", FORMATS)
@given(reviews())
@settings(STEADY, max_examples=25)
def test_any_review_is_written_validly(name: str, made: tuple[Review, FormatContext]) -> None:
    """
    Emoji, CJK, tabs, CRLF, control characters and hostile Markdown leave each format valid by its own rules.
    """
    review, context = made
    CHECKS[name](FORMATS[name](review, context), review, context)


@given(reviews())
@settings(STEADY, max_examples=25)
def test_step_summaries_are_as_harmless(made: tuple[Review, FormatContext]) -> None:
    """
    The summary of a CI step is Markdown like any other.
    """
    check_markdown(step_summary(*made), *made)


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_review_is_written(name: str) -> None:
    """
    A clean run has an output too, and equal runs have equal bytes.
    """
    review, context = Review(), FormatContext(version="0.1.0")
    CHECKS[name](FORMATS[name](review, context), review, context)
    assert FORMATS[name](review, context) == FORMATS[name](Review(), FormatContext(version="0.1.0"))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_works_gets_out(name: str) -> None:
    """
    Links, secrets and hidden characters of a message, a quote or a fix are in no output.
    """
    text, span = unmarked(f'const key = «"{SECRET}"»;\n')
    finding = finding_in(
        text,
        span,
        replacement=f'"{SECRET}"',
        message=f"Leaks {SECRET} to https://evil.example/?q=1 ![x](//evil.example/x) \u202e\x1b[31m www.evil.example",
    )
    review = Review(findings=(finding,), notices=("See http://evil.example/ now.",))
    output = FORMATS[name](review, FormatContext(version="0.1.0", texts={"a.ts": text}))
    for leak in (SECRET, "evil.example", "\u202e", "\x1b", "\\u202e", "\\u001b"):
        assert leak not in output


def test_columns_in_every_unit() -> None:
    """
    The same place is column 19 in UTF-16, and 22 in bytes of UTF-8, behind an emoji, a tab and an accent.
    """
    text, span = unmarked('\tconst é = "😀" + «b»;\r\n')
    review = Review(findings=(finding_in(text, span, replacement="c"),))
    context = FormatContext(version="0.1.0", texts={"a.ts": text})
    start, end = ({"line": 0, "character": 18}, {"line": 0, "character": 19})
    assert json.loads(FORMATS["json"](review, context))["findings"][0]["fix"]["range"] == {"start": start, "end": end}
    region = json.loads(FORMATS["sarif"](review, context))["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]
    deleted = {"startLine": 1, "startColumn": 19, "endLine": 1, "endColumn": 20}
    assert region["replacements"][0]["deletedRegion"] == deleted
    suggestion = json.loads(FORMATS["rdjson"](review, context))["diagnostics"][0]["suggestions"][0]["range"]
    assert suggestion == {"start": {"line": 1, "column": 22}, "end": {"line": 1, "column": 23}}
    assert "col=19,endColumn=20" in FORMATS["github"](review, context)


def test_annotations_show_the_gravest_and_count_the_others() -> None:
    """
    Ten of a level come out, errors first; how many more there are is said, and the step summary has them all.
    """
    text = "a();\n" * 40
    base = finding_in(*unmarked("«a();»\n"))
    findings = tuple(
        replace(
            base, id=f"{number:032x}", confidence=number, severity=Severity.ERROR if number % 2 else Severity.WARNING
        )
        for number in range(30)
    )
    context = FormatContext(version="0.1.0", texts={"a.ts": text})
    lines = FORMATS["github"](Review(findings=findings), context).splitlines()
    assert [line.split(" ")[0] for line in lines[:20]] == ["::error"] * 10 + ["::warning"] * 10
    assert f"{29:032x}"[:12] in lines[0]
    assert lines[20] == f"{30 - 2 * MOST_OF_A_LEVEL} more findings in the step summary."
    assert step_summary(Review(findings=findings), context).count("\n**") == 30


def test_text_groups_by_file_gravest_first() -> None:
    """
    The file with the gravest finding leads, and within it the gravest finding.
    """
    text, span = unmarked("«a();»\n")
    findings = (
        finding_in(text, span, file="a.ts", message="Minor.", severity=Severity.INFO),
        finding_in(text, span, file="b.ts", message="Middling."),
        finding_in(text, span, file="b.ts", message="Grave.", severity=Severity.ERROR, category=Category.ASYNC),
    )
    review = Review(findings=findings, incomplete=Incomplete.COST_CAP)
    output = FORMATS["text"](review, FormatContext(version="0.1.0", texts={"a.ts": text, "b.ts": text}))
    places = [output.index(word) for word in ("b.ts\n", "Grave.", "Middling.", "a.ts\n", "Minor.")]
    assert places == sorted(places)
    assert "b.ts:1:1: error: Grave." in output
    assert "The review is not complete: cost cap." in output
    assert "3 findings (1 error, 1 warning, 1 info)" in output


def test_a_comment_that_grows_too_long_is_cut_between_findings() -> None:
    """
    What does not fit is counted, and no block of code is left open.
    """
    base = finding_in(*unmarked("«a();»\n"), message="m" * 500)
    findings = tuple(replace(base, id=f"{number:032x}", quote="x" * 2000) for number in range(60))
    output = FORMATS["markdown"](Review(findings=findings), FormatContext(version="0.1.0"))
    assert len(output) <= 60_000
    assert "more did not fit here." in output
    assert output.count("```") % 2 == 0


def test_sarif_tells_suppressed_findings_from_dismissed_ones() -> None:
    """
    A comment is a suppression in the source, the baseline one outside of it, each with its reason.
    """
    text, span = unmarked("«a();»\n")
    withheld = tuple(
        Withheld(reason=reason, detail="it is meant", finding=replace(finding_in(text, span), id=reason))
        for reason in (WithheldReason.SUPPRESSED, WithheldReason.BASELINE, WithheldReason.OVER_LIMIT)
    )
    output = FORMATS["sarif"](Review(withheld=withheld), FormatContext(version="0.1.0", texts={"a.ts": text}))
    results = json.loads(output)["runs"][0]["results"]
    assert [(result["baselineState"], result["suppressions"][0]["kind"]) for result in results] == [
        ("new", "inSource"),
        ("unchanged", "external"),
    ]
    assert {result["suppressions"][0]["justification"] for result in results} == {"it is meant"}
