"""
The arguments of review commands, in every form that clients send them.

Editors' own commands pass what they please: an address, an address and a range, or an object that names its parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.review.baseline_file import DismissReason
from lsp_server.text.positions import Position

Range = tuple[Position, Position]
"""A start and an end in the client's own units."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """
    What to review: a document or a folder by its URI, and a part of it; everything if there is no URI.
    """

    uri: str = ""
    range: Range | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """
    A finding, and why it is dismissed; `note` is in the engineer's own words.
    """

    id: str
    reason: DismissReason = DismissReason.OTHER
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """
    A free prompt over a selection; `edit` asks for code in its place, and `apply` to put it there.
    """

    uri: str
    range: Range
    prompt: str
    edit: bool = False
    apply: bool = False


def target(arguments: Sequence[Any]) -> Target:
    """
    `[]`, `[uri]`, `[uri, range]`, or `[{uri, range?}]` with `textDocument: {uri}` or `selection` as well.
    """
    given = _named(arguments, ("uri", "range"))
    if (uri := _uri(given)) and not isinstance(uri, str):
        raise JsonRpcInvalidParams("The URI to review is a text.")
    return Target(uri=uri or "", range=_range(given))


def verdict(arguments: Sequence[Any]) -> Verdict:
    """
    `[id]`, `[id, reason]`, or `[{id, reason?, note?}]`; a reason that is none of ours is taken as a note.
    """
    given = _named(arguments, ("id", "reason", "note"))
    found, reason, note = given.get("id", given.get("findingId")), given.get("reason") or "", given.get("note") or ""
    if not (isinstance(found, str) and isinstance(reason, str) and isinstance(note, str)):
        raise JsonRpcInvalidParams("The command takes the id of a finding, and maybe a reason and a note, as texts.")
    if reason in list(DismissReason):
        return Verdict(id=found, reason=DismissReason(reason), note=note)
    return Verdict(id=found, note=note or reason)


def question(arguments: Sequence[Any]) -> Question:
    """
    `[{uri, range, prompt, edit?, apply?}]`, or the same as separate arguments in this order.
    """
    given = _named(arguments, ("uri", "range", "prompt", "edit", "apply"))
    uri, prompt, place = _uri(given), given.get("prompt"), _range(given)
    if not (isinstance(uri, str) and uri and isinstance(prompt, str) and prompt.strip() and place is not None):
        raise JsonRpcInvalidParams("The command takes a `uri`, a `range` and a `prompt`.")
    apply = bool(given.get("apply"))
    return Question(uri=uri, range=place, prompt=prompt, edit=bool(given.get("edit")) or apply, apply=apply)


def _named(arguments: Sequence[Any], names: Sequence[str]) -> Mapping[str, Any]:
    if arguments and isinstance(arguments[0], Mapping):
        return arguments[0]
    # What stands behind our own arguments is the editor's business.
    return dict(zip(names, arguments, strict=False))


def _uri(given: Mapping[str, Any]) -> Any:
    document = given.get("textDocument")
    return document.get("uri") if isinstance(document, Mapping) else given.get("uri")


def _range(given: Mapping[str, Any]) -> Range | None:
    found = given.get("range") or given.get("selection")
    if found is None:
        return None
    match found:
        case {"start": start, "end": end} | [start, end]:
            # As a list it comes from editors that serialise ranges of their own.
            return _position(start), _position(end)
    raise JsonRpcInvalidParams(_SHAPE)


def _position(found: Any) -> Position:
    match found:
        case {"line": int(line), "character": int(character)}:
            return Position(line, character)
    raise JsonRpcInvalidParams(_SHAPE)


_SHAPE = "A range is `{start: {line, character}, end: {line, character}}`."
