"""
Ask the local provider at a marked cursor in a tiny workspace.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lsp_server.providers.base import (
    CompletionInputs,
    Message,
    MessageStop,
    Prompt,
    Purpose,
    StopReason,
    TextBlock,
    TextDelta,
)
from lsp_server.providers.local.corpus import SourceFile, WorkspaceCorpus
from lsp_server.providers.local.model import LocalModel
from lsp_server.providers.local.provider import LocalProvider
from tests.support.marked import parse_marked

LEARNT_S = 30.0


@dataclass(frozen=True)
class Reply:
    """
    What the provider said.
    """

    text: str
    note: str
    stop: StopReason


def corpus_of(files: Mapping[str, str]) -> WorkspaceCorpus:
    """
    A workspace that holds these files.
    """
    return WorkspaceCorpus(lambda: [SourceFile(path, text) for path, text in files.items()])


def inputs_at(
    marked: str, *, path: str = "src/open.ts", automatic: bool = True, multiline: bool = False
) -> CompletionInputs:
    """
    What the provider is asked at the cursor of `marked`.
    """
    at = parse_marked(marked)
    return CompletionInputs(
        uri=f"file:///{path}",
        path=path,
        language_id="typescript",
        prefix=at.text[: at.offset],
        suffix=at.text[at.offset :],
        multiline=multiline,
        automatic=automatic,
    )


def prompt_of(inputs: CompletionInputs | None, purpose: Purpose = Purpose.COMPLETION) -> Prompt:
    """
    A prompt with no words in it, which this provider does not read anyway.
    """
    return Prompt(
        purpose=purpose,
        system=(),
        messages=(Message("user", (TextBlock(""),)),),
        max_tokens=64,
        fingerprint="",
        inputs=inputs,
    )


async def ask(provider: LocalProvider, prompt: Prompt) -> Reply:
    """
    The whole reply.
    """
    text, note, stop = "", "", StopReason.END
    async for chunk in provider.stream(prompt):
        if isinstance(chunk, TextDelta):
            text += chunk.text
        if isinstance(chunk, MessageStop):
            note, stop = chunk.note, chunk.reason
    return Reply(text, note, stop)


def complete(
    marked: str,
    files: Mapping[str, str] | None = None,
    *,
    path: str = "src/open.ts",
    automatic: bool = False,
    multiline: bool = False,
) -> str:
    """
    What a model that has learnt `files` offers at the cursor, asked for by the engineer unless `automatic`.
    """
    model = LocalModel(corpus_of(files or {}))
    model.start()
    assert model.learner.wait(LEARNT_S)
    return model.answer(inputs_at(marked, path=path, automatic=automatic, multiline=multiline)).text
