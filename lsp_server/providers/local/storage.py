"""
Keep the words of files between sessions, as plain arrays, so that only changed files are read word by word again.
"""

import contextlib
import hashlib
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.rows import Numbers
from lsp_server.providers.local.vocabulary import NEWLINE_ID, Vocabulary
from lsp_server.providers.local.workspace_index import FileWords, lex_file
from lsp_server.storage import make_private

FORMAT = 1
"""Raised whenever the lexer or the layout changes; other formats are ignored."""


@dataclass
class StoredWords:
    """
    The words of files by a hash of their text, numbered by one vocabulary.
    """

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    files: dict[str, FileWords] = field(default_factory=dict)

    def lex(self, source: SourceFile) -> FileWords:
        """
        The words of a file, stored or fresh.
        """
        key = _key(source.text)
        known = self.files.get(key)
        if known is None:
            known = self.files[key] = lex_file(source, self.vocabulary)
        return FileWords(source.path, len(source.text), known.words, known.spaced)


def load_words(path: Path) -> StoredWords:
    """
    What was saved at `path`; nothing when there is no such file or it cannot be used.
    """
    stored = StoredWords()
    with contextlib.suppress(OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile):
        with np.load(path, allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                return stored
            texts = _split(bytes(arrays["texts"]).decode("utf-8", "surrogatepass"), arrays["lengths"].tolist())
            keys = bytes(arrays["keys"]).decode("ascii").split()
            ends = arrays["ends"].tolist()
            words, spaced = arrays["words"], arrays["spaced"]
        vocabulary = Vocabulary()
        if [vocabulary[text] for text in texts] != list(range(NEWLINE_ID, NEWLINE_ID + len(texts))):
            return stored
        if len(keys) != len(ends) or ends[-1:] != [len(words)] or len(spaced) != len(words):
            return stored
        if words.dtype != np.int32 or words.min(initial=0) < 0 or words.max(initial=0) >= len(vocabulary.words):
            return stored
        stored.vocabulary = vocabulary
        for key, begin, end in zip(keys, [0, *ends], ends, strict=False):
            stored.files[key] = FileWords("", 0, words[begin:end], spaced[begin:end])
    return stored


def save_words(path: Path, sources: Iterable[SourceFile], stored: StoredWords) -> bool:
    """
    Save the words of these files in place of what was there; false when the disk does not allow it.
    """
    kept = {key: stored.files[key] for key in (_key(source.text) for source in sources) if key in stored.files}
    none = np.zeros(0, dtype=np.int32)
    words, texts = _renumber(np.concatenate([none, *(file.words for file in kept.values())]), stored.vocabulary)
    spaced = np.concatenate([none.astype(np.bool_), *(file.spaced for file in kept.values())])
    try:
        make_private(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as opened:
            np.savez_compressed(
                opened,
                format=np.int64(FORMAT),
                texts=np.frombuffer("".join(texts).encode("utf-8", "surrogatepass"), dtype=np.uint8),
                lengths=np.array([len(text) for text in texts], dtype=np.int32),
                keys=np.frombuffer(" ".join(kept).encode("ascii"), dtype=np.uint8),
                ends=np.cumsum([len(file.words) for file in kept.values()], dtype=np.int64),
                words=words,
                spaced=spaced,
            )
        Path(opened.name).replace(path)
    except OSError:
        return False
    return True


def _renumber(words: Numbers, vocabulary: Vocabulary) -> tuple[Numbers, list[str]]:
    """
    The words with numbers that leave no gaps, and the texts from the first number that is not fixed on.
    """
    used = np.unique(words)
    used = used[used > NEWLINE_ID]
    table = np.arange(max(int(used.max(initial=0)), NEWLINE_ID) + 1, dtype=np.int32)
    table[used] = np.arange(NEWLINE_ID + 1, NEWLINE_ID + 1 + len(used), dtype=np.int32)
    return table[words], [vocabulary.words[word] for word in (NEWLINE_ID, *used.tolist())]


def _split(text: str, lengths: list[int]) -> list[str]:
    ends = [0, *accumulate(lengths)]
    return [text[begin:end] for begin, end in pairwise(ends)]


def _key(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
