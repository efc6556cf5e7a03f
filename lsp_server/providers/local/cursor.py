"""
Everything that the text round the cursor says before any other file is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.base import CompletionInputs
from lsp_server.providers.local.declared import Declared, enclosing_class, read_declared
from lsp_server.providers.local.left_contexts import DEPTH
from lsp_server.providers.local.lexer import Ending, Lexed, lex, relex
from lsp_server.providers.local.rows import Bracket, Numbers, Row, build_row, join_rows, owners_of
from lsp_server.providers.local.vocabulary import BOUNDARY, NEWLINE_ID, Kind
from lsp_server.providers.local.workspace_index import ROOM, WorkspaceIndex, is_kind

FULL_BRACKETS = {")": "(", "]": "[", "}": "{"}


NEARBY = 24
"""How many names of each sort are kept at hand."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """
    Names of the open file, nearest to the cursor first: members are those after a dot.
    """

    names_before: list[int]
    members_before: list[int]
    names_after: list[int]
    members_after: list[int]


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    The cursor as the model sees it.

    `row` holds the open file's words on both sides, then those of files changed since the index was built;
    its first `before` words are the open file before the cursor.
    `size` is how many characters there are to learn from.
    `rest` are the words between the cursor and the end of its line, and `next_word` begins the line after.
    """

    index: WorkspaceIndex
    size: int
    path: str
    row: Row
    before: int
    partial: str
    typed_space: bool
    ending: Ending
    rest: tuple[str, ...]
    rest_closes_string: bool
    next_word: int
    brackets: tuple[Bracket, ...]
    owed: int | None
    line_first: int
    line_length: int
    abstract_of: Numbers
    file_weights: NDArray[np.float32]
    row_weights: NDArray[np.float32]
    counts_before: Numbers
    counts_after: Numbers
    counts_in_row: Numbers
    last_seen: Numbers
    fresh_after: NDArray[np.bool_]
    nearby: Nearby
    declared: Declared
    enclosing_class: int
    strings: Numbers

    @property
    def words(self) -> list[str]:
        """
        The text of every word by its number.
        """
        return self.index.vocabulary.words

    def make_up(self, word: str) -> int:
        """
        The number of a word that may be new; 0 when no more new words fit.
        """
        number = self.index.vocabulary[word]
        return number if number < len(self.last_seen) else 0

    def abstracted(self, words: list[int]) -> list[int]:
        """
        What stands for these words in the abstract view.
        """
        known = len(self.abstract_of)
        classes = self.index.vocabulary.classes
        return [int(self.abstract_of[word]) if word < known else classes[word] or word for word in words]

    def context(self) -> list[int]:
        """
        The last words before the cursor, nearest first.
        """
        tail: list[int] = self.row.words[self.before - DEPTH : self.before].tolist()
        return tail[::-1]


class PrefixCache:
    """
    Remembers the words of the last text before a cursor, since the next one mostly begins the same.
    """

    def __init__(self) -> None:
        self._text = ""
        self._lexed = lex("")

    def lex(self, text: str) -> Lexed:
        """
        The words of `text`.
        """
        lexed = relex(text, self._text, self._lexed)
        self._text, self._lexed = text, lexed
        return lexed


SAME_FILE = 4.0
"""What a place in the open file counts, against 1 for a place in another folder."""


