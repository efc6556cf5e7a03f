"""
Find where the code begins in a model's reply: behind tags, fences, prose, and an echo of what was already typed.
"""

import re
from collections.abc import Callable

from lsp_server.completion.brackets import scan
from lsp_server.completion.echo import skip_echoed_lines, skip_echoed_prefix
from lsp_server.completion.place import CLOSERS, Place
from lsp_server.completion.request import Extent, NoCompletionReason
from lsp_server.prompts.template import OPENING_TAG
from lsp_server.syntax.regions import Region

Step = Callable[[str, Place, bool], int | None]
"""How many characters to skip at the beginning of a text that may be `finished`; `None` when more of it is needed."""

_FENCE = re.compile(
    r"\s*```(?:(?:typescript|ts|javascript|js)(?:react|x)?\b)?[ \t]*(?:\n|(?=[^\s\w`]|\w+\W))", re.IGNORECASE
)
_CLOSING_FENCE = re.compile(r"^[ \t]*```|```", re.MULTILINE)
_PROSE_START = re.compile(
    r"(?:Here|Sure|This|That|The|I|I'll|I'm|I've|You|We|It|To|In|As|Based|Below|Looking|Since|There|Now|Note|Okay|OK|"
    r"Of course|Certainly|Let me|Let's|Sorry|Unfortunately|Please|Given|From|My|An?|Completing|Continuing)\b"
)
_SENTENCE = re.compile(r"(?:[\w'’\-]+[,;:.!?]?\s+){3,}[\w'’\-]+.*|(?:[\w'’\-]+[,;:.!?]?\s+)+[\w'’\-]+[.:!?]")
_CODE_SIGN = re.compile(r"[{}()<>=\[\]]|;$|=>|::|\w\.\w|\b(?:extends|implements|keyof|infer|typeof)\b")
_QUOTED = re.compile(r"`[^`]*`|\*\*")
_CONTINUES_ABOVE = re.compile(r"\?|\.|&&|\|\||[:=+\-*/%|&{)\]}]")


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
    Where a fence ends the code, if one does; `fenced` when one began it.

    Those in documentation and templates mean nothing, unless they stand where only the one that we wait for does.
    """
    for match in _CLOSING_FENCE.finditer(code):
        begins_line = match.start() == 0 or code[match.start() - 1] == "\n"
        if (fenced and begins_line) or ((fenced or begins_line) and not _is_in_text(code[: match.start()], place)):
            return match.start()
    return None


def is_prose(line: str) -> bool:
    """
    Whether a line talks about code instead of being some.
    """
    plain = _QUOTED.sub("", line.strip())
    return bool(_PROSE_START.match(plain) and _SENTENCE.match(plain)) and _CODE_SIGN.search(plain) is None


def skip_prose(text: str, place: Place, finished: bool) -> int | None:
    """
    `Here is the completion:`, in front of a tag, a fence or the code.
    """
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
    # Where prose is to be written, only what introduces a tag or fence is none of it.
    if place.in_code or not skipped:
        return skipped
    following = text[skipped:]
    if not finished and (OPENING_TAG.startswith(following) or "```".startswith(following)):
        return None
    return skipped if following.startswith((OPENING_TAG, "```")) else 0


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


def skip_leading_space(text: str, place: Place, finished: bool) -> int | None:
    """
    White space that the cursor's line has already, and line breaks that belong to the reply and not to the code.
    """
    content = text.lstrip()
    if not content:
        return len(text) if finished else None
    space = text[: len(text) - len(content)]
    if "\n" in space:
        line_start = space.rindex("\n") + 1
        if not place.on_fresh_line and _break_belongs(content, place, len(space) - line_start):
            return 0
        space = space[line_start:]
        # One space may be meant to part words; more are the indentation of a line that is none.
        is_indentation = len(space) > 1 and not place.on_fresh_line
        return line_start + (len(space) if is_indentation else _indentation_to_skip(space, place))
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


def _is_in_text(code: str, place: Place) -> bool:
    return scan(code, place.scan, jsx=place.jsx).mode in ("`", "/*")


def _break_belongs(content: str, place: Place, indent: int) -> bool:
    """
    Whether a line break may stand right after what was typed.

    What follows one that only sets off the reply is not indented.
    """
    typed = place.before.rstrip()
    opens_allman = content.startswith("{") and typed.endswith(")")
    is_layout = indent == place.indent if opens_allman or content.startswith(CLOSERS) else indent > 1
    if place.extent is Extent.LINE or not (is_layout or place.before[:1] == "\t"):
        return False
    if place.region is Region.JSX_TEXT:
        return True
    if typed[-1:] in tuple("{([,;>}"):
        return True
    if typed != place.before or typed.endswith((".", "!")):
        return False
    return typed[-1] in "<:=)&|?" or place.scan.mode == "<" or _CONTINUES_ABOVE.match(content) is not None


def _indentation_to_skip(space: str, place: Place) -> int:
    before = place.before
    if place.on_fresh_line:
        container = place.scan.open[-1].indent if place.scan.open else -1
        too_shallow = container >= len(before) and space.startswith(before)
        return len(before) if too_shallow or not before else len(space)
    if place.in_code and (before[-1:].isspace() or before.endswith(("(", "[", ".", "!", "${"))):
        return len(space)
    return 0
