"""
Record what models were asked and answered in a file, and answer the same questions from that file later.

It stands inside the guard, so that no secret is ever recorded; a replay needs no key and no network.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    NotAllowed,
    Prompt,
    Provider,
    Purpose,
    StopReason,
    TextDelta,
    Usage,
    WireRequest,
)
from lsp_server.providers.streams import ChunkStream, closing, usage_so_far
from lsp_server.providers.wrapper import ProviderWrapper

VERSION = 1
REPLAY = "replay"


class CassetteUnusable(Exception):  # noqa: N818 - named after what happened
    """
    The file can't be written or is no recording; `str()` is one sentence.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """
    One reply of a recording.
    """

    text: str
    stop: StopReason
    model: str
    usage: Usage


class RecordingProvider(ProviderWrapper):
    """
    Writes every question and its reply to `path` as JSON Lines, in place of what was there.

    Raises:
        CassetteUnusable: the file can't be written.
    """

    def __init__(self, inner: Provider, path: Path) -> None:
        super().__init__(inner)
        self._path = path
        self._write("w", {"version": VERSION, "provider": inner.name, "model": inner.model_for(Purpose.REVIEW)})

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The wrapped provider's reply, recorded once it is whole.
        """
        inner = self._inner.stream(prompt)
        return ChunkStream(self._chunks(prompt, inner), lambda: usage_so_far(inner))

    async def _chunks(self, prompt: Prompt, inner: AsyncIterator[Chunk]) -> AsyncGenerator[Chunk, None]:
        text = ""
        async with closing(inner) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextDelta):
                    text += chunk.text
                else:
                    reply = {"text": text, "stop": chunk.reason, "model": chunk.model, "usage": asdict(chunk.usage)}
                    self._write("a", {"key": key_of(prompt), "request": question(prompt), "reply": reply})
                yield chunk

    def _write(self, mode: str, row: Mapping[str, Any]) -> None:
        try:
            with self._path.open(mode, encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        except OSError as error:
            raise CassetteUnusable(f"{self._path} can't be written: {error.strerror}.") from None


class ReplayingProvider:
    """
    Answers from a recording alone.

    Raises:
        CassetteUnusable: the file is no recording.
    """

    def __init__(self, path: Path) -> None:
        try:
            rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            head, *replies = rows
            if head["version"] != VERSION:
                raise ValueError(head["version"])
            self.name = str(head["provider"])
            self._model = str(head["model"])
            self._replies = {row["key"]: _recorded(row["reply"]) for row in replies}
        except OSError as error:
            raise CassetteUnusable(f"{path} can't be read: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise CassetteUnusable(f"{path} is not a recording that --record has written.") from None
        self._path = path

    def model_for(self, purpose: Purpose) -> str:
        """
        The model that was recorded.
        """
        return self._model

    def wire_request(self, prompt: Prompt) -> WireRequest:
        """
        What is looked up.
        """
        return WireRequest(provider=self.name, model=self._model, route=REPLAY, body=question(prompt))

    def stream(self, prompt: Prompt) -> AsyncIterator[Chunk]:
        """
        The recorded reply, with what it cost then.
        """
        return self._chunks(prompt)

    async def _chunks(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        reply = self._replies.get(key_of(prompt))
        if reply is None:
            raise NotAllowed(f"{self._path} holds no reply to this request: record the run anew with --record.")
        yield TextDelta(reply.text)
        yield MessageStop(reason=reply.stop, usage=reply.usage, model=reply.model)

    async def warm_up(self) -> None:
        """
        Nothing to be done.
        """

    async def aclose(self) -> None:
        """
        Nothing to be done.
        """


def key_of(prompt: Prompt) -> str:
    """
    What identifies a question, whoever is asked.
    """
    return hashlib.sha256(json.dumps(question(prompt), sort_keys=True).encode()).hexdigest()


def question(prompt: Prompt) -> Mapping[str, Any]:
    """
    Everything that a model is shown.
    """
    return {
        "system": [block.text for block in prompt.system],
        "messages": [[message.role, message.text] for message in prompt.messages],
        "tool": prompt.tool.name if prompt.tool else "",
        "max_tokens": prompt.max_tokens,
    }


def _recorded(row: Mapping[str, Any]) -> Recorded:
    return Recorded(
        text=str(row["text"]), stop=StopReason(row["stop"]), model=str(row["model"]), usage=Usage(**row["usage"])
    )
