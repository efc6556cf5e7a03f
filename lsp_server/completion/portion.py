"""
What of a reply to offer at one cursor: as far as that which the cursor is in goes, made to fit there.
"""

import re
from dataclasses import dataclass, replace

from lsp_server.completion import postprocess
from lsp_server.completion.extent_end import ExtentEnd
from lsp_server.completion.insertion import with_text
from lsp_server.completion.place import place_of
from lsp_server.completion.postprocess import Draft
from lsp_server.completion.request import CompletionRequest, Extent, NoCompletionReason
from lsp_server.completion.trust import Trust
from lsp_server.text.indentation import indent_of
from lsp_server.text.positions import Span

MOST_LINES_FURTHER = 10
"""How many lines beyond what the cursor is in are offered at most, when replies have been right again and again."""

_BREAK_AND_MORE = re.compile(r"(\s*\n[ \t]*)(\S)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """
    A draft to offer, and how much of the rest of the reply it uses up; `is_whole` unless more of it belongs here.
    """

    draft: Draft
    used: int
    is_whole: bool


class Portion:
    """
    One cursor that is offered the rest of a reply, asked again as the reply grows.
    """

    def __init__(self, request: CompletionRequest, lead: str = "") -> None:
        self.request = request
        self.place = place_of(request)
        self._lead = lead
        self._end = ExtentEnd(self.place)
        self._below: Portion | None = None

    @property
    def extent(self) -> Extent:
        """
        How far it may reach.
        """
        return self.place.extent

    def whole(self, rest: str, trust: Trust, *, finished: bool) -> Piece | NoCompletionReason | None:
        """
        The piece that completes what the cursor is in; None as long as it isn't certain where that ends.
        """
        if self._below is not None:
            return self._below.whole(rest[len(self._below._lead) :], trust, finished=finished)
        cut = self._end.find(rest, finished=finished)
        if cut is None:
            return None
        if not rest[:cut].strip():
            if (below := self._next_line(rest)) is not None:
                return below.whole(rest[len(below._lead) :], trust, finished=finished)
            return NoCompletionReason.REPEATS_SUFFIX if rest.strip() else NoCompletionReason.EMPTY_REPLY
        further = self._further(rest, cut) if trust.is_proven else cut
        return self._piece(rest[:further], trust, is_whole=True)

    def begun(self, rest: str, trust: Trust) -> Piece | None:
        """
        The lines that are complete, if what is there of them can be offered already.
        """
        if self._below is not None:
            return self._below.begun(rest[len(self._below._lead) :], trust)
        lines = rest[: rest.rfind("\n")] if "\n" in rest else ""
        if not lines.strip():
            return None
        piece = self._piece(lines, trust, is_whole=False)
        return piece if isinstance(piece, Piece) else None

    def _further(self, rest: str, cut: int) -> int:
        """
        Where the lines end that follow `cut` in the same block, without a blank one between.
        """
        if self.place.after.strip() or self.place.extent is Extent.LINE or not rest.startswith("\n", cut):
            return cut
        indent, end = self.place.indent, cut
        for line in rest[cut + 1 :].split("\n")[:-1][:MOST_LINES_FURTHER]:
            if not line.strip() or indent_of(line) < indent:
                break
            end += 1 + len(line)
        return end

    def _piece(self, code: str, trust: Trust, *, is_whole: bool) -> Piece | NoCompletionReason:
        lines = code.split("\n")
        blank = next(number for number, line in enumerate(lines) if line.strip())
        shown = blank + trust.lines_to_show(lines[blank:])
        if shown < len(lines):
            code = "\n".join(lines[:shown])
        draft = postprocess.apply(code, self.place, self.request)
        if isinstance(draft, NoCompletionReason):
            return draft
        eol = self.request.document.eol
        lead = self._lead.replace("\n", eol) if self._lead else ""
        return Piece(draft=replace(draft, text=lead + draft.text), used=len(self._lead) + len(code), is_whole=is_whole)

    def _next_line(self, rest: str) -> "Portion | None":
        """
        The same as if the line break that `rest` begins with had been typed: on this line there is no more to say.
        """
        match = _BREAK_AND_MORE.match(rest)
        if match is None or self._lead or self.place.after.strip() or self.place.extent is Extent.LINE:
            return None
        at, lead = self.request.offset, match[1]
        text = lead.replace("\n", self.request.document.eol)
        self._below = Portion(with_text(self.request, Span(at, at), text), lead)
        return self._below
