"""
Our own methods and commands: what they are called, and the shape of their messages.
"""

from collections.abc import Callable, Sequence
from typing import Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol import types

DID_SHOW_COMPLETION = "textDocument/didShowCompletion"
DID_PARTIALLY_ACCEPT_COMPLETION = "textDocument/didPartiallyAcceptCompletion"
DID_DISMISS_COMPLETION = "pacenotes/didDismissCompletion"
CONTEXT = "pacenotes/context"
READY = "pacenotes/ready"
STATUS = "pacenotes/status"

COMPLETION_ACCEPTED = "pacenotes.completionAccepted"
SHOW_REQUEST = "pacenotes.showRequest"
REVIEW_FILE = "pacenotes.reviewFile"
REVIEW_SELECTION = "pacenotes.reviewSelection"
REVIEW_CHANGES = "pacenotes.reviewChanges"
ACCEPT_FINDING = "pacenotes.acceptFinding"
DISMISS_FINDING = "pacenotes.dismissFinding"
EXPLAIN_FINDING = "pacenotes.explainFinding"
ASK = "pacenotes.ask"


@attrs.frozen(kw_only=True)
class OfferedItem:
    """
    An item as it was offered; its command carries the id of the completion. All else in it is left aside.
    """

    command: types.Command | None = None


@attrs.frozen(kw_only=True)
class DidShowCompletionParams:
    """
    An item became visible.
    """

    item: OfferedItem


@attrs.frozen(kw_only=True)
class DidPartiallyAcceptCompletionParams:
    """
    The first `accepted_length` utf-16 units of an item have been accepted so far.
    """

    item: OfferedItem
    accepted_length: int


@attrs.frozen(kw_only=True)
class DidDismissCompletionParams:
    """
    An item was dismissed.
    """

    completion_id: str
    reason: str = ""


@attrs.frozen(kw_only=True)
class ContextParams:
    """
    Ask what the model would be shown at a position.
    """

    text_document: types.TextDocumentIdentifier
    position: types.Position
    budget: int | None = None
    open_files: Sequence[str] | None = None


@attrs.frozen(kw_only=True)
class StatusParams:
    """
    How we are: `kind` is `normal`, `busy`, `warning`, `error` or `inactive`.
    """

    kind: str
    message: str
    provider: str
    model: str
    spent_today_usd: float


PARAMS: dict[str, type[Any] | None] = {
    DID_SHOW_COMPLETION: DidShowCompletionParams,
    DID_PARTIALLY_ACCEPT_COMPLETION: DidPartiallyAcceptCompletionParams,
    DID_DISMISS_COMPLETION: DidDismissCompletionParams,
    CONTEXT: ContextParams,
    READY: None,
}
"""What each of our methods that a client may call expects."""


def register(converter: Converter) -> None:
    """
    Teach a converter our shapes, each when it is first met; on the wire their names are in camel case.
    """
    converter.register_structure_hook_factory(
        _is_ours, lambda shape: _translator(make_dict_structure_fn, shape, converter)
    )
    converter.register_unstructure_hook_factory(
        _is_ours, lambda shape: _translator(make_dict_unstructure_fn, shape, converter)
    )


def _is_ours(shape: Any) -> bool:
    return getattr(shape, "__module__", "") == __name__ and attrs.has(shape)


def _translator(make: Callable[..., Any], shape: type[Any], converter: Converter) -> Any:
    names = {field.name: override(rename=_camel_case(field.name)) for field in attrs.fields(shape)}
    return make(shape, converter, **names)


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
