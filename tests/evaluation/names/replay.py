"""
Measure what it is worth to end completions before unknown names: `python -m tests.evaluation.names.replay`.

Somebody types stretches of real files and takes every completion that is right, against a model that knows the files
but gets some identifiers wrong, each one always in the same way. Nobody waits for anybody: speed plays no part.
"""

import argparse
import asyncio
import random
import re
from collections.abc import AsyncIterator, Container, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from lsp_server.completion.engine import complete
from lsp_server.completion.request import Completion, CompletionRequest
from lsp_server.completion.stock import Stock
from lsp_server.index.known_names import language_names
from lsp_server.providers.base import Chunk, MessageStop, Prompt, StopReason, TextDelta
from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.vocabulary import KEYWORDS
from lsp_server.settings import Settings
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from tests.benchmarks.bench_typing import stretch_of
from tests.evaluation.local.corpora import DEFAULT_FOLDER, TESTED, read_files
from tests.support.clock import ManualClock
from tests.support.cursors import no_context
from tests.support.scripted_vendor import ScriptedVendor

SEED = 5
REPLY = 1500
"""How many characters a model says at most."""

SETTINGS = Settings(completion_debounce_ms=0)
NAME = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]*")

Mistakes = Mapping[int, tuple[int, str]]
"""By where an identifier begins: where it ends, and what is said instead."""


@dataclass(frozen=True, slots=True)
class Typed:
    """
    What it took: characters, keys, texts shown, those of them that were wrong, keys before which a text was visible.
    """

    characters: int = 0
    keys: int = 0
    shown: int = 0
    wrong: int = 0
    visible: int = 0

    def __add__(self, other: "Typed") -> "Typed":
        return Typed(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))


class Mistaken(ScriptedVendor):
    """
    A model that goes on with `truth` from wherever it is asked, but for its mistakes.
    """

    def __init__(self, truth: str, mistakes: Mistakes) -> None:
        super().__init__()
        self._truth = truth
        self._mistakes = mistakes

    async def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:  # type: ignore[override]  # No generator's methods.
        """
        A few characters at a time.
        """
        assert prompt.inputs is not None
        text = self._rest(len(prompt.inputs.prefix))
        for start in range(0, len(text), 16):
            yield TextDelta(text[start : start + 16])
            await asyncio.sleep(0)
        yield MessageStop(reason=StopReason.END)

    def _rest(self, at: int) -> str:
        said: list[str] = []
        end = min(len(self._truth), at + REPLY)
        while at < end:
            after, text = self._mistakes.get(at, (at + 1, self._truth[at]))
            said.append(text)
            at = after
        return "".join(said)


def mistakes_in(truth: str, share: float, made_up: float, names: Sequence[str], chance: random.Random) -> Mistakes:
    """
    A share of the identifiers is wrong, and `made_up` of those are names that nobody has; the others are of `names`.
    """
    found = {}
    for match in NAME.finditer(truth):
        is_wrong, is_made_up, other = chance.random() < share, chance.random() < made_up, chance.choice(names)
        if is_wrong and len(match[0]) > 2 and match[0] not in KEYWORDS:
            found[match.start()] = (match.end(), f"wrong{match[0].capitalize()}" if is_made_up else other)
    return found


async def type_stretch(truth: str, mistakes: Mistakes, known_names: Container[str] | None, length: int) -> Typed:
    """
    Type a stretch of `truth` into a document that holds the rest.
    """
    at, end = stretch_of(truth, length)
    typed = Typed(characters=end - at)
    clock = ManualClock()
    stock, provider = Stock(clock), Mistaken(truth, mistakes)
    previous: Completion | None = None
    standing, key = "", 0
    while at < end:
        key += 1
        outcome = await complete(
            _request(truth[:at] + truth[end:], at, key),
            previous=previous,
            provider=provider,
            gather=no_context,
            settings=SETTINGS,
            clock=clock,
            stock=stock,
            known_names=known_names,
        )
        previous = outcome if isinstance(outcome, Completion) else None
        text = previous.text[previous.offset - previous.span.start :] if previous else ""
        is_right = bool(text) and truth.startswith(text, at) and at + len(text) <= end
        is_new = bool(text) and not standing.endswith(text)
        typed += Typed(0, 1, is_new, is_new and not is_right, bool(text))
        standing = "" if is_right else text
        at += len(text) if is_right else _typed(truth, at, end)
    await stock.aclose()
    return typed


def _request(text: str, offset: int, version: int) -> CompletionRequest:
    document = Document.create("file:///a.ts", "typescript", version, text)
    return CompletionRequest(id=f"c{version}", document=document, tree=parse(document), offset=offset, path="a.ts")


def _typed(truth: str, at: int, end: int) -> int:
    """
    How far one key goes: an editor indents by itself.
    """
    after = at + 1
    while truth[at] == "\n" and after < end and truth[after] in " \t":
        after += 1
    return after - at


def main() -> None:
    """
    Print a line without and one with the known names, on what a model with mistakes says and on what one without says.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--files", type=int, default=8, help="files typed of each source")
    parser.add_argument("--chars", type=int, default=400, help="length of the stretch typed of each file")
    parser.add_argument("--made-up", type=float, default=1.0, help="share of the wrong names that nobody has")
    options = parser.parse_args()
    sums = {(errors, judged): Typed() for errors in (0.1, 0.03, 0.0) for judged in (False, True)}
    for source in TESTED:
        files = read_files(source, options.corpus)
        names = {file.path: frozenset(NAME.findall(file.text)) for file in files}
        for file in _chosen(files, options.files):
            known = language_names().union(*(own for path, own in names.items() if path != file.path))
            pool = sorted(name for name in known - language_names() if len(name) >= 4)
            for errors, judged in sums:
                mistakes = mistakes_in(file.text, errors, options.made_up, pool, random.Random(file.path))
                typed = type_stretch(file.text, mistakes, known if judged else None, options.chars)
                sums[errors, judged] += asyncio.run(typed)
    for (errors, judged), total in sums.items():
        print(
            f"{errors:.0%} of the identifiers wrong, {'names known' if judged else 'not judged '}:"
            f" {1 - total.keys / total.characters:.1%} of {total.characters} keys saved,"
            f" {total.wrong} of {total.shown} texts wrong, something visible at {total.visible} keys"
        )


def _chosen(files: Sequence[SourceFile], count: int) -> list[SourceFile]:
    usual = [file for file in files if file.path.endswith(".ts") and 3000 < len(file.text) < 20_000]
    return random.Random(SEED).sample(usual, count)


if __name__ == "__main__":
    main()
