"""
The cursor that context is gathered for; a completion request is one.
"""

from typing import Protocol

from lsp_server.syntax.tree import SyntaxTree
from lsp_server.text.document import Document


class Place(Protocol):
    """
    A cursor in a document whose syntax is known.
    """

    @property
    def document(self) -> Document:
        """
        The document as the editor shows it.
        """
        ...

    @property
    def tree(self) -> SyntaxTree:
        """
        The syntax of exactly this document.
        """
        ...

    @property
    def offset(self) -> int:
        """
        Where the cursor stands.
        """
        ...

    @property
    def path(self) -> str:
        """
        The document's path relative to its workspace folder.
        """
        ...
