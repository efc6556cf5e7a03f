"""
Text in which `«…»` marks what a rule is to report.
"""

from lsp_server.review.finding import Placed
from lsp_server.review.rules import check
from lsp_server.text.positions import Span
from tests.review.changes import source


def parse_marks(text: str) -> tuple[str, list[Span]]:
    """
    The text without its marks, and the marked spans.
    """
    pieces, spans, length = [], [], 0
    for piece in text.split("«"):
        marked, closing, rest = piece.partition("»")
        if closing:
            spans.append(Span(length, length + len(marked)))
        pieces.append(marked + rest)
        length += len(marked) + len(rest)
    return "".join(pieces), spans


def findings(text: str, path: str = "src/a.ts") -> tuple[Placed, ...]:
    """
    What the rules find in a new file.
    """
    return check(source(text, path=path))
