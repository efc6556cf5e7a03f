"""
Where a tree can't be trusted, and what the text itself leaves open there.
"""

from __future__ import annotations

from lsp_server.syntax.scan import Opening, openings_at_end
from lsp_server.syntax.tree import SyntaxTree

FARTHEST = 1 << 17
"""How many characters of text are looked at, back or ahead."""


def unsound_from(tree: SyntaxTree, offset: int) -> int | None:
    """
    From where on the text must be read rather than the tree, if that is before `offset`.
    """
    document = tree.document
    flaws = [document.offset_of_byte(span.start) for span in tree.reading.broken[:1]]
    flaws += _unfinished_comment(tree, offset)
    if not flaws or min(flaws) >= offset:
        return None
    # What the whole statement at the top level has opened before counts too.
    path = tree.path_at(min(flaws))
    start = document.offset_of_byte(path[1].start_byte) if len(path) > 1 else 0
    return max(start, document.line_start(document.line_of(max(0, offset - FARTHEST))))


def openings_between(tree: SyntaxTree, start: int, offset: int) -> tuple[Opening, ...]:
    """
    What stands open at `offset`, read from `start` on, in distances from there.
    """
    return openings_at_end(tree.document.slice(start, offset), jsx=tree.has_jsx)


_LONGEST_COMMENT = 1 << 13


def _unfinished_comment(tree: SyntaxTree, offset: int) -> list[int]:
    """
    Where a `/*` may lack its end. The grammars find no fault with some: `/* see a/b` is a regular expression to them.
    """
    start = max(0, offset - _LONGEST_COMMENT)
    before = tree.document.slice(start, offset)
    opening = before.rfind("/*")
    return [start + opening] if opening > before.rfind("*/") else []
