"""
Findings are read out of whatever a model sends, and each sound one survives the others.
"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.review.finding import Category, Severity
from lsp_server.review.reply import NOTHING_READABLE, parse
from lsp_server.review.tool import REPORT_FINDINGS
from tests.support.edits import STEADY

SOUND: dict[str, Any] = {
    "file": "src/a.ts",
    "quote": 'const a = "{[";',
    "category": "null-safety",
    "severity": "warning",
    "confidence": 80,
    "message": "It may be null.",
}
WHOLE = json.dumps({"findings": [SOUND, SOUND]})
UNSOUND: dict[str, Any] = {
    "no object": 7,
    "no quote": {key: value for key, value in SOUND.items() if key != "quote"},
    "an empty quote": SOUND | {"quote": " \n"},
    "a long quote": SOUND | {"quote": "a\n" * 13},
    "an unknown category": SOUND | {"category": "style"},
    "a severity that is none": SOUND | {"severity": ["warning"]},
    "a confidence in words": SOUND | {"confidence": "high"},
    "a confidence beyond 100": SOUND | {"confidence": 101},
    "a confidence that is a truth value": SOUND | {"confidence": True},
    "a file that is a number": SOUND | {"file": 1},
    "no message": SOUND | {"message": None},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from((*SOUND, "findings")), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("reply", "count", "problems"),
    [
        (WHOLE, 2, 0),
        (json.dumps([SOUND]), 1, 0),
        (json.dumps(SOUND), 1, 0),
        (json.dumps({"findings": json.dumps([SOUND])}), 1, 0),
        (json.dumps({"name": "report_findings", "input": {"findings": [SOUND]}}), 1, 0),
        (f"I looked at arr[0] and {{}}.\n```json\n{WHOLE}\n```\nThat is all.", 2, 0),
        (WHOLE[:-1], 2, 0),
        (WHOLE[:-30], 1, 1),
        (WHOLE.replace("}, {", "} {"), 2, 1),
        ('{"findings": []}', 0, 0),
        ("[]", 0, 0),
        ("There is nothing to report.", 0, 1),
        ("", 0, 1),
        ("[" * 100_000, 0, 1),
        ('{"a":' * 100_000, 0, 1),
    ],
)
def test_replies_in_every_wrapping(reply: str, count: int, problems: int) -> None:
    """
    Tool input, prose, fences and broken-off JSON give the findings that are whole, and say when something was not.
    """
    parsed = parse(reply)
    assert (len(parsed.claims), len(parsed.problems)) == (count, problems)


@pytest.mark.parametrize("unsound", UNSOUND.values(), ids=UNSOUND)
def test_a_bad_entry_costs_only_itself(unsound: Any) -> None:
    """
    Whatever one entry lacks, the one after it is read, and the lack is reported.
    """
    parsed = parse(json.dumps({"findings": [unsound, SOUND]}))
    assert [claim.quote for claim in parsed.claims] == [SOUND["quote"]]
    assert parsed.problems
    assert all(problem.startswith("Finding 1 of the reply: ") for problem in parsed.problems)


def test_what_a_claim_takes_over() -> None:
    """
    Values come as the model means them: names in any case, a message on one line, no evidence when there is none.
    """
    entry = SOUND | {"category": "Null_Safety", "severity": "ERROR", "confidence": 87.0, "message": "It\nmay."}
    (claim,) = parse(json.dumps([entry | {"replacement": None, "evidence": 3, "line": 4}])).claims
    assert (claim.category, claim.severity, claim.confidence) == (Category.NULL_SAFETY, Severity.ERROR, 87)
    assert (claim.message, claim.evidence, claim.replacement) == ("It may.", "", None)


def test_nothing_readable_is_said() -> None:
    """
    A reply without JSON is never taken for one without findings.
    """
    assert parse("Looks good to me!").problems == (NOTHING_READABLE,)


def test_half_characters_do_not_get_far() -> None:
    """
    A lone surrogate, which JSON can spell, is replaced, so that everything can be written.
    """
    (claim,) = parse(json.dumps([SOUND | {"message": "\ud83d!"}])).claims
    assert claim.message == "\ufffd!"


@given(st.lists(VALUES, max_size=3), st.integers(0, 200))
@settings(STEADY, max_examples=60)
def test_nothing_breaks_the_reader(values: list[Any], cut: int) -> None:
    """
    Any JSON, cut anywhere, is read without an error, and a sound entry before it is kept.
    """
    rest = json.dumps(values)[1:-1]
    parsed = parse(json.dumps({"findings": [SOUND]})[:-2] + (", " + rest)[: cut if rest else 0])
    assert [claim.quote for claim in parsed.claims][:1] == [SOUND["quote"]]


def test_the_tool_asks_for_what_the_reader_takes() -> None:
    """
    Every category and severity is on offer, and everything the reader insists on is required.
    """
    entry = REPORT_FINDINGS.input_schema["properties"]["findings"]["items"]
    assert entry["properties"]["category"]["enum"] == list(Category)
    assert entry["properties"]["severity"]["enum"] == list(Severity)
    assert set(entry["required"]) == set(SOUND)
