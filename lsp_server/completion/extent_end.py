"""
Decide, line by line, where the code of a reply has completed what the cursor is in.
"""

import re

from lsp_server.completion.brackets import Scan, scan
from lsp_server.completion.place import Place
from lsp_server.completion.reply import is_prose
from lsp_server.completion.request import Extent
from lsp_server.text.indentation import indent_of

_NO_STATEMENT = re.compile(r"\s*(?://.*|/\*.*\*/|\*.*|/\*\*?|@[\w$.]+(?:\(.*\))?|[)\]}>;,]*)\s*")
_CASE = re.compile(r"\s*(?:case\b.*|default\s*):")
_DECLARATION = re.compile(r"\s*(?:export\s+)?(?:const|let|var|import|export)\b")
_DO = re.compile(r"\s*do\b")
_UNDECIDED = re.compile(r"[\w$]+\s*|/|\?")
_CONTINUES = re.compile(
    r"\?\.|\.(?!\.\.)|&&?|\|\|?|\?|:|=|[+\-*/%^,](?![/*])|,"
    r"|(?:instanceof|in|of|as|satisfies|is|extends|implements|from)\s+[\w$\"'{(\[]|(?:else|catch|finally)\b"
)
_WANTS_MORE = frozenset(
    re.findall(
        r"\S+", "= => + - * % & | ^ ? : ~ . ( [ { < extends implements instanceof typeof keyof await satisfies else"
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
        """How many lists of type parameters are open that began at the end of a line."""
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
            reopened = self.position == 0 and self.place.before.strip() and after.depth > closing.depth >= 0
            if self._is_the_documents(closing.depth) and not reopened:
                return self.position + closing.start
        if self.place.in_code and before.mode not in (">", *_RUNNING_TEXT) and self.head and is_prose(line):
            return self.position
        self.state = after
        if line.lstrip().startswith(">") and self.type_lists:
            self.type_lists -= 1
        if after.last == "<":
            self.type_lists += 1
        if self.type_lists or after.depth > self.place.floor or after.mode in _RUNNING_TEXT or not self._has_statement(line, before):
            return None
        end = self.position + len(line)
        if self._is_definite(after):
            return end
        if after.last not in _WANTS_MORE or line.rstrip().endswith(("++", "--")):
            self.complete = end
        return None

    def _is_the_documents(self, depth: int) -> bool:
        """
        Whether a closer is one that the document has already, on a later line or further out than we know.
        """
        if depth < 0:
            return True
        return depth < self.place.scan.depth and self.place.closed_below[depth]

    def _has_statement(self, line: str, before: Scan) -> bool:
        """
        Whether more than comments, decorators and closers has been written; the first such line is the head.
        """
        if self.head:
            return True
        if before.mode in _RUNNING_TEXT or _NO_STATEMENT.fullmatch(line):
            return False
        self.head = line
        self.head_indent = max(self.place.indent, indent_of(line))
        return True

    def _is_definite(self, after: Scan) -> bool:
        """
        Whether nothing on the next line could belong to it.
        """
        if _CASE.match(self.head):
            return False
        if after.last == ",":
            return after.mode in ("(", "[") or (after.mode == "{" and not _DECLARATION.match(self.head))
        return after.last == ";" or after.mode in ("<", ">")

    def _goes_on(self, line: str, *, whole: bool) -> bool | None:
        """
        Whether a line continues what could have ended before it; `None` while too little of it is known.
        """
        content = line.lstrip()
        if not whole and (not content or _UNDECIDED.fullmatch(content)):
            return None
        if not content:
            return False
        if self.head.lstrip().startswith("@") and self.state.last == ")":
            self.head = ""
            return True
        if _CASE.match(self.head):
            return indent_of(line) > self.head_indent
        if content.startswith("while") and _DO.match(self.head):
            return True
        if content.startswith("{") and self.state.last == ")":
            return True
        if _CONTINUES.match(content):
            return True
        return indent_of(line) > self.head_indent and self.state.last[-1:] not in tuple(",;}>")
