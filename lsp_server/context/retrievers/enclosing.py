"""
The outline of what encloses the cursor, as far as it lies outside the code that the model is shown.
"""

from collections.abc import Iterator

from lsp_server.context.piece import Piece, declaration_piece, member_piece
from lsp_server.context.question import Question

SHOWN_BEFORE = 6000
SHOWN_AFTER = 2000


def enclosing(question: Question) -> Iterator[Piece]:
    """
    Declarations of this file that are clipped away, those around the cursor first.
    """
    situation = question.situation
    document = situation.place.document
    first = document.line_of(max(0, situation.place.offset - SHOWN_BEFORE))
    last = document.line_of(min(document.length, situation.place.offset + SHOWN_AFTER))
    if first == 0 and last >= document.line_count - 1:
        return
    for item in situation.record.declarations:
        around = item in situation.enclosing
        if item.line < first or item.line > last:
            weight = 0.3 if around else 0.05 + 0.3 * situation.near.get(item.name, 0.0)
            yield declaration_piece(
                situation.path, item, worth=weight, retriever="enclosing", reason="elsewhere in this file"
            )
        for member in item.members if around else ():
            if member.line < first or member.line > last:
                yield member_piece(
                    situation.path, item, member, worth=0.15, retriever="enclosing", reason="enclosing scope"
                )
