"""
A stand-in for the Messages API that knows how the file being typed goes on, and streams just that at a model's pace.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.loopback import Exchange
from tests.support.messages_api import MessagesApi
from tests.support.replies import Reply

CHARS_PER_TOKEN = 4

_BEFORE_CURSOR = re.compile(r"<(\w+)_before_cursor>(.*)</\1_before_cursor>", re.DOTALL)
_IDENTIFIER = re.compile(r"\b[A-Za-z_$][\w$]{2,}\b")
_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        "abstract any as async await boolean break case catch class const continue declare default delete do else enum"
        " export extends false finally for from function if implements import in instanceof interface let never new"
        " null number of private protected public readonly return static string super switch this throw true try type"
        " typeof undefined unknown var void while yield",
    )
)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """
    How a model answers: the delay to its first token, its tokens a second, and how many of its identifiers are wrong.
    """

    first_token_s: float = 0.3
    tokens_per_s: float = 80.0
    errors: float = 0.0


class Oracle(MessagesApi):
    """
    Answers a completion with the rest of whichever of `truths` the code before the cursor is found in.
    """

    def __init__(self, truths: Sequence[str], pace: Pace, *, seed: int = 0, port: int = 0) -> None:
        self._truths = truths
        self._pace = pace
        self._random = random.Random(seed)
        super().__init__(self.reply, port=port)

    def reply(self, exchange: Exchange) -> Reply:
        """
        The truth, as far as it is known.
        """
        blocks = exchange.body["messages"][-1]["content"]
        asked = blocks if isinstance(blocks, str) else "".join(block["text"] for block in blocks)
        found = _BEFORE_CURSOR.search(asked)
        rest = self._rest_after(found[2]) if found else ""
        return Reply(
            text=with_errors(rest, self._pace.errors, self._random),
            chunk=CHARS_PER_TOKEN,
            first_token_s=self._pace.first_token_s,
            token_s=1 / self._pace.tokens_per_s,
        )

    def _rest_after(self, before: str) -> str:
        """
        What follows the last lines of `before`, as many of them as it takes to find one place only.
        """
        lines = before.split("\n")
        for count in range(1, len(lines) + 1):
            last = "\n".join(lines[-count:])
            places = [(text, text.find(last)) for text in self._truths if last and text.count(last) == 1]
            if len(places) == 1:
                text, start = places[0]
                return text[start + len(last) :]
        return ""


def with_errors(text: str, rate: float, chance: random.Random) -> str:
    """
    The text with that share of its identifiers changed.
    """
    if not rate:
        return text

    def replaced(match: "re.Match[str]") -> str:
        word = match[0]
        if word in _KEYWORDS or chance.random() >= rate:
            return word
        return f"wrong{word[:1].upper()}{word[1:]}"

    return _IDENTIFIER.sub(replaced, text)
