"""
A review as a JUnit report.
"""

import re
from xml.etree import ElementTree as ET

from lsp_server.review.finding import Finding
from lsp_server.review.formats.context import TOOL, FormatContext, gravest_first, shown
from lsp_server.review.outcome import HunkStatus, Incomplete, Review


def junit(review: Review, context: FormatContext) -> str:
    """
    One suite a file: a failure for each finding, a skipped case for each hunk that was not reviewed.

    A file that is clean has one case that passes, for viewers take an empty suite for a mistake.
    """
    del context
    root = ET.Element("testsuites", {"name": TOOL})
    by_file: dict[str, list[ET.Element]] = {row.file: [] for row in review.coverage}
    for finding in gravest_first(review.findings):
        by_file.setdefault(finding.file, []).append(_failure(finding))
    for row in review.coverage:
        if row.status is HunkStatus.SKIPPED:
            case = _case(row.file, row.hunk or "file")
            ET.SubElement(case, "skipped", {"message": _xml(row.reason or "")})
            by_file[row.file].append(case)
    for file, cases in sorted(by_file.items()):
        _suite(root, file, cases or [_case(file, "no findings")])
    if review.incomplete is Incomplete.PROVIDER_FAILED:
        case = _case(TOOL, "review")
        ET.SubElement(case, "error", {"message": "The provider failed before everything was reviewed."})
        _suite(root, TOOL, [case])
    if not len(root):
        _suite(root, TOOL, [_case(TOOL, "no findings")])
    for kind in ("tests", "failures", "errors"):
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _failure(finding: Finding) -> ET.Element:
    one = shown(finding)
    case = _case(finding.file, f"{one.rule_id} {finding.id[:12]}")
    failure = ET.SubElement(case, "failure", {"type": finding.severity, "message": _xml(one.message)})
    failure.text = _xml(f"{finding.file}:{finding.line}: {one.message}\n\n{one.quote}")
    return case


def _case(file: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": _xml(file), "name": _xml(name), "time": "0"})


def _suite(root: ET.Element, name: str, cases: list[ET.Element]) -> None:
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    suite = ET.SubElement(root, "testsuite", {"name": _xml(name), "time": "0"})
    for kind, count in counts.items():
        suite.set(kind, str(count))
    suite.extend(cases)


def _xml(text: str) -> str:
    """
    `text` without the characters that XML cannot hold.
    """
    return _NOT_XML.sub("\ufffd", text)


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
