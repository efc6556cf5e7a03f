"""
Reviews made up at random, as awkward as replies and files can be.
"""

from hypothesis import strategies as st

from lsp_server.review.change import SkipReason
from lsp_server.review.finding import (
    Category,
    Finding,
    Fix,
    NoFixReason,
    Origin,
    Severity,
    Withheld,
    WithheldReason,
)
from lsp_server.review.formats import FormatContext
from lsp_server.review.outcome import Coverage, HunkStatus, Incomplete, Review, Spending
from lsp_server.text.document import Document
from lsp_server.text.positions import Span

HOSTILE = (
    "](http://evil.example/?q=",
    "![x](https://evil.example/a.png)",
    "<img src=x onerror=alert(1)>",
    "```\n",
    "@everyone",
    "\n::error file=a::b",
    "%0A::warning::",
    "]]>",
    "&lt;",
    "\x1b[31m",
    "\u202e",
    "\u200b",
    "\x00",
    "\ufffe",
    "{0}",
    "[a](1)",
    "javascript:alert(1)",
    "| a | b |",
    "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"[:36],
)
PIECES = (
    "const",
    " ",
    "a",
    "😀",
    "漢字",
    "\t",
    "é",
    "e\u0301",
    "\n",
    "\r\n",
    "if (x) {",
    "}",
    "👩‍👩‍👧",
    '"',
    "'",
    "\\",
    *HOSTILE,
)
WORDS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
FILES = ("src/a.ts", "src/ünï cödé.tsx", "a,b:c%d.ts", "x/[id]/(group)/page.tsx", "漢字.ts", "src/a b&c<d>.ts")


@st.composite
def reviews(draw: st.DrawFn, *, most: int = 6) -> tuple[Review, FormatContext]:
    """
    A review of files whose texts go with it.
    """
    texts = {file: draw(WORDS) + "code();\n" for file in draw(st.sets(st.sampled_from(FILES), max_size=3))}
    findings = [
        draw(findings_in(file, text)) for file, text in texts.items() for _ in range(draw(st.integers(0, most)))
    ]
    unique = {finding.id: finding for finding in findings}
    shown = list(unique.values())
    cut = draw(st.integers(0, len(shown)))
    review = Review(
        findings=tuple(sorted(shown[cut:], key=lambda one: (one.file, one.span))),
        withheld=(*(_withheld(finding, draw) for finding in shown[:cut]), Withheld(reason=WithheldReason.MALFORMED)),
        coverage=tuple(draw(_coverage(file)) for file in texts),
        spending=Spending(requests=2, input_tokens=10, output_tokens=3, cost_usd=0.0123456789),
        problems=tuple(draw(st.lists(WORDS, max_size=2))),
        notices=tuple(draw(st.lists(WORDS, max_size=2))),
        incomplete=draw(st.none() | st.sampled_from(Incomplete)),
        provider="anthropic",
    )
    return review, FormatContext(
        version="0.1.0", texts=texts, root_uri=draw(st.sampled_from(("", "file:///project/a%20b")))
    )


@st.composite
def findings_in(draw: st.DrawFn, file: str, text: str) -> Finding:
    """
    A finding somewhere in `text`.
    """
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    document = Document.create("", "", 0, text)
    fix = draw(st.none() | st.builds(Fix, span=st.just(Span(start, end)), replacement=WORDS, safe=st.booleans()))
    return Finding(
        id=draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
        file=file,
        span=Span(start, end),
        line=document.line_of(start) + 1,
        end_line=document.line_of(max(start, end - 1)) + 1,
        quote=text[start:end],
        category=draw(st.sampled_from(Category)),
        severity=draw(st.sampled_from(Severity)),
        confidence=draw(st.integers(0, 100)),
        message=draw(WORDS) + ".",
        origin=draw(st.sampled_from(Origin)),
        rule=draw(st.sampled_from(("", "floating-promise"))),
        evidence=draw(WORDS),
        symbol=draw(st.sampled_from(("", "A.b", "漢"))),
        fix=fix,
        no_fix=None if fix else draw(st.none() | st.sampled_from(NoFixReason)),
    )


@st.composite
def _coverage(draw: st.DrawFn, file: str) -> Coverage:
    status = draw(st.sampled_from(HunkStatus))
    reason = None if status is HunkStatus.REVIEWED else draw(st.sampled_from(SkipReason))
    return Coverage(file=file, hunk=draw(st.sampled_from(("", "@@ -1,0 +2,3 @@"))), status=status, reason=reason)


def _withheld(finding: Finding, draw: st.DrawFn) -> Withheld:
    reason = draw(st.sampled_from((WithheldReason.SUPPRESSED, WithheldReason.BASELINE, WithheldReason.OVER_LIMIT)))
    return Withheld(
        reason=reason,
        file=finding.file,
        category=finding.category,
        message=finding.message,
        detail=draw(WORDS),
        id=finding.id,
        finding=finding,
    )
