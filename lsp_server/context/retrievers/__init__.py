"""
The retrievers, in the order they are asked: the surest first, so that a deadline costs the least.
"""

from lsp_server.context.question import Question, Retriever, ask
from lsp_server.context.retrievers.candidates import candidates
from lsp_server.context.retrievers.company import counterpart, opened
from lsp_server.context.retrievers.enclosing import enclosing
from lsp_server.context.retrievers.imported import imported
from lsp_server.context.retrievers.reach import expected, near, receiver, written
from lsp_server.context.retrievers.recent import recent
from lsp_server.context.retrievers.usage import usage

RETRIEVERS: tuple[Retriever, ...] = (
    receiver,
    expected,
    imported,
    enclosing,
    written,
    near,
    recent,
    counterpart,
    opened,
)

__all__ = ["RETRIEVERS", "Question", "Retriever", "ask", "candidates", "usage"]
