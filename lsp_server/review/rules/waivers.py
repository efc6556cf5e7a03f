"""
What the file's comments allow in other tools: whoever has waved a check through there need not do it again.
"""

from __future__ import annotations

import re

from lsp_server.review.rules.rule import Rule
from lsp_server.review.source import Source
from lsp_server.text.positions import Span


def is_allowed(source: Source, rule: Rule, span: Span) -> bool:
    """
    Whether a comment for ESLint on these lines, on the line before or over all of the file allows it.
    """
    names = [tool.rpartition(" ")[2] for tool in rule.elsewhere if "eslint" in tool.lower()]
    document = source.document
    before = max(0, document.line_of(span.start) - 1)
    near = document.slice(document.line_start(before), span.end)
    return any(name in waiver for name in names for waiver in _HERE.findall(near) + _FILE.findall(source.text))


_HERE = re.compile(r"(?:eslint|oxlint)-disable-(?:next-)?line\b[^\n]*")
_FILE = re.compile(r"/\*\s*(?:eslint|oxlint)-disable\s[^*]*")
