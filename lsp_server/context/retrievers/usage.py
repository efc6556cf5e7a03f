"""
Code elsewhere that is like the code at hand, as it stands.
"""

from collections.abc import Iterator
from textwrap import dedent

from lsp_server.context.piece import Piece
from lsp_server.context.question import Question

LONGEST_LINE = 140


def usage(question: Question) -> Iterator[Piece]:
    """
    Windows of similar code, worth what they bring that is new.
    """
    windows = question.windows
    best = windows[0][0].score if windows else 1.0
    for window, excerpt in windows:
        lines = [line.rstrip()[:LONGEST_LINE] for line in dedent(excerpt.text).split("\n")]
        shown = [line for line in lines if line.strip()]
        if not shown:
            continue
        likeness = window.score / best
        yield Piece(
            path=window.path,
            line=window.line,
            end_line=window.line + len(lines),
            text="\n".join(shown),
            worth=0.02 * likeness,
            retriever="usage",
            reason="similar code",
        )
