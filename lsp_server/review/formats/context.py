"""
What every format needs besides the review: columns, names of rules, and texts that are fit to be shown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lsp_server.review import harmless
from lsp_server.review.finding import Category, Finding, Severity, Withheld
from lsp_server.review.outcome import Review
from lsp_server.text.document import Document
from lsp_server.text.positions import Position, PositionEncoding, Span

TOOL = "Pacenotes"


@dataclass(frozen=True, kw_only=True)
class FormatContext:
    """
    `texts` holds the new text of each file by its path: columns are counted in it.

    `rules` says in a sentence what each rule finds; `root_uri` is the root of the review as a URI, empty if untold.
    """

    version: str
    texts: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    root_uri: str = ""

    @cached_property
    def documents(self) -> dict[str, Document]:
        """
        The documents that were looked into so far.
        """
        return {}

    def place(self, file: str, span: Span, encoding: PositionEncoding) -> tuple[Position, Position] | None:
        """
        Where a span begins and ends, both 0-based, in units of `encoding`; None for a file whose text is unknown.
        """
        if file not in self.texts:
            return None
        if file not in self.documents:
            self.documents[file] = Document.create("", "", 0, self.texts[file])
        document = self.documents[file]
        return document.position_at(span.start, encoding), document.position_at(span.end, encoding)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """
    A finding as it may be shown; `replacement` is None without a fix, or if the fix holds a secret.
    """

    finding: Finding
    rule_id: str
    message: str
    quote: str
    evidence: str
    replacement: str | None


def shown(finding: Finding) -> Shown:
    """
    What of `finding` goes into an output.
    """
    fix = finding.fix
    return Shown(
        finding=finding,
        rule_id=rule_id(finding),
        message=harmless.sentence(finding.message),
        quote=harmless.code(finding.quote),
        evidence=harmless.code(finding.evidence),
        replacement=fix.replacement if fix and not harmless.holds_secret(fix.replacement) else None,
    )


def rule_id(finding: Finding) -> str:
    """
    What a finding is listed under: the rule that found it, or else its category.
    """
    return finding.rule or str(finding.category)


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """
    Errors before warnings before the rest, and the surer ones first.
    """
    return sorted(findings, key=lambda one: (-one.severity.rank, -one.confidence, one.file, one.span, one.id))


def by_file(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """
    Findings in groups: the file with the gravest one first, and within a file the gravest first.
    """
    groups: dict[str, list[Finding]] = {}
    for finding in gravest_first(findings):
        groups.setdefault(finding.file, []).append(finding)
    yield from groups.items()


def silenced(review: Review) -> Iterator[tuple[Withheld, Finding]]:
    """
    What was withheld although it could be placed.
    """
    for withheld in review.withheld:
        if withheld.finding is not None:
            yield withheld, withheld.finding


def counted(count: int, noun: str) -> str:
    """
    `1 finding`, `2 findings`.
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summary(review: Review) -> str:
    """
    One line on what was found, withheld, looked at and spent.
    """
    levels = [sum(one.severity is level for one in review.findings) for level in reversed(Severity)]
    parts = [counted(count, str(level)) for level, count in zip(reversed(Severity), levels, strict=True) if count]
    found = counted(len(review.findings), "finding") + (f" ({', '.join(parts)})" if parts else "")
    reviewed = sum(row.status != "skipped" for row in review.coverage)
    spending = review.spending
    looked = f"{reviewed} of {counted(len(review.coverage), 'hunk')} reviewed"
    spent = f"{counted(spending.requests, 'request')}, ${spending.cost_usd:.4f}"
    return f"{found}; {len(review.withheld)} withheld; {looked}; {spent}"


DESCRIPTIONS: Mapping[Category, str] = {
    Category.CORRECTNESS: "The code does something else than it is meant to.",
    Category.NULL_SAFETY: "A value may be null or undefined where it is used.",
    Category.ASYNC: "A promise is lost, or things happen in another order than the code relies on.",
    Category.ERROR_HANDLING: "A failure is swallowed, mislabelled or left without an answer.",
    Category.SECURITY: "Somebody outside may make the code do what it should not.",
    Category.RESOURCE_LEAK: "Something that was opened, started or registered is never let go of.",
    Category.API_MISUSE: "A function is called in a way that it does not promise to work in.",
    Category.TYPE_SAFETY: "The types claim something that need not hold when the code runs.",
    Category.DATA_LOSS: "Something that was stored or entered may get lost.",
    Category.PERFORMANCE: "Work grows much faster than what it is done for.",
    Category.OTHER: "A hazard of another kind.",
}
