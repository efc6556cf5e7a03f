"""
Where the engineer has just been: the lines around the latest edits and cursors in other files.
"""

from collections.abc import Iterator

from lsp_server.context.piece import Piece
from lsp_server.context.question import Question

MAX_REGIONS = 6
LINES_BEFORE = 5
LINES_AFTER = 8
LONGEST_LINE = 140
INTEREST = 0.4
"""What the latest region is worth besides the names in it; later ones less. It was set by hand: no task has a past."""


def recent(question: Question) -> Iterator[Piece]:
    """
    The regions of other files that were edited or visited last, as they are now, the latest first.
    """
    taken: dict[str, list[int]] = {}
    for rank, region in enumerate(question.recent[:MAX_REGIONS]):
        near = taken.setdefault(region.path, [])
        if region.path == question.situation.path or any(abs(region.line - other) < LINES_AFTER for other in near):
            continue
        near.append(region.line)
        lines = (question.source.text(region.path) or "").split("\n")
        first, last = max(0, region.line - LINES_BEFORE), min(len(lines), region.line + LINES_AFTER)
        text = "\n".join(line.rstrip()[:LONGEST_LINE] for line in lines[first:last] if line.strip())
        if text:
            weight = 1.0 if region.edited else 0.5
            yield Piece(
                path=region.path,
                line=first,
                end_line=last,
                text=text,
                worth=weight / (1 + rank),
                retriever="recent",
                reason="edited just now" if region.edited else "visited just now",
                interest=INTEREST * weight / (1 + rank),
            )
