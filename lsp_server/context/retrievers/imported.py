"""
The declarations behind the names that the file imports from the workspace.
"""

from collections.abc import Iterator

from lsp_server.context.piece import Piece, declaration_piece, member_piece
from lsp_server.context.question import Question
from lsp_server.index import lookup
from lsp_server.index.lookup import Found

MAX_NAMES = 60
MAX_MEMBERS = 30
CERTAINTY = 1.5
OF_DEPENDENCY = 0.4
"""What is public is partly known to the model already."""


def imported(question: Question) -> Iterator[Piece]:
    """
    Signatures of what is imported, those named near the cursor first.
    """
    situation = question.situation
    for local, found in _imports(question):
        weight = 0.1 + 0.4 * situation.near.get(local, 0.0)
        # Imported and never used: what comes next may well be its first use.
        weight += 0.25 if not situation.visible[local] else 0.0
        weight *= OF_DEPENDENCY if "/node_modules/" in found.path else 1.0
        reason = f"imported as {local}" if local != found.declaration.name else "imported here"
        yield declaration_piece(
            found.path, found.declaration, worth=0.5 * weight, retriever="imported", reason=reason, share=8.0
        )
        members = [member for member in found.declaration.members if member.name != "constructor"]
        for member in members[:MAX_MEMBERS]:
            yield member_piece(
                found.path,
                found.declaration,
                member,
                worth=0.3 * weight * min(1.0, 3.0 / len(members)),
                retriever="imported",
                reason=reason,
                share=CERTAINTY,
            )


def _imports(question: Question) -> Iterator[tuple[str, Found]]:
    situation, source = question.situation, question.source
    for local, (specifier, name) in list(situation.imported.items())[:MAX_NAMES]:
        if name == "*":
            continue
        target = source.resolve(specifier, situation.path)
        for found in lookup.exported(source, target, name)[:3] if target else ():
            if found.path != situation.path:
                yield local, found