def read_cursor(
    inputs: CompletionInputs,
    index: WorkspaceIndex,
    *,
    cache: PrefixCache,
    changed: Row | None = None,
    hidden: Iterable[str] = (),
) -> Cursor:
    """
    Read the open file; `changed` are words of files whose older text is `hidden` in the index.
    """
    lexed = cache.lex(inputs.prefix)
    count, partial = len(lexed.words), ""
    if lexed.ending in (Ending.WORD, Ending.STRING):
        count -= 1
        partial = lexed.words[count]
    rest_text, _, after_text = inputs.suffix.partition("\n")
    quote = partial[0] if lexed.ending is Ending.STRING else ""
    rest_closes_string = bool(quote) and rest_text.startswith("`" if quote == "}" else quote)
    rest = lex(rest_text[1:] if rest_closes_string else rest_text)
    after = lex(after_text)

    vocabulary = index.vocabulary
    before_words = [vocabulary[word] for word in lexed.words[:count]]
    after_words = [vocabulary[word] for word in after.words]
    closers = _owed(rest.words, after.words)
    abstract_of = index.abstraction()
    padding = [BOUNDARY] * DEPTH
    left = np.array(padding + before_words, dtype=np.int32)
    left_spaced = np.array([False] * DEPTH + lexed.spaced[:count], dtype=np.bool_)
    _, brackets = owners_of(left, vocabulary)
    right = np.array([BOUNDARY, NEWLINE_ID, *after_words, BOUNDARY], dtype=np.int32)
    right_spaced = np.array([False, False, *after.spaced, False], dtype=np.bool_)
    rows = [
        build_row(left, left_spaced, abstract_of, vocabulary),
        build_row(right, right_spaced, abstract_of, vocabulary, brackets),
    ]
    weights = np.full(sum(map(len, rows)), SAME_FILE, dtype=np.float32)
    if changed is not None:
        rows.append(changed)
        weights = np.concatenate((weights, np.ones(len(changed), dtype=np.float32)))
    row = join_rows(rows)
    line_start = _line_start(before_words)
    size = len(vocabulary.words) + ROOM
    both = np.concatenate((left, right))
    return Cursor(
        index=index,
        size=index.size + len(inputs.prefix) + len(inputs.suffix) + _size(changed),
        path=inputs.path,
        row=row,
        before=len(left),
        partial=partial,
        typed_space=_space_before_cursor(inputs.prefix, lexed),
        ending=lexed.ending,
        rest=tuple(rest.words),
        rest_closes_string=rest_closes_string,
        next_word=after_words[0] if after_words else BOUNDARY,
        brackets=brackets,
        owed=closers if after_words or rest.words else None,
        line_first=before_words[line_start] if line_start < count else BOUNDARY,
        line_length=count - line_start,
        abstract_of=abstract_of,
        file_weights=index.file_weights(inputs.path, hidden),
        row_weights=weights,
        counts_before=np.bincount(left, minlength=size).astype(np.int32),
        counts_after=np.bincount(right, minlength=size).astype(np.int32),
        counts_in_row=np.bincount(row.words, minlength=size).astype(np.int32),
        last_seen=_last_seen(left, size),
        fresh_after=_fresh(left, right, index),
        nearby=_nearby(left, right, index),
        declared=read_declared(both, vocabulary),
        enclosing_class=enclosing_class(left, vocabulary),
        strings=both[is_kind(vocabulary, Kind.STRING)[both]],
    )


def _size(row: Row | None) -> int:
    return 0 if row is None else CHARACTERS_PER_WORD * len(row)


CHARACTERS_PER_WORD = 6
"""Source code has about so many characters, white space included, for each of its words."""


def _space_before_cursor(prefix: str, lexed: Lexed) -> bool:
    return lexed.ending is Ending.CODE and prefix[-1:] in (" ", "\t")


def _line_start(words: Sequence[int]) -> int:
    for place in range(len(words) - 1, -1, -1):
        if words[place] == NEWLINE_ID:
            return place + 1
    return 0


def _owed(rest: Sequence[str], after: Sequence[str]) -> int:
    """
    How many brackets the text after the cursor closes without having opened them.
    """
    depth = owed = 0
    for words in (rest, after):
        for word in words:
            if word in "([{":
                depth += 1
            elif word in ")]}":
                if depth:
                    depth -= 1
                else:
                    owed += 1
    return owed


def _last_seen(words: Numbers, size: int) -> Numbers:
    seen = np.full(size, -1, dtype=np.int32)
    seen[words] = np.arange(len(words), dtype=np.int32)
    return seen


def _fresh(left: Numbers, right: Numbers, index: WorkspaceIndex) -> NDArray[np.bool_]:
    """
    Names that the text after the cursor uses though nothing before it has them: they may be about to be declared.
    """
    vocabulary = index.vocabulary
    fresh = np.zeros(len(vocabulary.words) + ROOM, dtype=np.bool_)
    if len(right) < 3:
        return fresh
    previous = right[:-1]
    plain = ~np.isin(previous, [vocabulary[word] for word in (".", "?.", *_DECLARERS) if word in vocabulary])
    used = right[1:][plain & is_kind(vocabulary, Kind.IDENTIFIER)[right[1:]]]
    fresh[used] = True
    fresh[left] = False
    fresh[right[1:][~plain]] = False
    return fresh


def _nearby(left: Numbers, right: Numbers, index: WorkspaceIndex) -> Nearby:
    vocabulary = index.vocabulary
    named = is_kind(vocabulary, Kind.IDENTIFIER)
    dots = [vocabulary[word] for word in (".", "?.")]

    def nearest(row: Numbers, step: int, *, members: bool) -> list[int]:
        names = row[1:][named[row[1:]] & (np.isin(row[:-1], dots) == members)]
        return list(dict.fromkeys(names[::step].tolist()))[:NEARBY]

    return Nearby(
        names_before=nearest(left, -1, members=False),
        members_before=nearest(left, -1, members=True),
        names_after=nearest(right, 1, members=False),
        members_after=nearest(right, 1, members=True),
    )


_DECLARERS = ("const", "let", "var", "function", "class", "interface", "type", "enum", "namespace")
