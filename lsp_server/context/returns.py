"""
What a function without a return type gives back, as its last `return` tells.
"""

import re

from lsp_server.context import types
from lsp_server.context.bindings import expression_at
from lsp_server.context.shapes import literal_members
from lsp_server.index.record import Declaration

MAX_LINES = 400

_RETURN = re.compile(r"\breturn\s+|=>\s*(?=\(\s*\{|[\w$.]+\()")
_LITERAL = re.compile(r"\(?\s*\{")


def returned(function: Declaration, text: str) -> Declaration | str:
    """
    The object literal that `function`, declared in the file `text`, returns, else the expression; empty if neither.
    """
    if function.end_line - function.line > MAX_LINES:
        return ""
    body = "\n".join(text.split("\n")[function.line : function.end_line])
    returns = list(_RETURN.finditer(body))
    if not returns:
        return ""
    rest = body[returns[-1].end() :]
    literal = _LITERAL.match(rest)
    if not literal:
        return expression_at(rest)
    inner = rest[literal.end() - 1 : types.matching(rest, literal.end() - 1) + 1]
    return function._replace(kind="const", members=tuple(literal_members(inner, function)), type="")
