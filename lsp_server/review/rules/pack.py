"""
All rules, and their queries put together, so that a tree is searched once.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from lsp_server.review.rules import comparisons, conditions, duplicates, hints, operands, statements
from lsp_server.review.rules.rule import Rule
from lsp_server.syntax.reading import Grammar, language_of

if TYPE_CHECKING:
    from tree_sitter import Query

RULES = (
    operands.SAME_OPERANDS,
    operands.CONTRADICTION,
    conditions.REPEATED_CONDITION,
    conditions.ASSIGNMENT,
    conditions.EMPTY_IF,
    conditions.SAME_BRANCHES,
    statements.SELF_ASSIGNMENT,
    comparisons.IMPOSSIBLE_SIZE,
    comparisons.NEW_OBJECT,
    comparisons.NAN,
    comparisons.UNKNOWN_TYPE,
    comparisons.NEGATED_OPERAND,
    duplicates.DUPLICATE_CASE,
    duplicates.DUPLICATE_KEY,
    statements.UNTHROWN_ERROR,
    statements.LOOP_DIRECTION,
    hints.ASYNC_CALLBACK,
    hints.ASYNC_EXECUTOR,
    hints.UNSAFE_FINALLY,
    hints.LOST_CAUSE,
    hints.FALLTHROUGH,
)
"""Those that find most for the noise they make come first."""


@cache
def queries(grammar: Grammar) -> tuple[Query, tuple[Rule, ...]]:
    """
    One query of all rules for a grammar, and the rule that each of its patterns belongs to.
    """
    from tree_sitter import Query

    # Compiling takes a tenth of a second, so that the rules are told apart by where their patterns stand.
    query = Query(language_of(grammar), "\n".join(rule.query for rule in RULES))
    ends = list(accumulate(len(rule.query.encode()) + 1 for rule in RULES))
    starts = (query.start_byte_for_pattern(number) for number in range(query.pattern_count))
    return query, tuple(RULES[bisect_right(ends, start)] for start in starts)
