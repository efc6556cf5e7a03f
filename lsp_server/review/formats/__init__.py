"""
The forms in which a review is written, by name.
"""

from collections.abc import Callable, Mapping

from lsp_server.review.formats.context import FormatContext
from lsp_server.review.formats.github import github
from lsp_server.review.formats.gitlab import gitlab
from lsp_server.review.formats.json_document import json_document
from lsp_server.review.formats.junit import junit
from lsp_server.review.formats.markdown import markdown, step_summary
from lsp_server.review.formats.rdjson import rdjson
from lsp_server.review.formats.sarif import sarif
from lsp_server.review.formats.text import text
from lsp_server.review.outcome import Review

Format = Callable[[Review, FormatContext], str]

FORMATS: Mapping[str, Format] = {
    "text": text,
    "json": json_document,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "rdjson": rdjson,
    "junit": junit,
    "markdown": markdown,
}

__all__ = ["FORMATS", "Format", "FormatContext", "step_summary"]
