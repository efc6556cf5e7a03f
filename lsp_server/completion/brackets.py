r"""
Follow brackets, strings, comments and JSX tags through a piece of TypeScript, from any place and however half-typed.

A grammar wants whole programs; at a cursor there is none, and a reply arrives line by line.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

CLOSER_OF = {"(": ")", "[": "]", "{": "}", "${": "}", "`": "`", '"': '"', "'": "'", "<": "/>", ">": "</", "/*": "*/"}
"""What closes each kind of opening; `<` is a tag being written, `>` the children of an element."""

_CODE = re.compile(
    r"""
      (?P<newline>\n)
    | (?P<plain>[^()\[\]{}"'`/<\n]+)
    | (?P<bracket>[(\[{])
    | (?P<closer>[)\]}])
    | (?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<opening>/\*|["'`])
    | (?P<sign>[/<])
    """,
    re.VERBOSE,
)
_LAST_TOKEN = re.compile(r"(?:=>|[\w$]+|[^\w\s])(?=\s*$)")
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_NAME = r"[A-Za-z_$][\w$.:-]*"
_TYPE_ARGUMENTS = r"(?:<[^<>(){}\n]*>)?"
_TAG = re.compile(rf"<(?:>|{_NAME}(?=[\s/<>{{]|$){_TYPE_ARGUMENTS})(?!\s*(?:[,=]|extends\b))")
_UNTIL = {
    "//": re.compile(r"[^\n]*(?P<end>\n)?"),
    "/*": re.compile(r"(?:[^*]|\*(?!/))*(?P<end>\*/)?"),
    '"': re.compile(r'(?:[^"\\\n]|\\.)*\\?(?P<end>["\n])?'),
    "'": re.compile(r"(?:[^'\\\n]|\\.)*\\?(?P<end>['\n])?"),
    "`": re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*\\?(?P<end>`|\$\{)?"),
    "<": re.compile(r"""(?:"[^"]*"|'[^']*'|[^{}>/"']|=>|//[^\n]*|/\*[\s\S]*?\*/|/(?!>))*(?P<end>/>|[>{}"'])?"""),
    ">": re.compile(rf"[^<{{]*(?P<end></[^>\n]*>?|<>|<{_NAME}{_TYPE_ARGUMENTS}|[<{{])?"),
}
_NAMELESS = "<name"
_CLOSING_NAME = re.compile(r"/[\w$.:-]*>")
_BEFORE_EXPRESSION = frozenset(
    re.findall(r"\w+", "return typeof case in of instanceof new delete void throw await yield else do default extends")
)


class Open(NamedTuple):
    """
    Something opened and not yet closed; `indent` is that of the line it was opened on.
    """

    bracket: str
    indent: int


class Closing(NamedTuple):
    """
    A closer of something opened before the scanned text: where it stands, and how many are open after it.

    The depth is -1 when it closes nothing that is known to be open.
    """

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Scan:
    """
    What is open at some place, innermost last, and the last token before it.
    """

    open: tuple[Open, ...] = ()
    last: str = ""
    indent: int = 0
    fresh: bool = True
    """Nothing but white space stands on the line so far."""
    closings: tuple[Closing, ...] = ()
    """In the text just scanned: what closed, or would have closed, something opened before it."""

    @property
    def depth(self) -> int:
        """
        How many are open.
        """
        return len(self.open)

    @property
    def mode(self) -> str:
        """
        The innermost bracket, or nothing.
        """
        return self.open[-1].bracket if self.open else ""

    @property
    def just_opened(self) -> bool:
        """
        Whether nothing has been written yet inside the innermost bracket.
        """
        return bool(self.open) and self.last == self.open[-1].bracket


def scan(text: str, before: Scan, *, jsx: bool) -> Scan:
    r"""
    Go on from `before` through `text`, whose lines end with `\n`.
    """
    walk = _Walk(text, before, jsx)
    while walk.position < len(text):
        mode = walk.stack[-1].bracket if walk.stack else ""
        if mode in _UNTIL:
            walk.step_through_text(mode)
        else:
            walk.step_through_code()
    return Scan(tuple(walk.stack), walk.last, walk.indent, walk.fresh, tuple(walk.closings))


def ends_expression(token: str) -> bool:
    """
    Whether a value may have ended with `token`, so that `/` divides and `<` compares.
    """
    return token not in _BEFORE_EXPRESSION and (token[-1:].isalnum() or token[-1:] in tuple("_$)]}\"'`/"))


class _Walk:
    """
    One scan while it moves.
    """

    def __init__(self, text: str, before: Scan, jsx: bool) -> None:
        self.text = text
        self.jsx = jsx
        self.position = 0
        self.stack = list(before.open)
        self.lowest = len(self.stack)
        self.last = before.last
        self.indent = before.indent
        self.fresh = before.fresh
        self.closings: list[Closing] = []

    def step_through_code(self) -> None:
        match = _CODE.match(self.text, self.position)
        assert match is not None, "every character is code of some kind"
        kind, token, start = match.lastgroup, match[0], match.start()
        self.position = match.end()
        if kind == "plain":
            self._read_plain(token)
            return
        if kind == "newline":
            self.indent, self.fresh = 0, True
            return
        self.fresh = False
        if kind == "comment":
            if token.startswith("//") and self.position == len(self.text):
                self.stack.append(Open("//", self.indent))
        elif kind in ("bracket", "opening"):
            self._open(token)
        elif kind == "closer":
            self._close(token, start)
        elif kind == "string":
            self.last = token
        else:
            self._read_sign(token, start)

    def step_through_text(self, mode: str) -> None:
        """
        Read what is no code, up to what ends it or lets code in.
        """
        if self.last == _NAMELESS and (closing := _CLOSING_NAME.match(self.text, self.position)):
            self._pop_to(max(0, len(self.stack) - 2), self.position)
            self.position, self.last = closing.end(), "/>"
            return
        match = _UNTIL[mode].match(self.text, self.position)
        assert match is not None, "even nothing matches"
        end = match["end"] or ""
        start = match.end() - len(end)
        self._read_text(self.text[self.position : start])
        self.position = match.end() if match.end() > self.position else self.position + 1
        if end == "\n":
            self.stack.pop()
            self.indent, self.fresh = 0, True
        elif end:
            self.fresh = False
            self._end_text(mode, end, start)

    def _read_plain(self, token: str) -> None:
        if self.fresh:
            stripped = token.lstrip()
            self.indent += len(token) - len(stripped)
            self.fresh = not stripped
        match = _LAST_TOKEN.search(token)
        if match is not None:
            self.last = match[0]

    def _read_sign(self, sign: str, start: int) -> None:
        match, before = None, self.last
        if not ends_expression(before):
            match = _REGEX.match(self.text, start) if sign == "/" else self.jsx and _TAG.match(self.text, start)
        self.last = sign
        if match:
            self.position = match.end()
        if sign == "<" and match:
            self._open(">" if match[0] == "<>" else "<")
        elif sign == "<" and self.jsx and not ends_expression(before):
            self._open_nameless_tag()

    def _read_text(self, body: str) -> None:
        _, newline, line = body.rpartition("\n")
        if newline:
            self.indent, self.fresh = 0, True
        if self.fresh:
            stripped = line.lstrip()
            self.indent += len(line) - len(stripped)
            self.fresh = not stripped
        if self.stack[-1].bracket in ("`", ">") and body.strip():
            self.last = "text"

    def _end_text(self, mode: str, end: str, start: int) -> None:
        if end in ("{", "${"):
            self._open(end)
        elif mode == "/*":
            self.stack.pop()
        elif mode == "<":
            self._go_on_from_tag(end, start)
        elif mode == ">":
            self._go_on_from_children(end, start)
        else:
            self._close(end, start)

    def _go_on_from_tag(self, end: str, start: int) -> None:
        if end in "\"'":
            self._open(end)
        elif end == ">":
            self.stack[-1] = Open(">", self.stack[-1].indent)
            self.last = end
        elif end == "/>":
            self._pop_to(len(self.stack) - 1, start)
            self.last = end
        else:
            self._close(end, start)

    def _go_on_from_children(self, end: str, start: int) -> None:
        if end.startswith("</"):
            self._pop_to(len(self.stack) - 1, start)
            self.last = "/>"
        elif end == "<>":
            self._open(">")
        elif end == "<":
            self.last = "text"
            self._open_nameless_tag()
        else:
            self._open("<")

    def _open_nameless_tag(self) -> None:
        """
        Where a text ends with `<`, the name follows in the next.
        """
        if self.position == len(self.text):
            self._open("<")
            self.last = _NAMELESS

    def _open(self, bracket: str) -> None:
        self.stack.append(Open(bracket, self.indent))
        if bracket != "/*":
            self.last = bracket

    def _close(self, token: str, start: int) -> None:
        self.last = token
        for depth in range(len(self.stack) - 1, -1, -1):
            bracket = self.stack[depth].bracket
            if CLOSER_OF[bracket] == token:
                self._pop_to(depth, start)
                return
            if bracket in _UNTIL:
                break
        self.closings.append(Closing(start, self.position, -1))

    def _pop_to(self, depth: int, start: int) -> None:
        del self.stack[depth:]
        if depth < self.lowest:
            self.lowest = depth
            self.closings.append(Closing(start, self.position, depth))
