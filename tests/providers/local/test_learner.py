"""
Learning in the background, keeping up with changes, and keeping what was read for the next session.
"""

from pathlib import Path

import numpy as np
import pytest

from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.learner import FIRST_SHARE, Learner
from lsp_server.providers.local.model import LocalModel
from lsp_server.providers.local.storage import StoredWords, load_words, save_words
from tests.providers.local.support import LEARNT_S, corpus_of, inputs_at

LINES = "".join(f"registerHandler('event{n}', createHandler(queue, retries));\n" for n in range(12))
MARKED = "// handlers\nregisterHandler('eventX', create█"


def say(model: LocalModel) -> str:
    return model.answer(inputs_at(MARKED, automatic=False)).text


def learnt(model: LocalModel) -> LocalModel:
    model.start()
    assert model.learner.wait(LEARNT_S)
    return model


def test_a_new_file_is_learnt_from_at_once() -> None:
    """
    The next question after a change already knows it.
    """
    corpus = corpus_of({"src/other.ts": "export const nothing = 1;\n"})
    model = learnt(LocalModel(corpus))
    assert "Handler(queue" not in say(model)
    corpus.update(SourceFile("src/handlers.ts", LINES))
    assert say(model).startswith("Handler(queue, retries)")


def test_what_a_changed_file_no_longer_says_is_forgotten() -> None:
    """
    Neither the old text of a changed file nor a removed file is spoken from.
    """
    corpus = corpus_of({"src/handlers.ts": LINES})
    model = learnt(LocalModel(corpus))
    assert say(model).startswith("Handler(queue, retries)")
    corpus.update(SourceFile("src/handlers.ts", LINES.replace("createHandler(queue, retries)", "createWorker(pool)")))
    assert say(model).startswith("Worker(pool)")
    corpus.remove("src/handlers.ts")
    assert "Worker" not in say(model)


def test_many_changes_are_learnt_anew() -> None:
    """
    When much has changed it moves into the index, in its newest form.
    """
    corpus = corpus_of({"src/handlers.ts": LINES, "src/other.ts": "export const nothing = 1;\n"})
    model = learnt(LocalModel(corpus))
    many = "".join(f"export const value{n} = compute(value{n}, {n});\n" for n in range(8000))
    for begin in range(0, len(many), 140_000):
        corpus.update(SourceFile(f"src/many{begin}.ts", many[begin : begin + 140_000]))
    corpus.update(SourceFile("src/handlers.ts", LINES.replace("createHandler(queue, retries)", "createWorker(pool)")))
    model.learner.learned("src/open.ts")
    assert model.learner.wait(LEARNT_S)
    learned = model.learner.learned("src/open.ts")
    assert learned.hidden == frozenset()
    assert "src/many0.ts" in learned.index.file_numbers
    assert say(model).startswith("Worker(pool)")


def test_the_nearest_files_come_first() -> None:
    """
    A large workspace speaks from the neighbours of the open file before all of it is learnt.
    """
    filler = "".join(f"export const entry{n} = {n};\n" for n in range(4000))
    files = {f"src/far{n}/a.ts": f"// {n}\n{filler}" for n in range(2 * FIRST_SHARE // len(filler) + 2)}
    files["src/near/a.ts"] = LINES
    learner = Learner(corpus_of(files))
    learner.learned("src/near/open.ts")
    sizes = set()
    learner.start()
    while not learner.wait(0.001):
        index = learner.learned("src/near/open.ts").index
        sizes.add(index.size)
        assert not index.size or "src/near/a.ts" in index.file_numbers
    assert learner.learned("src/near/open.ts").index.size > FIRST_SHARE


def test_words_are_kept_for_the_next_session(tmp_path: Path) -> None:
    """
    What is loaded is what was saved, and a model that starts from it gives the same answers.
    """
    store = tmp_path / "deep" / "words.npz"
    files = {"src/handlers.ts": LINES, "src/é.ts": "const ü = `a${1}b\\u0000`;\n"}
    first = learnt(LocalModel(corpus_of(files), store))
    stored = load_words(store)
    assert len(stored.files) == len(files)
    assert say(learnt(LocalModel(corpus_of(files), store))) == say(first)


def test_unused_words_are_not_kept(tmp_path: Path) -> None:
    """
    The vocabulary does not grow from session to session.
    """
    stored = StoredWords()
    old, new = SourceFile("a.ts", "const past = 1;"), SourceFile("a.ts", "const present = 1;")
    stored.lex(old)
    words = stored.lex(new).words
    assert save_words(tmp_path / "words.npz", [new], stored)
    again = load_words(tmp_path / "words.npz")
    assert "past" not in again.vocabulary
    assert [again.vocabulary.words[w] for w in again.lex(new).words] == [stored.vocabulary.words[w] for w in words]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_a_damaged_store_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    """
    Whatever lies there, the workspace is simply read again.
    """
    path = tmp_path / "words.npz"
    path.write_bytes(content)
    assert load_words(path).files == {}


def test_a_store_is_never_unpickled(tmp_path: Path) -> None:
    """
    An array of Python objects is refused, not loaded.
    """
    path = tmp_path / "words.npz"
    np.savez(path, format=np.array([object()], dtype=object))
    assert load_words(path).files == {}


def test_a_disk_that_refuses_is_no_failure(tmp_path: Path) -> None:
    """
    Learning goes on when nothing can be kept.
    """
    (tmp_path / "file").write_text("")
    assert not save_words(tmp_path / "file" / "words.npz", [], StoredWords())
