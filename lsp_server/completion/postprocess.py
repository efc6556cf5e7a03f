"""
Make of a model's code what fits at the cursor, or a named reason for offering nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lsp_server.completion.brackets import CLOSER_OF, Open, scan
from lsp_server.completion.indentation import match_indentation
from lsp_server.completion.insertion import with_text
from lsp_server.completion.place import Place
from lsp_server.completion.request import CompletionRequest, NoCompletionReason
from lsp_server.syntax.walk import errors
from lsp_server.text.indentation import indent_of
from lsp_server.text.positions import Span


@dataclass(frozen=True, slots=True)
class Draft:
    r"""
    A completion in the making: a text with `\n` between its lines, and how much of the line's rest it replaces.
    """

    text: str
    swallowed: int = 0


Filter = Callable[[Draft, Place, CompletionRequest], Draft | NoCompletionReason]

# The grammar does not compare the names of tags.
_CLOSERS = {**CLOSER_OF, ">": "</a>", "//": "\n"}

LONGEST_LOOP = 12
"""In lines. A model that has fallen into a loop repeats less than this again and again."""


def apply(code: str, place: Place, request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    Send `code` through the filters.
    """
    draft = Draft(code)
    for step in FILTERS:
        outcome = step(draft, place, request)
        if isinstance(outcome, NoCompletionReason):
            return outcome
        draft = outcome
    return draft


