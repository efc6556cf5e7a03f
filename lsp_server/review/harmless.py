"""
Make what a model wrote fit to be shown: no secret, no hidden character, no link to anywhere, no markup that works.
"""

import re

from lsp_server.policy.redaction import redact
from lsp_server.review.visible import show_hidden

ALLOWED_HOSTS = frozenset(
    {
        "cwe.mitre.org",
        "developer.mozilla.org",
        "eslint.org",
        "nodejs.org",
        "owasp.org",
        "react.dev",
        "tc39.es",
        "typescript-eslint.io",
        "www.typescriptlang.org",
    }
)
"""Hosts whose pages a message may name; a link to any other could carry what was read to whoever owns it."""

LINK_REMOVED = "(link removed)"
LONGEST_SENTENCE = 600
LONGEST_CODE = 4000


def sentence(text: str, limit: int = LONGEST_SENTENCE) -> str:
    """
    `text` as plain words on one line, of at most `limit` characters.
    """
    flat = " ".join(redact(text).text.split())
    return clipped(_URL.sub(_allowed, show_hidden(flat)), limit)


def code(text: str, limit: int = LONGEST_CODE) -> str:
    """
    `text` as lines to be shown as code: links in it are code, and stay.
    """
    return clipped(show_hidden(redact(text).text), limit)


def holds_secret(text: str) -> bool:
    """
    Whether something in `text` must not be shown.
    """
    return bool(redact(text).counts)


def markdown(text: str) -> str:
    """
    A sentence as Markdown that renders as exactly its characters: nothing in it formats, links, or calls anyone.
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _MENTION.sub(r"`\g<0>`", escaped)


def fenced(text: str, language: str) -> str:
    """
    Code as a Markdown block that nothing in it can close.
    """
    runs = [len(run) for run in re.findall("`{3,}", text)]
    fence = "`" * (max(runs, default=2) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def clipped(text: str, limit: int) -> str:
    """
    The beginning of `text`, with an ellipsis if that is not all of it.
    """
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _allowed(found: re.Match[str]) -> str:
    host = (found["host"] or "").lower()
    return found[0] if found["scheme"].lower() == "https://" and host in ALLOWED_HOSTS else LINK_REMOVED


_URL = re.compile(
    r"(?P<scheme>\b(?:[a-z][a-z0-9+.-]{1,20}://|(?:mailto|data|javascript|vbscript|file|tel):)|\bwww\.|(?<![\w/:])//(?=\w))"
    r"(?P<host>[\w.-]*(?![\w.-]*@))[^\s<>\"'`\])}]*",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"[\\`*_{}\[\]()#+!|~$]|^[-=]|(?<=\w)://")
_MENTION = re.compile(r"@(?=[\w/-])[\w/-]+")
