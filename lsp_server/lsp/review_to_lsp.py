"""
Findings, and edits that mend them, in the protocol's types.
"""

from pathlib import Path
from typing import Any

from lsprotocol import types

from lsp_server import review
from lsp_server.files import uri_of
from lsp_server.lsp.client import Client
from lsp_server.lsp.findings import Located
from lsp_server.lsp.to_lsp import range_of
from lsp_server.review import harmless
from lsp_server.review.change import SkipReason
from lsp_server.review.finding import Finding, Origin, Severity
from lsp_server.review.outcome import Review
from lsp_server.review.tracking import Held, Replacement, shown_at
from lsp_server.text.document import Document
from lsp_server.text.positions import PositionEncoding, Span

SOURCE = "pacenotes"
RULES_PAGE = uri_of(Path(review.__file__).with_name("RULES.md"))
CONFIRM = "pacenotes.confirm"
FIX_LABEL = "Pacenotes: fix"
LOOK_FIRST = "Look at it before it is made."
LEFT = (SkipReason.PROVIDER_FAILED, SkipReason.REFUSED, SkipReason.COST_CAP, SkipReason.CANCELLED)
SEVERITIES = {
    Severity.INFO: types.DiagnosticSeverity.Information,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.ERROR: types.DiagnosticSeverity.Error,
}


def diagnostic(held: Held, uri: str, document: Document, encoding: PositionEncoding) -> types.Diagnostic:
    """
    A finding as the editor underlines it; `data.id` is its name for every command.
    """
    finding = held.finding
    return types.Diagnostic(
        range=range_of(shown_at(held, document), document, encoding),
        severity=SEVERITIES[finding.severity],
        code=finding.category.value,
        code_description=types.CodeDescription(href=page) if (page := rule_page(finding)) else None,
        source=SOURCE,
        message=harmless.sentence(finding.message),
        related_information=_related(held, uri, document, encoding),
        data={"id": finding.id},
    )


def hover(found: list[Held], document: Document, encoding: PositionEncoding, *, markdown: bool) -> types.Hover:
    """
    What is known of the findings at a place: what each says, what it rests on, how sure it is and who says so.
    """
    text = "\n\n---\n\n".join(explained(held.finding, markdown=markdown) for held in found)
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    place = range_of(shown_at(found[0], document), document, encoding)
    return types.Hover(contents=types.MarkupContent(kind, text), range=place)


def rule_page(finding: Finding) -> str:
    """
    Where the rule that found it is described; empty for what a model found.
    """
    return f"{RULES_PAGE}#{finding.rule}" if finding.rule else ""


def explained(finding: Finding, *, markdown: bool) -> str:
    """
    A finding in words, its evidence included; what a model wrote is shown and never rendered.
    """
    message = harmless.sentence(finding.message)
    lines = [harmless.markdown(message) if markdown else message, _standing(finding)]
    if finding.evidence:
        evidence = harmless.code(finding.evidence)
        lines.append(harmless.fenced(evidence, "typescript") if markdown else evidence)
    if markdown and finding.rule:
        lines.append(f"[What the rule looks for]({rule_page(finding)})")
    return "\n\n".join(lines)


def workspace_edit(client: Client, located: Located, edit: Replacement, *, confirm: bool) -> types.WorkspaceEdit:
    """
    An edit of exactly the version that it was made for, which the client refuses when it has another one.

    With `confirm` the client asks before it is made, if it can. One that knows no versions gets a plain edit.
    """
    version = located.document.version if located.is_open else None
    return _edit_of(client, located.uri, version, located.document, edit, confirm=confirm and client.confirms_edits)


def edit_of_document(client: Client, document: Document, edit: Replacement) -> types.WorkspaceEdit:
    """
    The same for an open document, to be made without asking.
    """
    return _edit_of(client, document.uri, document.version, document, edit, confirm=False)


def _edit_of(
    client: Client, uri: str, version: int | None, document: Document, edit: Replacement, *, confirm: bool
) -> types.WorkspaceEdit:
    place = range_of(edit.span, document, client.encoding)
    change: types.TextEdit | types.AnnotatedTextEdit = types.TextEdit(place, edit.text)
    if not client.knows_versions:
        return types.WorkspaceEdit(changes={uri: [types.TextEdit(place, edit.text)]})
    if confirm:
        change = types.AnnotatedTextEdit(annotation_id=CONFIRM, range=place, new_text=edit.text)
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    annotation = types.ChangeAnnotation(label=FIX_LABEL, needs_confirmation=True, description=LOOK_FIRST)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(text_document=identifier, edits=[change])],
        change_annotations={CONFIRM: annotation} if confirm else None,
    )


def summary(done: Review, *, silent: bool) -> dict[str, Any]:
    """
    The answer to a command that reviews: the ids of the findings, unless these are kept silent, and an account of the
    rest.
    """
    spending = done.spending
    return {
        "findings": [] if silent else [finding.id for finding in done.findings],
        "silent": silent,
        "withheld": len(done.withheld),
        "incomplete": done.incomplete.value if done.incomplete else None,
        "notices": [harmless.sentence(notice) for notice in (*done.notices, *_left_out(done))],
        "problems": [harmless.sentence(problem) for problem in done.problems],
        "provider": done.provider,
        "model": done.model,
        "usage": {
            "requests": spending.requests,
            "inputTokens": spending.input_tokens,
            "outputTokens": spending.output_tokens,
            "costUsd": spending.cost_usd,
        },
    }


def _left_out(done: Review) -> list[str]:
    """
    Why a review is not whole, each reason once.
    """
    if done.incomplete is None:
        return []
    reasons = (entry.detail for entry in done.coverage if entry.reason in LEFT and entry.detail)
    return list(dict.fromkeys(reasons))


def _standing(finding: Finding) -> str:
    said_by = f"the rule {finding.rule}" if finding.origin is Origin.RULE else "a model"
    fix = ""
    if finding.fix:
        fix = " There is a safe fix." if finding.fix.safe else " There is a fix; look at it before you take it."
    return f"{finding.category}, {finding.severity}, {finding.confidence} % sure, says {said_by}.{fix}"


def _related(
    held: Held, uri: str, document: Document, encoding: PositionEncoding
) -> list[types.DiagnosticRelatedInformation] | None:
    """
    Where the evidence stands, if it is in this document, elsewhere, and only once.
    """
    evidence, text = held.finding.evidence.strip(), document.text
    at = text.find(evidence) if evidence else -1
    if at < 0 or text.find(evidence, at + 1) >= 0 or at in range(held.place.start, held.place.end):
        return None
    place = range_of(Span(at, at + len(evidence)), document, encoding)
    return [types.DiagnosticRelatedInformation(types.Location(uri, place), "The evidence.")]
