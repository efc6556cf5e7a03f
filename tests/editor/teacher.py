"""
What the stand-in for the model answers: the rest of whatever line it was taught.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.loopback import Exchange
from tests.support.replies import Reply

BEFORE_CURSOR = re.compile(r"_before_cursor>(.*)</\w+_before_cursor>", re.DOTALL)


@dataclass(frozen=True)
class Taught:
    """
    Texts that are known by heart. Asked behind the beginning of one, at least `least` characters of it, it goes on.
    """

    texts: Sequence[str]
    first_token_s: float = 0.0
    least: int = 3

    def __call__(self, exchange: Exchange) -> Reply:
        line = line_before_cursor(exchange)
        known = (text[len(line) :] for text in self.texts if len(line) >= self.least and text.startswith(line))
        return Reply(text=f"<completion>{next(known, '')}</completion>", first_token_s=self.first_token_s)


def reviewed(findings: Sequence[Mapping[str, Any]]) -> Reply:
    """
    A review that reports these findings.
    """
    return Reply(tool_input={"findings": list(findings)})


def line_before_cursor(exchange: Exchange) -> str:
    """
    The part of the cursor's line that stands before it, without its indentation.
    """
    for message in reversed(exchange.body["messages"]):
        content = message["content"]
        text = content if isinstance(content, str) else "".join(block.get("text", "") for block in content)
        if found := BEFORE_CURSOR.search(text):
            return found[1].rpartition("\n")[2].lstrip()
    return ""
