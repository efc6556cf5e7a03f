"""
Follow accepted texts for ten minutes, and measure how much of each is left.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from lsp_server.completion.fate import Basis, Persistence
from lsp_server.completion.tracking import Change, Stretch, moved, retained_ratio
from lsp_server.text.document import Document

CHECKPOINTS_S = (30, 120, 300, 600)
"""
When accepted text is looked at again, as Cody does; Copilot looks at 15 s as well.

Cody calls a text retained from a ratio of 0.67 on; that line is drawn by whoever reads the events.
"""

MOST_FOLLOWED = 200
"""Nobody accepts so many completions in ten minutes; the oldest would be given up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """
    An accepted text on its way through later edits; it is measured once its completion has ended, at `since`.
    """

    completion_id: str
    uri: str
    language_id: str
    text: str
    stretch: Stretch
    basis: Basis = Basis.INFERRED
    since: float = inf
    measured: int = 0

    @property
    def due_at(self) -> float:
        """
        When it is to be measured next.
        """
        return self.since + CHECKPOINTS_S[self.measured]


class Retention:
    """
    The accepted texts that are being followed.
    """

    def __init__(self) -> None:
        self._followed: OrderedDict[str, Accepted] = OrderedDict()

    @property
    def uris(self) -> set[str]:
        """
        The documents with such texts.
        """
        return {accepted.uri for accepted in self._followed.values()}

    def follow(self, accepted: Accepted) -> None:
        """
        Follow a text, in place of what was followed for the same completion.
        """
        self._followed[accepted.completion_id] = accepted
        if len(self._followed) > MOST_FOLLOWED:
            self._followed.popitem(last=False)

    def start_measuring(self, completion_id: str, since: float, basis: Basis) -> None:
        """
        The completion has ended, and what was accepted of it counts from now on.
        """
        if completion_id in self._followed:
            self._followed[completion_id] = replace(self._followed[completion_id], since=since, basis=basis)

    def drop_document(self, uri: str) -> None:
        """
        Give up the texts of a document that was closed.
        """
        self._followed = OrderedDict((key, kept) for key, kept in self._followed.items() if kept.uri != uri)

    def drop_all(self) -> None:
        """
        Give up all texts.
        """
        self._followed.clear()

    def edited(self, uri: str, changes: Sequence[Change]) -> None:
        """
        Move the texts of a document with its changes.
        """
        for key, accepted in self._followed.items():
            stretch = _moved_by(accepted, changes) if accepted.uri == uri else accepted.stretch
            if stretch != accepted.stretch:
                self._followed[key] = replace(accepted, stretch=stretch)

    def measure(self, now: float, document_of: dict[str, Document]) -> Iterator[Persistence]:
        """
        Measure the texts for which it is time, in documents that have not changed since.
        """
        for key, accepted in list(self._followed.items()):
            if now < accepted.due_at:
                continue
            due = _due(accepted, now)
            yield from _measured(accepted, due, document_of[accepted.uri])
            self._followed[key] = replace(accepted, measured=accepted.measured + len(due))
            if due[-1] == CHECKPOINTS_S[-1]:
                del self._followed[key]


def _moved_by(accepted: Accepted, changes: Sequence[Change]) -> Stretch:
    stretch = accepted.stretch
    for change in changes:
        # An undone accept may be redone: the whole text comes back to where it was.
        restored = stretch.empty and change.start == stretch.start and change.text == accepted.text
        stretch = Stretch(change.start, change.start + len(change.text)) if restored else moved(stretch, change)
    return stretch


def _due(accepted: Accepted, now: float) -> tuple[int, ...]:
    return tuple(at_s for at_s in CHECKPOINTS_S[accepted.measured :] if now >= accepted.since + at_s)


def _measured(accepted: Accepted, due: Sequence[int], document: Document) -> Iterator[Persistence]:
    left = document.slice(accepted.stretch.start, accepted.stretch.end)
    ratio = retained_ratio(accepted.text, left)
    for at_s in due:
        yield Persistence(
            completion_id=accepted.completion_id,
            uri=accepted.uri,
            language_id=accepted.language_id,
            basis=accepted.basis,
            at_s=at_s,
            retained_ratio=ratio,
            deleted=not left,
        )
