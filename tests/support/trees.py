"""
Trees written out, so that two can be told apart.
"""

from collections.abc import Iterator

from lsp_server.syntax.tree import SyntaxTree

Written = tuple[int, str, str, int, int, tuple[int, int], tuple[int, int], bool]


def written_out(tree: SyntaxTree) -> list[Written]:
    """
    Every node with its depth, field, kind, bytes and points, in order.
    """
    return list(_nodes(tree))


def _nodes(tree: SyntaxTree) -> Iterator[Written]:
    cursor = tree.root.walk()
    while True:
        node = cursor.node
        assert node is not None
        yield (
            cursor.depth,
            cursor.field_name or "",
            node.type,
            node.start_byte,
            node.end_byte,
            (node.start_point.row, node.start_point.column),
            (node.end_point.row, node.end_point.column),
            node.is_missing,
        )
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
