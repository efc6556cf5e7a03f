"""
Whether statements run to their end, so that what follows them runs too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsp_server.review.rules.code import Code

if TYPE_CHECKING:
    from tree_sitter import Node


def runs_on(code: Code, statements: Sequence[Node]) -> bool:
    """
    Whether control surely can reach the end of `statements`. In doubt it is said not to.

    Only the last one counts: before it nothing jumps out in code that is all reachable.
    """
    waiting = list(statements[-1:])
    while waiting:
        node = waiting.pop()
        match node.type:
            case "statement_block":
                inside = [child for child in node.named_children if child.type != "comment"]
                if not inside:
                    return True
                waiting.append(inside[-1])
            case "if_statement":
                one, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
                if other is None:
                    return True
                waiting.extend(part for part in (one, *other.named_children[-1:]) if part is not None)
            case "expression_statement":
                if not _may_leave(code, node):
                    return True
            case "lexical_declaration" | "variable_declaration" | "empty_statement" | "for_in_statement":
                return True
    return False


def _may_leave(code: Code, statement: Node) -> bool:
    """
    Whether it is a call that perhaps never returns, by its name or by its declaration in the same file.
    """
    called = re.match(r"(?:await\s+|return\s+|void\s+)?([\w$.?!]+)\s*(?:<[^()]*>)?\(", code.text(statement))
    if called is None:
        return False
    name = called[1].rpartition(".")[2]
    if _LEAVING.search(name):
        return True
    declared = rf"\b{re.escape(name)}\b[^;{{}}]*\)\s*:\s*never\b"
    return re.search(declared, code.utf8.decode()) is not None


_LEAVING = re.compile(
    r"(?i)never|exit|throw|fail|panic|unreachable|abort|assert|invariant|bail|die|redirect|crash|quit|halt|raise"
    r"|unsupported|unexpected|unhandled|unknown|invalid|illegal|implemented|todo|^error$|\w+Error$"
)
