"""
Find where the code begins in a model's reply: behind tags, fences, prose, and an echo of what was already typed.
"""

import re
from collections.abc import Callable

from lsp_server.completion.brackets import Scan, scan
from lsp_server.completion.place import Place
from lsp_server.completion.request import Extent, NoCompletionReason
from lsp_server.prompts.template import CLOSING_TAG, OPENING_TAG
from lsp_server.syntax.regions import Region

Step = Callable[[str, Place, bool], int | None]
"""How many characters to skip at the beginning of a text that may be `finished`; `None` when more of it is needed."""

_FENCE = re.compile(
    r"\s*```(?:(?:typescript|ts|javascript|js)(?:react|x)?\b)?[ \t]*(?:\n|(?=[^\s\w`]|\w+\W))", re.IGNORECASE
)
_FENCE_LINE = re.compile(r"^[ \t]*```", re.MULTILINE)
_PROSE_START = re.compile(
    r"(?:Here|Sure|This|That|The|I|I'll|I'm|I've|You|We|It|To|In|As|Based|Below|Looking|Since|There|Now|Note|Okay|OK|"
    r"Of course|Certainly|Let me|Let's|Sorry|Unfortunately|Please|Given|From|My|An?|Completing|Continuing)\b"
    r"[\w',’\- ]*\s\w"
)
_CODE_SIGN = re.compile(r"[{}()<>=;\[\]]|=>|::|\w\.\w")
_QUOTED = re.compile(r"`[^`]*`|\*\*")
_WORD_AT_END = re.compile(r"[\w$]+$")
_WORD = re.compile(r"[\w$]+")
_CHAIN_AT_END = re.compile(r"(?:[\w$]+\??\.)+[\w$]*$")
_CONTINUES_ABOVE = re.compile(r"\?|\.|&&|\|\||[:=+\-*/%|&{)\]}]")
_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
        abstract async await break case catch class const continue declare default do else enum export extends finally
        for from function if implements import interface let namespace new private protected public readonly return
        static super switch this throw try type typeof undefined var void while yield true false null string number
        boolean
        """,
    )
)


def begin(text: str, place: Place, *, finished: bool) -> tuple[int | None, NoCompletionReason]:
    """
    Where the code begins, if that can be said yet; and what it means if nothing follows.
    """
    start, reason = 0, NoCompletionReason.EMPTY_REPLY
    for step in STEPS:
        skip = step(text[start:], place, finished)
        if skip is None:
            return None, reason
        if skip and text[start : start + skip].strip():
            reason = _REASONS.get(step, reason)
        start += skip
    return start, reason


def end(code: str, place: Place, *, fenced: bool) -> int | None:
    """
    Where a closing tag or fence ends the code, if there is one; `fenced` when a fence began it.
    """
    tag = code.find(CLOSING_TAG)
    fence = code.find("```") if fenced else _fence_line(code, place)
    ends = [found for found in (tag, fence) if found >= 0]
    return min(ends, default=None)


def is_prose(line: str) -> bool:
    """
    Whether a line talks about code instead of being some.
    """
    plain = _QUOTED.sub("", line.strip())
    return _PROSE_START.match(plain) is not None and _CODE_SIGN.search(plain) is None


def skip_prose(text: str, place: Place, finished: bool) -> int | None:
    """
    `Here is the completion:`, in front of a tag, a fence or the code.
    """
    if not place.in_code:
        return 0
    position = skipped = 0
    while position < len(text):
        newline = text.find("\n", position)
        line = text[position : newline if newline >= 0 else len(text)]
        if newline < 0 and not finished and not _CODE_SIGN.search(line):
            return None
        if line.strip() and not is_prose(line):
            break
        position = newline + 1 if newline >= 0 else len(text)
        skipped = position if line.strip() or skipped else 0
    return skipped


def skip_tag(text: str, _place: Place, finished: bool) -> int | None:
    """
    The opening tag, where the reply holds one.
    """
    content = text.lstrip()
    if content.startswith(OPENING_TAG):
        return len(text) - len(content) + len(OPENING_TAG)
    return None if OPENING_TAG.startswith(content) and not finished else 0


def skip_fence(text: str, _place: Place, finished: bool) -> int | None:
    """
    The line that opens a code fence.
    """
    content = text.lstrip()
    if not finished and (content in ("", "`", "``") or (content.startswith("```") and "\n" not in content)):
        return None
    match = _FENCE.match(text)
    return match.end() if match else 0


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
    for echo in (place.before, place.before.lstrip(), typed):
        if len(typed) > 2 and _WORD.search(typed) and content.startswith(echo.lstrip()):
            return lead + len(echo.lstrip())
    if not place.in_code:
        return 0
    tail = _echoed_tail(content.partition("\n")[0], place) or _echoed_word(content, place)
    return lead + tail if tail else 0


def skip_leading_space(text: str, place: Place, finished: bool) -> int | None:
    """
    White space that the cursor's line has already, and line breaks that belong to the reply and not to the code.
    """
    content = text.lstrip()
    if not content:
        return len(text) if finished else None
    space = text[: len(text) - len(content)]
    if "\n" in space:
        if not place.on_fresh_line and _break_belongs(content, place):
            return 0
        line_start = space.rindex("\n") + 1
        return line_start + _indentation_to_skip(space[line_start:], place)
    return _indentation_to_skip(space, place)


STEPS: tuple[Step, ...] = (
    skip_prose,
    skip_fence,
    skip_tag,
    skip_prose,
    skip_fence,
    skip_echoed_lines,
    skip_echoed_prefix,
    skip_leading_space,
)

_REASONS: dict[Step, NoCompletionReason] = {
    skip_prose: NoCompletionReason.NOT_CODE,
    skip_echoed_lines: NoCompletionReason.REPEATS_PREFIX,
    skip_echoed_prefix: NoCompletionReason.REPEATS_PREFIX,
}


def _fence_line(code: str, place: Place) -> int:
    """
    Fences are also written in documentation and templates, where they mean nothing to us.
    """
    if place.scan.mode in ("`", "/*"):
        return -1
    match = _FENCE_LINE.search(code)
    return match.start() if match else -1


def _echo_length(text: str, above: list[str], before: str, *, finished: bool) -> int | None:
    """
    How much of `text` repeats `above` and then begins the cursor's own line again; 0 if it does anything else.
    """
    position, waiting = 0, list(above)
    for line in text.splitlines(keepends=True):
        content = line.strip()
        if not waiting and (content or not before):
            return position if content.startswith(before) and _is_telling("".join(above) + before) else 0
        if content and content != waiting[0]:
            could_become = not finished and not line.endswith("\n") and waiting[0].startswith(content)
            return None if could_become else 0
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
    around = "\n".join((*place.above[-100:], *place.below[:100]))
    if _is_known(typed[0] + given[0], around):
        return 0
    if len(typed[0]) > 1 or given[0] in _KEYWORDS or _is_known(given[0], around):
        return len(typed[0])
    return 0


def _is_known(word: str, around: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(word)}(?![\w$])", around) is not None


def _break_belongs(content: str, place: Place) -> bool:
    """
    Whether a line break may stand right after what was typed.
    """
    typed = place.before.rstrip()
    if place.extent is Extent.LINE:
        return False
    if place.region is Region.JSX_TEXT:
        return True
    if typed.endswith((".", "!")):
        return False
    if typed[-1:] in tuple("{([,;>}:=)&|?"):
        return typed == place.before or typed[-1] in tuple("{([,;>}")
    return typed == place.before and _CONTINUES_ABOVE.match(content) is not None


def _indentation_to_skip(space: str, place: Place) -> int:
    before = place.before
    if place.on_fresh_line:
        container = place.scan.open[-1].indent if place.scan.open else -1
        too_shallow = container >= len(before) and space.startswith(before)
        return len(before) if too_shallow or not before else len(space)
    if place.in_code and (before[-1:].isspace() or before.endswith(("(", "[", ".", "!", "${"))):
        return len(space)
    return 0
