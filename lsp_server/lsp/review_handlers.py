"""
What is done about each message that concerns findings: translate, call, translate back.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.lsp import asking, code_actions, extensions, finding_commands, from_lsp, review_arguments, review_to_lsp
from lsp_server.lsp.findings import Located
from lsp_server.text.positions import Span

if TYPE_CHECKING:
    from lsp_server.lsp.session import Session


def diagnostic(session: "Session", params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """
    What is known of a document; no review begins.
    """
    return session.reviews.diagnostics.answer(params.text_document.uri, params.previous_result_id)


def code_action(session: "Session", params: types.CodeActionParams) -> Awaitable[list[types.CodeAction]]:
    """
    What can be done about the findings in a range.
    """
    uri, only = params.text_document.uri, params.context.only
    document = session.reviews.findings.document(uri)
    found: Sequence[Located] = ()
    if document is not None and (only is None or any(_holds_quick_fixes(kind) for kind in only)):
        place = from_lsp.span(params.range, document, session.client.encoding)
        found = code_actions.at(session.reviews, uri, place)
    return code_actions.actions(session.client, found, params.context.diagnostics)


def resolve(session: "Session", action: types.CodeAction) -> Awaitable[types.CodeAction]:
    """
    An action with its edit.
    """
    return code_actions.resolve(session.client, session.reviews, action)


def hover(session: "Session", params: types.HoverParams) -> types.Hover | None:
    """
    What is known of the findings at a place.
    """
    uri, document = params.text_document.uri, session.reviews.findings.document(params.text_document.uri)
    if document is None:
        return None
    offset = document.offset_at(from_lsp.position(params.position), session.client.encoding)
    found = code_actions.at(session.reviews, uri, Span(offset, offset))
    held = [located.held for located in found]
    if not held:
        return None
    return review_to_lsp.hover(held, document, session.client.encoding, markdown=session.client.reads_markdown)


def review_file(session: "Session", arguments: Sequence[Any]) -> Awaitable[dict[str, Any]]:
    """
    Review a document.
    """
    target = review_arguments.target(arguments)
    return session.reviews.review_document(review_arguments.Target(uri=target.uri))


def review_selection(session: "Session", arguments: Sequence[Any]) -> Awaitable[dict[str, Any]]:
    """
    Review some lines of a document.
    """
    target = review_arguments.target(arguments)
    if target.range is None:
        raise JsonRpcInvalidParams("The command takes the URI of a document and a range in it.")
    return session.reviews.review_document(target)


def review_changes(session: "Session", arguments: Sequence[Any]) -> Awaitable[dict[str, Any]]:
    """
    Review what has changed since the last commit.
    """
    return session.reviews.review_changes(review_arguments.target(arguments))


def accept_finding(session: "Session", arguments: Sequence[Any]) -> Awaitable[dict[str, Any]]:
    """
    Apply a fix.
    """
    return finding_commands.accept(session, review_arguments.verdict(arguments).id)


def dismiss_finding(session: "Session", arguments: Sequence[Any]) -> Awaitable[dict[str, Any]]:
    """
    Never show a finding again.
    """
    return finding_commands.dismiss_for_good(session, review_arguments.verdict(arguments))


def explain_finding(session: "Session", arguments: Sequence[Any]) -> dict[str, Any]:
    """
    Say what a finding rests on.
    """
    return finding_commands.explain(session, review_arguments.verdict(arguments).id)


def ask(session: "Session", arguments: Sequence[Any]) -> Awaitable[dict[str, Any]]:
    """
    Answer a question about a selection.
    """
    return asking.ask(session, review_arguments.question(arguments))


def _holds_quick_fixes(kind: str) -> bool:
    return kind in ("", types.CodeActionKind.QuickFix.value)


REVIEW_HANDLERS: Mapping[str, Callable[["Session", Any], Any]] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: diagnostic,
    types.TEXT_DOCUMENT_CODE_ACTION: code_action,
    types.CODE_ACTION_RESOLVE: resolve,
    types.TEXT_DOCUMENT_HOVER: hover,
    extensions.REVIEW_FILE: review_file,
    extensions.REVIEW_SELECTION: review_selection,
    extensions.REVIEW_CHANGES: review_changes,
    extensions.ACCEPT_FINDING: accept_finding,
    extensions.DISMISS_FINDING: dismiss_finding,
    extensions.EXPLAIN_FINDING: explain_finding,
    extensions.ASK: ask,
}
