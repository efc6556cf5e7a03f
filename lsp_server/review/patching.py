"""
Put fixes into a text, and show what that changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from lsp_server.review.finding import Finding, Fix
from lsp_server.review.source import Source
from lsp_server.syntax.tree import parse_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Patched:
    """
    A text with the fixes of findings in it, and the findings whose fix could not go in with the others.
    """

    text: str
    applied: tuple[Finding, ...]
    left_out: tuple[Finding, ...]


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """
    `text` with every one of `fixes`, whose spans are all in its own terms.

    Raises:
        ValueError: two of them touch the same text, or one lies outside of it.
    """
    parts, position = [], 0
    for fix in sorted(fixes, key=lambda one: (one.span.start, one.span.end)):
        if not position <= fix.span.start <= fix.span.end <= len(text):
            raise ValueError("Two fixes change the same text, or one lies outside of it.")
        parts += [text[position : fix.span.start], fix.replacement]
        position = fix.span.end
    return "".join([*parts, text[position:]])


def apply_findings(source: Source, findings: Iterable[Finding]) -> Patched:
    """
    As many of the fixes as go together: graver ones first, and none that breaks the file along with the others.
    """
    text = source.text
    applied: list[Finding] = []
    left_out: list[Finding] = []
    for finding in sorted(findings, key=_gravity):
        after = _with(source, [*applied, finding])
        if after is None:
            left_out.append(finding)
        else:
            text = after
            applied.append(finding)
    return Patched(text=text, applied=tuple(applied), left_out=tuple(left_out))


def unified(path: str, before: str, after: str) -> str:
    """
    The change as a unified diff with three lines of context that `git apply` takes; empty if there is none.
    """
    rows = unified_diff(_rows(before), _rows(after), _named("a/", path), _named("b/", path))
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


def _with(source: Source, findings: Sequence[Finding]) -> str | None:
    fixes = [finding.fix for finding in findings if finding.fix]
    if len(fixes) < len(findings):
        return None
    try:
        text = apply(source.text, fixes)
    except ValueError:
        return None
    errors = parse_text(text, source.document.language_id).error_count()
    return text if errors <= source.tree.error_count() else None


def _gravity(finding: Finding) -> tuple[int, int, int]:
    return -finding.severity.rank, -finding.confidence, finding.span.start


def _rows(text: str) -> list[str]:
    # Git ends lines at "\n" alone, and a "\r" before it belongs to the line.
    rows = [row + "\n" for row in text.split("\n")]
    rows[-1] = rows[-1][:-1]
    return rows if rows[-1] else rows[:-1]


def _named(side: str, path: str) -> str:
    """
    The file as a diff names it: quoted as git does when the name holds what would end it.
    """
    name = side + path
    if not any(character in '"\\' or character < " " or character == "\x7f" for character in name):
        return name + "\t" if " " in name else name
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(one, f"\\{ord(one):03o}" if one < " " else one) for one in name) + '"'