def cut_loop(draft: Draft, _place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    Lines said over and over until the end are kept once; a line that loops within itself is worth nothing.
    """
    lines = draft.text.rstrip().split("\n")
    for period in range(1, min(LONGEST_LOOP, len(lines) // 3) + 1):
        start = len(lines) - period
        while start and lines[start - 1] == lines[start - 1 + period]:
            start -= 1
        once = lines[start : start + period]
        if len(lines) - start >= 3 * period and _has_words(once):
            return Draft("\n".join(lines[: start + period]))
    return NoCompletionReason.REPETITIVE if any(map(_loops, lines)) else draft


def drop_lines_below(draft: Draft, place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    The lines that follow the cursor in the document are not offered a second time.
    """
    lines = draft.text.split("\n")
    below = [line.strip() for line in place.below if line.strip()]
    for start in range(len(lines)):
        content = [line.strip() for line in lines[start:] if line.strip()]
        if start == 0 and content and draft.text[:1] != "\n":
            content[0] = (place.before + content[0]).strip()
        if not content or not _is_beginning(content, below) or not _has_words(content):
            continue
        if _same_depth(lines[start:], place) or _is_whole("\n".join(lines[:start]), place):
            return Draft("\n".join(lines[:start])) if start else NoCompletionReason.REPEATS_SUFFIX
    return draft


def drop_rest_of_line(draft: Draft, place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    What the line has behind the cursor is not offered again; closers followed by something new replace the old ones.
    """
    rest = place.after.rstrip()
    if not rest:
        return draft
    end = _repetition_of(rest, draft.text, place)
    if end is None:
        end = _closer_already_there(draft.text, place)
        if end is None:
            return draft
        if _is_subsequence(rest, draft.text[end:]):
            return Draft(draft.text, len(rest))
    kept = draft.text[:end].rstrip(" ") if place.after[:1] == " " else draft.text[:end]
    return Draft(kept) if kept else NoCompletionReason.REPEATS_SUFFIX


def fit_indentation(draft: Draft, place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    Tabs or spaces as in the document, and no line further out than the statement it belongs to.
    """
    return replace(draft, text=match_indentation(draft.text, place))


def trim_end(draft: Draft, place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    No white space at the end, unless it puts a closer that the document has already onto a line of its own.
    """
    text = draft.text.rstrip()
    tail = draft.text[len(text) :]
    if "\n" not in tail or not place.after.strip() or draft.swallowed or not text:
        return replace(draft, text=text)
    owner = place.scan.open[-1].indent if place.scan.open else 0
    indentation = next((line for line in (place.before, *reversed(place.above)) if indent_of(line) >= owner), "")
    return replace(draft, text=f"{text}\n{indentation[:owner]}")


def withhold_blank(draft: Draft, _place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    White space alone helps nobody.
    """
    return draft if draft.text.strip() else NoCompletionReason.WHITESPACE_ONLY


def match_line_ends(draft: Draft, place: Place, _request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    Lines end as they do in the document.
    """
    return replace(draft, text=draft.text.replace("\n", place.eol))


def withhold_parse_errors(draft: Draft, place: Place, request: CompletionRequest) -> Draft | NoCompletionReason:
    """
    What the grammar can't read is cut back to the lines that it can, or withheld.
    """
    if not place.in_code:
        return draft
    allowed = request.tree.error_count()
    for text in _shorter_and_shorter(draft.text, place.eol):
        candidate = replace(draft, text=text)
        if any(_is_sound(candidate, closers, request, allowed) for closers in _endings(text, place)):
            return candidate
    return NoCompletionReason.ADDS_PARSE_ERRORS


FILTERS: tuple[Filter, ...] = (
    cut_loop,
    drop_lines_below,
    drop_rest_of_line,
    fit_indentation,
    trim_end,
    withhold_blank,
    match_line_ends,
    withhold_parse_errors,
)


def _is_beginning(lines: list[str], below: list[str]) -> bool:
    """
    Whether `below` begins with `lines`, of which the last may be only the beginning of its own.
    """
    *whole, last = lines
    return below[: len(whole)] == whole and len(below) > len(whole) and below[len(whole)].startswith(last)


def _same_depth(lines: list[str], place: Place) -> bool:
    """
    Whether the first of `lines` is indented as the first line below the cursor is.
    """
    first, below = (next((line for line in given if line.strip()), "") for given in (lines, place.below))
    return indent_of(first) == indent_of(below)


def _is_whole(text: str, place: Place) -> bool:
    """
    Whether `text` closes all that it opens.
    """
    after = scan(text, place.scan, jsx=place.jsx)
    return after.open == place.scan.open[: after.depth]


def _has_words(lines: list[str]) -> bool:
    """
    Whether lines say something, unlike `});`, which repeats itself in all sound code.
    """
    return any(re.search(r"[A-Za-z_$]{2}", line) and not line.strip().startswith("</") for line in lines)


def _loops(line: str) -> bool:
    """
    Whether a long line is one short piece again and again.
    """
    return len(line) > 120 and re.search(r"(.{4,40}?)\1{5,}$", line[-400:].rstrip()[:-1]) is not None


def _repetition_of(rest: str, text: str, place: Place) -> int | None:
    """
    Where `text` begins to say the `rest` of the line, or a beginning of it, with nothing of its own left open.
    """
    wanted = rest.lstrip()
    for start in range(len(text)):
        tail = text[start:].rstrip()
        # A word that only begins like the rest need not be its repetition.
        is_repeated = tail and wanted.startswith(tail) and (tail == wanted or not tail[-1].isalnum())
        if is_repeated and _is_whole(text[:start], place):
            return start
    return None


def _closer_already_there(text: str, place: Place) -> int | None:
    """
    Where `text` first closes something that the rest of the line closes.
    """
    closed = [c.depth for c in scan(place.after, place.scan, jsx=place.jsx).closings if c.depth >= 0]
    for closing in scan(text, place.scan, jsx=place.jsx).closings:
        if closed and closing.depth >= min(closed):
            return closing.start
    return None


def _is_subsequence(rest: str, text: str) -> bool:
    """
    Whether `text` holds the characters of `rest` in their order, as an editor demands of what it replaces.
    """
    if re.search(r"\w", rest) or rest[-1:] in tuple(",;:"):
        return False
    characters = iter(text)
    return all(character in characters for character in rest if not character.isspace())


def _shorter_and_shorter(text: str, eol: str) -> list[str]:
    """
    `text`, and what is left of it with ever more of its last lines taken away.
    """
    shorter = [text]
    while eol in text and len(shorter) < 6:
        text = text[: text.rindex(eol)].rstrip()
        shorter.append(text)
    return [candidate for candidate in shorter if candidate.strip()]


def _endings(text: str, place: Place) -> tuple[str, ...]:
    """
    What may be missing for `text` to be sound: nothing; closers of what it begins and the engineer will go on with;
    and those of what was begun before and is not closed yet.
    """
    state = scan(text.replace("\r\n", "\n"), place.scan, jsx=place.jsx)
    shared = min(place.scan.depth, state.depth)
    while state.open[:shared] != place.scan.open[:shared]:
        shared -= 1
    own = _closers(state.open[shared:])
    unclosed = shared
    while unclosed and unclosed <= place.depth_after_line and not place.closed_below[unclosed - 1]:
        unclosed -= 1
    return tuple(dict.fromkeys(("", own, own + _closers(state.open[unclosed:shared]))))


def _closers(opened: tuple[Open, ...]) -> str:
    return "".join(_CLOSERS[item.bracket] for item in reversed(opened))


def _is_sound(draft: Draft, closers: str, request: CompletionRequest, allowed: int) -> bool:
    """
    Whether the document with `draft` in it has fewer errors than it is `allowed`, or as many and none that begins here.
    """
    place = Span(request.offset, request.offset + draft.swallowed)
    written = with_text(request, place, draft.text + closers)
    found = list(errors(written.tree.root))
    first, last = (written.document.byte_offset(offset) for offset in (request.offset, written.offset))
    return len(found) < allowed or (
        len(found) == allowed and not any(first <= error.start_byte < last for error in found)
    )
