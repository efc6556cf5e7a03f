"""
Files that belong together: a test and what it tests, and the other files that are open.
"""

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join

from lsp_server.context.piece import Piece, declaration_piece
from lsp_server.context.question import Question

ENDINGS = (".ts", ".tsx", ".js", ".jsx")
MARKS = (".test", ".spec")
TEST_FOLDERS = ("__tests__", "tests", "test")
MAX_OPEN = 8


def counterpart(question: Question) -> Iterator[Piece]:
    """
    What the file exports that this test tests, or that tests this file.
    """
    for path in _counterparts(question.situation.path):
        if question.source.symbols.of_file(path):
            yield from _exports(question, path, 0.15, "counterpart", "its test or source")
            return


def opened(question: Question) -> Iterator[Piece]:
    """
    What the files export that are open beside this one, the latest first.
    """
    for rank, path in enumerate(question.opened[:MAX_OPEN]):
        if path != question.situation.path:
            yield from _exports(question, path, 0.12 / (1 + 0.3 * rank), "open", "open in the editor")


def _exports(question: Question, path: str, worth: float, retriever: str, reason: str) -> Iterable[Piece]:
    record = question.source.record(path)
    for item in record.declarations if record else ():
        if item.exported:
            yield declaration_piece(path, item, worth=worth, retriever=retriever, reason=reason)


def _counterparts(path: str) -> Iterator[str]:
    folder, name = dirname(path), basename(path)
    stem, ending = name[: name.rfind(".")], name[name.rfind(".") :]
    for mark in MARKS:
        if stem.endswith(mark):
            for other in (ending, *ENDINGS):
                yield join(folder, stem.removesuffix(mark) + other)
                yield join(dirname(folder), stem.removesuffix(mark) + other)
            return
    for mark in MARKS:
        for other in (ending, *ENDINGS):
            yield join(folder, stem + mark + other)
            for sub in TEST_FOLDERS:
                yield join(folder, sub, stem + mark + other)
