"""
Cut TypeScript into words, whatever state it is in: nothing raises, and only white space and comments are left out.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from lsp_server.text.difference import common_prefix

NEWLINE = "\n"
"""The word for any run of line ends; blank lines and lines of comment do not repeat it."""


class Ending(StrEnum):
    """
    What the end of a text stands in.
    """

    CODE = "code"
    WORD = "word"
    STRING = "string"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Lexed:
    """
    The words of a text, where each begins, and whether white space stands before it.

    `safe` holds the indexes of newlines outside of any template, from which lexing may start afresh.
    """

    words: list[str]
    starts: list[int]
    spaced: list[bool]
    safe: list[int]
    ending: Ending


def lex(text: str) -> Lexed:
    """
    The words of `text` in order.
    """
    lexed = Lexed([], [], [], [], Ending.CODE)
    comment = _scan(text, 0, lexed)
    return replace(lexed, ending=_ending(text, lexed, comment))


def relex(text: str, before_text: str, before: Lexed) -> Lexed:
    """
    The words of `text`; what it has in common with the beginning of `before_text` is taken from `before`, its words.
    """
    same = common_prefix(text, before_text)
    kept = _last_safe(before, same)
    if kept < 0:
        return lex(text)
    count = before.safe[kept]
    lexed = Lexed(
        before.words[:count],
        before.starts[:count],
        before.spaced[:count],
        before.safe[:kept],
        Ending.CODE,
    )
    comment = _scan(text, before.starts[count], lexed)
    return replace(lexed, ending=_ending(text, lexed, comment))


def is_closed(word: str) -> bool:
    """
    Whether a string or template chunk has its end.
    """
    return _CLOSED.fullmatch(word) is not None


_TEMPLATE_BODY = r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*"
_WORD = re.compile(
    rf"""
    [^\S\n]* (?: //[^\n]* | /\*[\s\S]*?(?:\*/|\Z) | (
        (?:[^\W\d]|[$\#])[\w$]*
      | \n\s*
      | [()\[\]{{}};,:~@]
      | '(?:[^'\\\n]|\\[\s\S])*(?:'|\\?(?=\n|\Z))
      | "(?:[^"\\\n]|\\[\s\S])*(?:"|\\?(?=\n|\Z))
      | `{_TEMPLATE_BODY}(?:`|\$\{{|\\?\Z)
      | (?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?)n?
      | \.\.\. | => | ===? | !==? | <= | >= | </ | /> | &&=? | \|\|=? | \?\?=? | \?\.(?!\d)
      | \+\+ | -- | \*\*=? | << | [-+*/%&|^]=
      | \S
    ))
    """,
    re.VERBOSE,
)
_TEMPLATE_REST = re.compile(rf"\}}{_TEMPLATE_BODY}(?:`|\$\{{|\\?\Z)")
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/[a-z]*")
_CLOSED = re.compile(rf"'(?:[^'\\]|\\[\s\S])*'|\"(?:[^\"\\]|\\[\s\S])*\"|[`}}]{_TEMPLATE_BODY}(?:`|\$\{{)")
_VALUE_ENDS = frozenset(")]}")
_BEFORE_REGEX = frozenset(
    ("return", "typeof", "case", "do", "else", "in", "of", "void", "delete", "throw", "new", "await", "yield")
)


def _scan(text: str, position: int, lexed: Lexed) -> str:
    """
    Append the words of `text` from `position` on; the comment at its very end, if there is one.
    """
    words, starts, spaced = lexed.words, lexed.starts, lexed.spaced
    holes: list[int] = []  # For each open `${`, how many braces stand open inside it.
    comment = None
    while position >= 0:
        resume = -1
        for match in _WORD.finditer(text, position):
            word = match[1]
            if word is None:
                comment = match
                continue
            start = match.start(1)
            first = word[0]
            if first in "\n`{}/":
                if first == "\n":
                    if not words or words[-1] == NEWLINE:
                        continue
                    if not holes:
                        lexed.safe.append(len(words))
                    word = NEWLINE
                elif other := _restart(text, start, word, words, holes):
                    word = other
                    resume = start + len(word)
            words.append(word)
            starts.append(start)
            spaced.append(word != NEWLINE and start > match.start())
            if resume >= 0:
                break
        position = resume
    return comment[0].lstrip() if comment and comment.end() == len(text) else ""


def _restart(text: str, start: int, word: str, words: list[str], holes: list[int]) -> str:
    """
    The word that really begins at `start` when it depends on what came before, or nothing when `word` is right.
    """
    first = word[0]
    if first == "`":
        if word.endswith("${"):
            holes.append(0)
    elif first == "/":
        if word != "/>" and _regex_may_follow(words) and (match := _REGEX.match(text, start)):
            return match[0]
    elif holes:
        if first == "{":
            holes[-1] += 1
        elif holes[-1]:
            holes[-1] -= 1
        elif match := _TEMPLATE_REST.match(text, start):
            if not match[0].endswith("${"):
                holes.pop()
            return match[0]
    return ""


def _regex_may_follow(words: list[str]) -> bool:
    if not words:
        return True
    last = words[-1]
    if last in _BEFORE_REGEX:
        return True
    return not (last[0].isalnum() or last[0] in "_$#'\"`" or last[-1] in _VALUE_ENDS or last[-1] == "`")


def _ending(text: str, lexed: Lexed, comment: str) -> Ending:
    if comment and _comment_is_open(comment):
        return Ending.COMMENT
    if comment or not lexed.words:
        return Ending.CODE
    word, start = lexed.words[-1], lexed.starts[-1]
    if start + len(word) != len(text) or word == NEWLINE:
        return Ending.CODE
    if word[0] in "'\"`" or (word[0] == "}" and len(word) > 1):
        return Ending.CODE if is_closed(word) else Ending.STRING
    return Ending.WORD if word[0].isalnum() or word[0] in "_$#" else Ending.CODE


def _comment_is_open(comment: str) -> bool:
    return comment.startswith("//") or len(comment) < 4 or not comment.endswith("*/")


def _last_safe(lexed: Lexed, limit: int) -> int:
    """
    The index in `safe` of the last newline before `limit`, or -1.
    """
    low, high = 0, len(lexed.safe)
    while low < high:
        middle = (low + high) // 2
        if lexed.starts[lexed.safe[middle]] < limit:
            low = middle + 1
        else:
            high = middle
    return low - 1
