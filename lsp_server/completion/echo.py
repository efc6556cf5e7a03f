"""
Recognise at the beginning of a reply what already stands in front of the cursor.
"""

import re

from lsp_server.completion.brackets import Scan, scan
from lsp_server.completion.place import Place

_WORD = re.compile(r"[\w$]+")
_WORD_AT_END = re.compile(r"[\w$]+$")
_CHAIN_AT_END = re.compile(r"(?:[\w$]+\??\.)+[\w$]*$")
_OPERATOR_AT_END = re.compile(r"(?<!\S)(?:\|\|?|&&?|=>|=|\?\??|:)\s+$")


def skip_echoed_lines(text: str, place: Place, finished: bool) -> int | None:
    """
    Lines that stand above the cursor, repeated down to the cursor's own line.
    """
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or (first == len(lines) - 1 and not finished):
        return 0 if finished else None
    above = [line.strip() for line in place.above if line.strip()]
    for number in range(len(above) - 1, -1, -1):
        if above[number] != lines[first].strip():
            continue
        skip = _echo_length(text, above[number:], place.before.strip(), finished=finished)
        if skip != 0:
            return skip
    return 0


def skip_echoed_prefix(text: str, place: Place, finished: bool) -> int | None:
    """
    The cursor's line up to the cursor, repeated: raw, without its indentation, or only its last expression or word.
    """
    if "\n" not in text and not finished:
        return None
    content = text.lstrip()
    lead = len(text) - len(content)
    typed = place.before.strip()
    if typed and place.before != typed and text.startswith(place.before):
        return len(place.before)
    for echo in (place.before.lstrip(), typed):
        is_begun_word = _WORD.fullmatch(echo) is not None
        if _WORD.search(typed) and not is_begun_word and content.startswith(echo):
            return lead + len(echo)
    line = content.partition("\n")[0]
    tail = _echoed_word(content, place) or _echoed_quote(line, place)
    if not tail and place.in_code:
        tail = _echoed_tail(line, place) or _echoed_signs(line, place)
    return lead + tail if tail else 0


def _echo_length(text: str, above: list[str], before: str, *, finished: bool) -> int | None:
    """
    How much of `text` repeats `above` and then begins the cursor's own line again; 0 if it does anything else.
    """
    position, waiting = 0, list(above)
    for line in text.splitlines(keepends=True):
        content = line.strip()
        expected = waiting[0] if waiting else before
        if content and not finished and not line.endswith("\n") and expected.startswith(content):
            return None
        if not waiting and (content or not before):
            return position if content.startswith(before) and _is_telling("".join(above) + before) else 0
        if content and content != expected:
            return 0
        if content:
            waiting.pop(0)
        position += len(line)
    if not finished:
        return None
    return position if not waiting and not before and _is_telling("".join(above)) else 0


def _is_telling(text: str) -> bool:
    """
    Whether a repetition of `text` can hardly be a coincidence, as one of `});` can.
    """
    return sum(map(len, _WORD.findall(text))) >= 6


def _echoed_tail(line: str, place: Place) -> int:
    """
    The last expression of the line: `items.` before `items.map(…)`, `format(a, ` before `format(a, b)`.
    """
    chain = _CHAIN_AT_END.search(place.before)
    if chain is not None:
        starts = [0, *(dot.end() for dot in re.finditer(r"\.", chain[0]))]
        for start in starts[:-1]:
            if line.startswith(chain[0][start:]):
                return len(chain[0]) - start
    for word in _WORD.finditer(place.before):
        tail = place.before[word.start() :]
        if len(tail) > 5 and line.startswith(tail) and _closes_itself(line, place):
            return len(tail)
    return 0


def _closes_itself(line: str, place: Place) -> bool:
    """
    Whether `line` is whole without what stands before the cursor, so that it must be its repetition.
    """
    alone = scan(line, Scan(), jsx=place.jsx)
    return place.scan.depth > 0 and not alone.open and not alone.closings and not place.after.strip()


def _echoed_word(content: str, place: Place) -> int:
    """
    The word being typed, begun again: `us` before `userName`.
    """
    typed, given = _WORD_AT_END.search(place.before), _WORD.match(content)
    if typed is None or given is None or typed[0].isdigit() or not given[0].startswith(typed[0]):
        return 0
    if not place.in_code and given[0] == typed[0]:
        return 0
    around = "\n".join((*place.above[-100:], *place.below[:100]))
    return 0 if _is_known(typed[0] + given[0], around) else len(typed[0])


def _echoed_quote(line: str, place: Place) -> int:
    """
    The quote that has just been opened, begun again; with it the line's quotes come in pairs.
    """
    quote = place.scan.mode
    if quote not in ('"', "'") or not place.before.endswith(quote) or not line.startswith(quote):
        return 0
    return int((line + place.after).count(quote) % 2 == 0)


def _echoed_signs(line: str, place: Place) -> int:
    """
    An operator, or closers that the document has already, begun again: `| ` before `| undefined`.
    """
    operator = _OPERATOR_AT_END.search(place.before)
    if operator is not None and line.startswith(operator[0]):
        return len(operator[0])
    typed = place.before.strip()
    if place.before.endswith("<") and place.scan.mode == "<" and line.startswith("<"):
        return 1
    if not typed or _WORD.search(typed) or not line.startswith(typed):
        return 0
    first = next(iter(scan(line, place.scan, jsx=place.jsx).closings), None)
    if first is None or first.start > 0:
        return 0
    # What was opened further out is closed on a line of its own.
    is_echo = place.has_closer(first.depth) or place.scan.open[first.depth].indent < place.indent
    return len(typed) if is_echo else 0


def _is_known(word: str, around: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(word)}(?![\w$])", around) is not None
