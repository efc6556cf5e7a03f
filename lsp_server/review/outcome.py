"""
What one review came to: findings, what was withheld, and an account of every hunk and every dollar.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from lsp_server.review.change import SkipReason
from lsp_server.review.finding import Finding, Withheld


class HunkStatus(StrEnum):
    """
    What became of a hunk.
    """

    REVIEWED = "reviewed"
    CLIPPED = "clipped"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """
    One line of the ledger; `hunk` is its header, empty for a file without hunks.

    Of `added_lines`, a model has looked at `reviewed_lines`.
    """

    file: str
    hunk: str
    status: HunkStatus
    reason: SkipReason | None = None
    detail: str = ""
    added_lines: int = 0
    reviewed_lines: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Spending:
    """
    What the run cost. What was kept from earlier runs is not in it; `cached_units` says how much that was.
    """

    requests: int = 0
    cached_units: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


class Incomplete(StrEnum):
    """
    Why part of the change was left unreviewed.
    """

    COST_CAP = "cost_cap"
    COVERAGE = "coverage"
    CANCELLED = "cancelled"
    PROVIDER_FAILED = "provider_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """
    The result of a review. Findings are ordered by file and line.

    `problems` are sentences on entries of replies that were not the schema; `notices` are sentences for the user;
    `unused_suppressions` names comments and baseline entries that silenced nothing.
    """

    findings: tuple[Finding, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    spending: Spending = field(default_factory=Spending)
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    unused_suppressions: tuple[str, ...] = ()
    incomplete: Incomplete | None = None
    provider: str = ""
    model: str = ""
    base: str = ""
