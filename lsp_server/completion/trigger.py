"""
Decide whether a completion is worth asking for, by looking at the cursor alone.
"""

import re

from lsp_server.completion.request import CompletionRequest, NoCompletionReason, TriggerKind
from lsp_server.settings import Settings
from lsp_server.syntax.regions import Region, region_at

LONGEST_LINE = 10_000
"""Code with longer lines was written by a program, and a cursor in it is there by accident."""

_WORD = re.compile(r"[\w$]")
# What may follow the cursor on its line when there is something to be filled in before it.
_MAY_FOLLOW = re.compile(r"\s*(?:[)\]}>,;:\"'`]|/>|</|=>\s*$|\{\s*$|$)")
_BLOCK_CLOSED = re.compile(r"\s*\}+\s*")
_LOOP_HEAD = re.compile(r"\bfor\s*(?:await\s*)?\([^)]*$")


def reason_to_skip(request: CompletionRequest, settings: Settings) -> NoCompletionReason | None:
    """
    Why not to ask, if there is a reason. An engineer who asked explicitly is answered wherever it is possible at all.
    """
    if reason := _not_here(request, settings):
        return reason
    if request.trigger_kind is TriggerKind.INVOKED:
        return None
    before = request.document.line_prefix(request.offset)
    after = request.document.line_suffix(request.offset)
    region = region_at(request.tree, request.offset)
    if not before.strip() and not request.document.text.strip():
        return NoCompletionReason.NOTHING_TYPED
    if _WORD.match(after) and _WORD.match(before[-1:]):
        return NoCompletionReason.MID_WORD
    if not _MAY_FOLLOW.match(after):
        return NoCompletionReason.MID_LINE
    if region is Region.CODE and not after.strip() and _has_ended(before.rstrip()):
        return NoCompletionReason.AFTER_STATEMENT_END
    if region is Region.COMMENT and not settings.completion_in_comments:
        return NoCompletionReason.INSIDE_COMMENT
    if region is Region.STRING and not settings.completion_in_strings:
        return NoCompletionReason.INSIDE_STRING
    return None


def _not_here(request: CompletionRequest, settings: Settings) -> NoCompletionReason | None:
    document = request.document
    if not (settings.enabled and settings.completion_enabled):
        return NoCompletionReason.DISABLED
    if document.language_id not in settings.completion_languages:
        return NoCompletionReason.LANGUAGE_DISABLED
    line = document.line_of(request.offset)
    longest = document.line_end(line) - document.line_start(line)
    if document.length > settings.max_file_kb * 1024 or longest > LONGEST_LINE:
        return NoCompletionReason.FILE_TOO_LARGE
    return None


def _has_ended(typed: str) -> bool:
    """
    Whether nothing belongs on the rest of the line, as after `;` or a block's `}`; in the head of a loop much does.
    """
    if typed.endswith(";"):
        return _LOOP_HEAD.search(typed) is None
    return _BLOCK_CLOSED.fullmatch(typed) is not None
