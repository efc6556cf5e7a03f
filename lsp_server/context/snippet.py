"""
What the model is shown besides the code around the cursor: snippets, and what was left out and why.
"""

from dataclasses import dataclass

CHARS_PER_TOKEN = 4
"""The contract's unit of every context budget: four characters count as one token."""


def count_tokens(text: str) -> int:
    """
    The size of `text` in tokens of the budget, rounded up.
    """
    return -(-len(text) // CHARS_PER_TOKEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContextSnippet:
    """
    A piece of another place that helps at the cursor.

    `start_line` and `end_line` are 0-based and half-open, in the file at `path` (relative to its workspace folder).
    `reason` is one phrase that an engineer understands: `imported here`, `type of the receiver`.
    """

    path: str
    start_line: int
    end_line: int
    text: str
    retriever: str
    score: float
    reason: str

    @property
    def tokens(self) -> int:
        """
        Its cost against the budget.
        """
        return count_tokens(self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """
    A snippet that was found and not shown; `reason` is `budget`, `duplicate`, `already visible` or `excluded`.
    """

    path: str
    start_line: int
    retriever: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """
    The gathered context: most important first, within the budget.
    """

    snippets: tuple[ContextSnippet, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    text: str = ""
    """The snippets as the model sees them, headers included; it keeps to the budget as a whole."""

    @property
    def tokens(self) -> int:
        """
        Its cost against the budget.
        """
        return count_tokens(self.text)
