"""
Answers that were paid for, kept under the keys of what was asked, so that only what changed is asked again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lsp_server.policy.redaction import redact
from lsp_server.review.finding import Claim
from lsp_server.review.reply import parse


class Memory(Protocol):
    """
    Texts under keys, for as long as there is room.
    """

    async def find(self, keys: Sequence[str]) -> Mapping[str, str]:
        """
        Those of `keys` that are known.
        """
        ...

    async def keep(self, texts: Mapping[str, str]) -> None:
        """
        Remember `texts`.
        """
        ...


class NoMemory:
    """
    Remembers nothing.
    """

    async def find(self, keys: Sequence[str]) -> Mapping[str, str]:
        """
        Nothing.
        """
        return {}

    async def keep(self, texts: Mapping[str, str]) -> None:
        """
        Forget them.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """
    What a model said of one unit, and what was wrong with how it said it.
    """

    claims: tuple[Claim, ...] = ()
    problems: tuple[str, ...] = ()


def to_text(verdict: Verdict) -> str:
    """
    The verdict as it is kept, without secrets that a model may have made out.
    """
    findings = [
        {
            key: redact(value).text if isinstance(value, str) else value
            for key, value in (
                ("file", claim.file),
                ("quote", claim.quote),
                ("category", claim.category.value),
                ("severity", claim.severity.value),
                ("confidence", claim.confidence),
                ("message", claim.message),
                ("evidence", claim.evidence),
                ("replacement", claim.replacement),
            )
        }
        for claim in verdict.claims
    ]
    return json.dumps({"findings": findings, "problems": list(verdict.problems)}, ensure_ascii=False)


def from_text(text: str) -> Verdict | None:
    """
    Read a kept verdict; None for what is none, as whoever can write to the disk may have put there.
    """
    try:
        value = json.loads(text)
        problems = tuple(str(problem) for problem in value["problems"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    parsed = parse(text)
    return Verdict(claims=parsed.claims, problems=problems)


def problems_of(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """
    What was wrong with replies, each said once.
    """
    return tuple(dict.fromkeys(problem for verdict in verdicts for problem in verdict.problems))
