"""
Write the comment that silences a finding where it stands, and prove that it does before it is offered.
"""

from collections.abc import Iterator

from lsp_server.review.change import FileChange, FileStatus
from lsp_server.review.finding import Finding
from lsp_server.review.source import Source, source_of
from lsp_server.review.suppression import MARK, suppressions_in
from lsp_server.review.tracking import Replacement
from lsp_server.text.document import Document
from lsp_server.text.positions import Span


def silence(document: Document, span: Span, finding: Finding, reason: str) -> Replacement | None:
    """
    The comment to insert for a finding that stands at `span`; None where no comment can stand.

    It goes above the finding's first line, indented as that is, or else behind one of its lines.
    """
    before = _source(document.text, finding.file, document)
    text = f"{MARK}[{finding.category}]: {' '.join(reason.split())}"
    for edit in _candidates(document, span, text):
        after = _source(
            document.text[: edit.span.start] + edit.text + document.text[edit.span.end :], finding.file, document
        )
        if after.tree.error_count() <= before.tree.error_count() and _is_silent(after, span, edit, finding):
            return edit
    return None


def _candidates(document: Document, span: Span, text: str) -> Iterator[Replacement]:
    first, last = document.line_of(span.start), document.line_of(max(span.start, span.end - 1))
    line = document.line(first)
    indentation, start = line[: len(line) - len(line.lstrip())], document.line_start(first)
    for comment in (f"// {text}", f"{{/* {text} */}}"):
        yield Replacement(span=Span(start, start), text=f"{indentation}{comment}{document.eol}")
    for number in dict.fromkeys((first, last)):
        end = document.line_end(number)
        for comment in (f"// {text}", f"{{/* {text} */}}"):
            yield Replacement(span=Span(end, end), text=f" {comment}")


def _is_silent(after: Source, span: Span, edit: Replacement, finding: Finding) -> bool:
    by = len(edit.text) if edit.span.start <= span.start else 0
    lines = after.lines_of(Span(span.start + by, span.end + by))
    written = range(edit.span.start, edit.span.start + len(edit.text) + 1)
    return any(
        after.document.line_start(comment.line - 1) + len(after.document.line(comment.line - 1)) >= written.start
        and after.document.line_start(comment.line - 1) < written.stop
        and comment.silences(lines, finding.category, finding.rule)
        for comment in suppressions_in(after)
    )


def _source(text: str, path: str, document: Document) -> Source:
    named = path if path.endswith(_ENDINGS) else f"{path}{_ENDING_OF.get(document.language_id, '.ts')}"
    source = source_of(FileChange(path=named, status=FileStatus.WHOLE, text=text))
    assert source is not None, "a change with text"
    return source


_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_ENDING_OF = {"typescriptreact": ".tsx", "javascript": ".js", "javascriptreact": ".jsx"}
