"""
Walk over a tree, however deep it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def errors(root: Node) -> Iterator[Node]:
    """
    The ERROR and MISSING nodes under `root`, outer ones before those in them.
    """
    waiting = [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield node
        waiting.extend(child for child in node.children if child.has_error)
