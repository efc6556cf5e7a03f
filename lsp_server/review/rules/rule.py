"""
A rule as a value: what it looks for, why that matters, and how its page describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category, Severity
from lsp_server.review.rules.code import Code

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """
    Bytes of the file to be replaced by a text.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """
    A place that a rule objects to, in one sentence.

    `others` are places that take part in it, each as good a place to show it at; `edits` mend it.
    """

    node: Node
    message: str
    others: tuple[Node, ...] = ()
    edits: tuple[Edit, ...] = ()


Captures = Mapping[str, "Node"]
"""The nodes of one match of a rule's query, by their names."""

Judge = Callable[[Code, Captures], Iterable[Hit]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """
    One rule, declared once: code, documentation and reports take it from here.

    `query` is a tree-sitter query that holds in every grammar we read, `judge` decides about each of its matches.
    `elsewhere` names the same check in other tools; `mends` says what the quick fix does, empty without one.
    A rule is `certain` when its quick fix is what was meant wherever it fires: the fix may be the preferred one then.
    A hint is as certain as any other rule, but what it points at may be meant; it is `info` and silent in tests.
    """

    id: str
    category: Category
    sentence: str
    why: str
    bad: str
    good: str
    query: str
    judge: Judge
    elsewhere: tuple[str, ...] = ()
    mends: str = ""
    certain: bool = False
    hint: bool = False
    in_tests: bool = True

    @property
    def severity(self) -> Severity:
        """
        How much a finding of it matters.
        """
        return Severity.INFO if self.hint else Severity.WARNING

    @property
    def confidence(self) -> int:
        """
        From 0 to 100: how sure a finding is to be a slip.
        """
        if self.hint:
            return 70
        return 100 if self.certain else 90
