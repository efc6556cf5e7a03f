"""
Decide, line by line, where the code of a reply has completed what the cursor is in.
"""

import re

from lsp_server.completion.brackets import Closing, Scan, scan
from lsp_server.completion.place import Place
from lsp_server.completion.reply import is_prose
from lsp_server.completion.request import Extent
from lsp_server.text.indentation import indent_of

_NO_STATEMENT = re.compile(r"\s*(?://.*|/\*.*\*/|\*.*|/\*\*?|@[\w$.]+(?:\(.*\))?|[)\]}>;,]*)\s*")
_CASE = re.compile(r"\s*(?:case\b.*|default\s*):")
_STATEMENT = re.compile(
    r"\s*(?:const|let|var|import|export|class|interface|type|function|return|abstract|declare|async|throw)\b(?!\s*[:,?(])"
)
_OUTERMOST = re.compile(r"\s*(?:export|import)\b(?!\s*[:,?(.])")
_DO = re.compile(r"\s*do\b")
# While only these have come of a line, or less of one, it can't be told whether it goes on with the line before.
_BEGINNINGS = (
    *("in", "instanceof", "of", "as", "satisfies", "is", "extends", "implements", "from"),
    *("else", "catch", "finally", "while", "?.", "//", "/*"),
)
_CONTINUES = re.compile(
    r"\?\.|\.(?!\.\.)|&&?|\|\|?|\?|:|=|[+\-*/%^,](?![/*])|,"
    r"|(?:instanceof|in|of|as|satisfies|is|extends|implements|from)\s+[\w$\"'{(\[]|(?:else|catch|finally)\b"
)
_WANTS_MORE = frozenset(
    re.findall(
        r"\S+", "= => , + - * % & | ^ ? : ~ . ( [ { < extends implements instanceof typeof keyof await satisfies else"
    )
)
_RUNNING_TEXT = ("`", "/*", '"', "'")


class ExtentEnd:
    """
    One reading of one reply; `find` is called again as the reply grows.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.state = place.scan
        self.position = 0
        self.head = place.before if place.before.strip() else ""
        self.head_indent = place.indent
        self.type_lists = 0
        """How many lists of type parameters are open; one counts if its `<` ends a line and its `>` begins one."""
        self.complete: int | None = None
        """Where the completion could end, unless the next line goes on with it."""

    def find(self, code: str, *, finished: bool) -> int | None:
        """
        Where to cut `code`, as soon as that is certain; a finished one is cut at its end at the latest.
        """
        while True:
            newline = code.find("\n", self.position)
            line = code[self.position : newline if newline >= 0 else len(code)]
            if self.complete is not None:
                goes_on = self._goes_on(line, whole=newline >= 0 or finished)
                if not goes_on:
                    return None if goes_on is None else self.complete
                self.complete = None
            if newline < 0 and not finished:
                return None
            cut = self._read(line, last=newline < 0)
            if cut is not None or newline < 0:
                return cut if cut is not None else len(code)
            self.position = newline + 1

    def _read(self, line: str, *, last: bool) -> int | None:
        """
        Go on through one line; where to cut if it has, or goes past, the end.
        """
        if self.place.extent is Extent.LINE:
            return self.position + len(line) if line.strip() else None
        before = self.state
        after = scan(line if last else line + "\n", before, jsx=self.place.jsx)
        for closing in after.closings:
            if self.place.has_closer(closing.depth) and not self._opens_a_body(closing, after):
                return self.position + closing.start
        if self.position and before.mode not in _RUNNING_TEXT and self._leaves(line):
            return self.position
        self.state = after
        if not self.head and before.mode not in _RUNNING_TEXT and not _NO_STATEMENT.fullmatch(line):
            self.head, self.head_indent = line, max(self.place.indent, indent_of(line))
        if self._is_inside(line) or not (self.head or after.depth < self.place.floor):
            return None
        return self._reach(self.position + len(line), line)

    def _is_inside(self, line: str) -> bool:
        """
        Whether something that the reply opened is still open.
        """
        if line.lstrip().startswith(">") and self.type_lists:
            self.type_lists -= 1
        if self.state.last == "<" and self.state.mode != "<":
            self.type_lists += 1
        return bool(self.type_lists) or self.state.depth > self.place.floor or self.state.mode in _RUNNING_TEXT

    def _reach(self, end: int, line: str) -> int | None:
        """
        A line has closed all that it opened: it ends the completion, may end it, or promises more.
        """
        last = self.state.last
        if _CASE.match(self.head):
            self.complete = end
        elif last == ";" or self.state.mode in ("<", ">") or (last == "," and self._is_in_list()):
            return end
        elif last not in _WANTS_MORE or line.rstrip().endswith(("++", "--")):
            self.complete = end
        return None

    def _opens_a_body(self, closing: Closing, after: Scan) -> bool:
        """
        Whether the cursor's own line goes on to open what closers below it then close, as `) => {` and `} else {` do.
        """
        if self.position or after.last not in ("{", "(", "[", "=>"):
            return False
        is_in_its_column = closing.depth >= 0 and self.place.scan.open[closing.depth].indent == self.place.indent
        return is_in_its_column or not self.place.on_fresh_line

    def _leaves(self, line: str) -> bool:
        """
        Whether a line is about the code, or stands outside of everything that the cursor is in.
        """
        if not self.state.open:
            return is_prose(line)
        innermost = self.state.open[-1]
        is_further_out = innermost.indent >= indent_of(line)
        if innermost.bracket == ">":
            return is_further_out and is_prose(line)
        return is_prose(line) or (is_further_out and _OUTERMOST.match(line) is not None)

    def _is_in_list(self) -> bool:
        """
        Whether a comma ends an item, and does not promise another name or type.
        """
        mode = self.state.mode
        return mode in ("(", "[") or (mode == "{" and not _STATEMENT.match(self.head))

    def _goes_on(self, line: str, *, whole: bool) -> bool | None:
        """
        Whether a line continues what could have ended before it; `None` while too little of it is known.
        """
        content = line.lstrip()
        if not whole and any(possible.startswith(content.rstrip()) for possible in _BEGINNINGS):
            return None
        if self.head.lstrip().startswith("@") and self.state.last == ")":
            # What is decorated follows.
            self.head = ""
            return bool(content)
        if _CASE.match(self.head):
            return indent_of(line) > self.head_indent and bool(content)
        return self._is_continuation(content) or (
            bool(content) and indent_of(line) > self.head_indent and self.state.last[-1:] not in tuple(",;}>")
        )

    def _is_continuation(self, content: str) -> bool:
        """
        Whether a line can't but belong to the one before: an operator, an `else`, the body of what has a head.
        """
        if content.startswith("while"):
            return _DO.match(self.head) is not None
        if content.startswith("{"):
            return self.state.last == ")"
        return _CONTINUES.match(content) is not None
