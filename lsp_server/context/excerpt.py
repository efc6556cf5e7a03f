"""
A stretch of another file, and what a look at its words tells.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from lsp_server.context.situation import WORD

_USE = re.compile(r"(\.\s*)?(?<![\w$])([A-Za-z_$][\w$]*)(\??:|=\{)?")


@dataclass(frozen=True, eq=False)
class Excerpt:
    """
    Some lines of a file; each look is taken once, for the same lines are found again with the next keystroke.
    """

    text: str

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """
        The words of each line.
        """
        return tuple(tuple(WORD.findall(row)) for row in self.text.split("\n"))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """
        Every word once, in the order in which they come.
        """
        return tuple(dict.fromkeys(word for row in self.rows for word in row))

    @cached_property
    def uses(self) -> dict[str, tuple[int, int]]:
        """
        How often each word stands as a member, and how often in all.
        """
        found: dict[str, tuple[int, int]] = {}
        for use in _USE.finditer(self.text):
            members, uses = found.get(use[2], (0, 0))
            found[use[2]] = (members + bool(use[1] or use[3]), uses + 1)
        return found
