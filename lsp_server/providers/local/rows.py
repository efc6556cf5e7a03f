"""
A row of words with everything that the model looks at beside each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.vocabulary import BOUNDARY, NEWLINE_ID, Kind, Vocabulary

Numbers = NDArray[np.int32]
Keys = NDArray[np.uint32]

SKIPS = 3
"""How many skip contexts there are; each is the previous word and one further away (see `Row.skips`)."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """
    An open bracket: the word that closes it and the word it belongs to (callee, tag, variable).
    """

    closer: str
    owner: int


@dataclass(frozen=True, slots=True)
class Row:
    """
    Words in order, boundaries included.

    `abstract` has rare words replaced by their class; `next_line` is the first word of the line after; `skips` are the
    keys of the contexts of the previous word and one of: bracket owner, first word of the line, first of the next line.
    """

    words: Numbers
    spaced: NDArray[np.bool_]
    abstract: Numbers
    next_line: Numbers
    skips: tuple[Keys, ...]

    def __len__(self) -> int:
        return len(self.words)


def build_row(
    words: Numbers,
    spaced: NDArray[np.bool_],
    abstract_of: Numbers,
    vocabulary: Vocabulary,
    brackets: Sequence[Bracket] = (),
) -> Row:
    """
    See `Row`; `brackets` stand open before the first word.
    """
    firsts, next_line = _line_firsts(words)
    owners, _ = owners_of(words, vocabulary, brackets)
    previous = np.zeros_like(words)
    previous[1:] = words[:-1]
    sides = (owners, firsts, next_line)
    return Row(
        words=words,
        spaced=spaced,
        abstract=abstract_of[words],
        next_line=next_line,
        skips=tuple(_keys(side, previous) for side in sides),
    )


def skip_key(side: int, previous: int) -> int:
    """
    The key under which a word after `previous` is found, given the other word of the skip context.
    """
    return (side * 2654435761 + previous * 1597334677) & 0xFFFFFFFF


def join_rows(rows: Sequence[Row]) -> Row:
    """
    One row after the other.
    """
    if len(rows) == 1:
        return rows[0]
    return Row(
        words=np.concatenate([row.words for row in rows]),
        spaced=np.concatenate([row.spaced for row in rows]),
        abstract=np.concatenate([row.abstract for row in rows]),
        next_line=np.concatenate([row.next_line for row in rows]),
        skips=tuple(np.concatenate([row.skips[i] for row in rows]) for i in range(SKIPS)),
    )


def owners_of(
    words: Numbers, vocabulary: Vocabulary, brackets: Sequence[Bracket] = ()
) -> tuple[Numbers, tuple[Bracket, ...]]:
    """
    For each word the owner of the innermost bracket open before it, and the brackets open at the end.
    """
    brackets_at = np.flatnonzero(_is_bracket(vocabulary)[words])
    stack = list(brackets)
    owners_after = [stack[-1].owner if stack else BOUNDARY]
    view = np.ascontiguousarray(words).data  # Not a list: the numbers of a whole workspace would take much memory.
    texts = vocabulary.words
    for place in brackets_at.tolist():
        update_brackets(stack, texts[view[place]], view[max(0, place - 2) : place].tolist(), vocabulary)
        owners_after.append(stack[-1].owner if stack else BOUNDARY)
    lengths = np.diff(np.concatenate(([-1], brackets_at, [len(words) - 1])))
    owners = np.repeat(np.array(owners_after, dtype=np.int32), lengths)
    return owners, tuple(stack)


def update_brackets(stack: list[Bracket], word: str, before: Sequence[int], vocabulary: Vocabulary) -> None:
    """
    Open or close what `word` opens or closes; `before` are the words before it, nearest last.
    """
    closer = _CLOSERS.get(word)
    if closer:
        owner = _owner(before, stack, vocabulary)
        if word == "<" and not _opens_tag(before, vocabulary):
            return
        stack.append(Bracket(closer, owner))
    elif word == "\0":
        stack.clear()
    elif word == "</":
        if stack and stack[-1].closer == ">":
            stack.pop()
        stack.append(Bracket(">", BOUNDARY))
    elif stack and (stack[-1].closer == word or (word == "/>" and stack[-1].closer == ">")):
        stack.pop()
    elif word in ")]}":
        while stack and stack[-1].closer == ">":
            stack.pop()
        if stack and stack[-1].closer == word:
            stack.pop()


_CLOSERS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_BRACKETS = (*_CLOSERS, *_CLOSERS.values(), "</", "/>", "\0")


def _is_bracket(vocabulary: Vocabulary) -> NDArray[np.bool_]:
    flags = np.zeros(len(vocabulary.words), dtype=np.bool_)
    for word in _BRACKETS:
        if word in vocabulary:
            flags[vocabulary[word]] = True
    return flags


def _opens_tag(before: Sequence[int], vocabulary: Vocabulary) -> bool:
    """
    Whether `<` begins a JSX tag rather than type arguments or a comparison.
    """
    if not before:
        return False
    kind = vocabulary.kinds[before[-1]]
    if kind in (Kind.IDENTIFIER, Kind.NUMBER, Kind.STRING, Kind.CLOSER):
        return False
    return vocabulary.words[before[-1]] not in ("class", "function", "typeof", "new", "async", "extends", "import")


def _owner(before: Sequence[int], stack: Sequence[Bracket], vocabulary: Vocabulary) -> int:
    """
    Who an opening bracket belongs to: the word before it, but for object literals the one that they are given to.
    """
    if not before:
        return BOUNDARY
    last = before[-1]
    word = vocabulary.words[last]
    if word in ("=", ":", "=>") and len(before) > 1:
        return before[-2]
    if word in "([{,\n" and stack:
        return stack[-1].owner
    return last


def _line_firsts(words: Numbers) -> tuple[Numbers, Numbers]:
    """
    For each word the first word of its line and the first word of the next line.
    """
    ends = np.flatnonzero((words == NEWLINE_ID) | (words == BOUNDARY))
    lengths = np.diff(np.concatenate(([-1], ends, [len(words) - 1])))
    following = np.append(words, BOUNDARY)[ends + 1].astype(np.int32)
    firsts = np.repeat(np.concatenate(([BOUNDARY], following)).astype(np.int32), lengths)
    nexts = np.repeat(np.concatenate((following, [BOUNDARY])).astype(np.int32), lengths)
    return firsts, nexts


def _keys(side: Numbers, previous: Numbers) -> Keys:
    return side.astype(np.uint32) * np.uint32(2654435761) + previous.astype(np.uint32) * np.uint32(1597334677)
