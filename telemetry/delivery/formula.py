"""
Arithmetic of model files: numbers, names of stocks and parentheses, read from left to right as `systems` does.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

TOKENS = re.compile(r"\s*(?:(?P<number>-?\d+(?:\.\d+)?|inf\b)|(?P<name>[A-Za-z]\w*)|(?P<sign>[-+*/()]))")
DEEPEST = 50


class UnusableModel(Exception):  # noqa: N818 - as the other named failures of this code base
    """
    A model that can't be read or run; `str(error)` is one sentence with the line where there is one.
    """


Term: TypeAlias = "float | str | Formula"


@dataclass(frozen=True, slots=True)
class Formula:
    """
    Terms with the operator before each; the first has none.

    There is no precedence: `1 + 2 * 3` is 9, as in the `systems` package whose files these are.
    """

    terms: tuple[tuple[str, Term], ...]

    def names(self) -> frozenset[str]:
        """
        The stocks that it refers to.
        """
        found: frozenset[str] = frozenset()
        for _, term in self.terms:
            if isinstance(term, str):
                found |= {term}
            elif isinstance(term, Formula):
                found |= term.names()
        return found

    def value(self, stocks: Mapping[str, float]) -> float:
        """
        What it comes to, given the content of every stock.

        Raises:
            UnusableModel: it divides by zero, or is no number.
        """
        result = 0.0
        for operator, term in self.terms:
            operand = self._operand(term, stocks)
            if operator == "/" and operand == 0:
                raise UnusableModel("A formula divides by zero.")
            result = _apply(operator, result, operand)
        if math.isnan(result):
            raise UnusableModel("A formula takes infinity from infinity.")
        return result

    @staticmethod
    def _operand(term: Term, stocks: Mapping[str, float]) -> float:
        if isinstance(term, Formula):
            return term.value(stocks)
        return stocks[term] if isinstance(term, str) else term


def read_formula(text: str) -> Formula:
    """
    Read one formula.

    Raises:
        UnusableModel: it is none.
    """
    tokens: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = TOKENS.match(text, at)
        if match is None:
            raise UnusableModel(f"{text.strip()!r} is no formula.")
        number = match["number"]
        if number and number.startswith("-") and tokens and tokens[-1] not in "+-*/(":
            # `3 -1` takes one from three: a sign belongs to a number only where an operator can't stand.
            tokens += ["-", number[1:]]
        else:
            tokens.append(match[0].strip())
        at = match.end()
    formula, rest = _group(tokens, text, 0)
    if rest:
        raise UnusableModel(f"{text.strip()!r} has a parenthesis too many.")
    return formula


def _group(tokens: list[str], text: str, depth: int) -> tuple[Formula, list[str]]:
    if depth > DEEPEST:
        raise UnusableModel("A formula nests too deeply.")
    terms: list[tuple[str, Term]] = []
    operator = "+"
    while tokens and tokens[0] != ")":
        head, tokens = tokens[0], tokens[1:]
        if (head in "+-*/") != (operator == ""):
            raise UnusableModel(f"{text.strip()!r} lacks a number or an operator.")
        if operator == "":
            operator = head
            continue
        if head == "(":
            term: Term
            term, tokens = _group(tokens, text, depth + 1)
            if not tokens:
                raise UnusableModel(f"{text.strip()!r} lacks a closing parenthesis.")
            tokens = tokens[1:]
        else:
            term = head if head[0].isalpha() and head != "inf" else float(head)
        terms.append((operator, term))
        operator = ""
    if not terms or operator:
        raise UnusableModel(f"{text.strip()!r} lacks a number or an operator.")
    return Formula(tuple(terms)), tokens


def _apply(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right
