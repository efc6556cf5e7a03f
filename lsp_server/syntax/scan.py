"""
What a piece of source leaves open where it breaks off, read character by character.

A grammar wants whole programs; the text before a cursor is none, and often neither is the text around it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Opener(StrEnum):
    """
    What may stand open.
    """

    BRACE = "brace"
    TEMPLATE = "template"
    SUBSTITUTION = "substitution"
    JSX_TAG = "jsx_tag"
    JSX_CHILDREN = "jsx_children"
    JSX_EXPRESSION = "jsx_expression"
    STRING = "string"
    COMMENT = "comment"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Opening:
    """
    Something left open: from `start` on, its inside from `inside` on.
    """

    kind: Opener
    start: int
    inside: int


def openings_at_end(text: str, *, jsx: bool) -> tuple[Opening, ...]:
    """
    What `text` leaves open, outermost first; `jsx` says whether a `<` may begin an element.
    """
    scanner = _Scanner(text, jsx=jsx)
    while scanner.place < len(text):
        scanner.step()
    return tuple(scanner.open)


_WORDS_BEFORE_OPERAND = "await case default delete do else extends in instanceof new of return throw typeof void yield"
_BEFORE_OPERAND = frozenset(_WORDS_BEFORE_OPERAND.split())

# One step passes over everything up to the next of these.
_IN_CODE = re.compile(r"//|/\*|[`'\"/{}<]")
_IN_TEMPLATE = re.compile(r"\\|`|\$\{")
_IN_TAG = re.compile(r"//|/\*|/>|[>'\"{]")
_IN_CHILDREN = re.compile(r"\{|</|<(?=[\w$>]|\Z)")

_LINE_COMMENT = re.compile(r"//[^\n\r\u2028\u2029]*")
_STRING = {
    "'": re.compile(r"'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*\\?"),
    '"': re.compile(r'"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*\\?'),
}
_REGEX = re.compile(r"/(?:[^/\\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\]?)*\\?")
_TAG_NAME = re.compile(r"<(?:[A-Za-z_$][\w$.:-]*(?:<[^<>()]*>)?|(?=>))")
_CLOSING_TAG = re.compile(r"</[^<>{}]*>?")

# A `<` that begins type parameters where an element could stand: `<T,>`, `<T extends U>`, `<T>(`, `<const T>`.
_TYPE_PARAMETERS = re.compile(r"<(?:const\s+)?[A-Za-z_$][\w$]*\s*(?:,|extends\b)|<[A-Z][\w$]*>\(")

_LAST_WORD = re.compile(r"(?:^|[^\w$.])([a-z]+)$")


class _Scanner:
    """
    A place in a text and what stands open there.
    """

    def __init__(self, text: str, *, jsx: bool) -> None:
        self.text = text
        self.jsx = jsx
        self.place = 0
        self.open: list[Opening] = []
        self._comments: dict[int, int] = {}  # Their ends and starts, so that looking back passes over them.

    def step(self) -> None:
        """
        Read up to and including the next thing that opens or closes something.
        """
        match self.open[-1].kind if self.open else None:
            case Opener.TEMPLATE:
                self._step_in_template()
            case Opener.JSX_TAG:
                self._step_in_tag()
            case Opener.JSX_CHILDREN:
                self._step_in_children()
            case _:
                self._step_in_code()

    def _step_in_code(self) -> None:
        token = self._next(_IN_CODE)
        match token:
            case "//" | "/*":
                self._read_comment(token)
            case "'" | '"':
                self._read_leaf(Opener.STRING, _STRING[token], token)
            case "/" if self._is_operand_due():
                self._read_leaf(Opener.REGEX, _REGEX, "/")
            case "`":
                self._push(Opener.TEMPLATE, 1)
            case "{":
                self._push(Opener.BRACE, 1)
            case "}" if self.open:
                self._pop(1)
            case "<" if self._is_tag_due():
                self._read_tag_name()
            case _:
                self.place += len(token)

    def _step_in_template(self) -> None:
        match self._next(_IN_TEMPLATE):
            case "`":
                self._pop(1)
            case "${":
                self._push(Opener.SUBSTITUTION, 2)
            case "\\":
                self.place += 2

    def _step_in_tag(self) -> None:
        token = self._next(_IN_TAG)
        match token:
            case "//" | "/*":
                self._read_comment(token)
            case "'" | '"':
                self._read_attribute(token)
            case "{":
                self._push(Opener.JSX_EXPRESSION, 1)
            case "/>":
                self._pop(2)
            case ">":
                tag = self.open.pop()
                self.place += 1
                self.open.append(Opening(Opener.JSX_CHILDREN, tag.start, self.place))

    def _step_in_children(self) -> None:
        match self._next(_IN_CHILDREN):
            case "{":
                self._push(Opener.JSX_EXPRESSION, 1)
            case "<":
                self._read_tag_name()
            case "</":
                self._read_closing_tag()

    def _next(self, notable: re.Pattern[str]) -> str:
        found = notable.search(self.text, self.place)
        self.place = found.start() if found else len(self.text)
        return found[0] if found else ""

    def _push(self, kind: Opener, width: int) -> None:
        self.open.append(Opening(kind, self.place, self.place + width))
        self.place += width

    def _pop(self, width: int) -> None:
        self.open.pop()
        self.place += width

    def _read_comment(self, mark: str) -> None:
        start = self.place
        if mark == "/*":
            closing = self.text.find("*/", start + 2)
            end = closing + 2 if closing >= 0 else -1
        else:
            found = _LINE_COMMENT.match(self.text, start)
            assert found is not None
            end = found.end() if found.end() < len(self.text) else -1
        if end < 0:
            self._leave_open(Opener.COMMENT, 2)
            return
        self._comments[end] = start
        self.place = end

    def _read_leaf(self, kind: Opener, pattern: re.Pattern[str], closer: str) -> None:
        """
        Read a literal that a line's end ends, closed or not.
        """
        found = pattern.match(self.text, self.place)
        assert found is not None
        if found.end() == len(self.text):
            self._leave_open(kind, 1)
        elif self.text[found.end()] == closer:
            self.place = found.end() + 1
        else:
            # A `/` with no other on its line was a division after all.
            self.place = self.place + 1 if kind is Opener.REGEX else found.end()

    def _read_attribute(self, quote: str) -> None:
        closing = self.text.find(quote, self.place + 1)
        if closing < 0:
            self._leave_open(Opener.STRING, 1)
        else:
            self.place = closing + 1

    def _read_tag_name(self) -> None:
        name = _TAG_NAME.match(self.text, self.place)
        self._push(Opener.JSX_TAG, len(name[0]) if name else 1)

    def _read_closing_tag(self) -> None:
        tag = _CLOSING_TAG.match(self.text, self.place)
        assert tag is not None
        self._pop(len(tag[0]))
        if self.place == len(self.text) and not tag[0].endswith(">"):
            self.open.append(Opening(Opener.JSX_TAG, tag.start(), tag.start() + 2))

    def _leave_open(self, kind: Opener, width: int) -> None:
        self._push(kind, width)
        self.place = len(self.text)

    def _is_tag_due(self) -> bool:
        return (
            self.jsx
            and _TAG_NAME.match(self.text, self.place) is not None
            and _TYPE_PARAMETERS.match(self.text, self.place) is None
            and self._is_operand_due()
        )

    def _is_operand_due(self) -> bool:
        """
        Whether an expression may begin here, so that `/` begins a regular expression and `<` an element.
        """
        before = self._code_before()
        last = before[-1:]
        if _is_word(last):
            word = _LAST_WORD.search(before)
            return word is not None and word[1] in _BEFORE_OPERAND
        if last == "!":
            return not (_is_word(before[-2:-1]) or before[-2:-1] in (")", "]"))
        return last not in (")", "]", "}", '"', "'", "`") and before[-2:] not in ("++", "--")

    def _code_before(self) -> str:
        """
        The last few characters of code before this place, without comments and space.
        """
        end = self.place
        while True:
            before = self.text[max(0, end - 64) : end]
            end -= len(before) - len(before.rstrip())
            if end in self._comments:
                end = self._comments[end]
            elif before.rstrip() or end == 0:
                return self.text[max(0, end - 16) : end]


def _is_word(character: str) -> bool:
    return character.isalnum() or character in ("_", "$")
