"""
Hazards as values: what was claimed, where it proved to be, and why some are withheld.
"""

from dataclasses import dataclass
from enum import StrEnum

from lsp_server.text.positions import Span


class Severity(StrEnum):
    """
    How much it matters, least first; a model alone never reaches `error`.
    """

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """
        0 for `info`, 2 for `error`.
        """
        return list(Severity).index(self)


class Category(StrEnum):
    """
    What kind of hazard: a closed list, so that it can be switched, suppressed and counted.
    """

    CORRECTNESS = "correctness"
    NULL_SAFETY = "null-safety"
    ASYNC = "async"
    ERROR_HANDLING = "error-handling"
    SECURITY = "security"
    RESOURCE_LEAK = "resource-leak"
    API_MISUSE = "api-misuse"
    TYPE_SAFETY = "type-safety"
    DATA_LOSS = "data-loss"
    PERFORMANCE = "performance"
    OTHER = "other"


class Origin(StrEnum):
    """
    Who says so.
    """

    MODEL = "model"
    RULE = "rule"


class WithheldReason(StrEnum):
    """
    Why a claim is counted but not shown.
    """

    UNKNOWN_FILE = "unknown_file"
    QUOTE_NOT_FOUND = "quote_not_found"
    QUOTE_AMBIGUOUS = "quote_ambiguous"
    NOT_IN_CHANGE = "not_in_change"
    OLD_SIDE = "old_side"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"
    BASELINE = "baseline"
    CATEGORY_OFF = "category_off"
    DO_NOT_REPORT = "do_not_report"
    LOW_CONFIDENCE = "low_confidence"
    NOT_VERIFIED = "not_verified"
    OVER_LIMIT = "over_limit"
    MALFORMED = "malformed"


class NoFixReason(StrEnum):
    """
    Why a replacement that was proposed is not offered.
    """

    IDENTICAL = "identical"
    NOT_APPLICABLE = "not_applicable"
    ADDS_PARSE_ERROR = "adds_parse_error"
    ADDS_TYPE_ERROR = "adds_type_error"
    MISINDENTED = "misindented"
    TRUNCATED = "truncated"
    HIDDEN_CHARACTERS = "hidden_characters"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """
    What a model or a rule says, as it said it. `rule` is the id of the rule that fired, empty for a model.
    """

    file: str
    quote: str
    category: Category
    severity: Severity
    confidence: int
    message: str
    evidence: str = ""
    replacement: str | None = None
    origin: Origin = Origin.MODEL
    rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """
    A claim whose quote was found: `span` covers it in the file's new text, in code points.

    `exact` tells whether the quote stands there character by character, or only up to white space.
    """

    claim: Claim
    span: Span
    exact: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """
    An edit that applies to the exact text: `replacement` has the file's own line ends and indentation.

    A `safe` fix may be the preferred one; any other needs confirmation. None is ever applied unasked.
    """

    span: Span
    replacement: str
    safe: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """
    A hazard with its place and its name for good.

    `id` hashes category, path, normalised quote and occurrence; never wording, severity or a line number.
    `symbol` is the enclosing declaration, outermost first, joined by dots; `quote` is the exact text at `span`.
    `line` and `end_line` are 1-based and inclusive.
    """

    id: str
    file: str
    span: Span
    line: int
    end_line: int
    quote: str
    category: Category
    severity: Severity
    confidence: int
    message: str
    origin: Origin
    rule: str = ""
    evidence: str = ""
    symbol: str = ""
    fix: Fix | None = None
    no_fix: NoFixReason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """
    A claim that is not shown, and why; `id` is known when it could be placed, and then `finding` is what is not shown.

    `detail` is the reason that a suppression or a dismissal gives, or more on why it could not be placed.
    """

    reason: WithheldReason
    file: str = ""
    category: str = ""
    message: str = ""
    detail: str = ""
    id: str = ""
    finding: Finding | None = None


def held_back(finding: Finding, reason: WithheldReason, detail: str = "") -> Withheld:
    """
    A finding that had its place and is not shown all the same.
    """
    return Withheld(
        reason=reason,
        file=finding.file,
        category=finding.category,
        message=finding.message,
        detail=detail,
        id=finding.id,
        finding=finding,
    )
