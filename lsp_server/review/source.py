"""
A file under review as everything after the diff sees it: its new text, parsed once, and which lines are new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lsp_server.review.change import Change, FileChange
from lsp_server.review.code_words import CodeWords, code_words
from lsp_server.review.lexemes import Lexemes, lexemes
from lsp_server.syntax.tree import SyntaxTree, parse
from lsp_server.text.document import Document
from lsp_server.text.positions import Span
from lsp_server.workspace import language_for


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """
    The new side of one file; `path` is relative to the root of the review, with forward slashes.
    """

    path: str
    text: str
    tree: SyntaxTree
    change: FileChange

    @property
    def document(self) -> Document:
        """
        The text with its lines; its own numbers of lines are 0-based.
        """
        return self.tree.document

    @cached_property
    def added_lines(self) -> frozenset[int]:
        """
        The 1-based lines that the change added, or that were selected.
        """
        return frozenset(line for hunk in self.change.hunks for line in hunk.new_lines)

    @cached_property
    def lexemes(self) -> Lexemes:
        """
        The text as words and signs, for comparing it with quotes.
        """
        return lexemes(self.text)

    @cached_property
    def code_words(self) -> CodeWords:
        """
        What the code says whatever its layout, for giving findings their names.
        """
        return code_words(self.tree)

    def lines_of(self, span: Span) -> range:
        """
        The 1-based lines that `span` touches; the line behind a terminator at its end is none of them.
        """
        first = self.document.line_of(span.start)
        last = self.document.line_of(max(span.start, span.end - 1))
        return range(first + 1, last + 2)

    def touches_added(self, span: Span) -> bool:
        """
        Whether any line of `span` is new.
        """
        return not self.added_lines.isdisjoint(self.lines_of(span))


def source_of(change: FileChange) -> Source | None:
    """
    The file of `change`, read; None when it has no text that may be shown.
    """
    if change.text is None or change.skipped is not None:
        return None
    document = Document.create(change.path, language_for(change.path, ""), 0, change.text)
    return Source(path=change.path, text=document.text, tree=parse(document), change=change)


def sources_of(change: Change) -> dict[str, Source]:
    """
    All files of `change` that have text, by path.
    """
    return by_path(source for file in change.files if (source := source_of(file)))


def by_path(sources: Iterable[Source]) -> dict[str, Source]:
    """
    `sources` under their paths.
    """
    return {source.path: source for source in sources}
