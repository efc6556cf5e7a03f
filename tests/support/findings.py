"""
Findings for tests, made from marked source: `«` and `»` enclose the quote.
"""

import hashlib

from lsp_server.review.finding import Category, Finding, Fix, Origin, Severity
from lsp_server.text.document import Document
from lsp_server.text.positions import Span


def unmarked(source: str) -> tuple[str, Span]:
    """
    Take the marks out of `source`: the text, and what stood between them.
    """
    assert (source.count("«"), source.count("»")) == (1, 1)
    start, end = source.index("«"), source.index("»") - 1
    return source.replace("«", "").replace("»", ""), Span(start, end)


def finding_in(
    text: str,
    span: Span,
    *,
    file: str = "a.ts",
    replacement: str | None = None,
    safe: bool = False,
    category: Category = Category.CORRECTNESS,
    severity: Severity = Severity.WARNING,
    message: str = "This is a hazard.",
    evidence: str = "",
    origin: Origin = Origin.MODEL,
    rule: str = "",
) -> Finding:
    """
    A finding on `span`, with a fix when there is a replacement for it.
    """
    document, quote = Document.create("", "typescript", 1, text), text[span.start : span.end]
    name = f"{category}\0{file}\0{quote}\0{text.count(quote, 0, span.start)}"
    return Finding(
        id=hashlib.sha256(name.encode()).hexdigest()[:32],
        file=file,
        span=span,
        line=document.line_of(span.start) + 1,
        end_line=document.line_of(span.end) + 1,
        quote=quote,
        category=category,
        severity=severity,
        confidence=80,
        message=message,
        origin=origin,
        rule=rule,
        evidence=evidence,
        fix=None if replacement is None else Fix(span=span, replacement=replacement, safe=safe),
    )
