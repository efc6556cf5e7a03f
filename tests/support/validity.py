"""
Hold each output to those who will read it: official schemas, parsers, and what is known of their limits.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft7Validator
from junitparser import Failure, JUnitXml

from lsp_server.review.formats import FormatContext
from lsp_server.review.outcome import Review

SCHEMAS = Path(__file__).parents[1] / "review" / "schemas"
LEAKED = re.compile(r"evil\.example|ghp_a1B2|\x1b|\u202e|\u200b|\x00")
"""What a hostile message brings along; none of it may stand in an output where it could work."""


@cache
def validator(name: str) -> Draft4Validator | Draft7Validator:
    """
    The schema of an output.
    """
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return Draft7Validator(schema) if "draft-07" in schema["$schema"] else Draft4Validator(schema)


def check_sarif(output: str, review: Review, context: FormatContext) -> None:
    """
    Valid by the official schema; each finding with its fingerprint, at columns that exist.
    """
    document = json.loads(output)
    validator("sarif-2.1.0").validate(document)
    (run,) = document["runs"]
    results = run["results"]
    ids = [result["partialFingerprints"]["pacenotes/v1"] for result in results]
    assert len(ids) == len(set(ids))
    assert {finding.id for finding in review.findings} <= set(ids)
    for result in results:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        check_region(region, context.texts.values())
    notifications = run["invocations"][0]["toolExecutionNotifications"]
    assert sum(one["descriptor"]["id"].startswith("hunk-") for one in notifications) == len(review.coverage)


def check_region(region: Mapping[str, int], texts: Any) -> None:
    """
    The region lies in one of `texts`, in UTF-16 units, and does not end before it begins.
    """
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
    lines = [re.split(r"\r\n|\n|\r", text) for text in texts]
    ends = [(region[f"{end}Line"], region[f"{end}Column"]) for end in ("start", "end")]
    assert any(
        all(line <= len(text) and column <= len(text[line - 1].encode("utf-16-le")) // 2 + 1 for line, column in ends)
        for text in lines
    )


def check_json(output: str, review: Review, context: FormatContext) -> None:
    """
    One document with the keys that are promised.
    """
    del context
    document = json.loads(output)
    assert {"findings", "withheld", "coverage", "usage"} <= set(document)
    for row, finding in zip(document["findings"], review.findings, strict=True):
        assert {"id", "file", "line", "endLine", "quote", "category", "severity", "confidence", "message"} <= set(row)
        assert (row["id"], row["line"], row["endLine"]) == (finding.id, finding.line, finding.end_line)
    assert all({"file", "hunk", "status"} <= set(row) for row in document["coverage"])
    assert set(document["usage"]) == {"requests", "inputTokens", "outputTokens", "costUsd"}
    assert len(document["withheld"]) == len(review.withheld) + len(review.problems)


def check_github(output: str, review: Review, context: FormatContext) -> None:
    """
    Every line that is a command is one of ours, at most ten a level, and columns come only with single lines.
    """
    del context
    commands = [line for line in output.split("\n") if re.match(r"\s*(::|##\[)", line)]
    levels = Counter(line.split(" ", 1)[0] for line in commands)
    assert set(levels) <= {"::error", "::warning", "::notice"}
    assert all(count <= 10 for count in levels.values())
    expected = Counter(
        {"error": "::error", "warning": "::warning", "info": "::notice"}[one.severity] for one in review.findings
    )
    assert levels == Counter({level: min(count, 10) for level, count in expected.items()})
    for command in commands:
        found = re.fullmatch(
            r"::(?:error|warning|notice) (?P<properties>(?:\w+=[^,:\r\n]*,?)+)::(?P<message>[^\r\n]*)", command
        )
        assert found, command
        values = dict(pair.split("=", 1) for pair in found["properties"].split(","))
        assert ("col" not in values) or values["line"] == values["endLine"]


def check_gitlab(output: str, review: Review, context: FormatContext) -> None:
    """
    Valid by the schema, with fingerprints that are unique.
    """
    del context
    rows = json.loads(output)
    validator("gitlab-code-quality").validate(rows)
    assert sorted(row["fingerprint"] for row in rows) == sorted(finding.id for finding in review.findings)


def check_rdjson(output: str, review: Review, context: FormatContext) -> None:
    """
    Valid by the official schema, with columns in bytes that lead back to the quote.
    """
    document = json.loads(output)
    validator("rdjson").validate(document)
    found = {(one.file, one.line, one.end_line) for one in review.findings}
    for row in document["diagnostics"]:
        text = context.texts[row["location"]["path"]].encode()
        lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", text)
        places = [row["location"]["range"][end] for end in ("start", "end")]
        offsets = [sum(map(len, lines[: place["line"] - 1])) + place["column"] - 1 for place in places]
        assert any(
            context.texts[one.file].encode()[offsets[0] : offsets[1]].decode() == one.quote
            or "\r" in context.texts[one.file]
            for one in review.findings
            if one.file == row["location"]["path"]
        )
    assert len(document["diagnostics"]) == len(review.findings) >= len(found)


def check_junit(output: str, review: Review, context: FormatContext) -> None:
    """
    Read by a parser of its own, with a failure for each finding and no suite that is empty.
    """
    del context
    suites = list(JUnitXml.fromstring(output.encode()))
    assert suites
    assert all(len(list(suite)) for suite in suites)
    failures = [result for suite in suites for case in suite for result in case.result if isinstance(result, Failure)]
    assert len(failures) == len(review.findings)


def check_markdown(output: str, review: Review, context: FormatContext) -> None:
    """
    Short enough for a comment, and outside of code no markup but our own.
    """
    del context
    assert len(output) <= 65_536
    prose = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", output)
    assert not re.search(r"<\w|!\[|(?<!\\)\]\(|(?<!`)@\w", prose), prose
    assert prose.count("\n### ") == len({finding.file for finding in review.findings})


def check_text(output: str, review: Review, context: FormatContext) -> None:
    """
    Each finding by its short id, and no line that a terminal would take for more than text.
    """
    del context
    assert all(finding.id[:12] in output for finding in review.findings)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", output.replace("\r", ""))


CHECKS: Mapping[str, Callable[[str, Review, FormatContext], None]] = {
    "text": check_text,
    "json": check_json,
    "sarif": check_sarif,
    "github": check_github,
    "gitlab": check_gitlab,
    "rdjson": check_rdjson,
    "junit": check_junit,
    "markdown": check_markdown,
}


def messages_of(output: str) -> str:
    """
    What of an output is prose: all of it but code in fences, quotes and replacements.
    """
    return re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", output)
