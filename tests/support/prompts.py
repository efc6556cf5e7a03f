"""
Prompts for tests of providers, and the reading of what comes back.
"""

from collections.abc import AsyncIterator
from typing import Any

from lsp_server.providers.base import (
    Chunk,
    CompletionInputs,
    Message,
    MessageStop,
    Prompt,
    Purpose,
    TextBlock,
    TextDelta,
    Tool,
)

REPORT_FINDINGS = Tool(
    name="report_findings",
    description="Report what is wrong.",
    input_schema={"type": "object", "properties": {"findings": {"type": "array"}}, "required": ["findings"]},
)


def completion_prompt(text: str = "const total = ", **changes: Any) -> Prompt:
    """
    A completion prompt with a little of everything.
    """
    given: dict[str, Any] = {
        "purpose": Purpose.COMPLETION,
        "system": (TextBlock("You complete TypeScript.", stable=True),),
        "messages": (Message("user", (TextBlock(text),)),),
        "max_tokens": 64,
        "fingerprint": "f1",
        "stop_sequences": ("</completion>", "\n\n"),
        "reply_start": "<completion>",
    }
    return Prompt(**given | changes)


def review_prompt(**changes: Any) -> Prompt:
    """
    A review prompt with its tool.
    """
    given: dict[str, Any] = {
        "purpose": Purpose.REVIEW,
        "system": (TextBlock("You review TypeScript."),),
        "messages": (Message("user", (TextBlock("+ const a = 1;"),)),),
        "max_tokens": 4000,
        "fingerprint": "r1",
        "tool": REPORT_FINDINGS,
    }
    return Prompt(**given | changes)


def inputs(**changes: Any) -> CompletionInputs:
    """
    What a completion prompt was rendered from.
    """
    given: dict[str, Any] = {
        "uri": "file:///a.ts",
        "path": "a.ts",
        "language_id": "typescript",
        "prefix": "const total = ",
        "suffix": "",
        "multiline": False,
    }
    return CompletionInputs(**given | changes)


async def read(stream: AsyncIterator[Chunk]) -> tuple[str, MessageStop]:
    """
    The text of a reply and its end.
    """
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.text for chunk in chunks if isinstance(chunk, TextDelta))
    end = chunks[-1]
    assert isinstance(end, MessageStop), "a stream that was read to its end closes with a stop"
    return text, end
