"""
Decide whether a completion is worth asking for, by looking at the cursor alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lsp_server.completion.request import CompletionRequest, NoCompletionReason, TriggerKind
from lsp_server.settings import Settings
from lsp_server.syntax.regions import Region, region_at
from lsp_server.text.document import Document

LONGEST_LINE = 10_000
"""Code with longer lines was written by a program, and a cursor in it is there by accident."""

_WORD = re.compile(r"[\w$]")
# What may follow the cursor on its line when there is something to be filled in before it.
_MAY_FOLLOW = re.compile(r"\s*(?:[)\]}>,;:\"'`]|/>|</|=>\s*$|\{\s*$|$)")
_BLOCK_CLOSED = re.compile(r"\s*\}+\s*")
_LOOP_HEAD = re.compile(r"\bfor\s*(?:await\s*)?\([^)]*$")


@dataclass(frozen=True, slots=True)
class _Cursor:
    request: CompletionRequest
    before: str
    after: str

    @property
    def document_is_blank(self) -> bool:
        return not self.before.strip() and not self.request.document.text.strip()

    @property
    def region(self) -> Region:
        return region_at(self.request.tree, self.request.offset)


def reason_to_skip(request: CompletionRequest, settings: Settings) -> NoCompletionReason | None:
    """
    Why not to ask, if there is a reason.

    An engineer who asked explicitly is answered wherever it is possible at all.
    """
    document, offset = request.document, request.offset
    if (reason := not_in(document, offset, settings)) or request.trigger_kind is TriggerKind.INVOKED:
        return reason
    cursor = _Cursor(request, document.line_prefix(offset), document.line_suffix(offset))
    return next((reason for reason, holds in REASONS.items() if holds(cursor, settings)), None)


REASONS: Mapping[NoCompletionReason, Callable[[_Cursor, Settings], bool]] = {
    NoCompletionReason.NOTHING_TYPED: lambda at, _: at.document_is_blank,
    NoCompletionReason.MID_WORD: lambda at, _: bool(_WORD.match(at.after) and _WORD.match(at.before[-1:])),
    NoCompletionReason.MID_LINE: lambda at, _: not _MAY_FOLLOW.match(at.after),
    NoCompletionReason.AFTER_STATEMENT_END: lambda at, _: _is_after_end(at),
    NoCompletionReason.INSIDE_COMMENT: lambda at, given: (
        not given.completion_in_comments and at.region is Region.COMMENT
    ),
    NoCompletionReason.INSIDE_STRING: lambda at, given: not given.completion_in_strings and at.region is Region.STRING,
}
"""When not to ask on our own account, in the order in which it is looked at."""


def not_in(document: Document, offset: int, settings: Settings) -> NoCompletionReason | None:
    """
    Why nothing is completed in this document, whoever asks.
    """
    if not (settings.enabled and settings.completion_enabled):
        return NoCompletionReason.DISABLED
    if document.language_id not in settings.completion_languages:
        return NoCompletionReason.LANGUAGE_DISABLED
    line = document.line_of(offset)
    length = document.line_end(line) - document.line_start(line)
    if document.length > settings.max_file_kb * 1024 or length > LONGEST_LINE:
        return NoCompletionReason.FILE_TOO_LARGE
    return None


def _is_after_end(at: _Cursor) -> bool:
    """
    Whether nothing belongs on the rest of the line, as after `;` or a block's `}`; in the head of a loop much does.
    """
    typed = at.before.rstrip()
    if at.region is not Region.CODE or at.after.strip():
        return False
    if typed.endswith(";"):
        return _LOOP_HEAD.search(typed) is None
    return _BLOCK_CLOSED.fullmatch(typed) is not None
