"""
How far replies have been right lately, and how much of one is worth showing because of that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

CREDIT = 20.0
"""Identifiers that count as right before there is any evidence."""

MEMORY = 0.985
"""How much of the evidence is left after another identifier: some 70 of them count."""

PROOF = 40.0
"""Identifiers that must have been right lately before more is offered than what the cursor is in."""

COST_OF_ACCEPTING = 4.0
"""In characters: what it costs to look at a piece and take it, beside typing it."""

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Trust:
    """
    How many identifiers of replies were typed or taken as offered, and at how many something else was written.

    A reply is right identifier by identifier, each independently of the others: that is the whole model.
    """

    right: float = 0.0
    wrong: float = 0.0

    @property
    def share(self) -> float:
        """
        The chance that the next identifier is right.
        """
        return (self.right + CREDIT) / (self.right + self.wrong + CREDIT)

    @property
    def is_proven(self) -> bool:
        """
        Whether replies have lately been right again and again.
        """
        return self.right >= PROOF

    def after(self, *, right: int = 0, wrong: int = 0) -> "Trust":
        """
        With more evidence.
        """
        kept = MEMORY ** (right + wrong)
        return replace(self, right=self.right * kept + right, wrong=self.wrong * kept + wrong)

    def chance(self, text: str) -> float:
        """
        The chance that all of a text is right.
        """
        return self.share ** identifiers(text)

    def reach(self) -> float:
        """
        How many identifiers on average are right before one is wrong; infinite without any evidence against.
        """
        return self.share / (1 - self.share) if self.share < 1 else float("inf")

    def lines_to_show(self, lines: Sequence[str]) -> int:
        """
        How many of `lines` to offer at once, when the others can follow without cost.

        More at once saves looking and taking; less at once saves what is right from what is wrong. The best cut
        maximises the characters that are expected to be saved.
        """
        if self.share >= 1 or len(lines) < 2:
            return len(lines)
        sizes = [(len(line.strip()), identifiers(line)) for line in lines]
        share = self.share

        @cache
        def best(first: int) -> tuple[float, int]:
            if first == len(sizes):
                return 0.0, first
            options, size, names = [], 0, 0
            for end in range(first, len(sizes)):
                size, names = size + sizes[end][0], names + sizes[end][1]
                value = share**names * (size - COST_OF_ACCEPTING + best(end + 1)[0])
                options.append((value, end + 1))
            return max(options)

        return best(0)[1]


def identifiers(text: str) -> int:
    """
    How many identifiers a text holds, keywords included.
    """
    return len(_IDENTIFIER.findall(text))
