"""
Numbers for words, and what kind of word each of them is.
"""

from enum import IntEnum

from lsp_server.providers.local.lexer import NEWLINE

LONGEST_WORD = 160
"""Longer words (embedded texts) share one number, since nobody wants them completed."""


class Kind(IntEnum):
    """
    What a word is to the grammar.
    """

    BOUNDARY = 0
    NEWLINE = 1
    IDENTIFIER = 2
    KEYWORD = 3
    STRING = 4
    TEMPLATE = 5
    NUMBER = 6
    OPENER = 7
    CLOSER = 8
    OPERATOR = 9


CLASSES = ("", "name", "Name", "NAME", "#name", "'text'", "'./path'", "`text`", "0", "/x/")
"""What rare words are replaced by in the abstract view; the first is the edge of a file."""

BOUNDARY = 0
"""The number of the edge of a file, and of everything beyond it."""

LONG_WORD = len(CLASSES)
"""The number of every word longer than `LONGEST_WORD`."""

NEWLINE_ID = LONG_WORD + 1

KEYWORDS = frozenset(
    """
    abstract any as asserts async await boolean break case catch class const continue declare default delete do else
    enum export extends false finally for from function get if implements import in infer instanceof interface is
    keyof let namespace never new null number object of override private protected public readonly return satisfies
    set static string super switch symbol this throw true try type typeof undefined unique unknown var void while
    with yield
    """.split()  # noqa: SIM905  A list of eighty quoted words cannot be read.
)


class Vocabulary(dict[str, int]):
    """
    Words and their numbers; looking up a new word gives it the next number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.kinds = bytearray()
        self.classes = bytearray()
        for number, word in enumerate(CLASSES):
            self._append(f"\0{word}", Kind.BOUNDARY if number == 0 else Kind.OPERATOR, 0)
        self._append("\0long", Kind.STRING, CLASSES.index("'text'"))
        self[NEWLINE]  # The first look-up gives it its fixed number.

    def __missing__(self, word: str) -> int:
        if len(word) > LONGEST_WORD:
            return LONG_WORD
        kind, abstract = describe(word)
        return self._append(word, kind, abstract)

    def _append(self, word: str, kind: Kind, abstract: int) -> int:
        number = len(self.words)
        self[word] = number
        self.words.append(word)
        self.kinds.append(kind)
        self.classes.append(abstract)
        return number


def describe(word: str) -> tuple[Kind, int]:
    """
    The kind of a word, and the number of the class that stands for it when it is rare; 0 if it never counts as rare.
    """
    first = word[0]
    if first.isalpha() or first in "_$#":
        return (Kind.KEYWORD, 0) if word in KEYWORDS else (Kind.IDENTIFIER, _identifier_class(word))
    if len(word) == 1 and not first.isdigit():
        return _KINDS.get(word, Kind.OPERATOR), 0
    if first.isdigit() or (first == "." and word[1].isdigit()):
        return Kind.NUMBER, 8
    if first in "'\"":
        return Kind.STRING, 6 if word[1] == "." else 5
    if first in "`}":
        return Kind.TEMPLATE, 7
    return (Kind.STRING, 9) if first == "/" and len(word) > 2 else (Kind.OPERATOR, 0)


_KINDS = {
    NEWLINE: Kind.NEWLINE,
    **dict.fromkeys("([{", Kind.OPENER),
    **dict.fromkeys(")]}", Kind.CLOSER),
}


def _identifier_class(word: str) -> int:
    if word[0] == "#":
        return 4
    if not word[0].isupper():
        return 1
    return 3 if len(word) > 1 and word.upper() == word else 2
