"""
One try at a completion: where it was asked for, and how far it has got.
"""

from dataclasses import dataclass

from lsp_server.completion.request import CompletionRequest, SelectedCompletion, TriggerKind
from lsp_server.text.document import Document


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """
    Where something was asked, in the text as it was then; there is no `document` when it is not open.
    """

    uri: str
    path: str
    document: Document | None
    offset: int
    trigger_kind: TriggerKind = TriggerKind.AUTOMATIC
    selected: SelectedCompletion | None = None


@dataclass(kw_only=True, slots=True)
class Attempt:
    """
    A request that is being answered; `request` is there as soon as the engine can be asked.
    """

    id: str
    cursor: Cursor
    started: float
    request: CompletionRequest | None = None
