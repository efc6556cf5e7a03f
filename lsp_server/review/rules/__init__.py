"""
Checks that need no model: each a tree-sitter query, a judge of its matches, and a page made from its declaration.
"""

from lsp_server.review.rules.checking import check
from lsp_server.review.rules.pack import RULES

__all__ = ["RULES", "check"]
