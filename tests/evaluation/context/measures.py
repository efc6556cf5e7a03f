"""
What a context is worth for a masked task: the share of the names it needed, and of their definitions.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_DECLARING = "function const let class type interface enum namespace async get set static readonly abstract"
_KEYWORDS = "|".join(rf"(?<={word})" for word in _DECLARING.split())
_START = "\n"
WORD = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True)
class Need:
    """
    A name of the hidden text that another file declares; `head` is how its declaration goes on.
    """

    name: str
    file: str
    head: str
    novel: bool


@dataclass(frozen=True)
class Task:
    """
    A file with a piece of it hidden.
    """

    file: str
    line: int
    character: int
    kind: str
    text: str
    hidden: str
    needs: tuple[Need, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Task":
        """
        Read a line that `tasks.cjs` printed.
        """
        return cls(**{**data, "needs": tuple(Need(**need) for need in data["needs"])})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What one method did on one task.
    """

    kind: str
    novel: int
    names: int
    definitions: int
    known: int
    known_definitions: int
    tokens: int
    cpu_ms: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    One line of the table.
    """

    names: float
    definitions: float
    known_definitions: float
    hits_per_1k: float
    p50_ms: float
    p95_ms: float


def outcome(task: Task, context: str, cpu_ms: float) -> Outcome:
    """
    Which of the names that the hidden text needed does the context hold, and does it show how they are declared?
    """
    words, flat = set(WORD.findall(context)), squeezed(context)
    novel = [need for need in task.needs if need.novel]
    known = [need for need in task.needs if not need.novel]
    return Outcome(
        kind=task.kind,
        novel=len(novel),
        names=sum(need.name in words for need in novel),
        definitions=sum(is_defined(need, words, flat) for need in novel),
        known=len(known),
        known_definitions=sum(is_defined(need, words, flat) for need in known),
        tokens=-(-len(context) // 4),
        cpu_ms=cpu_ms,
    )


def is_defined(need: Need, words: set[str], flat: str) -> bool:
    """
    Whether the declaration stands in the context, told by the characters behind its name.
    """
    head = "".join(need.head.split())
    if head == need.name:
        return need.name in words
    # Without spaces a name sticks to the keyword before it.
    return re.search(rf"(?:(?<![\w$])|{_KEYWORDS}){_START}?{_across(head)}", flat) is not None


def _across(head: str) -> str:
    # Lines may be broken anywhere between words.
    return f"{_START}?".join(re.escape(part) for part in re.findall(r"[\w$]+|[^\w$]", head))


def squeezed(text: str) -> str:
    """
    A text without white space but for a mark where a line starts, so that layout does not matter.
    """
    return _START.join("".join(line.split()) for line in text.split("\n"))


def summary(outcomes: Sequence[Outcome]) -> Row:
    """
    The figures over many tasks; every name counts the same.
    """
    novel = sum(item.novel for item in outcomes)
    known = sum(item.known for item in outcomes)
    names = sum(item.names for item in outcomes)
    tokens = sum(item.tokens for item in outcomes)
    times = sorted(item.cpu_ms for item in outcomes)
    return Row(
        names=_share(names, novel),
        definitions=_share(sum(item.definitions for item in outcomes), novel),
        known_definitions=_share(sum(item.known_definitions for item in outcomes), known),
        hits_per_1k=_share(1000 * names, tokens),
        p50_ms=_quantile(times, 0.5),
        p95_ms=_quantile(times, 0.95),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _quantile(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def table(rows: Iterable[tuple[str, int, Row]]) -> str:
    """
    The rows as text.
    """
    lines = [
        f"{'method':24}{'budget':>7}{'names':>8}{'defs':>8}{'known defs':>12}{'hits/1k':>9}{'p50 ms':>8}{'p95 ms':>8}"
    ]
    for name, budget, row in rows:
        lines.append(
            f"{name:24}{budget:>7}{row.names:>8.3f}{row.definitions:>8.3f}{row.known_definitions:>12.3f}"
            f"{row.hits_per_1k:>9.2f}{row.p50_ms:>8.1f}{row.p95_ms:>8.1f}"
        )
    return "\n".join(lines)
