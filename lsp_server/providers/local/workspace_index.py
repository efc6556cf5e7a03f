"""
The workspace's own code, indexed so that places like the one at the cursor are found in microseconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.declared import Declared, read_declared
from lsp_server.providers.local.left_contexts import DEPTH, LeftContexts, sort_by_left_context
from lsp_server.providers.local.lexer import lex
from lsp_server.providers.local.rows import Keys, Numbers, Row, build_row
from lsp_server.providers.local.vocabulary import BOUNDARY, KEYWORDS, Kind, Vocabulary

COMMON_SHARE = 0.06
"""A word in a smaller share of the files is rare, and its class stands for it in the abstract view."""

SAME_FOLDER = 1.5

GRAMMAR = (*sorted(KEYWORDS), *"()[]{}<>.,;:?=!", "?.", "\n")

ROOM = 256
"""How many new words may be made up while one question is answered."""


@dataclass(frozen=True, slots=True)
class FileWords:
    """
    A file cut into words.
    """

    path: str
    size: int
    words: Numbers
    spaced: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SkipPlaces:
    """
    Places sorted by the key of one skip context.
    """

    keys: Keys
    order: Numbers

    def find(self, key: int) -> Numbers:
        """
        The places with this key.
        """
        wanted = np.uint32(key)
        low, high = self.keys.searchsorted(wanted, "left"), self.keys.searchsorted(wanted, "right")
        return self.order[low:high]


@dataclass(frozen=True, slots=True)
class WorkspaceIndex:
    """
    All files in one row, sorted in every way that a search needs. Not changed once built, but for new words.
    """

    vocabulary: Vocabulary
    abstract_of: Numbers
    document_frequency: Numbers
    counts: Numbers
    row: Row
    file_of: Numbers
    file_numbers: Mapping[str, int]
    folders: tuple[str, ...]
    paths: tuple[str, ...]
    size: int
    declared: Declared
    exact: LeftContexts
    abstract: LeftContexts
    skips: tuple[SkipPlaces, ...]

    def abstraction(self) -> Numbers:
        """
        For every word, the newest included, what stands for it in the abstract view.
        """
        known = len(self.abstract_of)
        newer = len(self.vocabulary.words) - known
        classes = np.frombuffer(bytes(self.vocabulary.classes[known:]), dtype=np.uint8).astype(np.int32)
        fresh = np.where(classes > 0, classes, np.arange(known, known + newer, dtype=np.int32)).astype(np.int32)
        return np.concatenate((self.abstract_of, fresh))

    def file_weights(self, path: str, hidden: Iterable[str] = ()) -> NDArray[np.float32]:
        """
        What a place counts by its file, for a cursor in `path`; nothing in `path` itself and in `hidden` files.
        """
        folder = str(PurePosixPath(path).parent)
        weights = np.array([SAME_FOLDER if other == folder else 1.0 for other in self.folders], dtype=np.float32)
        for name in (path, *hidden):
            if name in self.file_numbers:
                weights[self.file_numbers[name]] = 0.0
        return weights


def lex_file(source: SourceFile, vocabulary: Vocabulary) -> FileWords:
    """
    Cut one file into words, closed by a boundary.
    """
    lexed = lex(source.text)
    words = np.array([*(vocabulary[word] for word in lexed.words), BOUNDARY], dtype=np.int32)
    return FileWords(source.path, len(source.text), words, np.array([*lexed.spaced, False], dtype=np.bool_))


def build_index(files: Iterable[FileWords], vocabulary: Vocabulary) -> WorkspaceIndex:
    """
    Index files that were cut into words of this `vocabulary`.
    """
    listed = sorted(files, key=lambda file: file.path)
    for word in GRAMMAR:
        vocabulary[word]  # Known from the start, so that no table is too short for it.
    padding = np.zeros(DEPTH, dtype=np.int32)
    words = np.concatenate([padding, *(file.words for file in listed)])
    spaced = np.concatenate([padding.astype(np.bool_), *(file.spaced for file in listed)])
    lengths = np.array([DEPTH, *(len(file.words) for file in listed)])
    numbers = np.maximum(np.arange(-1, len(listed)), 0)
    file_of = np.repeat(numbers, lengths).astype(np.int32)
    frequency = _document_frequency(listed, len(vocabulary.words))
    abstract_of = _abstraction(vocabulary, frequency, len(listed))
    row = build_row(words, spaced, abstract_of, vocabulary)
    return WorkspaceIndex(
        vocabulary=vocabulary,
        abstract_of=abstract_of,
        document_frequency=frequency,
        counts=np.bincount(words, minlength=len(vocabulary.words)).astype(np.int32),
        row=row,
        file_of=file_of,
        file_numbers={file.path: number for number, file in enumerate(listed)},
        folders=tuple(str(PurePosixPath(file.path).parent) for file in listed) or (".",),
        paths=tuple(file.path for file in listed),
        size=sum(file.size for file in listed),
        declared=read_declared(words, vocabulary, file_of),
        exact=LeftContexts(row.words, sort_by_left_context(row.words)),
        abstract=LeftContexts(row.abstract, sort_by_left_context(row.abstract)),
        skips=tuple(_sort_keys(keys) for keys in row.skips),
    )


def _document_frequency(files: list[FileWords], size: int) -> Numbers:
    frequency = np.zeros(size, dtype=np.int32)
    for file in files:
        frequency[np.unique(file.words)] += 1
    return frequency


def _abstraction(vocabulary: Vocabulary, frequency: Numbers, files: int) -> Numbers:
    classes = np.frombuffer(bytes(vocabulary.classes), dtype=np.uint8).astype(np.int32)
    rare = (classes > 0) & (frequency < max(3, COMMON_SHARE * files))
    return np.where(rare, classes, np.arange(len(classes))).astype(np.int32)


def _sort_keys(keys: Keys) -> SkipPlaces:
    order = np.argsort(keys, kind="stable").astype(np.int32)
    return SkipPlaces(keys[order], order)


def is_kind(vocabulary: Vocabulary, *kinds: Kind) -> NDArray[np.bool_]:
    """
    For every word whether it is of one of these kinds.
    """
    return np.isin(np.frombuffer(bytes(vocabulary.kinds), dtype=np.uint8), [int(kind) for kind in kinds])
